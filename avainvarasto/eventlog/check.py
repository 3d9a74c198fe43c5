"""Reads a written log as a stranger would and holds it against the standard; nothing of the writer is used.

The file is streamed: what is kept is the path from the log to the element being read. A document type (the only place
in which entities are declared) or a processing instruction is refused before anything is expanded. Beyond the standard
a log must hold a trace, every event a time, times must follow each other, and numbers of traces and events that the log
tells must be right.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NoReturn, cast
from xml.parsers import expat

from avainvarasto.errors import GateFailed
from avainvarasto.eventlog import grammar
from avainvarasto.eventlog.cases import Counts
from avainvarasto.eventlog.times import minute
from avainvarasto.eventlog.vocabulary import BEFORE_SENDING, N_EVENTS, N_TRACES, TIME

_GZIP = b"\x1f\x8b"
_WHOLE_FILE = 0


def check(path: Path, name: str) -> Counts:
    """Check a file, compressed or not, that will be called `name`.

    Returns:
        traces and events of the log.

    Raises:
        GateFailed: the first rule that the file breaks, with its line.
    """
    with path.open("rb") as plain:
        compressed = plain.read(2) == _GZIP
        plain.seek(0)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if compressed else plain
        return _Reader(name).read(stream)


@dataclass(slots=True)
class _Element:
    """An element that is open: how far its children are, and the attributes that it has so far (key to type, value)."""

    tag: str
    scope: str = ""
    reached: int = 0
    held: dict[str, tuple[str, str]] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None


class _Reader:
    """One reading."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = [_Element("")]
        self.prefixes: dict[str, str] = {}
        self.features: list[str] = []
        self.globals: dict[str, dict[str, tuple[str, str]]] = {}
        self.classifiers: set[str] = set()
        self.shapes: dict[tuple[str, ...], tuple[str, str, int]] = {}
        self.keys: set[tuple[str, str, str, str]] = set()
        self.n_traces = 0
        self.n_events = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = lambda *_: self._fail("a document type is declared")
        self.parser.ProcessingInstructionHandler = lambda *_: self._fail("there is a processing instruction")

    def read(self, stream: BinaryIO) -> Counts:
        try:
            self.parser.ParseFile(stream)
        except expat.ExpatError as error:
            self._fail(f"is not well-formed XML ({expat.ErrorString(error.code)})", error.lineno)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self._fail("is cut short or damaged: it cannot be uncompressed", _WHOLE_FILE)
        return Counts(self.n_traces, self.n_events)

    def _start(self, qualified: str, given: dict[str, str]) -> None:
        parent = self.path[-1]
        # What was right once is right again; a log has few shapes and many elements.
        shape = (parent.tag, qualified, *given)
        tag, kind, place = self.shapes.get(shape) or self._shape(parent, qualified, given)
        self.shapes[shape] = tag, kind, place
        if place < parent.reached:
            self._fail(f"<{tag}> comes too late in {_called(parent)}")
        parent.reached = place + 1 if kind in grammar.ONCE else place
        self.path.append(_Element(tag))
        if kind == grammar.ATTRIBUTE:
            self._attribute(parent, tag, given)
        elif tag in _STARTS:
            _STARTS[tag](self, given)

    def _shape(self, parent: _Element, qualified: str, given: dict[str, str]) -> tuple[str, str, int]:
        """Tag, kind and place among its parent's children of an element that may stand there as it does."""
        namespace, _, tag = qualified.rpartition(" ")
        kind = grammar.ATTRIBUTE if tag in grammar.ATTRIBUTES else tag
        self._demand(namespace in grammar.NAMESPACES, "an element is of another namespace")
        self._demand(tag in grammar.CHILDREN, "an element is not one of the standard")
        children = grammar.CHILDREN[parent.tag]
        self._demand(kind in children, f"<{tag}> may not stand in {_called(parent)}")
        must, may = grammar.XML_ATTRIBUTES[tag]
        self._demand(must <= given.keys(), f"<{tag}> lacks {', '.join(sorted(must - given.keys()))}")
        self._demand(given.keys() <= must | may, f"<{tag}> has an XML attribute that the standard does not know")
        return tag, kind, children.index(kind)

    def _end(self, qualified: str) -> None:
        element = self.path.pop()
        if element.tag in _ENDS:
            _ENDS[element.tag](self, element)

    def _text(self, text: str) -> None:
        self._demand(not text.strip(), "there is text between the elements")

    def _attribute(self, parent: _Element, tag: str, given: dict[str, str]) -> None:
        key, value = given["key"], given.get("value", "")
        about = (parent.tag, parent.scope, tag, key)
        if about not in self.keys:
            self._key(parent, tag, key)
            self.keys.add(about)
        if key in parent.held and parent.tag != "values":
            self._fail(f"{key} stands twice in {_called(parent)}")
        if tag != "list" and not grammar.parses(tag, value):
            self._fail(f"{key} has a value that is no {tag}")
        if key == grammar.TRANSITION and value not in grammar.TRANSITIONS:
            self._fail(f"{key} is no transition of the standard's life cycle")
        parent.held[key] = tag, value

    def _key(self, parent: _Element, tag: str, key: str) -> None:
        """Hold a key against names, declared extensions, nesting, and the standard's own attributes."""
        self._demand(grammar.is_name(key), f"the key of a <{tag}> is not a name")
        prefix, colon, _ = key.partition(":")
        self._demand(not colon or prefix in self.prefixes, f"{key}: no extension with this prefix is declared")
        nested = parent.tag in grammar.ATTRIBUTES
        told = grammar.NESTED in self.features
        self._demand(not nested or told, f"{key} is nested, and xes.features does not say so")
        if not colon or prefix not in grammar.STANDARD:
            return
        self._demand(key in grammar.STANDARD_KEYS, f"{key} is no attribute of its standard extension")
        kind, places = grammar.STANDARD_KEYS[key]
        self._demand(tag == kind, f"{key} is <{tag}> and must be <{kind}>")
        self._demand((parent.scope or parent.tag) in places, f"{key} may not stand in {_called(parent)}")

    def _start_log(self, given: dict[str, str]) -> None:
        self._demand(grammar.is_decimal(given["xes.version"]), "xes.version is no decimal number")
        self.features = given.get("xes.features", "").split()

    def _start_extension(self, given: dict[str, str]) -> None:
        prefix, name, uri = given["prefix"], given["name"], given["uri"]
        self._demand(grammar.is_nc_name(prefix) and grammar.is_nc_name(name), "name or prefix of an extension is none")
        self._demand(grammar.is_uri(uri), f"the address of the extension {prefix} is none")
        again = prefix in self.prefixes or uri in self.prefixes.values()
        self._demand(not again, f"the extension {prefix} is declared twice")
        same = grammar.STANDARD.get(prefix, (name, uri)) == (name, uri)
        self._demand(same, f"the prefix {prefix} belongs to an extension of the standard")
        self.prefixes[prefix] = uri

    def _start_global(self, given: dict[str, str]) -> None:
        scope = given["scope"]
        self._demand(scope in grammar.SCOPES, "the scope of <global> is neither trace nor event")
        self._demand(scope not in self.globals, f"<global> of {scope} stands twice")
        self.path[-1].scope = scope
        self.globals[scope] = self.path[-1].held

    def _start_values(self, given: dict[str, str]) -> None:
        self._demand(grammar.is_name(given.get("key", "values")), "the key of <values> is not a name")

    def _end_list(self, element: _Element) -> None:
        self._demand(element.reached > 1, "<list> has no <values>")

    def _start_classifier(self, given: dict[str, str]) -> None:
        name, scope = given["name"], given.get("scope", "event")
        self._demand(grammar.is_nc_name(name), "the name of a classifier is none")
        self._demand(name not in self.classifiers, f"the classifier {name} stands twice")
        self._demand(scope in grammar.SCOPES, f"the scope of the classifier {name} is neither trace nor event")
        keys = grammar.classifier_keys(given["keys"])
        if keys is None:
            self._fail(f"the keys of the classifier {name} cannot be read")
        missing = [key for key in keys if key not in self.globals.get(scope, {})]
        self._demand(not missing, f"the classifier {name} uses a key that is not global for each {scope}")
        self.classifiers.add(name)

    def _end_event(self, element: _Element) -> None:
        self.n_events += 1
        self._globals_held(element)
        self._demand(TIME in element.held, f"an event has no {TIME}")
        at = grammar.moment_of(element.held[TIME][1])
        if at is None:
            self._fail(f"{TIME} is no moment")
        if self.path[-1].tag == "trace":
            self._in_order(self.path[-1], minute(at), element.held.get(BEFORE_SENDING, ("", ""))[1] in ("true", "1"))

    def _in_order(self, trace: _Element, at: datetime, before_sending: bool) -> None:
        """Times go forward by the minute. The first event of a trace is first even where a later one is dated before
        it; that one says so.
        """
        if trace.first is None:
            trace.first = at
            self._demand(not before_sending, f"the first event of a trace has {BEFORE_SENDING}")
            return
        self._demand((at < trace.first) == before_sending, f"an event and its {BEFORE_SENDING} contradict each other")
        self._demand(trace.last is None or trace.last <= at, "an event is dated before the one that it follows")
        trace.last = at

    def _end_trace(self, element: _Element) -> None:
        self.n_traces += 1
        self._globals_held(element)

    def _end_log(self, element: _Element) -> None:
        self._demand(self.n_traces > 0, "the log has no trace")
        for key, counted in ((N_TRACES, self.n_traces), (N_EVENTS, self.n_events)):
            said = element.held.get(key)
            self._demand(said is None or said == ("int", str(counted)), f"{key} is not what the log holds")

    def _globals_held(self, element: _Element) -> None:
        for key, (tag, _) in self.globals.get(element.tag, {}).items():
            held = element.held.get(key)
            if held is None:
                self._fail(f"{key} is global and missing in {_called(element)}")
            if held[0] != tag:
                self._fail(f"{key} is global and of another type in {_called(element)}")

    def _demand(self, holds: bool, problem: str) -> None:
        if not holds:
            self._fail(problem)

    def _fail(self, problem: str, line: int | None = None) -> NoReturn:
        at = self.parser.CurrentLineNumber if line is None else line
        raise GateFailed(
            f"{self.name} line {at}" if at else self.name,
            problem,
            consequence="The event log was not put in its place.",
            remedy="tell whoever maintains avainvarasto/eventlog; what is published is unchanged",
        )


_STARTS: dict[str, Callable[[_Reader, dict[str, str]], None]] = {
    "log": _Reader._start_log,
    "extension": _Reader._start_extension,
    "global": _Reader._start_global,
    "classifier": _Reader._start_classifier,
    "values": _Reader._start_values,
}
_ENDS: dict[str, Callable[[_Reader, _Element], None]] = {
    "log": _Reader._end_log,
    "trace": _Reader._end_trace,
    "event": _Reader._end_event,
    "list": _Reader._end_list,
}


def _called(element: _Element) -> str:
    return f"<{element.tag}>" if element.tag else "the file"
