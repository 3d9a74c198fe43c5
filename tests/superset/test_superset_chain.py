"""The chain dashboard → chart → dataset → column holds against a release, and each break of it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from avainvarasto.errors import SupersetRefused
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.superset.access import load_roles
from avainvarasto.superset.assets import Assets
from avainvarasto.superset.release_file import ReleaseFacts
from avainvarasto.superset.validate import validate

pytestmark = pytest.mark.superset


def test_the_projects_assets_fit_the_release(assets: Assets, facts: ReleaseFacts) -> None:
    validate(assets, facts.schema)


def test_the_dashboards_show_every_chart_once(assets: Assets) -> None:
    shown = [chart for dashboard in assets.dashboards for chart in assets.charts_of(dashboard)]
    assert sorted(shown) == sorted(assets.charts)


def test_a_dashboard_reads_the_tables_of_its_exposure(assets: Assets) -> None:
    text = (PROJECT_ROOT / "dbt" / "models" / "marts" / "_exposures.yml").read_text(encoding="utf-8")
    for exposure in yaml.safe_load(text)["exposures"]:
        marts = {re.fullmatch(r"ref\('mart_(\w+?)__(\w+)'\)", ref) for ref in exposure["depends_on"]}
        tables = {match.groups() for match in marts if match}
        assert assets.tables_of(exposure["name"].replace("_", "-")) <= tables


def test_the_dashboards_read_every_dataset_and_their_viewers_may(assets: Assets) -> None:
    assert {chart["dataset"] for chart in assets.charts.values()} == set(assets.datasets)
    (viewer,) = load_roles(PROJECT_ROOT / "superset" / "access.yml", assets)
    assert sorted(viewer.datasets) == sorted(assets.datasets)


def _wrong_column_in_dataset(assets: Assets) -> None:
    assets.datasets["kela_funnel"]["columns"][1]["column_name"] = "notification_kind"


def _wrong_type_in_dataset(assets: Assets) -> None:
    assets.datasets["kela_funnel"]["columns"][1]["type"] = "BIGINT"


def _missing_table(assets: Assets) -> None:
    assets.datasets["kela_funnel"]["table_name"] = "funnels"


def _missing_dataset(assets: Assets) -> None:
    assets.charts["counties_by_year"]["dataset"] = "counties"


def _wrong_column_in_chart(assets: Assets) -> None:
    assets.charts["counties_by_year"]["params"]["all_columns"].append("n_invited")


def _wrong_metric_in_chart(assets: Assets) -> None:
    assets.charts["notifications_by_month"]["params"]["metrics"].append("kutsuttu")


def _metric_on_missing_column(assets: Assets) -> None:
    assets.datasets["kela_funnel"]["metrics"][0]["expression"] = "MAX(n_invited)"


def _metric_that_adds_up(assets: Assets) -> None:
    assets.datasets["kela_recipients"]["metrics"][1]["expression"] = "SUM(n_persons)"


def _no_cut_filter(assets: Assets) -> None:
    assets.charts["notifications_by_month"]["params"]["adhoc_filters"] = []


def _unknown_cut(assets: Assets) -> None:
    assets.charts["notifications_by_month"]["params"]["adhoc_filters"][0]["comparator"] = "sex,month"


def _several_cuts(assets: Assets) -> None:
    filter_ = assets.charts["notifications_by_month"]["params"]["adhoc_filters"][0]
    filter_ |= {"operator": "IN", "comparator": ["month", "county_code,year"]}


def _open_dimension(assets: Assets) -> None:
    assets.charts["recipients_by_month"]["params"]["adhoc_filters"].pop()


def _dimension_of_another_cut(assets: Assets) -> None:
    assets.charts["counties_by_year"]["params"]["all_columns"].insert(0, "month")


def _missing_chart(assets: Assets) -> None:
    assets.dashboards["kela-kunta"]["position"]["CHART-types"]["meta"]["chart"] = "notifications_by_kind"


def _chart_in_no_row(assets: Assets) -> None:
    assets.dashboards["kela-kunta"]["position"]["ROW-types"]["children"] = []


def _layout_hole(assets: Assets) -> None:
    del assets.dashboards["kela-kunta"]["position"]["CHART-types"]


def _silent_about_nature(assets: Assets) -> None:
    assets.dashboards["kela-kunta"]["position"]["MARKDOWN-note"]["meta"]["code"] = "Kela–kunta"


def _weaker_connection(assets: Assets) -> None:
    config = assets.databases["julkaisu"]["extra"]["engine_params"]["connect_args"]["config"]
    config["enable_external_access"] = True


def _no_lock_down(assets: Assets) -> None:
    del assets.databases["julkaisu"]["extra"]["engine_params"]


def _writable(assets: Assets) -> None:
    assets.databases["julkaisu"]["allow_dml"] = True


def _labels_of_nothing(assets: Assets) -> None:
    assets.datasets["kela_funnel"]["columns"][-1]["code_set"] = "counties"


def _query_instead_of_table(assets: Assets) -> None:
    assets.datasets["kela_funnel"]["sql"] = "select * from kela_flow.funnel"


def _same_table_name_twice(assets: Assets) -> None:
    assets.datasets["kela_recipients"]["table_name"] = "funnel"


@pytest.mark.bite
@pytest.mark.parametrize(
    ("spoil", "where", "problem"),
    [
        (
            _wrong_column_in_dataset,
            "datasets/kela_funnel.yaml",
            "column 'notification_kind' is not in kela_flow",
        ),
        (_wrong_type_in_dataset, "datasets/kela_funnel.yaml", "is VARCHAR in the release, not BIGINT"),
        (_missing_table, "datasets/kela_funnel.yaml", "table kela_flow.funnels is not in the release"),
        (_missing_dataset, "charts/counties_by_year.yaml", "dataset 'counties' does not exist"),
        (_wrong_column_in_chart, "charts/counties_by_year.yaml", "column 'n_invited' is not in dataset"),
        (_wrong_metric_in_chart, "charts/notifications_by_month.yaml", "metric 'kutsuttu' is not in dataset"),
        (_metric_on_missing_column, "datasets/kela_funnel.yaml", "reads 'n_invited', not in kela_flow.funnel"),
        (_metric_that_adds_up, "datasets/kela_recipients.yaml", "'saajia' is not MAX(column)"),
        (_no_cut_filter, "charts/notifications_by_month.yaml", "no filter on 'cut'"),
        (_unknown_cut, "charts/notifications_by_month.yaml", "cut 'sex,month' is not in kela_flow.funnel"),
        (_several_cuts, "charts/notifications_by_month.yaml", "no filter on 'cut'"),
        (_open_dimension, "charts/recipients_by_month.yaml", "dimension 'basis' of cut 'basis,month' is neither"),
        (_dimension_of_another_cut, "charts/counties_by_year.yaml", "column 'month' reads 'all' in cut"),
        (_missing_chart, "dashboards/kela-kunta.yaml", "chart 'notifications_by_kind' does not exist"),
        (_chart_in_no_row, "dashboards/kela-kunta.yaml", "'CHART-types' is in no row"),
        (_layout_hole, "dashboards/kela-kunta.yaml", "holds 'CHART-types', which is not in the layout"),
        (_silent_about_nature, "dashboards/kela-kunta.yaml", "no text with ${nature}"),
        (_weaker_connection, "databases/julkaisu.yaml", "differ from the lock-down"),
        (_no_lock_down, "databases/julkaisu.yaml", "differ from the lock-down"),
        (_writable, "databases/julkaisu.yaml", "allow_dml must be false"),
        (_labels_of_nothing, "datasets/kela_funnel.yaml", "the release has no Finnish labels of 'counties'"),
        (_query_instead_of_table, "datasets/kela_funnel.yaml", "not a query"),
        (_same_table_name_twice, "datasets/kela_recipients.yaml", "table_name 'funnel' is already that of kela_funnel"),
    ],
)
def test_a_broken_link_of_the_chain_is_refused_with_its_file(
    assets: Assets, facts: ReleaseFacts, spoil: Callable[[Any], None], where: str, problem: str
) -> None:
    spoil(assets)
    with pytest.raises(SupersetRefused, match=re.escape(problem)) as refusal:
        validate(assets, facts.schema)
    assert f"{where}: " in str(refusal.value)
