"""Broken folders and delivery.yml files: what is refused, or has not arrived, before a data file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from avainvarasto.synthetic.dirty.kind import PREFIX, Draft, Good, Kind, Outcome, of_extract

Spoil = Callable[[Draft, Sequence[Good]], None]

MONTHS = "kela_household_month"
_months = of_extract(MONTHS)


def _note(**changes: Any) -> Spoil:
    """Keys of delivery.yml changed."""
    return lambda draft, _goods: draft.note.update(changes)


def _entry(**changes: Any) -> Spoil:
    """Keys of the file in delivery.yml changed."""
    return lambda draft, _goods: draft.entry.update(changes)


def _text(change: Callable[[Draft], bytes]) -> Spoil:
    """Another text in place of delivery.yml."""

    def spoil(draft: Draft, _goods: Sequence[Good]) -> None:
        draft.text = change(draft)

    return spoil


def _not_complete(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.is_complete = False


def _in_a_folder_of_words(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.delivery_id = f"{PREFIX}uusi toimitus"


def _key_left_out(draft: Draft, _goods: Sequence[Good]) -> None:
    del draft.note["created_at"]


def _with_references(draft: Draft) -> bytes:
    return b"files: &files\n  - {extract: " + draft.good.extract.encode() + b"}\nmore: *files\n"


def _half_a_month(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.note["period"]["to"] -= timedelta(days=1)


def _without_offset(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.note["created_at"] = draft.good.created_at.replace(tzinfo=None)


def _of_another_source(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.entry["extract"] = "etotu_event"


def _without_file(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.files.clear()


def _with_another_file(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.files["lue_tama.txt"] = b"Uusi tiedosto, jota ei ole sovittu.\n"


def _changed_file(draft: Draft, _goods: Sequence[Good]) -> None:
    """The last line is gone, and the checksum is that of the whole file."""
    name = str(draft.entry["path"])
    draft.files[name] = draft.files[name].rstrip(b"\n").rpartition(b"\n")[0] + b"\n"


def _in_capitals(draft: Draft, _goods: Sequence[Good]) -> None:
    name = "Kotitaloudet maaliskuu.csv"
    draft.files = {name: draft.files[str(draft.entry["path"])]}
    draft.entry["path"] = name


def _linked(draft: Draft, _goods: Sequence[Good]) -> None:
    """A link to the file of the good delivery, with the right checksum."""
    name = str(draft.entry["path"])
    draft.files.clear()
    draft.links[name] = Path("..") / draft.good.folder.name / name


def _named_twice(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.note["files"].append(dict(draft.entry))


def _replaces_itself(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.note["replaces"] = draft.delivery_id


def _replaces_a_newer(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.note["replaces"] = draft.good.folder.name
    draft.note["created_at"] = draft.good.created_at - timedelta(days=1)


def _replaces_one_apart(*, same_extract: bool) -> Spoil:
    def spoil(draft: Draft, goods: Sequence[Good]) -> None:
        other = next(_apart(draft.good, goods, same_extract=same_extract))
        draft.note["replaces"] = other.folder.name
        draft.note["created_at"] = max(draft.note["created_at"], other.created_at + timedelta(minutes=1))

    return spoil


def _apart(good: Good, goods: Sequence[Good], *, same_extract: bool) -> Iterator[Good]:
    """Files of the same source: of the same extract and another month, or in a delivery without this extract."""
    holding = {one.folder for one in goods if one.extract == good.extract}
    for other in goods:
        if other.contract.source != good.contract.source:
            continue
        if same_extract and other.extract == good.extract and other.period != good.period:
            yield other
        if not same_extract and other.folder not in holding:
            yield other


def _kind(name: str, wrong: str, says: str, spoil: Spoil, suits: Callable[[Good], bool] = _months) -> Kind:
    return Kind(name, wrong, Outcome.REFUSED, says, suits, spoil)


KINDS = [
    Kind(
        "still-arriving",
        "The files are there and delivery.yml is not: the supplier is still sending, or forgot it.",
        Outcome.NOT_YET,
        "",
        _months,
        _not_complete,
    ),
    Kind(
        "folder-of-words",
        "The folder's name has a blank in it and is no delivery id.",
        Outcome.NOT_YET,
        "a folder whose name is not <source>/<delivery_id> in plain letters",
        _months,
        _in_a_folder_of_words,
    ),
    _kind(
        "not-yaml", "delivery.yml was cut off in the middle.", "is not readable as YAML", _text(lambda _: b"{files: [")
    ),
    _kind(
        "references",
        "delivery.yml holds references of YAML ('&' and '*'), which a few lines can unfold without end.",
        "holds references",
        _text(_with_references),
    ),
    _kind(
        "unknown-key",
        "delivery.yml has a key that was never agreed.",
        "kommentti: Extra inputs are not permitted",
        _note(kommentti="uusi"),
    ),
    _kind("missing-key", "delivery.yml does not say when it was made.", "created_at: Field required", _key_left_out),
    _kind(
        "unknown-nature",
        "The nature is none of synthetic, public and confidential.",
        "nature: Input should be",
        _note(nature="testi"),
    ),
    _kind(
        "confidential",
        "Data of real persons came into a home of made-up persons; here only the word is wrong.",
        "is confidential, and this home has a demo key",
        _note(nature="confidential"),
    ),
    _kind("unknown-source", "The source is one that nobody knows.", "source: Input should be", _note(source="vero")),
    _kind(
        "other-id-than-folder",
        "The delivery_id in delivery.yml is that of an earlier delivery, not of this folder.",
        "source or delivery_id differs from the folder's name",
        lambda draft, _goods: draft.note.update(delivery_id=draft.good.folder.name),
    ),
    _kind(
        "unknown-extract", "The name of the extract is misspelt.", "is unknown", _entry(extract="kela_houshold_month")
    ),
    _kind(
        "extract-of-another-source",
        "An extract of eTotu lies in a delivery of Kela.",
        "the extract 'etotu_event' is one of etotu",
        _of_another_source,
    ),
    _kind(
        "part-by-itself",
        "A table that comes inside client plans is delivered by itself.",
        "is a part of 'avain_client_plan' and is not delivered by itself",
        _entry(extract="avain_client_plan_goal"),
        of_extract("avain_client_plan"),
    ),
    _kind("extract-twice", "Two files of one delivery hold the same extract.", "stands in it twice", _named_twice),
    _kind("no-files", "delivery.yml names no file.", "names no file", _note(files=[])),
    _kind("half-a-month", "The period ends a day before the month does.", "a period is whole months", _half_a_month),
    _kind("no-period", "The period of a monthly extract is left out.", "needs a period", _note(period=None)),
    _kind("no-offset", "The time of making has no offset from UTC.", "created_at needs an offset", _without_offset),
    _kind(
        "from-the-future",
        "The clock of the sending machine is wrong: such a delivery would be the newest for ever.",
        "created_at lies in the future",
        _note(created_at=datetime(2199, 1, 1, tzinfo=UTC)),
    ),
    _kind(
        "file-missing",
        "A file that delivery.yml names was not sent.",
        "is named in delivery.yml but not there",
        _without_file,
    ),
    _kind(
        "file-not-named",
        "A file lies there that delivery.yml does not name.",
        "are not named in it",
        _with_another_file,
    ),
    _kind(
        "wrong-checksum",
        "The last line of the file is lost; the checksum is that of the whole file.",
        "the checksum differs from delivery.yml",
        _changed_file,
    ),
    _kind(
        "path-out-of-folder",
        "A path leads out of the delivery.",
        "a path leads out of the delivery",
        _entry(path="../../x.csv"),
    ),
    _kind(
        "name-in-capitals",
        "The file's name has capitals and a blank; names are published with the counts.",
        "is not in small letters",
        _in_capitals,
    ),
    _kind("link-for-file", "A link to another delivery's file in place of a file.", "is a symbolic link", _linked),
    _kind(
        "other-supplier",
        "Another supplier delivers months that the known one has delivered, and does not say that it replaces them.",
        "which another supplier delivered",
        _note(supplier="Toinen toimittaja"),
    ),
    _kind(
        "replaces-itself",
        "The delivery says that it replaces itself.",
        "replaces names the delivery itself",
        _replaces_itself,
    ),
    _kind(
        "replaces-a-newer",
        "The delivery says that it replaces one that was made later.",
        "created_at of the replaced one is not earlier",
        _replaces_a_newer,
    ),
    Kind(
        "replaces-other-extracts",
        "The delivery says that it replaces one that holds other extracts.",
        Outcome.REFUSED,
        "they have no extract in common",
        _months,
        _replaces_one_apart(same_extract=False),
        lambda good, goods: any(_apart(good, goods, same_extract=False)),
    ),
    Kind(
        "replaces-another-month",
        "The delivery says that it replaces one of another month.",
        Outcome.REFUSED,
        "the two have no month in common",
        _months,
        _replaces_one_apart(same_extract=True),
        lambda good, goods: any(_apart(good, goods, same_extract=True)),
    ),
]
