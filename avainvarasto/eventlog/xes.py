"""Writes XES: one trace a case, one event a line. Everything goes through the generator of the standard library."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from avainvarasto.eventlog import vocabulary as words
from avainvarasto.eventlog.cases import Case, Choice, Counts
from avainvarasto.eventlog.refusal import refused
from avainvarasto.eventlog.times import minute, moment, to_text

# What XML 1.0 cannot carry in any spelling.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTHING: AttributesImpl[str] = AttributesImpl({})
NONE, SKIPPED, REVERSED = "none", "skipped", "reversed"


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


def write_log(stream: BinaryIO, head: Head, cases: Iterable[Case], labels: Mapping[str, str]) -> Counts:
    """Write a whole log.

    Returns:
        what was written.

    Raises:
        ExportRefused: a text holds a character that XML cannot carry.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=False)
    xml = XMLGenerator(text, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("log", AttributesImpl({"xes.version": words.VERSION, "xes.features": words.FEATURES}))
    _write_head(xml, head)
    n_traces = n_events = 0
    for case in cases:
        _line(xml)
        _write_trace(xml, case, labels)
        n_traces += 1
        n_events += len(case.events)
    _line(xml)
    xml.endElement("log")
    _line(xml)
    text.flush()
    text.detach()
    return Counts(n_traces, n_events)


def deviations(stages: Iterable[int]) -> Iterator[str]:
    """How each step departs from the stages in their order, held against the highest one so far in its case.

    Stage 0 is none: such an event neither departs nor counts as reached.
    """
    highest = 0
    for stage in stages:
        if stage == 0 or highest <= stage <= highest + 1:
            yield NONE
        else:
            yield SKIPPED if stage > highest else REVERSED
        highest = max(highest, stage)


def _write_head(xml: XMLGenerator, head: Head) -> None:
    for extension in words.EXTENSIONS:
        _line(xml)
        _empty(xml, "extension", {"name": extension.name, "prefix": extension.prefix, "uri": extension.uri})
    for scope, declared in (("trace", words.TRACE_GLOBALS), ("event", words.EVENT_GLOBALS)):
        _line(xml)
        xml.startElement("global", AttributesImpl({"scope": scope}))
        for one in declared:
            _attribute(xml, one.tag, one.key, one.default)
        xml.endElement("global")
    for name, keys in words.CLASSIFIERS.items():
        _line(xml)
        _empty(xml, "classifier", {"name": name, "scope": "event", "keys": keys})
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
        _line(xml)
        _attribute(xml, "string", key, value)
    for key, number in ((words.N_TRACES, head.counts.traces), (words.N_EVENTS, head.counts.events)):
        _line(xml)
        _attribute(xml, "int", key, str(number))


def _write_trace(xml: XMLGenerator, case: Case, labels: Mapping[str, str]) -> None:
    sent = moment(case.sent)
    xml.startElement("trace", _NOTHING)
    values = (
        case.key,
        case.notification_type,
        case.urgency,
        case.batch_type,
        case.county_code,
        case.municipality_code,
        to_text(sent),
    )
    for one, value in zip(words.TRACE_GLOBALS, values, strict=True):
        _attribute(xml, one.tag, one.key, value)
    for event, deviation in zip(case.events, deviations(e.stage_no for e in case.events), strict=True):
        at = moment(event.at)
        _line(xml)
        xml.startElement("event", _NOTHING)
        label = labels.get(event.activity, event.activity)
        told = (event.activity, label, to_text(at), event.role, "complete", str(event.notice_no), deviation)
        for one, value in zip(words.EVENT_GLOBALS, told, strict=True):
            _attribute(xml, one.tag, one.key, value)
        # The sending stays first in its case; an event that is dated before it says so.
        if minute(at) < minute(sent):
            _attribute(xml, "boolean", words.BEFORE_SENDING, "true")
        xml.endElement("event")
    xml.endElement("trace")


def _attribute(xml: XMLGenerator, tag: str, key: str, value: str) -> None:
    if _NOT_IN_XML.search(value):
        raise refused(key, "a value holds a character that XML cannot carry", "tell whoever keeps the contract of it")
    _empty(xml, tag, {"key": key, "value": value})


def _empty(xml: XMLGenerator, tag: str, attributes: Mapping[str, str]) -> None:
    xml.startElement(tag, AttributesImpl(attributes))
    xml.endElement(tag)


def _line(xml: XMLGenerator) -> None:
    xml.ignorableWhitespace("\n")
