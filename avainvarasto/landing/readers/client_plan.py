"""The national client plan of services for working-age people (Työikäisten palvelujen asiakassuunnitelma) as JSON.

Keys are those of the national document structure 1.2.246.537.6.1506.15020 (2024). A plan sets goals, with the factors
that support or hinder them, and names services and methods; the review of its goals stands in the *next* plan.
DuckDB cuts the file into documents, so that only one of them is in memory; its errors quote and are not passed on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from avainvarasto.contract_readers import ClientPlanReader
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers.arriving import NUMBER_FOR_TEXT, Arriving, ask, refuse
from avainvarasto.landing.readers.fan_out import FanOut, part

MAX_DOCUMENT_BYTES = 2_000_000
_FETCHED = 20
# A key that is none of the structure's words may hold anything, and is not shown.
_KEY = re.compile(r"[a-z][a-z_]{0,60}")
_FORMATS = {"array": "array", "lines": "newline_delimited"}
_DOCUMENT = (
    "suunnitelma_id",
    "edellinen_suunnitelma_id",
    "laatimispaiva",
    "asiakas",
    "laatija",
    "asetettavat_tavoitteet",
    "menetelmat_ja_palvelut",
    "palvelut_joita_asiakas_talla_hetkella_saa",
    "suunnitelman_arviointi",
)


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
    reader = arriving.contract.reader
    if not isinstance(reader, ClientPlanReader):
        raise TypeError(f"{arriving.contract.extract} is no client plan")
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
        raise refuse(
            arriving.place,
            f"is not JSON with documents in the layout '{reader.layout}' (UTF-8)",
            ask(arriving.contract),
        ) from None
    finally:
        cursor.close()


def _parsed(arriving: Arriving, number: int, text: str) -> Any:
    """A document in which numbers are marked texts: 99 may have been 099."""
    if len(text.encode()) > MAX_DOCUMENT_BYTES:
        raise _too_large(arriving, f"document {number}")
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_twins,
            parse_int=_marked,
            parse_float=_marked,
            parse_constant=_marked,
        )
    except (ValueError, RecursionError):
        where = f"{arriving.place} document {number}"
        raise refuse(where, "is no JSON object, or has a key twice", ask(arriving.contract)) from None


def _marked(number: str) -> str:
    return NUMBER_FOR_TEXT + number


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one key nobody knows which was meant."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError
    return values


def _too_large(arriving: Arriving, what: str) -> DeliveryRefused:
    limit = f"{MAX_DOCUMENT_BYTES / 1e6:.0f} MB"
    return refuse(arriving.place, f"{what} is larger than {limit}", f"{ask(arriving.contract)}; plans are texts")


@dataclass(frozen=True)
class _Document:
    """One document on its way into the tables."""

    arriving: Arriving
    tables: FanOut
    number: int

    def unpack(self, document: Any) -> None:
        plan = self._keys(document, "", _DOCUMENT)
        client = self._keys(plan["asiakas"], "asiakas", ("nimi", "henkilotunnus"))
        author = self._keys(plan["laatija"], "laatija", ("nimi", "ammattinimike", "palveluyksikko"))
        plan_id = self._text(plan["suunnitelma_id"], "suunnitelma_id")
        values = {
            "plan_id": plan_id,
            "previous_plan_id": self._text(plan["edellinen_suunnitelma_id"], "edellinen_suunnitelma_id"),
            "plan_date": self._text(plan["laatimispaiva"], "laatimispaiva"),
            "client_id": self._text(client["henkilotunnus"], "asiakas.henkilotunnus"),
            "client_name": self._text(client["nimi"], "asiakas.nimi"),
            "unit_id": self._text(author["palveluyksikko"], "laatija.palveluyksikko"),
            "author_name": self._text(author["nimi"], "laatija.nimi"),
            "author_title": self._text(author["ammattinimike"], "laatija.ammattinimike"),
        }
        self.tables.add(self.arriving.contract.extract, self.number, values)
        of = {"plan_id": plan_id}
        self._goals(plan["asetettavat_tavoitteet"], of)
        self._received(plan["palvelut_joita_asiakas_talla_hetkella_saa"], of)
        planned = self._keys(plan["menetelmat_ja_palvelut"], "menetelmat_ja_palvelut", ("palvelut",))
        self._planned(planned["palvelut"], of)
        self._review(plan["suunnitelman_arviointi"], of)

    def _goals(self, given: Any, of: dict[str, str | None]) -> None:
        path = "asetettavat_tavoitteet"
        keys = ("tavoite", "tavoitteen_asteikko", "kuvaus", "tilannetekijat")
        for seq, goal in self._objects(given, path, keys):
            self._add(
                "goal",
                of,
                goal_seq=str(seq),
                goal_code=self._text(goal["tavoite"], f"{path}[].tavoite"),
                aim=self._text(goal["tavoitteen_asteikko"], f"{path}[].tavoitteen_asteikko"),
                description=self._text(goal["kuvaus"], f"{path}[].kuvaus"),
            )
            self._factors(goal["tilannetekijat"], f"{path}[].tilannetekijat", of, "set", seq)

    def _factors(self, given: Any, path: str, of: dict[str, str | None], goal_list: str, seq: int) -> None:
        for _, factor in self._objects(given, path, ("tilannetekija", "tukeeko_vai_vaikeuttaako")):
            self._add(
                "factor",
                of,
                goal_list=goal_list,
                goal_seq=str(seq),
                factor_code=self._text(factor["tilannetekija"], f"{path}[].tilannetekija"),
                direction=self._text(factor["tukeeko_vai_vaikeuttaako"], f"{path}[].tukeeko_vai_vaikeuttaako"),
            )

    def _received(self, given: Any, of: dict[str, str | None]) -> None:
        path = "palvelut_joita_asiakas_talla_hetkella_saa"
        for seq, code in enumerate(self._list(given, path), 1):
            self._add(
                "service", of, section="received", seq=str(seq), received_service_code=self._text(code, f"{path}[]")
            )

    def _planned(self, given: Any, of: dict[str, str | None]) -> None:
        path, n_methods = "menetelmat_ja_palvelut.palvelut", 0
        keys = ("palvelu", "palvelutehtava", "sosiaalipalvelu", "menetelma", "alkaminen", "kesto")
        for seq, service in self._objects(given, path, keys):
            social = self._text(service["sosiaalipalvelu"], f"{path}[].sosiaalipalvelu")
            self._add(
                "service",
                of,
                section="planned",
                seq=str(seq),
                planned_service_code=self._text(service["palvelu"], f"{path}[].palvelu"),
                service_task_code=self._text(service["palvelutehtava"], f"{path}[].palvelutehtava"),
                social_service_code=social,
                start_text=self._text(service["alkaminen"], f"{path}[].alkaminen"),
                duration_text=self._text(service["kesto"], f"{path}[].kesto"),
            )
            for code in self._list(service["menetelma"], f"{path}[].menetelma"):
                n_methods += 1
                self._add(
                    "method",
                    of,
                    section="planned",
                    seq=str(n_methods),
                    service_seq=str(seq),
                    social_service_code=social,
                    method_code=self._text(code, f"{path}[].menetelma[]"),
                )

    def _review(self, given: Any, of: dict[str, str | None]) -> None:
        """What became of the previous plan; an empty K/E is not assessed, and stays empty."""
        top = "suunnitelman_arviointi"
        goals, services, methods = (
            "edellisen_suunnitelman_tavoitteiden_saavuttaminen",
            "palvelujen_arviointi",
            "menetelmien_arviointi",
        )
        review = self._keys(given, top, (goals, services, methods))
        path = f"{top}.{goals}"
        keys = ("tavoite", "tavoitteen_asteikko", "arvio", "sanallinen_arvio", "tilannetekijat")
        for seq, goal in self._objects(review[goals], path, keys):
            self._add(
                "goal_review",
                of,
                goal_seq=str(seq),
                goal_code=self._text(goal["tavoite"], f"{path}[].tavoite"),
                aim=self._text(goal["tavoitteen_asteikko"], f"{path}[].tavoitteen_asteikko"),
                attainment_code=self._text(goal["arvio"], f"{path}[].arvio"),
                review_text=self._text(goal["sanallinen_arvio"], f"{path}[].sanallinen_arvio"),
            )
            self._factors(goal["tilannetekijat"], f"{path}[].tilannetekijat", of, "reviewed", seq)
        path = f"{top}.{services}"
        for seq, service in self._objects(review[services], path, ("palvelu", "kaytetty")):
            self._add(
                "service",
                of,
                section="reviewed",
                seq=str(seq),
                planned_service_code=self._text(service["palvelu"], f"{path}[].palvelu"),
                used=self._text(service["kaytetty"], f"{path}[].kaytetty"),
            )
        path = f"{top}.{methods}"
        for seq, method in self._objects(review[methods], path, ("menetelma", "kaytetty")):
            self._add(
                "method",
                of,
                section="reviewed",
                seq=str(seq),
                method_code=self._text(method["menetelma"], f"{path}[].menetelma"),
                used=self._text(method["kaytetty"], f"{path}[].kaytetty"),
            )

    def _add(self, table: str, of: dict[str, str | None], **values: str | None) -> None:
        self.tables.add(part(self.arriving, table), self.number, of | values)

    def _objects(self, given: Any, path: str, known: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
        for seq, item in enumerate(self._list(given, path), 1):
            yield seq, self._keys(item, f"{path}[]", known)

    def _keys(self, given: Any, path: str, known: tuple[str, ...]) -> dict[str, Any]:
        """The agreed keys of an object, None for those that are left out; a key that was not agreed refuses."""
        if given is None and path:
            given = {}
        if not isinstance(given, dict):
            raise self._refuse(f"{path or 'the document'} is no object")
        for key in given:
            if key not in known:
                whole = f"{path}.{key}" if path else key
                named = f"key '{whole}'" if _KEY.fullmatch(key) else f"a key of {path or 'the document'}"
                raise self._refuse(f"{named} was not agreed")
        return {key: given.get(key) for key in known}

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
