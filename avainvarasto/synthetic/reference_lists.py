"""Reference lists: facts, nothing made up. Areas follow the project's list of municipalities.

Codes are only those that THL's schema of the working-age client plan (28.11.2024) shows; lists that were not at hand
are left out. Dates are those that Kela, THL and the acts give; of some only the month or the year is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import holidays

from avainvarasto.synthetic.writer import Row

OLDEST_CLASSIFICATION = date(2013, 1, 1)
COUNTIES_BEGIN = date(2023, 1, 1)
SERVICE_AREAS_BEGIN = date(2026, 1, 1)
ALAND = "91"
COLLABORATIVE_AREAS = {
    "Etelä-Suomen yhteistyöalue": "1",
    "Itä-Suomen yhteistyöalue": "2",
    "Sisä-Suomen yhteistyöalue": "3",
    "Länsi-Suomen yhteistyöalue": "4",
    "Pohjois-Suomen yhteistyöalue": "5",
}
# Kela's service areas of 2026 as far as they are certain: the published key of 2026 puts Ilomantsi (146) and Joensuu
# (167) into the western area by a slip; they are eastern.
SERVICE_AREAS = {"211": "3", "837": "3", "320": "5", "851": "5", "297": "4", "680": "2", "146": "4", "167": "4"}

SCHEMA = "2024-11-28"
ROOT = "1.2.246.537.6."
# Last part of the OID: what it lists, key in the code server where known.
CODE_SETS: dict[str, tuple[str, str | None]] = {
    "1292": ("Tavoite", "3445"),
    "1290": ("Tilannetekijä", "3444"),
    "1293": ("Menetelmä", "3464"),
    "1253": ("Tavoitteen saavuttamisen arvio", "1806"),
    "1222": ("Sosiaalipalvelu", "703"),
    "1221": ("Palvelutehtävä", None),
    "1254": ("Asiakkaan tulon laji", "1823"),
    "1248": ("Päätöksen laji", None),
    "1282": ("Tuen tarve", None),
}
# Code and, where the schema gives one, its Finnish name.
CODES: dict[str, dict[str, str | None]] = {
    "1290": {
        "3": "Asuinolosuhteet",
        "38": "Alkoholin käyttö",
        "39": "Huumeiden käyttö",
        "47": "Sekakäyttö",
        "49": "Rahapelaaminen",
        "51": "Digipelaaminen",
        "53": "Muu riippuvuus",
        "54": "Läheisten päihteiden käyttö",
    },
    "1222": {"45": "Sosiaaliohjaus", "46": "Sosiaalityö"},
    "1248": {"1": None, "2": None},
    "1282": dict.fromkeys([*(str(number) for number in range(1, 12)), "99"]),
}

HOLIDAY_YEARS = range(2016, 2031)
EVES = ("Juhannusaatto", "Jouluaatto")

# Dataset, day, month or year, what happened.
SERIES_BREAKS = (
    ("KELA_TOIMEENTULOTUKI", "2017-01-01", "KELA_TRANSFER"),
    ("KELA_TOIMEENTULOTUKI", "2017-01-01", "BASIC_INCOME_EXPERIMENT"),
    ("KELA_TOIMEENTULOTUKI", "2017", "PROSOS_PROJECT"),
    ("KELA_TOIMEENTULOTUKI", "2017-04", "COMPARABLE_FROM"),
    ("KELA_TOIMEENTULOTUKI", "2017", "EMPLOYMENT_TRIAL"),
    ("KELA_TOIMEENTULOTUKI", "2017-08", "STUDENTS_TO_HOUSING_ALLOWANCE"),
    ("KELA_TOIMEENTULOTUKI", "2018-01-01", "ACTIVATION_MODEL"),
    ("KELA_TOIMEENTULOTUKI", "2019", "TAX_REFUND_MONTHS"),
    ("KELA_TOIMEENTULOTUKI", "2020", "REDUCTIONS_SUSPENDED"),
    ("KELA_TOIMEENTULOTUKI", "2021-03", "REDUCTIONS_RESUMED"),
    ("KELA_TOIMEENTULOTUKI", "2024", "REDUCTION_AFTER_REFERRAL"),
    ("KELA_TOIMEENTULOTUKI", "2026-02-01", "REDUCTION_50"),
    ("KELA_TOIMEENTULOTUKI", "2026-03", "EARNED_INCOME_DEDUCTION_ENDS"),
    ("ETOTU", "2017-06", "FIRST_IMMIGRANT_BATCHES"),
    ("ETOTU", "2017-10-09", "PHONE_NUMBER"),
    ("ETOTU", "2017-10-21", "EXTRACTION_RULE"),
    ("ETOTU", "2017-10-30", "EXTRACTION_RULE_IMMIGRANTS"),
    ("ETOTU", "2017-11", "INTERFACE"),
    ("ETOTU", "2020-09-26", "TRANSFER_POSSIBLE"),
    ("ETOTU", "2023-01-01", "COUNTY_REFORM"),
    ("ETOTU", "2023-11-01", "CONTINUED_REDUCTIONS"),
    ("ETOTU", "2025", "IMMIGRANT_NOTICES_TO_MUNICIPALITIES"),
    ("AVAIN", "2018-03", "RECORDING_STARTS"),
    ("AVAIN", "2018-05", "TORNIO_LEAVES"),
)

Division = Mapping[str, str]


def read_municipalities(municipality_seed: Path) -> list[Division]:
    """The project's list of municipalities, one row a municipality and validity."""
    with municipality_seed.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def municipality_rows(divisions: list[Division]) -> Iterator[Row]:
    """Municipalities as Statistics Finland's classifications from 2013 on have them."""
    for row in divisions:
        yield {
            "municipality_code": row["municipality_code"],
            "name_fi": row["name_fi"],
            "name_sv": row["name_sv"],
            "region_code": row["region_code"],
            "valid_from": _begin(row),
            "valid_to": _end(row),
            "successor_code": row["successor_code"] or None,
        }


def area_link_rows(divisions: list[Division]) -> Iterator[Row]:
    """Regions since 2013; counties, collaborative areas and insurance districts as of 2023; known service areas."""
    for row in divisions:
        code = row["municipality_code"]
        yield _link(code, "MAAKUNTA", row["region_code"], _begin(row), _end(row))
        end = _end(row)
        if _begin(row) <= COUNTIES_BEGIN and (end is None or end >= COUNTIES_BEGIN):
            yield _link(code, "KELA_VAKUUTUSPIIRI", row["kela_district_code"], COUNTIES_BEGIN, end)
            if row["county_code"] != ALAND:
                area = COLLABORATIVE_AREAS[row["cooperation_area_name_fi"]]
                yield _link(code, "HVA", row["county_code"], COUNTIES_BEGIN, end)
                yield _link(code, "YTA", area, COUNTIES_BEGIN, end)
    there = {row["municipality_code"] for row in divisions}
    for code, area in SERVICE_AREAS.items():
        if code in there:
            yield _link(code, "KELA_PALVELUALUE", area, SERVICE_AREAS_BEGIN, None)


def codeset_rows() -> Iterator[Row]:
    """Code sets that the schema refers to; their own versions are not known, so the schema's day stands for them."""
    for number, (name, key) in CODE_SETS.items():
        yield {"oid": ROOT + number, "version": SCHEMA, "name_fi": name, "classification_key": key}


def code_rows() -> Iterator[Row]:
    """The codes that are known; whether they are leaves is not."""
    for number, codes in CODES.items():
        for code, name in codes.items():
            yield {"oid": ROOT + number, "version": SCHEMA, "code": code, "name_fi": name}


def holiday_rows() -> Iterator[Row]:
    """Public holidays, and the two eves that count like one when time limits are reckoned."""
    for day, name in sorted(holidays.country_holidays("FI", years=HOLIDAY_YEARS, language="fi").items()):
        yield {"date": day, "kind": "AATTO" if name in EVES else "PYHAPAIVA", "name_fi": name}


def reduction_rule_rows() -> Iterator[Row]:
    """At most 20 and 40 per cent; since 2024 the second only after a referral, since February 2026 a step of 50."""
    yield _reduction("up_to_20", 20, 2, date(2017, 1, 1))
    yield _reduction("up_to_40", 40, 2, date(2017, 1, 1), date(2023, 12, 31))
    yield _reduction("up_to_40", 40, 2, date(2024, 1, 1), after_referral=True)
    yield _reduction("50", 50, None, date(2026, 2, 1))


def disclosure_rule_rows() -> Iterator[Row]:
    """Kela's recoding of its open data is documented; of the others only what is usual is known."""
    known = (("KELA", "AVOIN_DATA", 4, "RECODE", True), ("TILASTOKESKUS", "FIONA", 3, "SUPPRESS", False))
    for publisher, dataset, least, method, confirmed in (*known, ("FINDATA", "TULOKSET", 5, "SUPPRESS", False)):
        yield {
            "publisher": publisher,
            "dataset": dataset,
            "min_cell": least,
            "method": method,
            "confirmed": confirmed,
        }


def series_break_rows() -> Iterator[Row]:
    """One row a break."""
    for dataset, when, text_code in SERIES_BREAKS:
        yield {"dataset": dataset, "date": when, "text_code": text_code}


def _begin(row: Division) -> date:
    return date.fromisoformat(row["valid_from"]) if row["valid_from"] else OLDEST_CLASSIFICATION


def _end(row: Division) -> date | None:
    return date.fromisoformat(row["valid_to"]) if row["valid_to"] else None


def _link(code: str, kind: str, area: str, first: date, last: date | None) -> Row:
    return {
        "municipality_code": code,
        "area_type": kind,
        "area_code": area,
        "valid_from": first,
        "valid_to": last,
    }


def _reduction(step: str, percent: int, months: int | None, first: date, last: date | None = None, *,
               after_referral: bool = False) -> Row:  # fmt: skip
    return {
        "step": step,
        "max_pct": percent,
        "max_months": months,
        "after_referral_only": after_referral,
        "valid_from": first,
        "valid_to": last,
    }
