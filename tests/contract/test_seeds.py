"""Areas, labels and adopted methods: the seeds against themselves and against the official division."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from avainvarasto.settings import PROJECT_ROOT

pytestmark = pytest.mark.contract

SEEDS = PROJECT_ROOT / "dbt" / "seeds"
PRINTED = PROJECT_ROOT / "avainvarasto" / "synthetic" / "printed_survey"
GLOSSARY = PROJECT_ROOT / "docs" / "glossary.md"
CSV_FILES = sorted([*SEEDS.glob("*.csv"), *PRINTED.glob("*.csv")])
DIMS_WITH_LABELS = {"goal_code", "factor_code", "aim", "direction"}
MUNICIPALITIES = {2015: 317, 2016: 313, 2017: 311, 2019: 311, 2020: 310, 2021: 309, 2024: 309, 2025: 308}
MERGERS = {  # the last year of the municipality and where it went
    "283": ("2015", "098"),
    "164": ("2015", "301"),
    "319": ("2015", "783"),
    "532": ("2015", "398"),
    "174": ("2016", "297"),
    "442": ("2016", "051"),
    "911": ("2019", "541"),
    "099": ("2020", "214"),
    "588": ("2024", "507"),
}

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def seed(name: str) -> list[Row]:
    return read(SEEDS / f"{name}.csv")


def labels() -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in seed("code_label"):
        found.setdefault((row["code_set"], row["code"]), {})[row["lang"]] = row["label"]
    return found


def valid_on(rows: list[Row], day: date) -> list[Row]:
    text = day.isoformat()
    return [row for row in rows if row["valid_from"] <= text and (not row["valid_to"] or text <= row["valid_to"])]


def glossary_keys(heading: str) -> set[tuple[str, str]]:
    section = GLOSSARY.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {(found[1], found[2]) for found in re.finditer(r"`([a-z_]+)\.([^`]+)`", section) if found[1] != "code_set"}


@pytest.mark.parametrize("path", CSV_FILES, ids=lambda path: path.stem)
def test_a_seed_is_utf8_with_unix_line_ends_and_full_rows(path: Path) -> None:
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    rows = list(csv.reader(content.decode("utf-8").splitlines(), strict=True))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


def test_every_seed_column_has_a_type_and_a_description() -> None:
    declared = yaml.safe_load((SEEDS / "_seeds.yml").read_text(encoding="utf-8"))["seeds"]
    assert {entry["name"] for entry in declared} == {path.stem for path in SEEDS.glob("*.csv")}
    for entry in declared:
        header = list(seed(entry["name"])[0])
        assert list(entry["config"]["column_types"]) == header
        assert [column["name"] for column in entry["columns"]] == header
        assert all(column["description"] for column in entry["columns"])


@pytest.mark.parametrize(("year", "count"), MUNICIPALITIES.items())
def test_each_year_has_the_municipalities_of_the_official_division(year: int, count: int) -> None:
    codes = [row["municipality_code"] for row in valid_on(seed("municipality"), date(year, 1, 1))]
    assert len(codes) == len(set(codes)) == count


def test_codes_of_areas_keep_their_zeros() -> None:
    rows = seed("municipality")
    assert all(re.fullmatch(r"\d{3}", row["municipality_code"]) for row in rows)
    assert all(re.fullmatch(r"\d{2}", row["county_code"]) for row in rows)
    assert all(re.fullmatch(r"\d{2}", row["region_code"]) for row in rows)
    assert [row["municipality_code"] for row in rows] == sorted(row["municipality_code"] for row in rows)


def test_rows_of_one_municipality_follow_each_other_without_gap_or_overlap() -> None:
    by_code: dict[str, list[Row]] = {}
    for row in seed("municipality"):
        by_code.setdefault(row["municipality_code"], []).append(row)
    for code, rows in by_code.items():
        assert rows[0]["valid_from"] == "", code
        for earlier, later in pairwise(rows):
            gap = date.fromisoformat(later["valid_from"]) - date.fromisoformat(earlier["valid_to"])
            assert gap.days == 1, code


def test_a_chain_of_successors_ends_in_a_municipality_of_today() -> None:
    last = {row["municipality_code"]: row for row in seed("municipality")}
    ended = [row for row in last.values() if row["valid_to"]]
    assert {row["municipality_code"] for row in last.values() if row["successor_code"]} == {
        row["municipality_code"] for row in ended
    }
    for row in ended:
        chain = [row["municipality_code"]]
        while last[chain[-1]]["valid_to"]:
            chain.append(last[chain[-1]]["successor_code"])
            assert len(chain) == len(set(chain))


def test_each_merger_leads_to_its_municipality_on_its_day() -> None:
    ended = {row["municipality_code"]: row for row in seed("municipality") if row["successor_code"]}
    assert {code: (row["valid_to"][:4], row["successor_code"]) for code, row in ended.items()} == MERGERS
    assert all(row["valid_to"].endswith("-12-31") for row in ended.values())


@pytest.mark.parametrize(
    ("code", "name", "region", "county", "district"),
    [
        ("211", "Kangasala", "06", "08", "3"),
        ("837", "Tampere", "06", "08", "3"),
        ("320", "Kemijärvi", "19", "21", "5"),
        ("851", "Tornio", "19", "21", "5"),
        ("297", "Kuopio", "11", "13", "4"),
        ("680", "Raisio", "02", "05", "2"),
        ("146", "Ilomantsi", "12", "14", "4"),
        ("167", "Joensuu", "12", "14", "4"),
    ],
)
def test_the_pilot_and_the_patched_municipalities_lie_where_they_do(
    code: str, name: str, region: str, county: str, district: str
) -> None:
    [row] = [row for row in seed("municipality") if row["municipality_code"] == code]
    assert row["name_fi"] == name
    assert (row["region_code"], row["county_code"], row["kela_district_code"]) == (region, county, district)


def test_every_county_has_municipalities_and_helsinki_is_alone_in_its_own() -> None:
    today = valid_on(seed("municipality"), date(2025, 1, 1))
    counts = Counter(row["county_code"] for row in today)
    assert set(counts) == {row["county_code"] for row in seed("county")}
    assert counts["90"] == 1
    assert counts["91"] == 16


def test_insurance_districts_of_2023_have_their_known_sizes() -> None:
    counts = Counter(row["kela_district_code"] for row in valid_on(seed("municipality"), date(2023, 1, 1)))
    assert counts == {"1": 51, "2": 72, "3": 51, "4": 67, "5": 68}


def test_each_code_has_exactly_one_label_in_each_language() -> None:
    keys = Counter((row["code_set"], row["code"], row["lang"]) for row in seed("code_label"))
    assert [key for key, times in keys.items() if times != 1] == []
    assert {key: set(texts) for key, texts in labels().items() if set(texts) != {"fi", "sv", "en"}} == {}
    assert all(row["label"] == row["label"].strip() != "" for row in seed("code_label"))


def test_labels_within_a_code_set_can_be_told_apart() -> None:
    texts = Counter((row["code_set"], row["lang"], row["label"]) for row in seed("code_label"))
    assert [key for key, times in texts.items() if times > 1] == []


def test_a_swedish_label_is_not_a_copy_of_the_finnish_one_unless_the_glossary_says_so() -> None:
    copies = {key for key, texts in labels().items() if texts["sv"] == texts["fi"]}
    assert copies == glossary_keys("Labels that are the same in Finnish and Swedish")


def test_the_glossary_shows_the_labels_to_be_confirmed_as_they_are() -> None:
    listed = glossary_keys("Swedish labels to be confirmed")
    known = labels()
    assert listed
    assert listed <= set(known)
    text = GLOSSARY.read_text(encoding="utf-8")
    for code_set, code in listed:
        texts = known[code_set, code]
        assert f"| `{code_set}.{code}` | {texts['fi']} | {texts['sv']} |" in text


def test_every_code_of_the_printed_survey_has_labels() -> None:
    known = set(labels())
    used = {("survey_subproject", row["subproject"]) for row in read(PRINTED / "response.csv")}
    for row in read(PRINTED / "background.csv"):
        used |= {("survey_attribute", row["attribute"]), (f"survey_{row['attribute']}", row["value"])}
        used.add(("survey_wave", row["wave"]))
    assert used <= known


def test_codes_of_figures_and_adopted_methods_have_labels() -> None:
    known = set(labels())
    figures = seed("published_figure")
    assert {("figure_unit", row["unit"]) for row in figures if row["unit"]} <= known
    assert {("figure_precision", row["precision"]) for row in figures if row["precision"]} <= known
    assert {("adopted_method", row["method"]) for row in seed("method_adoption")} <= known
    named = {item for row in figures for item in json.loads(row["dims"]).items() if item[0] in DIMS_WITH_LABELS}
    assert {name for name, _ in named} == DIMS_WITH_LABELS
    assert named <= known


def test_only_tornio_left_the_model_in_may_2018_and_trials_were_not_made_permanent() -> None:
    rows = seed("method_adoption")
    keys = Counter((row["municipality_code"], row["method"]) for row in rows)
    assert set(keys.values()) == {1}
    models = {row["municipality_code"]: row for row in rows if row["method"] == "OSALLISTAVA_MALLI"}
    assert set(models) == {"211", "297", "320", "680", "837", "851"}
    assert {code: row["ended"] for code, row in models.items() if row["ended"]} == {"851": "2018-05"}
    assert {row["started"] for row in models.values()} == {"2018-03"}
    trials = {row["method"] for row in rows if row["permanent"] == "false"}
    assert trials == {"TERVEYDENHOITAJA", "ASUMISNEUVOJA"}


def test_dates_of_adoption_are_partial_dates_or_empty() -> None:
    for row in seed("method_adoption"):
        assert all(re.fullmatch(r"(\d{4}(-(0[1-9]|1[0-2]))?)?", row[name]) for name in ("started", "ended"))
        assert row["permanent"] in {"true", "false", ""}
