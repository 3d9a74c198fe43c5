"""The assets of Superset: readable YAML linked by file names, made into Superset's own import bundle.

A file's name is its stable name. UUIDs are derived from it, so a second import updates instead of adding, and
nobody writes a UUID by hand. The same files, release and labels give the same bytes.
"""

from __future__ import annotations

import copy
import io
import json
import string
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from avainvarasto.errors import SupersetRefused

NAMESPACE = uuid.UUID("5c1f4f0e-6f0d-5b53-9d0c-4a0f6c0f2f11")
KINDS = ("databases", "datasets", "charts", "dashboards")
ROOT = "avainvarasto"
# The fixed date of every file in the bundle: the earliest that a zip can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
# How much of a note fits on a line, by twelfths of the page's width.
_CHARACTERS_A_COLUMN = 14

Asset = dict[str, Any]


@dataclass(frozen=True)
class Assets:
    """All assets by kind and stable name, as written."""

    databases: Mapping[str, Asset]
    datasets: Mapping[str, Asset]
    charts: Mapping[str, Asset]
    dashboards: Mapping[str, Asset]

    def charts_of(self, dashboard: str) -> list[str]:
        """Stable names of the charts that the dashboard shows, in the order of its layout."""
        return [item["meta"]["chart"] for item in self._items(dashboard) if item.get("type") == "CHART"]

    def tables_of(self, dashboard: str) -> set[tuple[str, str]]:
        """Schema and table of everything that the dashboard reads."""
        datasets = [self.datasets[self.charts[name]["dataset"]] for name in self.charts_of(dashboard)]
        return {(dataset["schema"], dataset["table_name"]) for dataset in datasets}

    def _items(self, dashboard: str) -> Iterator[Asset]:
        position = self.dashboards[dashboard]["position"]
        return (item for item in position.values() if isinstance(item, dict))


@dataclass(frozen=True)
class Filling:
    """What only the release file knows when the bundle is made.

    Attributes:
        release_uri: SQLAlchemy address of the release file.
        natures: the sentence on the nature of the data, by dashboard.
        labels: Finnish label by code, by code set.
    """

    release_uri: str
    natures: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]


def stable_uuid(kind: str, name: str) -> str:
    """The UUID of an asset, from its kind and stable name alone."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))


def load_assets(folder: Path) -> Assets:
    """Read every YAML file under the four folders of `folder`.

    Raises:
        SupersetRefused: a folder is empty or a file is not a mapping.
    """
    return Assets(**{kind: _load_kind(folder / kind) for kind in KINDS})


def _load_kind(folder: Path) -> dict[str, Asset]:
    found = {path.stem: _load_file(path) for path in sorted(folder.glob("*.yaml"))}
    if not found:
        raise SupersetRefused(
            str(folder),
            "holds no YAML file",
            consequence="Nothing was sent to Superset.",
            remedy="restore the folder from version control",
        )
    return found


def _load_file(path: Path) -> Asset:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        content, problem = None, f"is not YAML: {str(error).splitlines()[0]}"
    else:
        problem = "is not a mapping"
    if not isinstance(content, dict):
        raise SupersetRefused(
            str(path), problem, consequence="Nothing was sent to Superset.", remedy="correct the file"
        )
    return content


def query_context(params: Mapping[str, Any]) -> Asset:
    """The saved query of a chart, from its form: what `GET chart/{id}/data/` runs.

    Superset's import fills in the dataset. Only what the project's charts use is translated; the validation refuses the
    rest.
    """
    raw = params.get("query_mode") == "raw"
    columns = list(params["all_columns"]) if raw else [*_axis(params), *params.get("groupby", [])]
    query: Asset = {
        "columns": columns,
        "filters": [
            {"col": item["subject"], "op": item["operator"], "val": item["comparator"]}
            for item in params.get("adhoc_filters", [])
        ],
        "orderby": [json.loads(item) for item in params.get("order_by_cols", [])] if raw else [[columns[0], True]],
        "row_limit": params["row_limit"],
        "extras": {"having": "", "where": ""},
        "annotation_layers": [],
        "applied_time_extras": {},
        "custom_params": {},
        "custom_form_data": {},
        "url_params": {},
    }
    if not raw:
        query["metrics"] = list(params["metrics"])
    # The identifiers are placeholders: the import puts those of the dataset.
    return {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "queries": [query],
        "form_data": dict(params),
        "result_format": "json",
        "result_type": "full",
    }


def _axis(params: Mapping[str, Any]) -> list[str]:
    return [params["x_axis"]] if "x_axis" in params else []


def bundle(assets: Assets, filling: Filling) -> bytes:
    """Superset's import bundle as a zip; equal input gives equal bytes."""
    files: dict[str, Asset] = {"metadata.yaml": {"version": "1.0.0", "type": "assets"}}
    for name, database in assets.databases.items():
        files[f"databases/{name}.yaml"] = _database(name, database, filling)
    for name, dataset in assets.datasets.items():
        files[f"datasets/{dataset['database']}/{name}.yaml"] = _dataset(name, dataset, filling)
    for name, chart in assets.charts.items():
        files[f"charts/{name}.yaml"] = _chart(name, chart)
    for name, dashboard in assets.dashboards.items():
        files[f"dashboards/{name}.yaml"] = _dashboard(name, dashboard, assets, filling)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            text = yaml.safe_dump(files[path], allow_unicode=True, sort_keys=True, width=1000)
            archive.writestr(zipfile.ZipInfo(f"{ROOT}/{path}", _EPOCH), text.encode("utf-8"))
    return buffer.getvalue()


def _database(name: str, database: Asset, filling: Filling) -> Asset:
    uri = string.Template(database["sqlalchemy_uri"]).substitute(release_uri=filling.release_uri)
    return {**copy.deepcopy(database), "sqlalchemy_uri": uri, "uuid": stable_uuid("databases", name)}


def _dataset(name: str, dataset: Asset, filling: Filling) -> Asset:
    made = copy.deepcopy(dataset)
    made["database_uuid"] = stable_uuid("databases", made.pop("database"))
    made["uuid"] = stable_uuid("datasets", name)
    made["columns"] = [_column(column, filling) for column in made["columns"]]
    return made


def _column(column: Asset, filling: Filling) -> Asset:
    """A plain column as it is; a label column as an expression over its code column."""
    if "code_column" not in column:
        return column
    labels, code_column = filling.labels[column.pop("code_set")], column.pop("code_column")
    cases = "".join(f" WHEN {_text(code)} THEN {_text(label)}" for code, label in sorted(labels.items()))
    return {**column, "expression": f"CASE {code_column}{cases} WHEN 'unknown' THEN 'ei tietoa' ELSE {code_column} END"}


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _chart(name: str, chart: Asset) -> Asset:
    made = copy.deepcopy(chart)
    made["dataset_uuid"] = stable_uuid("datasets", made.pop("dataset"))
    made["uuid"] = stable_uuid("charts", name)
    made["query_context"] = json.dumps(query_context(chart["params"]), ensure_ascii=False, sort_keys=True)
    return made


def _dashboard(name: str, dashboard: Asset, assets: Assets, filling: Filling) -> Asset:
    made = copy.deepcopy(dashboard)
    made["uuid"] = stable_uuid("dashboards", name)
    position = made["position"]
    if made.pop("notes", None) == "below":
        made["position"] = position = _with_notes(position, assets)
    parents = {child: key for key, item in position.items() for child in item.get("children", [])}
    for number, (key, item) in enumerate(position.items(), start=1):
        item["id"] = key
        if key in parents:
            item["parents"] = _ancestors(key, parents)
        if item["type"] == "CHART":
            chart = item["meta"].pop("chart")
            title = assets.charts[chart]["slice_name"]
            # Superset replaces the number by the chart's own, found by UUID.
            item["meta"] |= {"uuid": stable_uuid("charts", chart), "chartId": number, "sliceName": title}
        if item["type"] == "MARKDOWN":
            text = string.Template(item["meta"]["code"])
            item["meta"]["code"] = text.substitute(nature=filling.natures[name])
    position["DASHBOARD_VERSION_KEY"] = "v2"
    return made


def _with_notes(position: Asset, assets: Assets) -> Asset:
    """The layout with the description of each chart below it, both in a column as wide as the chart was.

    Superset 6.1 shows descriptions on no dashboard: its page looks for them under another name than its server sends.
    """
    made: Asset = {}
    for key, item in position.items():
        if item["type"] == "ROW":
            item["children"] = [
                f"COLUMN-{child}" if _is_chart(position[child]) else child for child in item["children"]
            ]
        made[key] = item
        if _is_chart(item):
            text, width = assets.charts[item["meta"]["chart"]]["description"], item["meta"]["width"]
            lines = -(-len(text) // (_CHARACTERS_A_COLUMN * width))
            column = {"width": width, "background": "BACKGROUND_TRANSPARENT"}
            note = {"width": width, "height": 3 + 3 * lines, "code": text.replace("$", "$$")}
            made[f"COLUMN-{key}"] = {"type": "COLUMN", "children": [key, f"NOTE-{key}"], "meta": column}
            made[f"NOTE-{key}"] = {"type": "MARKDOWN", "children": [], "meta": note}
    return made


def _is_chart(item: Asset) -> bool:
    return bool(item["type"] == "CHART")


def _ancestors(key: str, parents: Mapping[str, str]) -> list[str]:
    chain: list[str] = []
    while key in parents:
        key = parents[key]
        chain.insert(0, key)
    return chain
