"""Static check of the chain dashboard → chart → dataset → column against a release file.

A published table holds several cuts of the same cases: a chart that reads two of them counts people twice, and one
that leaves a dimension of its cut open adds up groups of which some are hidden. Both are refused here, before anything
reaches a server. Nothing is skipped: what the check does not know, it refuses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from avainvarasto.errors import SupersetRefused
from avainvarasto.release.reader import LOCK_DOWN
from avainvarasto.superset.assets import Asset, Assets
from avainvarasto.superset.release_file import ReleaseSchema

# What every published table has.
FIXED_COLUMNS = ("cut", "suppressed", "release_id")
CHART_TYPES = ("table", "echarts_timeseries_bar", "echarts_timeseries_line", "echarts_timeseries_step")
# One row a group: MAX reads that row and can never add up several.
_METRIC = re.compile(r"MAX\((?P<column>[a-z][a-z0-9_]*)\)")

Problem = tuple[str, str]


def validate(assets: Assets, release: ReleaseSchema) -> None:
    """Refuse assets that the release cannot serve.

    Raises:
        SupersetRefused: with every problem found, each with its file.
    """
    problems = list(find_problems(assets, release))
    if problems:
        where, first = problems[0]
        others = "".join(f"\n  {place}: {problem}" for place, problem in problems[1:])
        raise SupersetRefused(
            where,
            first + others,
            consequence="Nothing was sent to Superset.",
            remedy="correct the file under superset/assets, or the model whose table or cut is missing",
        )


def find_problems(assets: Assets, release: ReleaseSchema) -> Iterator[Problem]:
    """Every problem as (file, what is wrong)."""
    for name, database in assets.databases.items():
        yield from _at(f"databases/{name}.yaml", _database(database))
    for name, dataset in assets.datasets.items():
        yield from _at(f"datasets/{name}.yaml", _dataset(dataset, assets, release))
    for name, chart in assets.charts.items():
        yield from _at(f"charts/{name}.yaml", _chart(chart, assets, release))
    for name, dashboard in assets.dashboards.items():
        yield from _at(f"dashboards/{name}.yaml", _dashboard(dashboard, assets))
    shown = {
        item.get("meta", {}).get("chart")
        for dashboard in assets.dashboards.values()
        for item in dashboard["position"].values()
    }
    for name in sorted(set(assets.charts) - shown):
        yield f"charts/{name}.yaml", "no dashboard shows this chart"
    yield from _repeated(assets)


def _at(where: str, problems: Iterator[str]) -> Iterator[Problem]:
    return ((where, problem) for problem in problems)


def _repeated(assets: Assets) -> Iterator[Problem]:
    """Names that Superset needs to be unique: its metadata store refuses or mixes up a second one."""
    for kind, key in (("datasets", "table_name"), ("charts", "slice_name"), ("dashboards", "slug")):
        seen: dict[str, str] = {}
        for name, asset in getattr(assets, kind).items():
            if asset[key] in seen:
                yield f"{kind}/{name}.yaml", f"{key} '{asset[key]}' is already that of {seen[asset[key]]}"
            seen[asset[key]] = name


def _database(database: Asset) -> Iterator[str]:
    connect_args = database.get("extra", {}).get("engine_params", {}).get("connect_args")
    if connect_args != LOCK_DOWN:
        yield "connect_args differ from the lock-down of the release file (avainvarasto.release.reader)"
    for key in ("allow_ctas", "allow_cvas", "allow_dml", "allow_file_upload", "allow_run_async"):
        if database.get(key) is not False:
            yield f"{key} must be false"
    if database.get("sqlalchemy_uri") != "${release_uri}":
        yield "sqlalchemy_uri must be ${release_uri}"


def _dataset(dataset: Asset, assets: Assets, release: ReleaseSchema) -> Iterator[str]:
    if dataset["database"] not in assets.databases:
        yield f"database '{dataset['database']}' does not exist"
    if dataset.get("sql"):
        yield "a dataset reads one published table, not a query"
    table = (dataset["schema"], dataset["table_name"])
    actual = release.columns.get(table)
    if actual is None:
        yield f"table {table[0]}.{table[1]} is not in the release"
        return
    for fixed in FIXED_COLUMNS:
        if fixed not in actual:
            yield f"table {table[0]}.{table[1]} has no column '{fixed}'"
    yield from _columns(dataset["columns"], actual, f"{table[0]}.{table[1]}", release.code_sets)
    yield from _metrics(dataset.get("metrics", []), actual, f"{table[0]}.{table[1]}")


def _columns(columns: list[Asset], actual: Mapping[str, str], table: str, code_sets: frozenset[str]) -> Iterator[str]:
    names = [column["column_name"] for column in columns]
    if len(names) != len(set(names)):
        yield "a column is named twice"
    for column in columns:
        source = str(column.get("code_column", column["column_name"]))
        if "code_column" in column and column.get("code_set") not in code_sets:
            yield f"column '{column['column_name']}': the release has no Finnish labels of '{column.get('code_set')}'"
        if "expression" in column:
            yield f"column '{column['column_name']}' is an expression; only labels of a code column may be"
        if source not in actual:
            yield f"column '{source}' is not in {table}"
        elif actual[source] != column.get("type"):
            yield f"column '{source}' is {actual[source]} in the release, not {column.get('type')}"
        if not column.get("verbose_name"):
            yield f"column '{column['column_name']}' has no label"


def _metrics(metrics: list[Asset], actual: Mapping[str, str], table: str) -> Iterator[str]:
    for metric in metrics:
        match = _METRIC.fullmatch(metric["expression"])
        if match is None:
            yield f"metric '{metric['metric_name']}' is not MAX(column): it could add up groups"
        elif match["column"] not in actual:
            yield f"metric '{metric['metric_name']}' reads '{match['column']}', not in {table}"
        if not metric.get("verbose_name"):
            yield f"metric '{metric['metric_name']}' has no label"


def _chart(chart: Asset, assets: Assets, release: ReleaseSchema) -> Iterator[str]:
    dataset = assets.datasets.get(chart["dataset"])
    if dataset is None:
        yield f"dataset '{chart['dataset']}' does not exist"
        return
    params = chart["params"]
    if chart["viz_type"] not in CHART_TYPES or params.get("viz_type") != chart["viz_type"]:
        yield f"viz_type must be the same in both places and one of {', '.join(CHART_TYPES)}"
        return
    if (chart["viz_type"] == "table") != (params.get("query_mode") == "raw"):
        yield "a table reads rows as they are (query_mode raw), a graph reads metrics"
        return
    if not isinstance(params.get("row_limit"), int):
        yield "row_limit is missing"
    columns = {column["column_name"]: column.get("code_column", column["column_name"]) for column in dataset["columns"]}
    shown, metrics = _shown(params)
    filters, bad = _filters(params)
    yield from bad
    for column in [*shown, *(json.loads(item)[0] for item in params.get("order_by_cols", [])), *filters]:
        if column not in columns:
            yield f"column '{column}' is not in dataset '{chart['dataset']}'"
    known_metrics = {metric["metric_name"] for metric in dataset.get("metrics", [])}
    for metric in metrics:
        if not isinstance(metric, str) or metric not in known_metrics:
            yield f"metric {metric!r} is not in dataset '{chart['dataset']}'"
    if params.get("query_mode") != "raw" and not metrics:
        yield "shows no metric"
    shown_sources = {columns[column] for column in shown if column in columns}
    yield from _one_cut(filters, shown_sources, (dataset["schema"], dataset["table_name"]), release)


def _one_cut(
    filters: Mapping[str, str], shown: set[str], table: tuple[str, str], release: ReleaseSchema
) -> Iterator[str]:
    """One cut is read, and each of its dimensions is either on the chart or held at one value."""
    if "cut" not in filters:
        yield "no filter on 'cut': it would read several cuts of the same cases at once"
        return
    cut = filters["cut"]
    if cut not in release.cuts.get(table, frozenset()):
        yield f"cut '{cut}' is not in {table[0]}.{table[1]}"
        return
    dimensions = cut.split(",")
    for dimension in dimensions:
        if dimension not in shown and dimension not in filters:
            yield f"dimension '{dimension}' of cut '{cut}' is neither shown nor filtered to one value"
    other_dimensions = {name for other in release.cuts[table] for name in other.split(",")} - set(dimensions)
    for column in sorted((shown | set(filters)) & other_dimensions):
        yield f"column '{column}' reads 'all' in cut '{cut}'"


def _shown(params: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    if params.get("query_mode") == "raw":
        return list(params.get("all_columns", [])), []
    axis = [params["x_axis"]] if "x_axis" in params else []
    return [*axis, *params.get("groupby", [])], list(params.get("metrics", []))


def _filters(params: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Filters to exactly one value, by column; anything else is a problem."""
    filters: dict[str, str] = {}
    problems: list[str] = []
    for item in params.get("adhoc_filters", []):
        simple = item.get("expressionType") == "SIMPLE" and item.get("clause") == "WHERE"
        if not simple or item.get("operator") != "==" or not isinstance(item.get("comparator"), str):
            problems.append("a filter must be SIMPLE, WHERE, '==' and a text")
        elif item["subject"] in filters:
            problems.append(f"two filters on '{item['subject']}'")
        else:
            filters[item["subject"]] = item["comparator"]
    return filters, problems


def _dashboard(dashboard: Asset, assets: Assets) -> Iterator[str]:
    position: Mapping[str, Asset] = dashboard["position"]
    for root in ("ROOT_ID", "GRID_ID"):
        if root not in position:
            yield f"the layout has no {root}"
            return
    reached = {"ROOT_ID", "HEADER_ID"}
    for key, item in position.items():
        for child in item.get("children", []):
            if child not in position:
                yield f"{key} holds '{child}', which is not in the layout"
            reached.add(child)
    for key in sorted(set(position) - reached):
        yield f"'{key}' is in no row"
    charts = [item["meta"].get("chart") for item in position.values() if item["type"] == "CHART"]
    if not charts:
        yield "shows no chart"
    for chart in charts:
        if chart not in assets.charts:
            yield f"chart '{chart}' does not exist"
    notes = [item["meta"]["code"] for item in position.values() if item["type"] == "MARKDOWN"]
    if not any("${nature}" in note for note in notes):
        yield "no text with ${nature}: the page would not say whether its figures are real"
