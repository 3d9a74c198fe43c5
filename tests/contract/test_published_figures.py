"""Published figures and the printed survey delivery: two typings of one document, compared cell by cell."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from avainvarasto.settings import PROJECT_ROOT

pytestmark = pytest.mark.contract

PRINTED = PROJECT_ROOT / "avainvarasto" / "synthetic" / "printed_survey"
BACKGROUND_DIMS = ("attribute", "row_no", "value")
COUNTS = ("n_sent", "n_opened", "n_started", "n_answers")

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def published() -> list[Row]:
    return read(PROJECT_ROOT / "dbt" / "seeds" / "published_figure.csv")


def column_sum(wave: str, attribute: str, *, comparable: bool | None = None, drop_row: str | None = None) -> int:
    return sum(
        int(row["n_mentions"])
        for row in read(PRINTED / "background.csv")
        if (row["wave"], row["attribute"]) == (wave, attribute)
        and (comparable is None or row["comparable"] == str(comparable).lower())
        and row["row_no"] != drop_row
    )


def test_figure_ids_are_unique_and_begin_with_their_document() -> None:
    figures = published()
    ids = Counter(row["figure_id"] for row in figures)
    assert [key for key, times in ids.items() if times > 1] == []
    assert all(re.fullmatch(r"00[0-4](\.[a-z0-9_]+)+", row["figure_id"]) for row in figures)
    assert all(row["figure_id"].split(".")[0] == row["document"] for row in figures)
    assert {row["document"] for row in figures} == {"000", "001", "002", "003", "004"}


def test_dims_are_json_objects_with_sorted_keys() -> None:
    for row in published():
        dims = json.loads(row["dims"])
        assert isinstance(dims, dict)
        assert row["dims"] == json.dumps(dims, sort_keys=True, ensure_ascii=False)


def test_a_figure_has_a_number_or_words_unless_it_is_lost() -> None:
    for row in published():
        if row["legible"] == "false":
            assert (row["value"], row["value_text"], row["precision"], row["comparable"]) == ("", "", "", "false")
        elif row["precision"] == "WORDS":
            assert row["value_text"]
            assert (row["value"], row["unit"], row["comparable"]) == ("", "", "false")
        else:
            assert re.fullmatch(r"\d+(\.\d+)?", row["value"]), row["figure_id"]
            assert row["unit"]
            assert row["value_text"] == ""


def test_tolerance_follows_from_precision() -> None:
    for row in published():
        one_decimal = row["precision"] == "ROUNDED" and row["unit"] == "PCT" and re.fullmatch(r"\d+\.\d", row["value"])
        expected = "0" if row["precision"] == "EXACT" else "0.05" if one_decimal else ""
        assert row["tolerance"] == expected, row["figure_id"]


def test_computed_measures_carry_the_keys_that_find_their_row() -> None:
    needed = {
        **{f"survey_response.{count}": {"subproject"} for count in (*COUNTS, "response_ratio")},
        "survey_background.n_mentions": set(BACKGROUND_DIMS),
    }
    figures = [row for row in published() if row["measure_key"].startswith("survey_")]
    assert {row["measure_key"] for row in figures} == set(needed)
    for row in figures:
        assert set(json.loads(row["dims"])) == needed[row["measure_key"]]
        assert (row["survey_code"], row["wave"]) in {("PROSOS", "ALKU2017"), ("PROSOS", "LOPPU2019")}


def test_response_table_and_published_figures_agree_cell_by_cell_both_ways() -> None:
    printed = {
        (row["wave"], row["subproject"].replace("YHTEENSA", "all"), count): int(row[count])
        for row in read(PRINTED / "response.csv")
        for count in COUNTS
        if row[count]
    }
    kept = {
        (row["wave"], json.loads(row["dims"])["subproject"], row["measure_key"].split(".")[1]): int(row["value"])
        for row in published()
        if row["measure_key"] in {f"survey_response.{count}" for count in COUNTS}
    }
    assert printed == kept
    assert len(printed) == 41


def test_background_tables_and_published_figures_agree_cell_by_cell_both_ways() -> None:
    def key(row: Row, dims: dict[str, object]) -> tuple[str, ...]:
        return (row["survey_code"], row["wave"], *(str(dims[name]) for name in BACKGROUND_DIMS))

    rows = read(PRINTED / "background.csv")
    printed = {key(row, dict(row)): (row["n_mentions"], row["base_n"], row["comparable"]) for row in rows}
    figures = [row for row in published() if row["measure_key"] == "survey_background.n_mentions"]
    kept = {key(row, json.loads(row["dims"])): (row["value"], row["base_n"], row["comparable"]) for row in figures}
    assert printed == kept
    assert len(printed) == len(rows) == len(figures)


def test_one_printed_total_is_repeated_with_the_same_number() -> None:
    repeated: dict[tuple[str, str, str], set[str]] = {}
    for row in published():
        if row["measure_key"].startswith("survey_"):
            repeated.setdefault((row["measure_key"], row["wave"], row["dims"]), set()).add(row["value"])
    assert {key: values for key, values in repeated.items() if len(values) > 1} == {}


@pytest.mark.parametrize("wave", ["ALKU2017", "LOPPU2019"])
def test_columns_of_the_response_table_sum_to_their_printed_totals(wave: str) -> None:
    rows = [row for row in read(PRINTED / "response.csv") if row["wave"] == wave]
    [total] = [row for row in rows if row["subproject"] == "YHTEENSA"]
    parts = [row for row in rows if row["subproject"] != "YHTEENSA"]
    assert len(parts) == 7
    for count in ("n_sent", "n_answers") if wave == "ALKU2017" else ("n_sent", "n_answers", "n_opened"):
        assert sum(int(row[count]) for row in parts) == int(total[count])


def test_response_totals_are_those_printed_and_give_the_printed_percentage() -> None:
    totals = {row["wave"]: row for row in read(PRINTED / "response.csv") if row["subproject"] == "YHTEENSA"}
    assert [totals["LOPPU2019"][count] for count in COUNTS] == ["264", "179", "72", "43"]
    assert [totals["ALKU2017"][count] for count in COUNTS] == ["221", "", "", "85"]
    [figure] = [row for row in published() if row["measure_key"] == "survey_response.response_ratio"]
    computed = 100 * int(totals["LOPPU2019"]["n_answers"]) / int(totals["LOPPU2019"]["n_sent"])
    assert round(computed, 1) == float(figure["value"]) == 16.3
    assert abs(computed - float(figure["value"])) <= float(figure["tolerance"])


def test_more_answers_or_openings_than_invitations_stand_as_printed() -> None:
    rows = [row for row in read(PRINTED / "response.csv") if row["subproject"] != "YHTEENSA"]
    over_answered = {(row["wave"], row["subproject"]) for row in rows if int(row["n_answers"]) > int(row["n_sent"])}
    over_opened = {row["subproject"] for row in rows if row["n_opened"] and int(row["n_opened"]) > int(row["n_sent"])}
    assert over_answered == {("ALKU2017", "VASSO"), ("ALKU2017", "SONET_BOTNIA")}
    assert over_opened == {"SOCCA", "VASSO"}


def test_background_columns_differ_from_the_answers_exactly_as_known() -> None:
    assert column_sum("LOPPU2019", "organisation") == 43
    assert column_sum("ALKU2017", "organisation") == 83
    assert column_sum("LOPPU2019", "sector") == 33
    assert column_sum("ALKU2017", "sector") == 88
    assert column_sum("LOPPU2019", "title") == 49
    assert column_sum("LOPPU2019", "title", drop_row="21") == 48
    assert column_sum("ALKU2017", "title", comparable=True) == 76
    assert column_sum("ALKU2017", "title", comparable=False) == 9
    assert column_sum("LOPPU2019", "education") == 35
    assert column_sum("ALKU2017", "education", comparable=True) == 65
    assert column_sum("ALKU2017", "education", comparable=False) == 10


def test_the_title_printed_twice_stays_twice_and_rows_keep_their_order() -> None:
    rows = read(PRINTED / "background.csv")
    twice = [row["row_no"] for row in rows if row["value"] == "RYHMAPAALLIKKO" and row["wave"] == "LOPPU2019"]
    assert twice == ["11", "21"]
    for attribute, last in (("sex", 1), ("organisation", 4), ("sector", 11), ("title", 22), ("education", 14)):
        numbers = {int(row["row_no"]) for row in rows if row["attribute"] == attribute}
        assert numbers == set(range(1, last + 1))


def test_the_development_sector_has_no_start_value() -> None:
    waves = {row["wave"] for row in read(PRINTED / "background.csv") if row["value"] == "KEHITTAMINEN"}
    assert waves == {"LOPPU2019"}


def test_only_unbracketed_rows_are_inferred_and_they_are_of_the_start_survey() -> None:
    bare = [row for row in read(PRINTED / "background.csv") if row["comparable"] == "false"]
    assert Counter((row["wave"], row["attribute"]) for row in bare) == {
        ("ALKU2017", "title"): 7,
        ("ALKU2017", "education"): 6,
    }


def test_lost_chart_values_are_rows_and_not_zeros() -> None:
    lost = [row for row in published() if row["legible"] == "false"]
    charts = Counter(row["figure_id"].split(".")[1] for row in lost)
    assert charts == {"k1": 2, "k2": 7, "k3": 26, "k4": 36, "k5": 1, "k6": 12}


def test_the_response_rate_that_is_not_printed_is_not_a_figure() -> None:
    assert not [row for row in published() if row["value"] == "38.5"]


@pytest.mark.parametrize(
    ("figure_id", "value"),
    [
        ("000.box.clients_with_goals", "162"),
        ("000.k3.base", "148"),
        ("000.p1.unemployed_or_in_services", "361800"),
        ("000.p2.recipient_share.country", "7.4"),
        ("000.p2.recipient_share.kangasala", "2.1"),
        ("000.p2.recipient_share.tampere", "5.9"),
        ("001.ch2.women.final", "37"),
        ("002.municipalities_started", "6"),
        ("002.municipalities_finished", "5"),
        ("003.training_days", "5"),
        ("004.invited", "78"),
    ],
)
def test_headline_numbers_stand_as_printed(figure_id: str, value: str) -> None:
    [row] = [row for row in published() if row["figure_id"] == figure_id]
    assert row["value"] == value
