"""The made-up world behind the demo, with the persons that the leak test looks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from avainvarasto.synthetic import municipal
from avainvarasto.synthetic.avain import Assessment, make_assessments
from avainvarasto.synthetic.canary import Canary, appoint
from avainvarasto.synthetic.casework import Event, work_cases
from avainvarasto.synthetic.households import World, make_world
from avainvarasto.synthetic.notices import Notice, make_notices
from avainvarasto.synthetic.people import Person

SEED = 7


@dataclass(frozen=True)
class Demo:
    """Everything that the deliveries are written from."""

    seed: int
    world: World
    notices: list[Notice]
    events: list[Event]
    assessments: list[Assessment]
    municipal: list[municipal.Decision]
    canaries: list[Canary]

    @property
    def canary_codes(self) -> set[str]:
        """Identity codes of the canaries."""
        return {canary.identity_code for canary in self.canaries}


def make_demo(seed: int = SEED) -> Demo:
    """The made-up world of a seed, with its canaries."""
    world = make_world(seed)
    notices = make_notices(world, seed)
    events = work_cases(notices, seed)
    assessments = make_assessments(world, seed)
    decisions = municipal.make_decisions(world, notices, events, seed)
    canaries = _appoint_canaries(world, notices, events, assessments, decisions)
    return Demo(seed, world, notices, events, assessments, decisions, canaries)


def canaries(seed: int = SEED) -> list[Canary]:
    """The persons that the leak test looks for, at least three for each source that carries persons."""
    return make_demo(seed).canaries


def _appoint_canaries(
    world: World,
    notices: list[Notice],
    events: list[Event],
    assessments: list[Assessment],
    decisions: list[municipal.Decision],
) -> list[Canary]:
    """Canaries are people whose texts are delivered: with a noted event, a reviewed goal, a noted decision."""
    taken: set[str] = set()
    reviewed = [start.person for start in assessments if any(goal.attainment for goal in start.goals)]
    noted = [event.notice.person for event in events if event.seq == 1]
    chosen = [
        *appoint("avain", reviewed, taken),
        *appoint("etotu", noted, taken),
        *appoint("kela", (household.applicant for household in world.households), taken),
        *appoint("municipal", _decided_by_the_first_sender(decisions), taken),
    ]
    for notice in notices:
        notice.phone_included = notice.phone_included or notice.person.code in taken
    return chosen


def _decided_by_the_first_sender(decisions: list[municipal.Decision]) -> Iterator[Person]:
    """Clients of the first municipality in the half of the year that it sends in any case."""
    place = next(iter(municipal.SUPPLIERS))
    return (made.person for made in decisions if made.municipality == place and made.decided <= municipal.HALVES[0][1])
