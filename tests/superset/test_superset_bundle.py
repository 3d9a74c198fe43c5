"""The bundle: linked by names, the same bytes each time, filled from the release file."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
import yaml

from avainvarasto.errors import SupersetRefused
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.superset.assets import Assets, Filling, bundle, load_assets, stable_uuid
from avainvarasto.superset.release_file import ReleaseFacts, nature_text
from tests.superset.stub_release import LABELLED

pytestmark = pytest.mark.superset

FILLING = Filling(
    "duckdb:////tmp/release.duckdb",
    {"kela-kunta": "Synteettinen aineisto", "vaikuttavuus": "Synteettinen aineisto"},
    {code_set: {} for code_set in LABELLED}
    | {
        "county_code": {"06": "Satakunnan hyvinvointialue", "00": "L'alue"},
        "notification_type": {"ALENNETTU_PERUSOSA": "Alennettu perusosa"},
        "series_dataset": {"ETOTU": "Kelan ilmoitukset kunnille"},
        "series_break": {"INTERFACE": "Rajapinta avattiin"},
    },
)


def _files(zipped: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()}


def test_the_bundle_has_the_same_bytes_each_time(assets: Assets) -> None:
    again = load_assets(PROJECT_ROOT / "superset" / "assets")
    assert bundle(assets, FILLING) == bundle(again, FILLING)


def test_the_bundle_changes_with_an_asset(assets: Assets) -> None:
    before = bundle(assets, FILLING)
    assets.charts["counties_by_year"]["slice_name"] = "Toinen nimi"
    assert bundle(assets, FILLING) != before


def test_links_are_uuids_made_from_names(assets: Assets) -> None:
    files = _files(bundle(assets, FILLING))
    dataset = files["avainvarasto/datasets/julkaisu/kela_funnel.yaml"]
    chart = files["avainvarasto/charts/counties_by_year.yaml"]
    layout = files["avainvarasto/dashboards/kela-kunta.yaml"]["position"]
    assert dataset["database_uuid"] == files["avainvarasto/databases/julkaisu.yaml"]["uuid"]
    assert chart["dataset_uuid"] == dataset["uuid"] == stable_uuid("datasets", "kela_funnel")
    assert layout["CHART-counties"]["meta"]["uuid"] == chart["uuid"]
    assert layout["CHART-counties"]["parents"] == ["ROOT_ID", "GRID_ID", "ROW-counties"]


def test_no_asset_carries_a_uuid_written_by_hand() -> None:
    written = [path.read_text("utf-8") for path in (PROJECT_ROOT / "superset" / "assets").rglob("*.yaml")]
    assert written
    assert not [text for text in written if "uuid" in text]


def test_the_saved_query_reads_the_charts_cut(assets: Assets) -> None:
    chart = _files(bundle(assets, FILLING))["avainvarasto/charts/recipients_by_month.yaml"]
    (query,) = json.loads(chart["query_context"])["queries"]
    assert {"col": "cut", "op": "==", "val": "basis,month"} in query["filters"]
    assert {"col": "basis", "op": "==", "val": "payment"} in query["filters"]
    assert query["columns"] == ["month"]
    assert query["metrics"] == ["kotitalouksia", "saajia"]


def test_codes_get_their_names_from_the_release_and_quotes_are_doubled(assets: Assets) -> None:
    dataset = _files(bundle(assets, FILLING))["avainvarasto/datasets/julkaisu/kela_funnel.yaml"]
    expressions = {column["column_name"]: column.get("expression") for column in dataset["columns"]}
    assert expressions["county_label"] == (
        "CASE county_code WHEN '00' THEN 'L''alue' WHEN '06' THEN 'Satakunnan hyvinvointialue'"
        " WHEN 'unknown' THEN 'ei tietoa' ELSE county_code END"
    )
    assert expressions["county_code"] is None


@pytest.mark.parametrize("dashboard", ["kela-kunta", "vaikuttavuus"])
def test_the_page_says_what_the_release_says_of_its_tables(assets: Assets, facts: ReleaseFacts, dashboard: str) -> None:
    texts = {name: nature_text(assets.tables_of(name), facts.natures) for name in assets.dashboards}
    assert texts[dashboard] == "Synteettinen aineisto: rekisteriluvut ovat keksittyjä"
    files = _files(bundle(assets, Filling("duckdb:////x", texts, facts.labels)))
    note = files[f"avainvarasto/dashboards/{dashboard}.yaml"]["position"]["MARKDOWN-note"]["meta"]["code"]
    assert texts[dashboard] in note
    assert "$" not in note


@pytest.mark.parametrize(
    ("natures", "said"),
    [
        (("public", "public"), "Julkinen aineisto"),
        (("confidential", "public"), "Suojattu julkaisu luottamuksellisesta rekisteriaineistosta"),
        (("public", "synthetic"), "Synteettinen aineisto: rekisteriluvut ovat keksittyjä"),
    ],
)
def test_one_synthetic_table_marks_the_page_and_real_data_is_not_marked(natures: tuple[str, str], said: str) -> None:
    tables = [("kela_flow", "funnel"), ("kela_flow", "recipients")]
    assert nature_text(set(tables), dict(zip(tables, natures, strict=True))) == said


@pytest.mark.bite
@pytest.mark.parametrize("natures", [{}, {("kela_flow", "funnel"): "guessed"}])
def test_a_table_of_unknown_nature_is_not_shown(natures: dict[tuple[str, str], str]) -> None:
    with pytest.raises(SupersetRefused, match=r"no known nature for kela_flow\.funnel"):
        nature_text({("kela_flow", "funnel")}, natures)
