"""The national client plan of services for working-age people (Työikäisten palvelujen asiakassuunnitelma) as JSON.

Keys are those of the national document structure 1.2.246.537.6.1506.15020 (2024). A plan sets goals, with the factors
that support or hinder them, and names services and methods; the review of its goals stands in the *next* plan.
DuckDB cuts the file into documents, so that only one of them is in memory; its errors quote and are not passed on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto.contract_readers import ClientPlanReader
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers.arriving import NUMBER_FOR_TEXT, Arriving, ask, refuse
from avainvarasto.landing.readers.fan_out import FanOut, part
from avainvarasto.landing.readers.json_text import decoder

MAX_DOCUMENT_BYTES = 2_000_000
_FETCHED = 20
_TAIL = 1 << 16  # bytes in which the last sign of a file stands
# A key that is none of the structure's words may hold anything, and is not shown.
_KEY = re.compile(r"[a-z][a-z_]{0,60}")
_FORMATS = {"array": "array", "lines": "newline_delimited"}
_DOCUMENT = (
    "asiakas",
    "laatija",
    "asetettavat_tavoitteet",
    "menetelmat_ja_palvelut",
    "palvelut_joita_asiakas_talla_hetkella_saa",
    "suunnitelman_arviointi",
)
# Texts of each object, by the column that holds them.
_PLAN = {
    "plan_id": "suunnitelma_id",
    "previous_plan_id": "edellinen_suunnitelma_id",
    "plan_date": "laatimispaiva",
}
_CLIENT = {"client_id": "henkilotunnus", "client_name": "nimi"}
_AUTHOR = {"unit_id": "palveluyksikko", "author_name": "nimi", "author_title": "ammattinimike"}
_GOAL = {"goal_code": "tavoite", "aim": "tavoitteen_asteikko", "description": "kuvaus"}
_FACTOR = {"factor_code": "tilannetekija", "direction": "tukeeko_vai_vaikeuttaako"}
_SERVICE = {
    "planned_service_code": "palvelu",
    "service_task_code": "palvelutehtava",
    "social_service_code": "sosiaalipalvelu",
    "start_text": "alkaminen",
    "duration_text": "kesto",
}
_GOAL_REVIEW = {
    "goal_code": "tavoite",
    "aim": "tavoitteen_asteikko",
    "attainment_code": "arvio",
    "review_text": "sanallinen_arvio",
}
_SERVICE_REVIEW = {"planned_service_code": "palvelu", "used": "kaytetty"}
_METHOD_REVIEW = {"method_code": "menetelma", "used": "kaytetty"}

Texts = dict[str, str | None]


def load(arriving: Arriving) -> None:
    """Fill `delivered` of the plans and their parts; src_row is the number of the document in the file.

    Raises:
        DeliveryRefused: the file is no JSON of the agreed layout, or a document is too large, or has a key or a shape
            that was not agreed; the place of the key is named.
    """
    with FanOut(arriving) as tables:
        for number, text in enumerate(_documents(arriving), 1):
            _Document(arriving, tables, number).unpack(_parsed(arriving, number, text))


def _documents(arriving: Arriving) -> Iterator[str]:
    """The documents' texts in the order of the file."""
    reader = arriving.contract.reader_as(ClientPlanReader)
    if reader.layout == "array" and not _has_its_end(arriving.path):
        raise _not_as_laid_out(arriving, reader.layout)
    cursor = arriving.connection.cursor()
    try:
        cursor.execute(
            """select json from read_json_objects(
                $path, format = $format, maximum_object_size = $size, compression = 'uncompressed')""",
            {"path": str(arriving.path), "format": _FORMATS[reader.layout], "size": MAX_DOCUMENT_BYTES},
        )
        while rows := cursor.fetchmany(_FETCHED):
            yield from (row[0] for row in rows)
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise  # the disk's fault, not the supplier's
    except (duckdb.Error, UnicodeDecodeError) as error:  # the latter where a message would have quoted such bytes
        if "maximum_object_size" in str(error):
            raise _too_large(arriving, "a document") from None
        raise _not_as_laid_out(arriving, reader.layout) from None
    finally:
        cursor.close()


def _has_its_end(path: Path) -> bool:
    """False for a list cut off behind a document, of which DuckDB 1.5 makes a shorter list without a word."""
    with path.open("rb") as stream:
        stream.seek(-min(path.stat().st_size, _TAIL), os.SEEK_END)
        tail = stream.read().rstrip()
    return not tail or tail.endswith(b"]")


def _not_as_laid_out(arriving: Arriving, layout: str) -> DeliveryRefused:
    problem = f"is not JSON with documents in the layout '{layout}' (UTF-8)"
    return refuse(arriving.place, problem, ask(arriving.contract))


def _parsed(arriving: Arriving, number: int, text: str) -> Any:
    """A document in which numbers are marked texts: 99 may have been 099."""
    if len(text.encode()) > MAX_DOCUMENT_BYTES:
        raise _too_large(arriving, f"document {number}")
    try:
        return decoder(_marked, _marked).decode(text)
    except (ValueError, RecursionError):
        where = f"{arriving.place} document {number}"
        raise refuse(where, "is no JSON object, or has a key twice", ask(arriving.contract)) from None


def _marked(number: str) -> str:
    return NUMBER_FOR_TEXT + number


def _too_large(arriving: Arriving, what: str) -> DeliveryRefused:
    limit = f"{MAX_DOCUMENT_BYTES / 1e6:.0f} MB"
    return refuse(arriving.place, f"{what} is larger than {limit}", f"{ask(arriving.contract)}; plans are texts")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


@dataclass(frozen=True)
class _Document:
    """One document on its way into the tables."""

    arriving: Arriving
    tables: FanOut
    number: int

    def unpack(self, document: Any) -> None:
        """The rows of the plan and of all that it sets, names and reviews."""
        plan = self._keys(document, "", (*_PLAN.values(), *_DOCUMENT))
        client = self._keys(plan["asiakas"], "asiakas", _CLIENT.values())
        author = self._keys(plan["laatija"], "laatija", _AUTHOR.values())
        values = self._texts(plan, "", _PLAN)
        values |= self._texts(client, "asiakas", _CLIENT) | self._texts(author, "laatija", _AUTHOR)
        self.tables.add(self.arriving.contract.extract, self.number, values)
        of = {"plan_id": values["plan_id"]}
        self._goals(plan["asetettavat_tavoitteet"], of)
        self._received(plan["palvelut_joita_asiakas_talla_hetkella_saa"], of)
        planned = self._keys(plan["menetelmat_ja_palvelut"], "menetelmat_ja_palvelut", ("palvelut",))
        self._planned(planned["palvelut"], of)
        self._review(plan["suunnitelman_arviointi"], of)

    def _goals(self, given: Any, of: Texts) -> None:
        path = "asetettavat_tavoitteet"
        for seq, goal in self._objects(given, path, (*_GOAL.values(), "tilannetekijat")):
            self._add("goal", of, goal_seq=str(seq), **self._texts(goal, f"{path}[]", _GOAL))
            self._factors(goal["tilannetekijat"], f"{path}[].tilannetekijat", of | {"goal_list": "set"}, seq)

    def _factors(self, given: Any, path: str, of: Texts, goal_seq: int) -> None:
        for _, factor in self._objects(given, path, _FACTOR.values()):
            self._add("factor", of, goal_seq=str(goal_seq), **self._texts(factor, f"{path}[]", _FACTOR))

    def _received(self, given: Any, of: Texts) -> None:
        path = "palvelut_joita_asiakas_talla_hetkella_saa"
        for seq, code in enumerate(self._list(given, path), 1):
            received = self._text(code, f"{path}[]")
            self._add("service", of, section="received", seq=str(seq), received_service_code=received)

    def _planned(self, given: Any, of: Texts) -> None:
        """Services and their methods, which are numbered through the whole plan."""
        path, n_methods = "menetelmat_ja_palvelut.palvelut", 0
        of = of | {"section": "planned"}
        for seq, service in self._objects(given, path, (*_SERVICE.values(), "menetelma")):
            texts = self._texts(service, f"{path}[]", _SERVICE)
            self._add("service", of, seq=str(seq), **texts)
            for code in self._list(service["menetelma"], f"{path}[].menetelma"):
                n_methods += 1
                self._add(
                    "method",
                    of,
                    seq=str(n_methods),
                    service_seq=str(seq),
                    social_service_code=texts["social_service_code"],
                    method_code=self._text(code, f"{path}[].menetelma[]"),
                )

    def _review(self, given: Any, of: Texts) -> None:
        """What became of the previous plan; an empty K/E is not assessed, and stays empty."""
        top = "suunnitelman_arviointi"
        goals, services, methods = (
            "edellisen_suunnitelman_tavoitteiden_saavuttaminen",
            "palvelujen_arviointi",
            "menetelmien_arviointi",
        )
        review = self._keys(given, top, (goals, services, methods))
        path = f"{top}.{goals}"
        for seq, goal in self._objects(review[goals], path, (*_GOAL_REVIEW.values(), "tilannetekijat")):
            self._add("goal_review", of, goal_seq=str(seq), **self._texts(goal, f"{path}[]", _GOAL_REVIEW))
            self._factors(goal["tilannetekijat"], f"{path}[].tilannetekijat", of | {"goal_list": "reviewed"}, seq)
        of = of | {"section": "reviewed"}
        for table, key, columns in (("service", services, _SERVICE_REVIEW), ("method", methods, _METHOD_REVIEW)):
            path = f"{top}.{key}"
            for seq, one in self._objects(review[key], path, columns.values()):
                self._add(table, of, seq=str(seq), **self._texts(one, f"{path}[]", columns))

    def _add(self, table: str, of: Texts, **values: str | None) -> None:
        self.tables.add(part(self.arriving, table), self.number, of | values)

    def _objects(self, given: Any, path: str, known: Collection[str]) -> Iterator[tuple[int, dict[str, Any]]]:
        for seq, item in enumerate(self._list(given, path), 1):
            yield seq, self._keys(item, f"{path}[]", known)

    def _keys(self, given: Any, path: str, known: Collection[str]) -> dict[str, Any]:
        """The agreed keys of an object, None for those that are left out; a key that was not agreed refuses."""
        if given is None and path:
            given = {}
        if not isinstance(given, dict):
            raise self._refuse(f"{path or 'the document'} is no object")
        for key in given:
            if key not in known:
                named = f"key '{_below(path, key)}'" if _KEY.fullmatch(key) else f"a key of {path or 'the document'}"
                raise self._refuse(f"{named} was not agreed")
        return {key: given.get(key) for key in known}

    def _texts(self, found: dict[str, Any], path: str, columns: Mapping[str, str]) -> Texts:
        """Texts of an object by column."""
        return {column: self._text(found[key], _below(path, key)) for column, key in columns.items()}

    def _list(self, given: Any, path: str) -> list[Any]:
        if given is None:
            return []
        if not isinstance(given, list):
            raise self._refuse(f"{path} is no list")
        return given

    def _text(self, given: Any, path: str) -> str | None:
        if given is not None and not isinstance(given, str):
            raise self._refuse(f"{path} is no text")
        return given

    def _refuse(self, problem: str) -> DeliveryRefused:
        contract = self.arriving.contract
        return refuse(
            f"{self.arriving.place} document {self.number}",
            problem,
            f"ask {contract.supplier} for documents of the agreed structure, or take the new key into "
            f"expectations/contracts/{contract.extract}.yml and its reader",
        )
