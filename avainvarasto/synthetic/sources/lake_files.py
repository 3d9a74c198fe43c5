"""The made-up country straight into a lake, as if its deliveries had been landed: for benchmarks on many rows.

Nothing passes the door: no rule is applied, and pseudonyms are the database's SHA-256, so a lake of millions takes
minutes. Codes that a contract does not know fail all the same. Belongs here: rows in the lake's form and the ledger.
Does not: what the rows hold (`kela_months`, `kela_decisions`, `etotu_tables`), and how the lake's files are written
(`landing.judged`, `lake`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from avainvarasto import lake
from avainvarasto.contract_readers import ParquetReader
from avainvarasto.contracts import LAKE_TYPES, NEVER_IN_LAKE, Contract
from avainvarasto.errors import HomeRefused
from avainvarasto.landing.deliveries import Arrival, DeliveredFile, Delivery, Manifest, Period
from avainvarasto.landing.door import AHEAD, FileCounts
from avainvarasto.landing.judged import BATCH_ROWS, BROKEN, Judged, Writers, is_coded
from avainvarasto.landing.judging import FIRST_LINE
from avainvarasto.landing.rules import code_type, code_types
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.settings import Settings
from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.country import Country, make_country
from avainvarasto.synthetic.country.people import People, make_people
from avainvarasto.synthetic.forms.base import file_name
from avainvarasto.synthetic.hetu import SIGNS
from avainvarasto.synthetic.sending import KELA_AND_ETOTU, WHOLE_LISTS, sent_after, sent_at
from avainvarasto.synthetic.sources import kela_months
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import Etotu
from avainvarasto.synthetic.sources.kela_tables import Kela
from avainvarasto.synthetic.sources.registers import first_day, last_day

# Stands for a key ring in ledger and files: a home with a key of its own refuses to land on top of such a lake.
KEY_ID = "made-up lake"
PROBE = 0.02
CHUNK_ROWS = 20_000
Tables = Iterable[tuple[str, pa.Table]]


def write_lake(home: Path, country: Country, contracts: Mapping[str, Contract]) -> Iterator[dict[str, int]]:
    """Write `<home>/lake` as it is once the country's deliveries of Kela and eTotu were taken in.

    Yields:
        rows by extract, after each month and after the whole lists of persons and households.

    Raises:
        HomeRefused: there is a lake already.
    """
    settings = Settings(home=home)
    if lake.ledger_files(settings):
        raise HomeRefused(
            str(settings.lake),
            "deliveries have been taken in here",
            consequence="Nothing was written.",
            remedy="give an empty folder",
        )
    people = make_people(country)
    contacts = Contacts(country, people)
    kela, etotu = Kela(country, people), Etotu(country, people, contacts)
    for row in range(len(country.months)):
        budgets = make_budgets(country, row)
        written: dict[str, int] = {}
        for tables in (kela.tables(budgets), etotu.month(budgets).items()):
            written |= _take_in(settings, contracts, country.months[row], tables, KELA_AND_ETOTU)
        yield written
    lists = _whole_lists(country, people)
    yield _take_in(settings, contracts, country.months[-1], lists, WHOLE_LISTS)


def _whole_lists(country: Country, people: People) -> Tables:
    yield "kela_person", kela_months.persons(country, people)
    yield "kela_household", kela_months.households(country, people)


def person_months(country: Country) -> int:
    """Rows that kela_person_month will have."""
    return _person_months(country, len(country.kinds))


def _person_months(country: Country, n: int) -> int:
    """Of the first `n` households."""
    members = (country.n_adults + country.n_children)[:n]
    there = country.received[:, :n] | country.refused[:, :n]
    return int((there.sum(axis=0) * members).sum())


def scale_for(municipality_seed: Path, wanted: int, *, first: str, last: str, seed: int) -> float:
    """The scale at which a country of these months has about so many person-months; a small one tells."""
    probe = make_country(municipality_seed, scale=PROBE, first=first, last=last, seed=seed)
    return PROBE * wanted / _person_months(probe, probe.n_to_scale)


def _take_in(
    settings: Settings,
    contracts: Mapping[str, Contract],
    month: np.datetime64,
    tables: Tables,
    moment: tuple[int, int, int],
) -> dict[str, int]:
    """Write the files of one delivery and enter it in the ledger."""
    delivery_id = sent_after(first_day(month), moment)
    sent = sent_at(delivery_id)
    period = Period.model_validate({"from": first_day(month), "to": last_day(month)})
    files: list[DeliveredFile] = []
    counts: dict[tuple[str, str], FileCounts] = {}
    main, delivery = None, None
    for extract, table in tables:
        contract = contracts[extract]
        main = main or contract  # whose supplier sends them all
        file = file_name(contract, ".parquet" if isinstance(contract.reader, ParquetReader) else ".csv")
        files.append(DeliveredFile(extract=extract, path=file, sha256="", rows=len(table)))
        delivery = _delivery(settings, main, delivery_id, sent, period, files)
        n = _write(settings, contract, delivery, file, table)
        counts[extract, file] = FileCounts(n, n, 0)
    if delivery:
        lake.commit(settings, delivery, counts, contracts, checks=[], rules_sha256="", key_id=KEY_ID, received_at=sent)
    return {extract: n.n_loaded for (extract, _), n in counts.items()}


def _delivery(
    settings: Settings, main: Contract, delivery_id: str, sent: datetime, period: Period, files: list[DeliveredFile]
) -> Delivery:
    """What would lie in the landing zone; there is no folder."""
    manifest = Manifest(
        nature="synthetic",
        source=main.source,
        delivery_id=delivery_id,
        supplier=main.supplier,
        created_at=sent,
        period=None if main.whole_table else period,
        files=files,
    )
    digest = hashlib.sha256(manifest.model_dump_json().encode()).hexdigest()
    folder = settings.landing / main.source / delivery_id
    return Delivery(Arrival(folder, main.source, delivery_id, digest, folder_state=digest), manifest)


def _write(settings: Settings, contract: Contract, delivery: Delivery, file: str, table: pa.Table) -> int:
    """The rows of a file in the lake's form, where they wait for the ledger."""
    pending = lake.pending_file(settings, delivery, contract.extract, file)
    metadata = {"contract_version": str(contract.version), "key_id": KEY_ID}
    judged = Judged(contract, f"{delivery.arrival.name}/{file}", [], pending, settings.lake, metadata)
    constants = {"delivery_id": delivery.manifest.delivery_id, "src_file": file}
    first = 1 if isinstance(contract.reader, ParquetReader) else FIRST_LINE  # records are counted, or lines
    with duckdb.connect(config={"threads": settings.threads}) as connection:
        connection.execute(f"set streaming_buffer_size = '{AHEAD}'")
        for name, members in code_types(contract).items():
            connection.execute(f"create type {name} as enum ({', '.join(map(literal, members))})")
        # A thread takes a chunk at a time, and most tables come in one.
        connection.register("made", pa.Table.from_batches(table.to_batches(CHUNK_ROWS), table.schema))
        reader = connection.execute(_statement(contract, table.column_names)).to_arrow_reader(BATCH_ROWS)
        with Writers(judged, constants) as writers:
            for batch in reader:
                columns = {name: batch.column(n) for n, name in enumerate(batch.schema.names)}
                n = len(batch)
                columns["src_row"] = pa.array(np.arange(n, dtype=np.int64) + first + judged.n_delivered)
                columns[BROKEN] = pa.nulls(n, pa.int32())
                if "code_sex" in columns:
                    columns["code_sex"] = pa.DictionaryArray.from_arrays(columns["code_sex"], pa.array(["1", "2"]))
                judged.n_delivered += n
                writers.write(columns, n)
    return judged.n_good


def _statement(contract: Contract, there: list[str]) -> str:
    """SQL from the country's table to the lake's columns; euros come in cents."""
    parts = []
    for name, column in contract.columns.items():
        if column.column_class in NEVER_IN_LAKE:
            continue
        made, lake_name = quoted(name) if name in there else "null", contract.lake_name(name)
        domain = contract.pseudonym_domain(name)
        if domain is not None:
            value = _pseudonym(domain, made)
        elif is_coded(contract, name):
            value = f"cast({made} as {code_type(name)})"
        elif column.type == "eur":
            value = f"cast(cast({made} as decimal(14, 2)) * cast(0.01 as decimal(3, 2)) as {LAKE_TYPES['eur']})"
        elif column.type == "timestamp" and not isinstance(contract.reader, ParquetReader):
            written = literal(contract.reader.timestamp)  # a text has the seconds only where its form has them
            value = f"strptime(strftime(cast({made} as timestamp), {written}), {written})"
        else:
            value = f"cast({made} as {LAKE_TYPES[column.type]})"
        if column.default is not None:
            value = f"coalesce({value}, {literal(str(column.default).lower())})"
        parts.append(f"{value} as {quoted(lake_name)}")
        if lake_name == "person_key":
            parts += [f"{_birth_year(made)} as code_birth_year", f"{_sex(made)} as code_sex"]
    return f"select {', '.join(parts)} from made"


def _pseudonym(domain: str, code: str) -> str:
    """The first 63 bits of a SHA-256, as those of the door are of its HMAC."""
    digest = f"sha256({literal(domain)} || chr(0) || trim(cast({code} as varchar)))"
    return f"cast(cast('0x' || substr({digest}, 1, 16) as ubigint) >> 1 as bigint)"


def _birth_year(code: str) -> str:
    century = f"case when contains({literal(''.join(SIGNS[19]))}, substr({code}, 7, 1)) then 1900 else 2000 end"
    return f"{century} + cast(substr({code}, 5, 2) as smallint)"


def _sex(code: str) -> str:
    """Place in ["1", "2"]: an odd number is a man's."""
    return f"cast(1 - cast(substr({code}, 10, 1) as tinyint) % 2 as tinyint)"
