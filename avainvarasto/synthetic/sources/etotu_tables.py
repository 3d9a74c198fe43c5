"""eTotu's extracts as columns: notifications by the month of sending, events by the month in which they happen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import Budgets
from avainvarasto.synthetic.country.casework import Events, work_cases
from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.flow_truth import FlowTruth
from avainvarasto.synthetic.country.notices import KINDS, THEME_SHARES, Notices, Office, receivers
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.country.transfers import TRANSFER, transfer
from avainvarasto.synthetic.places import HARDLY_REACTS, TAMPERE
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.kela_months import coded

APPLICATION = KINDS.index("TAYD_EHK_HAKEMUS")
# Notes of workers; the contract drops them. Semicolon, quotes and letters beyond Latin-1 are there on purpose.
NOTES = {
    "YHT_PUHELIN": "Soitettu numeroon {phone}; ei vastausta – yritetään uudelleen.",
    "YHT_KIRJE": "Kirje lähetetty: {name}, {address}.",
    "EI_SAAPUNUT": '{name} ei saapunut; "unohti ajan", käyntimaksua 0 € ei peritä.',
    "TAPAAMINEN": "Tavattu toimistolla. Puhelin {phone}, asuu osoitteessa {address}.",
    "EI_TOIMENPITEITA": "Oma valmentaja jatkaa työskentelyä.",
}
NOTED_EVERY = 5


@dataclass(frozen=True)
class PassedOn:
    """An application for a municipality's own assistance that Kela passed on.

    `household` is a position in the country; `registered` the day of the decision where the municipality noted one.
    """

    notification_id: str
    municipality: str
    household: int
    applied: date
    urgent: bool
    registered: date | None


@dataclass
class Etotu:
    """Notices and events month by month; events of later months wait.

    `passed_on` fills with the applications that go to the municipalities `of_interest`. Where there is a `truth`, it
    counts what becomes of the notices.
    """

    country: Country
    people: People
    contacts: Contacts
    of_interest: Collection[str] = ()
    truth: FlowTruth | None = None

    def __post_init__(self) -> None:
        self.passed_on: list[PassedOn] = []
        self._office = Office(self.country)
        self._waiting: list[pa.Table] = []

    def month(self, budgets: Budgets) -> dict[str, pa.Table]:
        """The two tables of a month."""
        country, month = self.country, self.country.months[budgets.row]
        notices = self._office.month(budgets)
        codes = country.homes.codes_in(month)[notices.place]
        age = int(str(month)[:4]) - self.people.birth_year[notices.person]
        rng = generator(country.seed, f"casework {month}")
        events = work_cases(rng, notices, age, codes == HARDLY_REACTS, codes == TAMPERE)
        events, continued = transfer(country, budgets.row, notices, events)
        self._office.wait(continued)
        if self.truth:
            self.truth.add(notices, events)
        end = np.datetime64(month + 1, "D")
        first = np.flatnonzero((events.seq == 1) & (events.at < end))
        self.contacts.appoint("etotu", (int(notices.person[notice]) for notice in events.notice[first]))
        self._pass_on(notices, codes, events)
        together = pa.concat_tables([*self._waiting, self._event_table(notices, events)])
        later = pc.greater_equal(together.column("event_ts"), pa.scalar(_second(end), pa.timestamp("us")))
        self._waiting = [together.filter(later)]
        return {
            "etotu_notification": self._notice_table(notices, month),
            "etotu_event": together.filter(pc.invert(later)),
        }

    def _notice_table(self, notices: Notices, month: np.datetime64) -> pa.Table:
        people = self.people
        to_county, codes = receivers(self.country, month, notices.kind, notices.place)
        sent = notices.sent.astype("datetime64[us]")
        earlier = pa.array(notices.continues >= 0), _ids(np.maximum(notices.continues, 0))
        return pa.table(
            {
                "notification_id": _ids(notices.number),
                "person_id": people.code.take(pa.array(notices.person)),
                "name": pa.array(self.contacts.names(notices.person), pa.string()),
                "phone": pa.array(self.contacts.phones(notices.person), pa.string(), mask=~notices.phone),
                "type": coded(KINDS, notices.kind),
                "urgency": coded(("TAVALLINEN", "KIIREELLINEN"), notices.urgent.astype(np.int8)),
                "need_theme": coded(tuple(THEME_SHARES), notices.theme),
                "criteria_met_date": notices.criteria,
                "sent_ts": sent,
                "visible_date": notices.sent.astype("datetime64[D]") + 1,
                "area_type": coded(("KUNTA", "HVA"), to_county.astype(np.int8)),
                "area_code": pa.array(codes),
                "batch_type": coded(("DAILY", "INITIAL_STAGED"), notices.staged.astype(np.int8)),
                "consent": pa.array(notices.consent == 1, mask=notices.consent < 0),
                "phone_included": notices.phone,
                "transferred_from": pc.if_else(*earlier, pa.scalar(None, pa.string())),
                "is_continuation_reduction": notices.continuation,
            }
        )

    def _event_table(self, notices: Notices, events: Events) -> pa.Table:
        return pa.table(
            {
                "notification_id": _ids(notices.number[events.notice]),
                "seq": events.seq,
                "event_ts": events.at.astype("datetime64[us]"),
                "event_type": pa.array(events.kind),
                "worker_role": pa.array(events.role),
                "note": pa.array(self._notes(notices, events), pa.string()),
            }
        )

    def _notes(self, notices: Notices, events: Events) -> list[str | None]:
        """The first event of a canary notes all contact details, and some others say this or that."""
        persons = notices.person[events.notice]
        notes: list[str | None] = [None] * len(events)
        said = np.isin(events.kind, list(NOTES)) & (np.arange(len(events)) % NOTED_EVERY == 0)
        for at in np.flatnonzero(said):
            found = self.contacts.of(int(persons[at]))
            notes[at] = NOTES[str(events.kind[at])].format(name=found.name, phone=found.phone, address=found.address)
        for at in np.flatnonzero(events.seq == 1):
            if self.contacts.is_canary(int(persons[at])):
                notes[at] = f"{self.contacts.of(int(persons[at]))}: päivitetty yhteystiedot."
        return notes

    def _pass_on(self, notices: Notices, codes: npt.NDArray[np.str_], events: Events) -> None:
        decided = {int(events.notice[at]): _day(events.at[at]) for at in np.flatnonzero(events.kind == "PAATOS")}
        ids = _ids(notices.number).to_pylist()
        # Where a case was transferred, the next municipality decides, and for it the application begins on that day.
        stays = np.ones(len(notices), bool)
        stays[events.notice[events.kind == TRANSFER]] = False
        applied = np.where(notices.continues >= 0, notices.sent.astype("datetime64[D]"), notices.criteria)
        for at in np.flatnonzero((notices.kind == APPLICATION) & stays & np.isin(codes, list(self.of_interest))):
            self.passed_on.append(
                PassedOn(
                    notification_id=ids[at],
                    municipality=str(codes[at]),
                    household=int(self.country.persons.household[notices.person[at]]),
                    applied=_day(applied[at]),
                    urgent=bool(notices.urgent[at]),
                    registered=decided.get(int(at)),
                )
            )


def _second(day: np.datetime64) -> Any:
    return day.astype("datetime64[us]").item()


def _day(moment: np.datetime64) -> date:
    return date.fromisoformat(str(moment)[:10])


def _ids(numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(np.char.add("E", np.char.zfill((numbers + 1).astype(str), 8)))
