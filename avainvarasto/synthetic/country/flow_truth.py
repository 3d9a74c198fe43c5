"""What became of the notices, counted from the generator's arrays: the funnel and its delays by month and type.

Counted is what was delivered and passes the door: notices of the country's months, events before its end. Rows that are
wrong on purpose are in no array. Belongs here: counts of notices. Does not: decisions (`decision_truth`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.casework import Events
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.notices import KINDS, Notices
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.transfers import TRANSFER
from avainvarasto.synthetic.country.working_days import Days, due

RECEIVED, NO_SHOW = "VASTAANOTETTU", "EI_SAAPUNUT"
# Stages in their order, each with the events that give evidence of it; of the first every event does.
STAGES: Mapping[str, tuple[str, ...]] = {
    "received": (),
    "contact_tried": ("YHT_PUHELIN", "YHT_KIRJE", "YHT_VIESTI", "EI_TAVOITETTU_KIRJE"),
    "reached": ("TAVOITETTU",),
    "booked": ("AIKA_VARATTU", "AIKA_PERUTTU", NO_SHOW),
    "met": ("TAPAAMINEN",),
    "assessment_started": ("PTA_ALOITETTU",),
    "assessment_done": ("PTA_VALMIS",),
    "plan": ("SUUNNITELMA",),
}
CONTACT, MET, STARTED = (list(STAGES).index(name) for name in ("contact_tried", "met", "assessment_started"))
MEETING = (*STAGES["met"], NO_SHOW)
HORIZON_DAYS, REPEAT_DAYS = 60, 90
# What ends a clock beside a stage, and who gives a discussion.
NOT_NEEDED, GIVES_DISCUSSIONS = "PTA_EI_TARPEEN", ("SOSIAALITYONTEKIJA", "SOSIAALIOHJAAJA")
APPLIES, ASKS = KINDS.index("TAYD_EHK_HAKEMUS"), KINDS.index("YHTEYDENOTTO")
ADULT, OLD, WORKING_DAYS = 18, 75, 7
NEVER = np.datetime64("9999-01-01")
Cells = dict[str, dict[str, Any]]


class FlowTruth:
    """Takes the notices and events of each month, and counts them when all are there."""

    def __init__(self, country: Country, birth_year: npt.NDArray[np.int64]) -> None:
        self._country, self._birth_year = country, birth_year
        self._end = np.datetime64(country.months[-1] + 1, "D")
        self._parts: list[dict[str, npt.NDArray[Any]]] = []

    def add(self, notices: Notices, events: Events) -> None:
        """The notices of a month with all that ever happens to them."""
        n, sent = len(notices), notices.sent.astype("datetime64[D]")
        there = events.at < self._end
        notice, kind, role = events.notice[there], events.kind[there], events.role[there]
        day = events.at[there].astype("datetime64[D]")
        acted_on = (kind != RECEIVED) & ((day - sent[notice]).astype(int) <= HORIZON_DAYS)
        reached = np.zeros(len(notice), np.int64)
        for stage, kinds in enumerate(STAGES.values()):
            reached[np.isin(kind, kinds)] = stage
        # The first day on which there is evidence of each stage or of a later one.
        first = np.full((len(STAGES), n), NEVER)
        for stage in range(len(STAGES)):
            np.minimum.at(first[stage], notice[reached >= stage], day[reached >= stage])
        discussed = np.isin(kind, MEETING) & np.isin(role, GIVES_DISCUSSIONS)
        self._parts.append(
            {
                "person": self._country.persons.same_as[notices.person],
                "age": sent.astype("datetime64[Y]").astype(int) + 1970 - self._birth_year[notices.person],
                "kind": notices.kind,
                "sent": notices.sent,
                "number": notices.number,
                "days_waited": (sent - notices.criteria).astype(int),
                "continues": notices.continues,
                "first": first.T,
                "discussion": _first_day(n, notice[discussed], day[discussed]),
                "assessment": np.minimum(
                    first[STARTED], _first_day(n, notice[kind == NOT_NEEDED], day[kind == NOT_NEEDED])
                ),
                "no_show": _has(n, notice[kind == NO_SHOW]),
                "transferred": _has(n, notice[kind == TRANSFER]),
                "acted_on": _has(n, notice[acted_on]),
            }
        )

    def as_yaml(self) -> dict[str, Any]:
        """What `truth.yml` says: cells by month of sending, and by type and month."""
        every = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        every["repeat"] = _repeats(every)
        every["month"] = every["sent"].astype("datetime64[M]")
        by_month: Cells = {}
        by_type: dict[str, Cells] = {}
        for month in self._country.months:
            here = {name: column[every["month"] == month] for name, column in every.items()}
            if not len(here["kind"]):
                continue
            by_month[str(month)] = self._cell(here)
            for position in np.unique(here["kind"]):
                some = {name: column[here["kind"] == position] for name, column in here.items()}
                by_type.setdefault(KINDS[position], {})[str(month)] = self._cell(some)
        return {
            "unit": "notices; a stage counts those that reached it or a later one; medians are of whole days",
            "month": by_month,
            "notification_type,month": by_type,
            "time limits": self._time_limits(every),
        }

    def _cell(self, some: dict[str, npt.NDArray[Any]]) -> dict[str, Any]:
        first, sent = some["first"], some["sent"].astype("datetime64[D]")
        there = first < NEVER
        is_open = self._days_old(sent) < HORIZON_DAYS
        counted = {f"n_{stage}": there[:, at] for at, stage in enumerate(STAGES)} | {
            "n_no_show": some["no_show"],
            "n_transferred": some["transferred"],
            "n_repeat_90d": some["repeat"],
            "n_open": is_open,
            "n_not_acted_on": ~is_open & ~some["acted_on"],
        }
        days = {
            "median_days_criteria_to_sent": some["days_waited"],
            "median_days_to_contact": (first[:, CONTACT] - sent).astype(int)[there[:, CONTACT]],
            "median_days_to_meeting": (first[:, MET] - sent).astype(int)[there[:, MET]],
        }
        return {
            "n_notifications": len(sent),
            "n_persons": len(np.unique(some["person"])),
            **{name: int(which.sum()) for name, which in counted.items()},
            **{name: float(np.median(found)) if len(found) else None for name, found in days.items()},
        }

    def _time_limits(self, every: Mapping[str, npt.NDArray[Any]]) -> dict[str, Cells]:
        """Cases by rule and month of arrival, the day after the sending; a case goes on over its transfers."""
        ends = {name: _over_transfers(every, every[name]) for name in ("discussion", "assessment")}
        begins, kind, age = every["continues"] < 0, every["kind"], every["age"]
        start = every["sent"].astype("datetime64[D]") + 1
        needs = begins & (kind != APPLIES)
        rules = {
            "TOTUL_KESKUSTELU": (begins & (kind == ASKS), ends["discussion"]),
            "SHL36_ALOITUS_YLI75": (needs & (age > OLD), ends["assessment"]),
            "TAVOITE_ALOITUS_AIKUINEN": (needs & (age >= ADULT) & (age <= OLD), ends["assessment"]),
        }
        return {
            rule: {
                str(month): self._judged(start[here], end[here])
                for month in np.unique(start[chosen].astype("datetime64[M]"))
                for here in [chosen & (start.astype("datetime64[M]") == month)]
            }
            for rule, (chosen, end) in rules.items()
        }

    def _judged(self, start: Days, end: Days) -> dict[str, int]:
        """Due is what was in time or is late; what is within its limit at the end of the data is open."""
        last = due(start, WORKING_DAYS)
        in_time = end <= last
        is_open = (end == NEVER) & (self._end - 1 <= last)
        return {
            "n_due": int((~is_open).sum()),
            "n_in_time": int(in_time.sum()),
            "n_late": int((~in_time & ~is_open).sum()),
            "n_open": int(is_open.sum()),
        }

    def _days_old(self, sent: Days) -> npt.NDArray[np.int64]:
        return self._end.astype(np.int64) - 1 - sent.astype(np.int64)


def _first_day(n: int, notice: npt.NDArray[np.intp], day: Days) -> Days:
    first: Days = np.full(n, NEVER)
    np.minimum.at(first, notice, day)
    return first


def _over_transfers(every: Mapping[str, npt.NDArray[Any]], day: Days) -> Days:
    """The first day of each case, at the notice with which it began."""
    place = {int(number): at for at, number in enumerate(every["number"])}
    first = day.copy()
    # The newest first, so that what continues a continuation reaches the beginning through it.
    for at in np.flatnonzero(every["continues"] >= 0)[::-1]:
        before = place[int(every["continues"][at])]
        first[before] = min(first[before], first[at])
    return first


def _has(n: int, notice: npt.NDArray[np.intp]) -> Bools:
    return np.bincount(notice, minlength=n) > 0


def _repeats(every: Mapping[str, npt.NDArray[Any]]) -> Bools:
    """Whether the same person had a notice of the same type within 90 days; what continues another is no repeat."""
    order = np.lexsort((every["number"], every["sent"], every["kind"], every["person"]))
    person, kind, sent = (every[name][order] for name in ("person", "kind", "sent"))
    days = sent.astype("datetime64[D]")
    repeats = np.zeros(len(order), bool)
    same = (person[1:] == person[:-1]) & (kind[1:] == kind[:-1])
    repeats[order[1:]] = same & ((days[1:] - days[:-1]).astype(int) <= REPEAT_DAYS)
    found: Bools = repeats & (every["continues"] < 0)
    return found
