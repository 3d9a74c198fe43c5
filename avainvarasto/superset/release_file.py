"""What Superset's side needs to know of the release file: tables, columns, cuts, nature, labels.

The file is opened with the same lock-down that the dashboards use: a file can be open in one process with one
configuration only, and nothing here needs more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from avainvarasto.errors import SupersetRefused
from avainvarasto.release.reader import LOCK_DOWN

_NATURE_TEXT = {
    "synthetic": "Synteettinen aineisto: rekisteriluvut ovat keksittyjä",
    "confidential": "Suojattu julkaisu luottamuksellisesta rekisteriaineistosta",
    "public": "Julkinen aineisto",
}


@dataclass(frozen=True)
class ReleaseSchema:
    """Columns (name to type) and cuts of each table of a release, and the code sets that it has Finnish labels of."""

    columns: Mapping[tuple[str, str], Mapping[str, str]]
    cuts: Mapping[tuple[str, str], frozenset[str]]
    code_sets: frozenset[str]


@dataclass(frozen=True)
class ReleaseFacts:
    """Everything that is read from a release file before its dashboards are applied."""

    schema: ReleaseSchema
    natures: Mapping[tuple[str, str], str]
    labels: Mapping[str, Mapping[str, str]]


def read_release(path: Path) -> ReleaseFacts:
    """Read structure, natures and Finnish code labels of the release file at `path`.

    Raises:
        SupersetRefused: there is no such file.
    """
    import duckdb

    if not path.is_file():
        raise SupersetRefused(
            str(path),
            "there is no active release",
            consequence="No dashboard was applied.",
            remedy="make one with `make run`",
        )
    with duckdb.connect(str(path), **LOCK_DOWN) as connection:
        columns: dict[tuple[str, str], dict[str, str]] = {}
        for schema, table, column, type_ in connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns"
            " order by table_schema, table_name, ordinal_position"
        ).fetchall():
            columns.setdefault((schema, table), {})[column] = type_
        cuts = {
            (schema, table): frozenset(
                cut for (cut,) in connection.execute(f'select distinct cut from "{schema}"."{table}"').fetchall()
            )
            for (schema, table), found in columns.items()
            if "cut" in found
        }
        natures = {}
        if ("reference", "table_nature") in columns:
            rows = connection.execute("select table_schema, table_name, nature from reference.table_nature").fetchall()
            natures = {(schema, table): nature for schema, table, nature in rows}
        labels: dict[str, dict[str, str]] = {}
        if ("reference", "code_label") in columns:
            for code_set, code, label in connection.execute(
                "select code_set, code, label from reference.code_label where lang = 'fi' and label is not null"
            ).fetchall():
                labels.setdefault(code_set, {})[code] = label
    return ReleaseFacts(ReleaseSchema(columns, cuts, frozenset(labels)), natures, labels)


def nature_text(tables: set[tuple[str, str]], natures: Mapping[tuple[str, str], str]) -> str:
    """The sentence that a dashboard over `tables` shows about its data.

    One synthetic table among others is enough to say so: invented figures must never be read as real ones.

    Raises:
        SupersetRefused: the release does not say what a table is, or says an unknown nature.
    """
    unknown = sorted(
        f"{schema}.{table}" for schema, table in tables if natures.get((schema, table)) not in _NATURE_TEXT
    )
    if unknown:
        raise SupersetRefused(
            "reference.table_nature",
            f"no known nature for {', '.join(unknown)}",
            consequence="No dashboard was applied: it could not say whether its figures are real.",
            remedy="make a new release with `make run`",
        )
    found = {natures[table] for table in tables}
    said = [nature for nature in ("synthetic", "confidential") if nature in found] or ["public"]
    return ". ".join(_NATURE_TEXT[nature] for nature in said)
