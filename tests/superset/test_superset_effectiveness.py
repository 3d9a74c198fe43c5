"""What the dashboard of effectiveness must say and must not do, on every tab and in every chart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
import yaml

from avainvarasto.superset.assets import Asset, Assets, Filling, bundle
from avainvarasto.superset.release_file import ReleaseFacts

pytestmark = pytest.mark.superset

SENTENCE = (
    "Tulokset kuvaavat arvioituja tavoitteita, eivät mallin vaikutusta;"
    " mukana ovat vain työskentelyyn sitoutuneet asiakkaat."
)


def _under(position: dict[str, Asset], key: str) -> Iterator[Asset]:
    yield position[key]
    for child in position[key].get("children", []):
        yield from _under(position, child)


def _tabs(assets: Assets) -> dict[str, list[Asset]]:
    position = assets.dashboards["vaikuttavuus"]["position"]
    return {key: list(_under(position, key)) for key, item in position.items() if item["type"] == "TAB"}


def _silent_tabs(assets: Assets) -> list[str]:
    """Tabs on which no text has the sentence."""

    def says(items: list[Asset]) -> bool:
        return any(item["type"] == "MARKDOWN" and SENTENCE in item["meta"]["code"] for item in items)

    return [key for key, items in _tabs(assets).items() if not says(items)]


def _charts_outside(assets: Assets) -> set[str]:
    """Charts that stand on no tab, and so on no page with the sentence."""
    within = {item["meta"]["chart"] for items in _tabs(assets).values() for item in items if item["type"] == "CHART"}
    return set(assets.charts_of("vaikuttavuus")) - within


def test_every_tab_says_that_results_are_of_judged_goals_and_not_of_the_model(assets: Assets) -> None:
    assert len(_tabs(assets)) >= 3
    assert _silent_tabs(assets) == []
    assert _charts_outside(assets) == set()


def _without_the_sentence(assets: Assets) -> None:
    note = assets.dashboards["vaikuttavuus"]["position"]["MARKDOWN-income"]["meta"]
    note["code"] = note["code"].replace("eivät mallin vaikutusta", "ja mallin vaikutusta")


def _a_chart_beside_the_tabs(assets: Assets) -> None:
    position = assets.dashboards["vaikuttavuus"]["position"]
    position["TAB-income"]["children"].remove("ROW-income-year")
    position["GRID_ID"]["children"].append("ROW-income-year")


@pytest.mark.bite
@pytest.mark.parametrize("spoil", [_without_the_sentence, _a_chart_beside_the_tabs])
def test_a_page_without_the_sentence_is_noticed(assets: Assets, spoil: Callable[[Assets], None]) -> None:
    spoil(assets)
    assert _silent_tabs(assets) or _charts_outside(assets)


def test_no_chart_sets_municipalities_beside_each_other(assets: Assets) -> None:
    for name in assets.charts_of("vaikuttavuus"):
        chart = assets.charts[name]
        (cut,) = [item["comparator"] for item in chart["params"]["adhoc_filters"] if item["subject"] == "cut"]
        assert "municipality_code" not in cut.split(","), name


def test_an_estimate_in_a_table_stands_beside_its_interval(assets: Assets, facts: ReleaseFacts) -> None:
    """Where a table of the release has an interval, whoever shows the estimate shows both ends, in this order."""
    seen = 0
    for name in assets.charts_of("vaikuttavuus"):
        chart = assets.charts[name]
        columns = chart["params"].get("all_columns", [])
        dataset = assets.datasets[chart["dataset"]]
        known = facts.schema.columns[(dataset["schema"], dataset["table_name"])]
        for place, column in enumerate(columns):
            if f"{column}_lo" in known:
                assert columns[place + 1 : place + 3] == [f"{column}_lo", f"{column}_hi"], name
                seen += 1
    assert seen >= 5


def test_a_curve_is_drawn_in_steps(assets: Assets) -> None:
    """A share that changes at events only is not to be read between two of them."""
    curves = [
        chart["params"]
        for chart in assets.charts.values()
        if chart["dataset"] == "effectiveness_receipt_survival" and chart["viz_type"] != "table"
    ]
    assert curves
    assert {(params["viz_type"], params.get("seriesType")) for params in curves} == {("echarts_timeseries_step", "end")}


def test_what_a_chart_says_of_itself_stands_below_it(assets: Assets, facts: ReleaseFacts) -> None:
    assets.charts["spell_ends"]["description"] = "Maksaa 5 $nature"
    natures = dict.fromkeys(assets.dashboards, "Synteettinen aineisto")
    with zipfile.ZipFile(io.BytesIO(bundle(assets, Filling("duckdb:////x", natures, facts.labels)))) as archive:
        made = yaml.safe_load(archive.read("avainvarasto/dashboards/vaikuttavuus.yaml"))
    position = made["position"]
    columns = [item for item in position.values() if isinstance(item, dict) and item["type"] == "COLUMN"]
    said = {}
    for column in columns:
        chart, note = (position[child] for child in column["children"])
        assert note["parents"] == chart["parents"]
        assert column["id"] == chart["parents"][-1]
        assert column["id"] in position[column["parents"][-1]]["children"]
        said[chart["meta"]["sliceName"]] = note["meta"]["code"]
    shown = [assets.charts[name] for name in assets.charts_of("vaikuttavuus")]
    assert said == {chart["slice_name"]: chart["description"] for chart in shown}
    assert all(said.values())
    assert "notes" not in made


def test_pilots_beside_others_are_an_association_beside_what_could_be_found(assets: Assets) -> None:
    for dataset in ("effectiveness_receipt_effect", "effectiveness_receipt_difference"):
        shown = [chart for chart in assets.charts.values() if chart["dataset"] == dataset]
        assert shown
        assert all("yhteys, ei syy-yhteys" in chart["slice_name"].lower() for chart in shown)
    columns = assets.charts["pilots_and_others"]["params"]["all_columns"]
    place = columns.index("estimate")
    assert columns[place + 3 : place + 5] == ["largest_visible_share", "minimum_detectable"]
