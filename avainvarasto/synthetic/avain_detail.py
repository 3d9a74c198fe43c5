"""Rows of what a 2018 form says beside its goals: contextual factors, services and methods.

Factors are marked at the start and again at the end; services and methods are chosen at the start, and the end says
which were used. What nobody assessed stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from avainvarasto.synthetic.avain import Assessment
from avainvarasto.synthetic.chance import draw, stream
from avainvarasto.synthetic.country.traps import EMPTY_USE, TWO_LISTS
from avainvarasto.synthetic.writer import Row

FACTORS = [f"F{number:02d}" for number in range(1, 19)]
SUPPORTS, HINDERS = "1", "2"
# As in THL, Tutkimuksesta tiiviisti 31/2018, figure 4: these support, or hinder, most; the shares are made up.
SUPPORTING = {"F17": 4.0, "F08": 4.0, "F14": 3.0, "F15": 3.0, "F09": 3.0, "F05": 3.0}
HINDERING = {"F06": 4.0, "F07": 4.0, "F13": 3.0, "F10": 3.0}
MOST_FACTORS = 5
BOTH_SHARE = 0.06
CHANGED_SHARE = 0.2
RECEIVED = {"3": 4.0, "5": 8.0, "22": 6.0, "10": 3.0, "14": 3.0, "21": 1.0, "99": 0.5}
PLANNED = {"1": 6.0, "3": 5.0, "20": 5.0, "8": 3.0, "12": 3.0, "19": 2.0, "21": 2.0, "99": 0.5}
# Social work and guidance in the national classification of social services.
SOCIAL_WORK, GUIDANCE = "46", "45"
GROUPS = {
    "YKSILOTYO": [f"M{number:02d}" for number in range(1, 8)],
    "YHDYSKUNTA_ALUE": [f"M{number:02d}" for number in range(8, 14)],
    "RAKENTEELLINEN": [f"M{number:02d}" for number in range(14, 22)],
    "MUU": ["M99"],
}
GROUP_SHARES = {"YKSILOTYO": 0.62, "YHDYSKUNTA_ALUE": 0.2, "RAKENTEELLINEN": 0.12, "MUU": 0.06}
USED: dict[str | None, float] = {"K": 0.7, "E": 0.16, None: 0.14}


def factor_rows(assessments: Sequence[Assessment], seed: int) -> Iterator[Row]:
    """One row a factor and direction of a goal, in start assessments and in those that review them."""
    rng = stream(seed, "avain factors")
    marked: dict[tuple[str, int], dict[str, set[str]]] = {}
    for assessment in assessments:
        start = assessment.previous or assessment
        for goal in start.goals:
            place = start.assessment_id, goal.seq
            if assessment.previous is None:
                marked[place] = _marks(rng)
            elif goal.attainment is None or assessment.kind != "LOPPU":
                continue
            else:
                marked[place] = _later(rng, marked[place])
            for factor, directions in sorted(marked[place].items()):
                for direction in sorted(directions):
                    yield {
                        "assessment_id": assessment.assessment_id,
                        "goal_seq": goal.seq,
                        "factor_code": factor,
                        "direction": direction,
                    }


def service_rows(assessments: Sequence[Assessment], seed: int, traps: frozenset[int]) -> Iterator[Row]:
    """One row a service: those received and those planned at the start, and at the end whether they were used."""
    rng, used = stream(seed, "avain services"), _used(traps)
    chosen: dict[str, list[tuple[str, str, str | None]]] = {}
    for assessment in assessments:
        if assessment.previous is None:
            received = [("SAA_NYT", code, None) for code in _some(rng, RECEIVED, 3)]
            planned = [("SUUNNITELTU", code, _social_service(rng, code)) for code in _some(rng, PLANNED, 3)]
            chosen[assessment.assessment_id] = [*(received if TWO_LISTS in traps else []), *planned]
            services = chosen[assessment.assessment_id]
        elif assessment.kind == "LOPPU":
            services = [one for one in chosen[assessment.previous.assessment_id] if one[0] == "SUUNNITELTU"]
        else:
            continue
        for seq, (list_id, code, social_service) in enumerate(services, 1):
            yield {
                "assessment_id": assessment.assessment_id,
                "seq": seq,
                "list_id": list_id,
                "service_code": code,
                "social_service_code": social_service,
                "used": draw(rng, used) if assessment.previous else None,
            }


def method_rows(assessments: Sequence[Assessment], seed: int, traps: frozenset[int]) -> Iterator[Row]:
    """One row a method: those agreed on at the start, and at the end whether they were used."""
    rng, used = stream(seed, "avain methods"), _used(traps)
    agreed: dict[str, list[tuple[str, str]]] = {}
    for assessment in assessments:
        if assessment.previous is None:
            groups = [draw(rng, GROUP_SHARES) for _ in range(rng.randint(1, 4))]
            pairs = {(rng.choice(GROUPS[group]), group) for group in groups}
            agreed[assessment.assessment_id] = sorted(pairs)
        elif assessment.kind != "LOPPU":
            continue
        start = assessment.previous or assessment
        for seq, (method, group) in enumerate(agreed[start.assessment_id], 1):
            yield {
                "assessment_id": assessment.assessment_id,
                "seq": seq,
                "method_code": method,
                "method_group": group,
                "used": draw(rng, used) if assessment.previous else None,
            }


def _used(traps: frozenset[int]) -> dict[str | None, float]:
    return {answer: share for answer, share in USED.items() if answer or EMPTY_USE in traps}


def _marks(rng: Random) -> dict[str, set[str]]:
    """Some factors with their direction; a few support and hinder at once."""
    marks: dict[str, set[str]] = {}
    for _ in range(rng.randint(1, MOST_FACTORS)):
        direction = rng.choice((SUPPORTS, HINDERS))
        heavy = SUPPORTING if direction == SUPPORTS else HINDERING
        factor = draw(rng, {code: heavy.get(code, 1.0) for code in FACTORS})
        both = rng.random() < BOTH_SHARE
        marks[factor] = {SUPPORTS, HINDERS} if both else {direction}
    return marks


def _later(rng: Random, marks: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same factors at the end; of those that hindered, some support by then, and a few have gone."""
    later = {}
    for factor, directions in marks.items():
        if rng.random() < CHANGED_SHARE:
            if rng.random() < 0.6:
                later[factor] = {SUPPORTS}
        else:
            later[factor] = directions
    return later


def _some(rng: Random, shares: dict[str, float], most: int) -> list[str]:
    return sorted({draw(rng, shares) for _ in range(rng.randint(1, most))}, key=int)


def _social_service(rng: Random, code: str) -> str | None:
    """Only social services (1 of the planned) are named more exactly."""
    return draw(rng, {SOCIAL_WORK: 0.6, GUIDANCE: 0.3, None: 0.1}) if code == "1" else None
