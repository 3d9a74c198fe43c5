"""Rows of the eTotu extracts: notifications and what was done with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import timedelta

from avainvarasto.synthetic.casework import Event
from avainvarasto.synthetic.notices import Notice
from avainvarasto.synthetic.writer import Row

# Notes of workers; the contract drops them. Semicolon, quotes and letters beyond Latin-1 are there on purpose.
NOTES = {
    "YHT_PUHELIN": "Soitettu numeroon {phone}; ei vastausta – yritetään uudelleen.",
    "YHT_KIRJE": "Kirje lähetetty: {name}, {address}.",
    "EI_SAAPUNUT": '{name} ei saapunut; "unohti ajan", käyntimaksua 0 € ei peritä.',
    "TAPAAMINEN": "Tavattu toimistolla. Puhelin {phone}, asuu osoitteessa {address}.",
    "EI_TOIMENPITEITA": "Oma valmentaja jatkaa työskentelyä.",
}
CONTACT_NOTE = "{name}, {address}, puh. {phone}: päivitetty yhteystiedot."


def notification_rows(notices: Sequence[Notice]) -> Iterator[Row]:
    """One row a notification. In 2018 nothing went out in staged batches and nothing could be transferred."""
    for notice in notices:
        yield {
            "notification_id": notice.notification_id,
            "person_id": notice.person.code,
            "name": notice.person.name,
            "phone": notice.person.phone if notice.phone_included else None,
            "type": notice.kind,
            "urgency": "KIIREELLINEN" if notice.urgent else "TAVALLINEN",
            "need_theme": notice.theme,
            "criteria_met_date": notice.criteria_met,
            "sent_ts": notice.sent,
            "visible_date": notice.sent.date() + timedelta(days=1),
            "area_type": "KUNTA",
            "area_code": notice.municipality,
            "batch_type": "DAILY",
            "consent": notice.consent,
            "phone_included": notice.phone_included,
            "is_continuation_reduction": False,
        }


def event_rows(events: Sequence[Event], canaries: Set[str]) -> Iterator[Row]:
    """One row an event; the first event of a canary's case notes all contact details."""
    for event in events:
        person = event.notice.person
        note = CONTACT_NOTE if event.seq == 1 and person.code in canaries else NOTES.get(event.kind)
        yield {
            "notification_id": event.notice.notification_id,
            "seq": event.seq,
            "event_ts": event.at,
            "event_type": event.kind,
            "worker_role": event.worker_role,
            "note": note and note.format(name=person.name, phone=person.phone, address=person.address),
        }
