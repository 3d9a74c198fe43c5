"""Writes XES: one trace a case, one event a line. `_opening` is the only place where a value becomes XML."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from avainvarasto.eventlog import vocabulary as words
from avainvarasto.eventlog.cases import Case, Choice, Counts
from avainvarasto.eventlog.refusal import refused
from avainvarasto.eventlog.times import minute, moment, to_text
from avainvarasto.eventlog.vocabulary import Declared

# What XML 1.0 cannot carry in any spelling.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Head:
    """What the log says of itself."""

    build_id: str
    as_of: date
    nature: str
    note: str
    keys: str
    choice: Choice
    counts: Counts


def write_log(stream: BinaryIO, head: Head, cases: Iterable[Case], labels: Mapping[str, str]) -> None:
    """Write a whole log; no more than one case is held at a time.

    Raises:
        ExportRefused: a text holds a character that XML cannot carry.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
    text.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    text.writelines(f"{line}\n" for line in _head(head))
    for case in cases:
        text.write(_trace(case, labels))
    text.write("</log>\n")
    text.flush()
    text.detach()


def _head(head: Head) -> Iterator[str]:
    yield _opening("log", {"xes.version": words.VERSION, "xes.features": words.FEATURES})
    for extension in words.EXTENSIONS:
        yield _element("extension", {"name": extension.name, "prefix": extension.prefix, "uri": extension.uri})
    for scope, declared in (("trace", words.TRACE_GLOBALS), ("event", words.EVENT_GLOBALS)):
        defaults = "".join(_attribute(one.tag, one.key, one.default) for one in declared)
        yield f"{_opening('global', {'scope': scope})}{defaults}</global>"
    for name, keys in words.CLASSIFIERS.items():
        yield _element("classifier", {"name": name, "scope": "event", "keys": keys})
    choice = head.choice
    said = {
        words.NAME: "Kelan ilmoitusten tapahtumat",
        words.MODEL: "standard",
        "avainvarasto:build_id": head.build_id,
        "avainvarasto:as_of": head.as_of.isoformat(),
        "avainvarasto:nature": head.nature,
        "avainvarasto:nature_note": head.note,
        "avainvarasto:keys": head.keys,
        "avainvarasto:sent_from": f"{choice.sent_from:%Y-%m}" if choice.sent_from else "all",
        "avainvarasto:sent_to": f"{choice.sent_to:%Y-%m}" if choice.sent_to else "all",
        "avainvarasto:types": " ".join(choice.types) or "all",
    }
    for key, value in said.items():
        yield _attribute("string", key, value)
    yield _attribute("int", words.N_TRACES, str(head.counts.traces))
    yield _attribute("int", words.N_EVENTS, str(head.counts.events))


def _trace(case: Case, labels: Mapping[str, str]) -> str:
    sent = moment(case.sent)
    about = (
        case.key,
        case.notification_type,
        case.urgency,
        case.batch_type,
        case.county_code,
        case.municipality_code,
        to_text(sent),
    )
    lines = [f"<trace>{_values(words.TRACE_GLOBALS, about)}"]
    for event in case.events:
        at = moment(event.at)
        label = labels.get(event.activity, event.activity)
        told = (event.activity, label, to_text(at), event.role, "complete", str(event.notice_no), event.deviation)
        # The sending stays first in its case; an event that is dated before it says so.
        before = _attribute("boolean", words.BEFORE_SENDING, "true") if minute(at) < minute(sent) else ""
        lines.append(f"<event>{_values(words.EVENT_GLOBALS, told)}{before}</event>")
    lines.append("</trace>\n")
    return "\n".join(lines)


def _values(declared: Iterable[Declared], values: Iterable[str]) -> str:
    return "".join(_attribute(one.tag, one.key, value) for one, value in zip(declared, values, strict=True))


# The same codes come again and again.
@lru_cache(maxsize=2_000)
def _attribute(tag: str, key: str, value: str) -> str:
    if _NOT_IN_XML.search(value):
        raise refused(key, "a value holds a character that XML cannot carry", "tell whoever keeps the contract of it")
    return _element(tag, {"key": key, "value": value})


def _element(tag: str, attributes: Mapping[str, str]) -> str:
    return f"{_opening(tag, attributes)[:-1]}/>"


def _opening(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{''.join(f' {name}={quoteattr(value)}' for name, value in attributes.items())}>"
