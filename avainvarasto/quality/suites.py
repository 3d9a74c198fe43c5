"""Suite files: Great Expectations' own serialised shape, read strictly.

A misspelt type or an unknown key is an error here, because Great Expectations itself drops what it does not know.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avainvarasto.errors import ContractError
from avainvarasto.files import sha256_of


class Rows(BaseModel):
    """How many rows a batch must have at least; 0 only where the extract may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: int = Field(ge=0)


class SuiteMeta(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: Rows


class Expectation(BaseModel):
    """One rule of a suite; `notes` says why it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    kwargs: dict[str, Any]
    severity: Literal["critical", "warning"]
    notes: str

    @property
    def rule(self) -> str:
        """Name of the rule in results: its type and column, or its first words for SQL of one's own."""
        column = self.kwargs.get("column") or "+".join(self.kwargs.get("column_list", []))
        name = self.type.removeprefix("expect_")
        return f"{name}({column})" if column else f"{name}: {self.notes}"


class Suite(BaseModel):
    """A suite and the hash of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    meta: SuiteMeta
    expectations: list[Expectation] = Field(min_length=1)

    def allowing_no_rows(self) -> Suite:
        """This suite for a table whose sources were never delivered or are gone."""
        return self.model_copy(update={"meta": SuiteMeta(rows=Rows(min=0))})


def load_suite(path: Path) -> Suite:
    """One suite.

    Raises:
        ContractError: the file is missing, no YAML, breaks the schema, or two of its rules have one name.
    """
    if not path.is_file():
        raise _wrong(path, "there is no such suite", "write the suite; every extract and release has one")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        suite = Suite.model_validate({"name": f"{path.parent.name}.{path.stem}", "sha256": sha256_of(path), **content})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise _wrong(path, f"{place}: {first['msg']}", "mend the suite file") from None
    except (yaml.YAMLError, TypeError):
        raise _wrong(path, "is not readable as a YAML mapping", "mend the suite file") from None
    names = [expectation.rule for expectation in suite.expectations]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong(path, f"two rules are named '{doubled[0]}'", "say the difference in notes")
    return suite


def _wrong(path: Path, problem: str, remedy: str) -> ContractError:
    return ContractError(str(path), problem, consequence="The gate stays closed.", remedy=remedy)
