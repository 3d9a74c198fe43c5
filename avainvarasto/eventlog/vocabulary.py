"""The words of the log: extensions, attributes with their types, classifiers. The guide explains each of our own.

Keys and types of the standard's extensions are those of IEEE 1849, chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Extension:
    """Name, prefix of its keys, and address of its definition."""

    name: str
    prefix: str
    uri: str


@dataclass(frozen=True)
class Declared:
    """An attribute that every trace or event has: element, key, and the value that stands for a missing one."""

    tag: str
    key: str
    default: str


# Ours has a name and no address: a tool that meets an unknown extension may try to fetch its definition, and a request
# would tell an outsider who reads such a log and when.
EXTENSIONS = (
    Extension("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    Extension("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    Extension("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    Extension("Time", "time", "http://www.xes-standard.org/time.xesext"),
    Extension("Avainvarasto", "avainvarasto", "urn:uuid:6d0f1c52-58f4-4f0b-9a36-0c8a3b1f7e21"),
)

# The schema of the standard wants a decimal number; no optional feature is used.
VERSION = "1849.2016"
FEATURES = ""

NAME = "concept:name"
TIME = "time:timestamp"
ROLE = "org:role"
TRANSITION = "lifecycle:transition"
MODEL = "lifecycle:model"
LABEL = "avainvarasto:label_fi"
NOTICE = "avainvarasto:notice_no"
DEVIATION = "avainvarasto:deviation"
BEFORE_SENDING = "avainvarasto:before_sending"
SENT = "avainvarasto:sent"
N_TRACES = "avainvarasto:n_traces"
N_EVENTS = "avainvarasto:n_events"

_UNKNOWN, _NEVER = "unknown", "1970-01-01T00:00:00.000+00:00"
TRACE_GLOBALS = (
    Declared("string", NAME, _UNKNOWN),
    Declared("string", "avainvarasto:notification_type", _UNKNOWN),
    Declared("string", "avainvarasto:urgency", _UNKNOWN),
    Declared("string", "avainvarasto:batch_type", _UNKNOWN),
    Declared("string", "avainvarasto:county_code", _UNKNOWN),
    Declared("string", "avainvarasto:municipality_code", _UNKNOWN),
    Declared("date", SENT, _NEVER),
)
EVENT_GLOBALS = (
    Declared("string", NAME, _UNKNOWN),
    Declared("string", LABEL, _UNKNOWN),
    Declared("date", TIME, _NEVER),
    Declared("string", ROLE, _UNKNOWN),
    Declared("string", TRANSITION, "complete"),
    Declared("int", NOTICE, "0"),
    Declared("string", DEVIATION, "none"),
)

# Names without spaces: the schema allows none.
CLASSIFIERS = {"activity": NAME, "activity-and-role": f"{NAME} {ROLE}"}
