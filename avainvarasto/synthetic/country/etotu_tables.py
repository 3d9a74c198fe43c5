"""eTotu's extracts as columns: notifications by the month of sending, events by the month in which they happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import Budgets
from avainvarasto.synthetic.country.casework import Events, work_cases
from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.kela_months import coded
from avainvarasto.synthetic.country.notices import (
    COUNTIES_FROM,
    IMMIGRANTS_TO_MUNICIPALITIES,
    KINDS,
    Notices,
    Office,
)
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.notices import THEME_SHARES
from avainvarasto.synthetic.places import HARDLY_REACTS, TAMPERE

IMMIGRANTS = KINDS.index("MAAHANMUUTTAJA_2KK")


@dataclass
class Etotu:
    """Notices and events month by month; events of later months wait."""

    country: Country
    people: People

    def __post_init__(self) -> None:
        self._office = Office(self.country, self.people)
        self._waiting: list[pa.Table] = []

    def month(self, budgets: Budgets) -> dict[str, pa.Table]:
        """The two tables of a month."""
        country, month = self.country, self.country.months[budgets.row]
        notices = self._office.month(budgets)
        codes = country.homes.codes_in(month)[notices.place]
        age = int(str(month)[:4]) - self.people.birth_year[notices.person]
        rng = generator(country.seed, f"casework {month}")
        events = work_cases(rng, notices, age, codes == HARDLY_REACTS, codes == TAMPERE)
        together = pa.concat_tables([*self._waiting, self._event_table(notices, events)])
        end = pa.scalar(np.datetime64(month + 1, "D").astype("datetime64[us]").item(), pa.timestamp("us"))
        later = pc.greater_equal(together.column("event_ts"), end)
        self._waiting = [together.filter(later)]
        return {
            "etotu_notification": self._notice_table(notices, codes, month),
            "etotu_event": together.filter(pc.invert(later)),
        }

    def _notice_table(self, notices: Notices, codes: npt.NDArray[np.str_], month: np.datetime64) -> pa.Table:
        people, n = self.people, len(notices)
        to_county = np.full(n, month >= COUNTIES_FROM)
        if month >= IMMIGRANTS_TO_MUNICIPALITIES:
            to_county &= notices.kind != IMMIGRANTS
        counties = np.array(self.country.homes.counties)[notices.place]
        sent = notices.sent.astype("datetime64[us]")
        return pa.table(
            {
                "notification_id": _ids(notices.number),
                "person_id": people.code.take(pa.array(notices.person)),
                "name": pa.array(people.name[notices.person], pa.string()),
                "phone": pa.array(people.phones(notices.person), pa.string(), mask=~notices.phone),
                "type": coded(KINDS, notices.kind),
                "urgency": coded(("TAVALLINEN", "KIIREELLINEN"), notices.urgent.astype(np.int8)),
                "need_theme": coded(tuple(THEME_SHARES), notices.theme),
                "criteria_met_date": notices.criteria,
                "sent_ts": sent,
                "visible_date": notices.sent.astype("datetime64[D]") + 1,
                "area_type": coded(("KUNTA", "HVA"), to_county.astype(np.int8)),
                "area_code": pa.array(np.where(to_county, counties, codes)),
                "batch_type": coded(("DAILY", "INITIAL_STAGED"), notices.staged.astype(np.int8)),
                "consent": pa.array(notices.consent == 1, mask=notices.consent < 0),
                "phone_included": notices.phone,
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
            }
        )


def _ids(numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(np.char.add("E", np.char.zfill((numbers + 1).astype(str), 8)))
