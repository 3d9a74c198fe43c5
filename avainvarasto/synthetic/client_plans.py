"""Made-up national client plans of 2024-2025: clients of the pilot who came back, some with a plan that follows.

The lists of goals, methods and judgements (OID 1.2.246.537.6.1292, 1293, 1253) are not published here: their codes are
numbers above 9000 that no list has. Factors, services and social services are those that the form names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import date, timedelta
from random import Random
from typing import Any

from avainvarasto.synthetic.avain import Assessment
from avainvarasto.synthetic.chance import day_between, draw, stream
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.writer import Row

Document = dict[str, Any]

PLAN_FORM = "ASIAKASSUUNNITELMA_2024"
CLIENTS, FOLLOWED, CANARIES = 28, 12, 5
FIRST_DAY, LAST_DAY = date(2024, 2, 1), date(2024, 12, 31)
GOALS = tuple(str(9001 + n) for n in range(13))
METHODS = tuple(str(9101 + n) for n in range(8))
ATTAINMENT = {"9201": 0.3, "9202": 0.4, "9203": 0.2, None: 0.1}
FACTORS = ("3", "38", "39", "47", "49", "51", "53", "54")
SOCIAL_WORK, SOCIAL_GUIDANCE = "46", "45"
USED = {"K": 0.6, "E": 0.2, "": 0.2}
DATE_FORMS = {"%Y-%m-%d": 0.85, "%Y-%m": 0.1, "%Y": 0.05}
GOAL_TEXT = "Tavoitteesta sovittiin yhdessä asiakkaan kanssa."
ROOT = "1.2.246.537.6."
MAPPED_FROM = date(2024, 1, 1)
# What they are on the 2018 form. Its factors know no addiction, and the last of the methods was told apart later on.
LIKE_2018: dict[str, tuple[str, dict[str, str]]] = {
    "goal": ("1292", {code: f"G{number:02d}" for number, code in enumerate(GOALS, 1)}),
    "factor": ("1290", {code: "F01" if code == "3" else "F99" for code in FACTORS}),
    "method": ("1293", dict(zip(METHODS, ("M01", "M02", "M03", "M06", "M07", "M12", "M20", "M99"), strict=True))),
    "attainment": ("1253", {"9201": "SAAVUTETTU", "9202": "OSITTAIN", "9203": "EI", "9204": "EI_AJANKOHTAINEN"}),
}
TOLD_APART = ("9108", "M15", date(2024, 9, 1))
UNITS = ("1.2.246.10.99999999.10.1", "1.2.246.10.99999999.10.2")


def plan_documents(assessments: Sequence[Assessment], canaries: Set[str], seed: int) -> Iterator[Document]:
    """Each client's first plan, and for some of them the next one, which reviews it."""
    rng = stream(seed, "client plans")
    persons = list({a.person.code: a.person for a in assessments if a.kind == "ALKU" and a.consent}.values())
    chosen = [person for person in persons if person.code in canaries][:CANARIES]
    chosen += rng.sample([person for person in persons if person.code not in canaries], CLIENTS - len(chosen))
    for number, person in enumerate(chosen, 1):
        day = day_between(rng, FIRST_DAY, LAST_DAY)
        text = GOAL_TEXT + (f" {person.name}, {person.address}, {person.phone}" if person.code in canaries else "")
        first = _plan(rng, f"ASU-{number:04d}-1", person, day, text)
        yield first
        if number <= FOLLOWED:
            after = _plan(rng, f"ASU-{number:04d}-2", person, day + timedelta(days=rng.randint(90, 200)), text)
            after["edellinen_suunnitelma_id"] = first["suunnitelma_id"]
            after["suunnitelman_arviointi"] = _review(rng, first)
            yield after


def code_map_rows() -> Iterator[Row]:
    """The codes of the plans beside those of the 2018 form, one row a code and validity."""
    later, target, since = TOLD_APART
    for kind, (number, codes) in LIKE_2018.items():
        for code, like in codes.items():
            row = {"kind": kind, "form_version": PLAN_FORM, "code_set": ROOT + number, "code": code}
            ends = since - timedelta(days=1) if code == later else None
            yield row | {"valid_from": MAPPED_FROM, "valid_to": ends, "target_code": like}
            if code == later:
                yield row | {"valid_from": since, "valid_to": None, "target_code": target}


def _plan(rng: Random, plan_id: str, person: Person, day: date, text: str) -> Document:
    return {
        "suunnitelma_id": plan_id,
        "edellinen_suunnitelma_id": None,
        "laatimispaiva": f"{day:{draw(rng, DATE_FORMS)}}",
        "asiakas": {"nimi": person.name, "henkilotunnus": person.code},
        "laatija": {"nimi": "Työntekijä Keksitty", "ammattinimike": "sosiaalityöntekijä"}
        | {"palveluyksikko": rng.choice(UNITS)},
        "asetettavat_tavoitteet": [
            {"tavoite": code, "tavoitteen_asteikko": draw(rng, {"1": 0.75, "2": 0.25}), "kuvaus": text}
            | {"tilannetekijat": _factors(rng)}
            for code in rng.sample(GOALS, rng.randint(1, 3))
        ],
        "menetelmat_ja_palvelut": {"palvelut": [_service(rng, n) for n in range(rng.randint(1, 3))]},
        "palvelut_joita_asiakas_talla_hetkella_saa": rng.sample([*map(str, range(1, 27)), "99"], rng.randint(0, 3)),
        "suunnitelman_arviointi": None,
    }


def _factors(rng: Random) -> list[Document]:
    """Some factors; now and then one supports and hinders."""
    found = []
    for code in rng.sample(FACTORS, rng.randint(0, 3)):
        directions = ("1", "2") if rng.random() < 0.15 else (draw(rng, {"1": 0.5, "2": 0.5}),)
        found += [{"tilannetekija": code, "tukeeko_vai_vaikeuttaako": direction} for direction in directions]
    return found


def _service(rng: Random, number: int) -> Document:
    """The first service is social work or guidance, for which methods are asked."""
    if number == 0:
        social, methods = rng.choice((SOCIAL_WORK, SOCIAL_GUIDANCE)), rng.sample(METHODS, rng.randint(1, 3))
        return {
            "palvelu": "1",
            "sosiaalipalvelu": social,
            "menetelma": methods,
            "alkaminen": "heti",
            "kesto": "puoli vuotta",
        }
    return {"palvelu": rng.choice([*map(str, range(2, 25)), "99"]), "menetelma": []}


def _review(rng: Random, first: Document) -> Document:
    """Goals, services and methods of the first plan as they are judged; some are left open."""
    services = first["menetelmat_ja_palvelut"]["palvelut"]
    return {
        "edellisen_suunnitelman_tavoitteiden_saavuttaminen": [
            {"tavoite": goal["tavoite"], "tavoitteen_asteikko": goal["tavoitteen_asteikko"]}
            | {"arvio": draw(rng, ATTAINMENT), "sanallinen_arvio": goal["kuvaus"], "tilannetekijat": _factors(rng)}
            for goal in first["asetettavat_tavoitteet"]
        ],
        "palvelujen_arviointi": [{"palvelu": one["palvelu"], "kaytetty": draw(rng, USED)} for one in services],
        "menetelmien_arviointi": [
            {"menetelma": code, "kaytetty": draw(rng, USED)} for one in services for code in one["menetelma"]
        ],
    }
