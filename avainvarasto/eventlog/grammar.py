"""What IEEE 1849 says of elements, their order, attributes and values: the tables behind the checker.

Written from the published schema and the chapters on metadata, serialisation and standard extensions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

# A file of the schema has no namespace; older tools write this one.
NAMESPACES = ("", "http://www.xes-standard.org/")

ATTRIBUTES = ("string", "date", "int", "float", "boolean", "id", "list")
ATTRIBUTE = "attribute"
NESTED = "nested-attributes"

# Children of an element in their order; what stands in ONCE comes at most once.
_OF_ATTRIBUTE = (ATTRIBUTE,)
CHILDREN: Mapping[str, tuple[str, ...]] = {
    "": ("log",),
    "log": ("extension", "global", "classifier", ATTRIBUTE, "trace", "event"),
    "trace": (ATTRIBUTE, "event"),
    "event": _OF_ATTRIBUTE,
    "global": _OF_ATTRIBUTE,
    "values": _OF_ATTRIBUTE,
    "extension": (),
    "classifier": (),
    "list": (ATTRIBUTE, "values"),
    **{name: _OF_ATTRIBUTE for name in ATTRIBUTES if name != "list"},
}
ONCE = ("log", "values")

# XML attributes of an element: those that it must have, those that it may. The schema wants a key of <values> too,
# which the text of the standard does not know.
XML_ATTRIBUTES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "log": (frozenset({"xes.version"}), frozenset({"xes.features"})),
    "trace": (frozenset(), frozenset()),
    "event": (frozenset(), frozenset()),
    "global": (frozenset({"scope"}), frozenset()),
    "values": (frozenset(), frozenset({"key"})),
    "extension": (frozenset({"name", "prefix", "uri"}), frozenset()),
    "classifier": (frozenset({"name", "keys"}), frozenset({"scope"})),
    "list": (frozenset({"key"}), frozenset()),
    **{name: (frozenset({"key", "value"}), frozenset()) for name in ATTRIBUTES if name != "list"},
}

SCOPES = ("trace", "event")

# Standard extensions: name and address by prefix, and the attributes that we know of them: key to its type and the
# elements that it belongs to.
STANDARD = {
    "concept": ("Concept", "http://www.xes-standard.org/concept.xesext"),
    "lifecycle": ("Lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    "org": ("Organizational", "http://www.xes-standard.org/org.xesext"),
    "time": ("Time", "http://www.xes-standard.org/time.xesext"),
}
TRANSITION = "lifecycle:transition"
_ANY = ("log", "trace", "event")
STANDARD_KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "concept:name": ("string", _ANY),
    "concept:instance": ("string", ("event",)),
    "lifecycle:model": ("string", ("log",)),
    TRANSITION: ("string", ("event",)),
    "lifecycle:state": ("string", ("event",)),
    "org:resource": ("string", ("event",)),
    "org:role": ("string", ("event",)),
    "org:group": ("string", ("event",)),
    "time:timestamp": ("date", ("event",)),
}
TRANSITIONS = frozenset(
    {
        *("schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort", "ate_abort"),
        *("complete", "autoskip", "manualskip", "unknown"),
    }
)

_NC_NAME = re.compile(r"[^\W\d][\w.\-]*")
_NAME = re.compile(r"[^\W\d][\w.\-]*(:[\w.\-]+)*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_DOUBLE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONG = 2**63


def is_nc_name(text: str) -> bool:
    """True for a name without a colon."""
    return _NC_NAME.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """True for a name as a key must be."""
    return _NAME.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """True for an address with its scheme."""
    return _URI.fullmatch(text) is not None


def is_decimal(text: str) -> bool:
    """True for a plain number."""
    return _DECIMAL.fullmatch(text) is not None


@lru_cache(maxsize=1_000)
def moment_of(text: str) -> datetime | None:
    """The moment that a date says, or None; one without an offset from UTC says none."""
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_PARSES: Mapping[str, Callable[[str], bool]] = {
    "string": lambda text: True,
    "date": lambda text: moment_of(text) is not None,
    "int": lambda text: _WHOLE.fullmatch(text) is not None and -_LONG <= int(text) < _LONG,
    "float": lambda text: _DOUBLE.fullmatch(text) is not None,
    "boolean": lambda text: text in ("true", "false", "1", "0"),
    "id": lambda text: _UUID.fullmatch(text) is not None,
}


def parses(tag: str, value: str) -> bool:
    """True if a value is one of its element's type."""
    return _PARSES[tag](value)


def classifier_keys(text: str) -> list[str] | None:
    """Keys of a classifier: separated by spaces, those with spaces inside between apostrophes; None if unreadable."""
    found = re.findall(r"'([^']+)'|([^\s']+)", text)
    if re.sub(r"'[^']+'|[^\s']+|\s", "", text) or not found:
        return None
    return [quoted or plain for quoted, plain in found]
