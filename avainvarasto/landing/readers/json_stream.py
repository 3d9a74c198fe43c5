"""JSON records one at a time, however long the file: numbers keep their digits, and no key may stand twice."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers.arriving import MAX_LINE_BYTES, ask, refuse
from avainvarasto.landing.readers.json_text import NotAsAgreed, decoder

CHUNK = 1 << 20
_SIGN = re.compile(r"[^ \t\n\r]")

Record = dict[str, object]


def lines(path: Path, contract: Contract, place: str) -> Iterator[tuple[int, Record]]:
    """The objects of a file with one a line, with the line's number; blank lines hold none.

    Raises:
        DeliveryRefused: a line is too long, no UTF-8, or no object.
    """
    scan = decoder()
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            at = f"{place} line {number}"
            if len(line) > MAX_LINE_BYTES:
                raise refuse(at, f"is longer than {MAX_LINE_BYTES // 1_000_000} MB", ask(contract))
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if text.strip():
                    yield number, _object(scan.decode(text))
            except (ValueError, RecursionError) as error:
                raise _refuse(at, error, contract) from None


def records(path: Path, contract: Contract, place: str, key: str | None) -> Iterator[tuple[int, Record]]:
    """The objects of a list, with their numbers from 1; `key` is the member of the file's object that holds the list.

    Raises:
        DeliveryRefused: the file is no such JSON in UTF-8, or a record is too long or no object.
    """
    number = 0
    with path.open("rb") as stream:
        text = _Text(stream)
        try:
            for number, record in enumerate(_listed(text, key), start=1):
                yield number, _object(record)
        except DeliveryRefused:
            raise
        except (ValueError, RecursionError) as error:
            raise _refuse(f"{place} record {number + 1}", error, contract) from None


def _listed(text: _Text, key: str | None) -> Iterator[object]:
    """Elements of the list that the file is, or that is under `key` in it."""
    if key is None:
        yield from _elements(text)
    else:
        text.take("{")
        found = False
        while text.peek() != "}":
            name = text.value()
            text.take(":")
            if name == key:
                if found:
                    raise NotAsAgreed(f"has the key '{key}' twice")
                found = True
                yield from _elements(text)
            else:
                text.value()
            if text.peek() != "}":
                text.take(",")
                if text.peek() != '"':
                    raise NotAsAgreed("is not JSON")
        text.take("}")
        if not found:
            raise NotAsAgreed(f"has no list under the key '{key}'")
    if text.peek():
        raise NotAsAgreed("is not JSON: something follows its end")


def _elements(text: _Text) -> Iterator[object]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        if text.peek() != "{":
            raise NotAsAgreed("is not an object")
        yield text.value()
        if text.peek() == "]":
            text.take("]")
            return
        text.take(",")


class _Text:
    """A file's text, of which only what is being looked at is held."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._scan = decoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            if found := _SIGN.search(self._text, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._text)
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            raise NotAsAgreed("is not a list of objects, or is cut off")
        self._at += 1

    def value(self) -> object:
        """The next value; one that ends with the text at hand may go on, so more is looked at."""
        self.peek()
        while True:
            try:
                value, end = self._scan.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = len(self._text)
                if self._ended:
                    raise
            if end - self._at > MAX_LINE_BYTES:
                raise NotAsAgreed(f"is longer than {MAX_LINE_BYTES // 1_000_000} MB, or never ends")
            if end < len(self._text) or self._ended:
                self._at = end
                return value
            self._more()

    def _more(self) -> bool:
        chunk = self._stream.read(CHUNK)
        self._ended = not chunk
        self._text = self._text[self._at :] + self._decode.decode(chunk, final=self._ended)
        self._at = 0
        return not self._ended


def _object(value: object) -> Record:
    if not isinstance(value, dict):
        raise NotAsAgreed("is not an object")
    return value


def _refuse(at: str, error: Exception, contract: Contract) -> DeliveryRefused:
    if isinstance(error, NotAsAgreed):
        return refuse(at, str(error), ask(contract))
    if isinstance(error, UnicodeDecodeError):
        return refuse(at, "is not utf-8", "send it in the agreed encoding")
    if isinstance(error, RecursionError):
        return refuse(at, "is nested too deeply", ask(contract))
    return refuse(at, "is not JSON, or is cut off", ask(contract))
