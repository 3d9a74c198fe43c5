"""Cases of those who move: the notice ends with its transfer, and another one continues it where they live now."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.casework import MINUTES_APART, ROLES, Events, Indices
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.notices import NOT_SENT, Notices, receivers

# Kela's service has known transfers since then (kela.fi, news of eTotu).
TRANSFERS_FROM = np.datetime64("2020-09-26")
TRANSFER, ENDS = "SIIRRETTY", ("PAATETTY", "EI_TOIMENPITEITA", "SUUNNITELMA")
# Of open cases of whoever moves in one of the months after the notice; and of all others, who lives elsewhere than Kela
# knew. Made up.
TRANSFERRED, MONTHS_AFTER = 0.8, 3
LIVES_ELSEWHERE = 0.015
DAYS_OF_TRANSFER = 20
Days = npt.NDArray[np.datetime64]


def transfer(country: Country, row: int, notices: Notices, events: Events) -> tuple[Events, Notices]:
    """The events of a month's notices with the transfers, and the notices that continue them, which are yet to be sent.

    Args:
        country: the country.
        row: the month in which the notices were sent.
        notices: the notices.
        events: all events of their cases, as if nobody moved.
    """
    rng = generator(country.seed, f"transfers {country.months[row]}")
    household = country.persons.household[notices.person]
    moves_in = country.moved_in[household]
    # A move beyond the last month is none.
    soon = (row < moves_in) & (moves_in <= row + MONTHS_AFTER) & (moves_in < len(country.months))
    chosen = np.flatnonzero(rng.random(len(notices)) < np.where(soon, TRANSFERRED, LIVES_ELSEWHERE))
    soon, household = soon[chosen], household[chosen]
    months = country.months[0] + np.where(soon, moves_in[chosen], row + 1)
    day = _weekday_of(rng, months)
    new_home = np.where(soon, country.new_home[household], country.homes.draw(rng, len(chosen)))
    elsewhere = _received_elsewhere(country, notices.of(chosen), new_home, day)
    kept = elsewhere & (day >= TRANSFERS_FROM) & _is_open(events, _ends(len(notices), chosen, day))[chosen]
    chosen, day, new_home = chosen[kept], day[kept], new_home[kept]
    told, at = _with_transfers(rng, events, chosen, _ends(len(notices), chosen, day))
    return told, _continuations(rng, notices.of(chosen), new_home, at)


def _weekday_of(rng: np.random.Generator, months: Days) -> Days:
    days = rng.integers(0, DAYS_OF_TRANSFER, len(months)).astype("timedelta64[D]")
    found: Days = np.busday_offset(months.astype("datetime64[D]") + days, 0, roll="forward")
    return found


def _ends(n: int, chosen: Indices, day: Days) -> Days:
    """The day of the transfer by notice; none where there is no transfer."""
    ends: Days = np.full(n, np.datetime64("NaT", "D"))
    ends[chosen] = day
    return ends


def _received_elsewhere(country: Country, notices: Notices, new_home: Indices, day: Days) -> npt.NDArray[np.bool_]:
    """Whether another municipality or county would receive the notice on a day."""
    differs = np.zeros(len(notices), bool)
    for month in np.unique(day.astype("datetime64[M]")):
        here = np.flatnonzero(day.astype("datetime64[M]") == month)
        kinds = notices.kind[here]
        before, after = (receivers(country, month, kinds, places[here])[1] for places in (notices.place, new_home))
        differs[here] = before != after
    return differs


def _is_open(events: Events, until: Days) -> npt.NDArray[np.bool_]:
    """Whether somebody has begun with the case before the day, and nobody has ended it."""
    before = events.at < until[events.notice]
    begun = np.bincount(events.notice[before], minlength=len(until)) > 0
    ended = np.bincount(events.notice[before & np.isin(events.kind, ENDS)], minlength=len(until)) > 0
    found: npt.NDArray[np.bool_] = begun & ~ended
    return found


def _with_transfers(rng: np.random.Generator, events: Events, chosen: Indices, until: Days) -> tuple[Events, Days]:
    """The events, of the chosen cases those before the day and the transfer; and when each transfer was."""
    kept = ~(events.at >= until[events.notice])
    notice = events.notice[kept]
    n_before = np.bincount(notice, minlength=len(until))[chosen]
    minute = 8 * 60 + n_before * MINUTES_APART + rng.integers(0, MINUTES_APART, len(chosen))
    at = until[chosen].astype("datetime64[m]") + minute.astype("timedelta64[m]")
    roles = np.array(list(ROLES))[drawn(rng, ROLES, len(chosen))]
    of = np.concatenate([notice, chosen])
    seq = np.concatenate([events.seq[kept], n_before + 1])
    order = np.lexsort((seq, of))
    together = Events(
        of[order],
        seq[order],
        np.concatenate([events.at[kept], at])[order],
        np.concatenate([events.kind[kept], np.full(len(chosen), TRANSFER)])[order],
        np.concatenate([events.role[kept], roles])[order],
    )
    return together, at


def _continuations(rng: np.random.Generator, notices: Notices, new_home: Indices, at: Days) -> Notices:
    """The same notices to somebody else, a while after the transfer."""
    minutes = rng.integers(1, 60, len(notices)).astype("timedelta64[m]")
    return notices.but(
        number=np.full(len(notices), NOT_SENT),
        sent=at + minutes,
        place=new_home,
        staged=np.zeros(len(notices), bool),
        continues=notices.number,
    )
