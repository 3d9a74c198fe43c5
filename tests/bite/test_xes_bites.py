"""The checker of event logs refuses what the standard refuses, rule by rule, and says where."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from avainvarasto.errors import GateFailed
from avainvarasto.eventlog.cases import Counts
from avainvarasto.eventlog.check import check

pytestmark = pytest.mark.bite

EXTENSIONS = """<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Avainvarasto" prefix="avainvarasto" uri="urn:x"/>
"""
OF_TRACES = '<global scope="trace"><string key="concept:name" value="unknown"/></global>\n'
OF_EVENTS = (
    '<global scope="event"><string key="concept:name" value="unknown"/>'
    '<date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>\n'
)
CLASSIFIER = '<classifier name="activity" scope="event" keys="concept:name"/>\n'
TOLD = '<int key="avainvarasto:n_traces" value="1"/><int key="avainvarasto:n_events" value="3"/>\n'
FIRST = '<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2018-03-05T10:00:00+02:00"/>'
SECOND = '<event><string key="concept:name" value="B"/><date key="time:timestamp" value="2018-03-05T08:00:40.500Z"/>'
THIRD = '<event><string key="concept:name" value="C"/><date key="time:timestamp" value="2018-03-05T10:00:20+02:00"/>'
LIFE = '<string key="lifecycle:transition" value="complete"/>'
OF_A_TRACE = '<string key="concept:name" value="case"/>'
TRACE = f"<trace>{OF_A_TRACE}\n{FIRST}{LIFE}</event>\n{SECOND}</event>\n{THIRD}</event></trace>\n"
LOG = '<log xes.version="1849.2016" xes.features="">\n'
GOOD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    + LOG
    + EXTENSIONS
    + OF_TRACES
    + OF_EVENTS
    + CLASSIFIER
    + TOLD
    + TRACE
    + "</log>\n"
)
NESTED = '<string key="a" value="1"><string key="b" value="2"/></string>'
A_LIST = '<list key="l"><values><int key="a" value="1"/><int key="a" value="2"/></values></list>'


def read(folder: Path, content: str | bytes) -> Counts:
    path = folder / "log"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return check(path, "flow.xes")


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


GOOD_FILES = {
    "as it is": GOOD,
    "in the older namespace": changed("<log ", '<log xmlns="http://www.xes-standard.org/" '),
    "nested, and says so": changed('features=""', 'features="nested-attributes"').replace(LIFE, LIFE + NESTED),
    "with a list": changed(LIFE, LIFE + A_LIST),
    "with every type": changed(
        LIFE,
        '<int key="i" value="-9223372036854775808"/><float key="f" value="1.5E-3"/><float key="g" value="INF"/>'
        '<boolean key="b" value="1"/><id key="u" value="6d0f1c52-58f4-4f0b-9a36-0c8a3b1f7e21"/>'
        '<string key="s" value=""/>',
    ),
    "without features": changed(' xes.features=""', ""),
    "without classifier, globals and numbers": changed(OF_TRACES + OF_EVENTS + CLASSIFIER + TOLD, ""),
    "with an event outside any trace": changed("</trace>\n", f"</trace>{FIRST}</event>\n").replace(TOLD, ""),
    "with an empty trace": changed(TRACE, TRACE + f"<trace>{OF_A_TRACE}</trace>").replace(TOLD, ""),
    "with a classifier of two keys": changed('keys="concept:name"', "keys=\"'concept:name' time:timestamp\""),
    "with an event before the first, which says so": changed(
        f"{SECOND}</event>",
        f'{SECOND}<boolean key="avainvarasto:before_sending" value="true"/></event>'.replace("05T08", "05T07"),
    ),
}


@pytest.mark.parametrize("content", GOOD_FILES.values(), ids=GOOD_FILES)
def test_a_log_of_the_standard_passes(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content).traces >= 1
    assert read(tmp_path, gzip.compress(content.encode())) == read(tmp_path, content)


def test_traces_and_events_are_counted(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == Counts(1, 3)


BROKEN = {
    # XML
    "no XML": ("a log", "not well-formed XML"),
    "nothing": ("", "not well-formed XML"),
    "cut short": (GOOD[:-20], "not well-formed XML"),
    "an element that is not closed": (changed("</trace>", ""), "not well-formed XML"),
    "a sign that is not escaped": (changed('value="A"', 'value="A<"'), "not well-formed XML"),
    "no UTF-8": (GOOD.replace('value="A"', 'value="Ä"').encode("latin-1"), "not well-formed XML"),
    "a document type": (changed("<log ", "<!DOCTYPE log><log "), "a document type"),
    "an entity": (changed("<log ", '<!DOCTYPE log [<!ENTITY e "x">]><log '), "a document type"),
    "entities that grow": (
        changed("<log ", '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log ').replace('"A"', '"&b;"'),
        "a document type",
    ),
    "a file of the machine": (
        changed("<log ", '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/hostname">]><log '),
        "a document type",
    ),
    "a processing instruction": (changed("<log ", "<?php x?><log "), "processing instruction"),
    "text": (changed("</trace>", "words</trace>"), "text between the elements"),
    # elements and their order
    "another root": (changed("<log ", "<logs ").replace("</log>", "</logs>"), "not one of the standard"),
    "another namespace": (changed("<log ", '<log xmlns="urn:x" '), "another namespace"),
    "a trace by itself": (TRACE, "<trace> may not stand in the file"),
    "an unknown element": (changed(LIFE, "<note/>"), "not one of the standard"),
    "an unknown type": (changed(LIFE, '<number key="a" value="1"/>'), "not one of the standard"),
    "a log in a log": (changed("<trace>", LOG + "</log><trace>"), "<log> may not stand in <log>"),
    "a trace in a trace": (changed("</trace>", "<trace/></trace>"), "<trace> may not stand in <trace>"),
    "an event in an event": (changed(LIFE, f"{FIRST}</event>"), "<event> may not stand in <event>"),
    "an attribute in an extension": (
        changed('"urn:x"/>', '"urn:x"><string key="a" value=""/></extension>'),
        "<string> may not stand in <extension>",
    ),
    "an extension after the globals": (changed(CLASSIFIER, EXTENSIONS), "<extension> comes too late in <log>"),
    "a global after a classifier": (changed(CLASSIFIER, CLASSIFIER + OF_EVENTS), "<global> comes too late"),
    "a classifier after attributes": (changed(TOLD, TOLD + CLASSIFIER), "<classifier> comes too late"),
    "an attribute of the log after a trace": (changed(TRACE, TRACE + TOLD), "<int> comes too late in <log>"),
    "a trace after an event": (changed(TRACE, f"{FIRST}</event>{TRACE}"), "<trace> comes too late in <log>"),
    "an attribute of a trace after an event": (
        changed("</trace>", '<string key="a" value=""/></trace>'),
        "<string> comes too late in <trace>",
    ),
    "a list without values": (changed(LIFE, '<list key="l"/>'), "<list> has no <values>"),
    "a list with two values": (
        changed(LIFE, '<list key="l"><values/><values/></list>'),
        "<values> comes too late in <list>",
    ),
    "values with a key that is no name": (
        changed(LIFE, A_LIST.replace("<values>", '<values key="1">')),
        "the key of <values> is not a name",
    ),
    "values of no list": (changed(LIFE, "<values/>"), "<values> may not stand in <event>"),
    # XML attributes
    "no version": (changed(' xes.version="1849.2016"', ""), "<log> lacks xes.version"),
    "a version that is no number": (changed("1849.2016", "1849-2016"), "xes.version is no decimal number"),
    "no key": (changed('<string key="concept:name" value="A"/>', '<string value="A"/>'), "<string> lacks key"),
    "no value": (changed(LIFE, '<string key="a"/>'), "<string> lacks value"),
    "an XML attribute too many": (changed(LIFE, '<string key="a" value="" note=""/>'), "does not know"),
    "an XML attribute of a trace": (changed("<trace>", '<trace id="1">'), "does not know"),
    "a global without scope": (changed(' scope="trace"', ""), "<global> lacks scope"),
    "an extension without address": (changed(' uri="urn:x"', ""), "<extension> lacks uri"),
    "a classifier without keys": (changed(' keys="concept:name"', ""), "<classifier> lacks keys"),
    # keys
    "an empty key": (changed(LIFE, '<string key="" value=""/>'), "is not a name"),
    "a key with a space": (changed(LIFE, '<string key="a b" value=""/>'), "is not a name"),
    "a key that begins with a digit": (changed(LIFE, '<string key="1a" value=""/>'), "is not a name"),
    "a key twice in an event": (changed(LIFE, LIFE + LIFE), "lifecycle:transition stands twice in <event>"),
    "a key twice in a trace": (changed(OF_A_TRACE, OF_A_TRACE * 2), "concept:name stands twice in <trace>"),
    "a key twice in the log": (changed(TOLD, TOLD + TOLD), "avainvarasto:n_traces stands twice in <log>"),
    "a key twice among globals": (
        changed('value="unknown"/></global>', 'value="unknown"/><string key="concept:name" value=""/></global>'),
        "concept:name stands twice in <global>",
    ),
    # values
    **{
        f"no {tag}: {value!r}": (changed(LIFE, f'<{tag} key="a" value="{value}"/>'), f"a has a value that is no {tag}")
        for tag, value in [
            ("int", ""),
            ("int", "1.0"),
            ("int", "9223372036854775808"),
            ("int", "\u0661"),
            ("float", "1,5"),
            ("float", "nan"),
            ("boolean", "True"),
            ("boolean", ""),
            ("id", "1"),
            ("date", ""),
            ("date", "2018-03-05"),
            ("date", "2018-03-05T10:00:00"),
            ("date", "2018-03-05 10:00:00Z"),
            ("date", "2018-02-30T10:00:00Z"),
            ("date", "2018-03-05T25:00:00Z"),
            ("date", "2018-03-05T10:00Z"),
        ]
    },
    "a wrong value in a list": (changed(LIFE, A_LIST.replace('"2"', '"two"')), "no int"),
    # extensions
    "an extension that is not declared": (changed(LIFE, '<string key="org:role" value=""/>'), "org:role: no extension"),
    "an extension twice": (changed(EXTENSIONS, EXTENSIONS * 2), "declared twice"),
    "an address twice": (changed("urn:x", "http://www.xes-standard.org/time.xesext"), "declared twice"),
    "no address": (changed("urn:x", " "), "the address of the extension avainvarasto is none"),
    "a prefix with a colon": (changed('prefix="avainvarasto"', 'prefix="a:b"'), "name or prefix"),
    "a standard prefix for something else": (changed("org/time.xesext", "org/mine.xesext"), "the prefix time belongs"),
    "an unknown key of a standard extension": (
        changed(LIFE, '<string key="concept:nmae" value=""/>'),
        "no attribute of",
    ),
    "a standard key of another type": (
        changed(LIFE, '<int key="lifecycle:transition" value="1"/>'),
        "must be <string>",
    ),
    "a standard key in the wrong place": (
        changed(OF_A_TRACE, OF_A_TRACE + '<date key="time:timestamp" value="2018-03-05T10:00:00Z"/>'),
        "time:timestamp may not stand in <trace>",
    ),
    "a standard key among globals of the wrong scope": (
        changed('scope="trace">', f'scope="trace">{LIFE}'),
        "lifecycle:transition may not stand in <global>",
    ),
    "an unknown transition": (changed('"complete"', '"completed"'), "no transition"),
    "nesting that is not told": (changed(LIFE, LIFE + NESTED), "xes.features does not say so"),
    # globals and classifiers
    "a scope that is none": (changed('scope="trace"', 'scope="log"'), "neither trace nor event"),
    "two globals of a scope": (changed(OF_TRACES, OF_TRACES + OF_TRACES), "<global> of trace stands twice"),
    "a global attribute that a trace lacks": (changed(OF_A_TRACE, ""), "concept:name is global and missing in <trace>"),
    "a global attribute that an event lacks": (
        changed('<string key="concept:name" value="B"/>', ""),
        "concept:name is global and missing in <event>",
    ),
    "a global attribute of another type": (
        changed('scope="trace">', 'scope="trace"><int key="a" value="0"/>').replace(
            OF_A_TRACE, OF_A_TRACE + '<string key="a" value="0"/>'
        ),
        "a is global and of another type in <trace>",
    ),
    "a classifier of a key that is not global": (changed('keys="concept:name"', 'keys="concept:name b"'), "not global"),
    "a classifier of another scope": (
        changed('scope="event" keys="concept:name"', 'scope="trace" keys="time:timestamp"'),
        "not global for each trace",
    ),
    "a classifier without a key": (changed('keys="concept:name"', 'keys=""'), "cannot be read"),
    "a classifier with an apostrophe": (changed('keys="concept:name"', 'keys="\'concept:name"'), "cannot be read"),
    "a classifier with spaces in its name": (changed('"activity"', '"the activity"'), "name of a classifier"),
    "a classifier twice": (changed(CLASSIFIER, CLASSIFIER * 2), "activity stands twice"),
    "a classifier of no scope": (
        changed('"activity" scope="event"', '"activity" scope="log"'),
        "neither trace nor event",
    ),
    # time
    "an event without a time": (
        changed('<date key="time:timestamp" value="2018-03-05T08:00:40.500Z"/>', "").replace(
            OF_EVENTS + CLASSIFIER, ""
        ),
        "an event has no time:timestamp",
    ),
    "an event before the first": (changed("05T08:00", "05T07:59"), "before_sending contradict"),
    "an event before the one that it follows": (changed("05T08:00:40", "05T09:00:40"), "dated before the one"),
    "an event that says without cause that it is before the first": (
        changed(SECOND, f'{SECOND}<boolean key="avainvarasto:before_sending" value="true"/>'),
        "before_sending contradict",
    ),
    "a first event that says that it is before itself": (
        changed(LIFE, '<boolean key="avainvarasto:before_sending" value="true"/>'),
        "the first event of a trace has",
    ),
    # numbers
    "no trace": (changed(TRACE, ""), "the log has no trace"),
    "another number of traces": (changed('n_traces" value="1"', 'n_traces" value="2"'), "n_traces is not what"),
    "another number of events": (changed('n_events" value="3"', 'n_events" value="2"'), "n_events is not what"),
}


@pytest.mark.parametrize(("content", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_log_that_breaks_a_rule_is_refused(tmp_path: Path, content: str | bytes, problem: str) -> None:
    with pytest.raises(GateFailed, match=problem) as refusal:
        read(tmp_path, content)
    assert re.match(r"flow\.xes line \d+: ", str(refusal.value))


def test_a_compressed_log_that_is_cut_short_or_damaged_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode())
    spoilt = packed[:-8] + bytes(8)
    for content in (packed[:-20], packed[:12], spoilt):
        with pytest.raises(GateFailed, match=r"flow\.xes: is cut short or damaged|not well-formed"):
            read(tmp_path, content)


def test_the_line_of_the_fault_is_named_and_no_value(tmp_path: Path) -> None:
    content = changed('value="B"/>', 'value="B"/><int key="avainvarasto:notice_no" value="secret"/>')
    line = content[: content.index("secret")].count("\n") + 1
    with pytest.raises(GateFailed) as refusal:
        read(tmp_path, content)
    assert f"flow.xes line {line}: avainvarasto:notice_no" in str(refusal.value)
    assert "secret" not in str(refusal.value)
