"""What a leak looks like: the forms of a person's identifiers in bytes, and a search for all of them at once.

Belongs here: values, encodings, digests, the pattern of identity codes. Does not: where to look (leak_scan).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from avainvarasto.pseudonymise import hetu
from avainvarasto.synthetic import canaries
from avainvarasto.synthetic.planted import bad_rows

MIN_BYTES = 6
CHUNK = 1 << 22
DIGEST_CHARS = 16  # digests are also stored cut short
HASHES = ("md5", "sha1", "sha256")
MINUS_SIGNS = "-\u2212\u2013"

# Hex digits beside it mean a digest or a UUID: of thousands of these some hold a valid code by chance.
_CODE = re.compile(
    rb"(?<![0-9a-f])([0-3][0-9][01][0-9]{3})([-+a-fu-y]|\xe2\x88\x92|\xe2\x80\x93)([0-9]{3}[0-9a-y])(?![0-9a-f])"
)
_ESCAPE = re.compile(rb"\\+u([0-9a-f]{4})|(?:\\+x|%)([0-9a-f]{2})|&#x([0-9a-f]{1,5});|&#([0-9]{1,6});")


@dataclass(frozen=True, order=True)
class Hit:
    """Whose value was found, which, and in what form; never the value itself."""

    who: str
    kind: str
    form: str


ANY_CODE = Hit("somebody", "identity code", "pattern and check character")
# Canaries share first names and surnames, which nobody else has.
SOME_CANARY = "some canary"


@dataclass(frozen=True)
class Sought:
    """Values of one person that must not be found, each with its kind."""

    who: str
    values: tuple[tuple[str, str], ...]


def sought_in_demo() -> list[Sought]:
    """The canaries of the demo, and the people of the rows that go to quarantine."""
    words = sorted({word for canary in canaries() for word in canary.name.split()})
    found = [Sought(SOME_CANARY, tuple(("part of the name", word) for word in words))]
    for number, canary in enumerate(canaries(), start=1):
        values = [("identity code", canary.identity_code), ("name", canary.name)]
        values += [("address", canary.address), ("phone", canary.phone)]
        found.append(Sought(f"canary {number} ({canary.source})", tuple(values)))
    for extract, row in bad_rows(date(2017, 1, 1)).items():
        named = {"person_id": "identity code", "name": "name"}
        values = [(kind, str(row[column])) for column, kind in named.items() if row.get(column)]
        if values:
            found.append(Sought(f"quarantined row of {extract}", tuple(values)))
    return found


class Needles:
    """All forms of all values, found in one pass over the bytes."""

    def __init__(self, sought: Iterable[Sought], secrets: dict[str, bytes] | None = None) -> None:
        self._by_start: defaultdict[bytes, list[tuple[bytes, Hit]]] = defaultdict(list)
        # Two tables of three-byte groups leave so few places to compare that plain Python does the rest.
        self._first, self._second = np.zeros(1 << 24, dtype=bool), np.zeros(1 << 24, dtype=bool)
        for person in sought:
            for kind, value in person.values:
                for form, needle in _forms(kind, value):
                    self._add(needle, Hit(person.who, kind, form))
        for name, secret in (secrets or {}).items():
            for form, needle in [("bytes", secret), *_encoded(secret)]:
                self._add(needle, Hit("the house", name, form))

    def _add(self, needle: bytes, hit: Hit) -> None:
        folded = needle.lower()
        if len(folded) < MIN_BYTES:
            raise ValueError(f"{hit} is too short to be searched for")
        self._by_start[folded[:MIN_BYTES]].append((folded, hit))
        self._first[int.from_bytes(folded[0:3], "little")] = True
        self._second[int.from_bytes(folded[3:6], "little")] = True

    def search(self, data: bytes) -> dict[Hit, int]:
        """Everything that is found in the bytes, or in them without their escapes, with its first line."""
        folded = data.lower()
        found = self._search(folded)
        if _ESCAPE.search(folded):
            plain = _ESCAPE.sub(_unescaped, folded).lower()
            found = self._search(plain) | _code_line(plain) | found
        # ASCII in UTF-16 is ASCII with a NUL beside each byte.
        return _code_line(folded.replace(b"\0", b"")) | _code_line(folded) | found

    def _search(self, folded: bytes) -> dict[Hit, int]:
        found: dict[Hit, int] = {}
        for start in range(0, max(len(folded) - MIN_BYTES + 1, 0), CHUNK):
            window = np.frombuffer(folded, dtype=np.uint8)[start : start + CHUNK + MIN_BYTES - 1].astype(np.uint32)
            groups = window[:-2] | window[1:-1] << 8 | window[2:] << 16
            for index in np.flatnonzero(self._first[groups[:-3]] & self._second[groups[3:]]):
                at = start + int(index)
                for needle, hit in self._by_start.get(folded[at : at + MIN_BYTES], ()):
                    if hit not in found and folded.startswith(needle, at) and _stands_alone(folded, at, needle):
                        found[hit] = folded.count(b"\n", 0, at) + 1
        return found


def valid_codes(data: bytes) -> Iterator[tuple[str, int]]:
    """Identity codes with a real date and a right check character, and where they start."""
    for match in _CODE.finditer(data.lower()):
        sign = match[2].decode()
        code = hetu.canonical(f"{match[1].decode()}{'-' if sign in MINUS_SIGNS else sign}{match[3].decode()}")
        if hetu.is_valid(code):
            yield code, match.start()


def _code_line(data: bytes) -> dict[Hit, int]:
    first = next(valid_codes(data), None)
    return {ANY_CODE: data.count(b"\n", 0, first[1]) + 1} if first else {}


def _stands_alone(data: bytes, at: int, needle: bytes) -> bool:
    """Digits inside a longer number are part of another number, such as a pseudonym."""
    if not needle.isdigit():
        return True
    return not data[max(at - 1, 0) : at].isdigit() and not data[at + len(needle) : at + len(needle) + 1].isdigit()


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[2]:
        return bytes.fromhex(match[2].decode())
    number = int(match[4]) if match[4] else int(match[1] or match[3], 16)
    # Half of a surrogate pair is no letter of ours.
    return chr(number).encode("utf-8", "replace") if number < 0x110000 else b"?"


def _forms(kind: str, value: str) -> Iterator[tuple[str, bytes]]:
    for spelling in _spellings(kind, value):
        for text in sorted({spelling, spelling.upper(), spelling.lower()}):
            yield "plain", text.encode()
            yield "plain", unicodedata.normalize("NFD", text).encode()
            for encoding in ("cp1252", "iso8859-15"):
                yield "plain", text.encode(encoding, "replace")
            for encoding in ("utf-16-le", "utf-16-be"):
                yield encoding.upper(), text.encode(encoding)
            yield from _encoded(text.encode())
            yield from _encoded(text.encode("utf-16-le"))
            if kind == "identity code":
                yield from _digests(text)


def _spellings(kind: str, value: str) -> set[str]:
    """The value as delivered and as other programs would write it."""
    if kind == "identity code":
        return {value, value[:6] + value[7:], *(value.replace("-", sign) for sign in MINUS_SIGNS)}
    if kind == "phone":
        digits = value.replace(" ", "")
        abroad = "358" + digits[1:]
        return {value, value.replace(" ", "-"), digits, abroad, "358 " + value[1:]}
    return {value}


def _encoded(value: bytes) -> Iterator[tuple[str, bytes]]:
    yield "hex", value.hex().encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + value).rstrip(b"=")
        # The first characters hold bits of what stands before, the last one of what follows.
        certain = text[(0, 2, 3)[before] : len(text) - ((before + len(value)) % 3 != 0)]
        yield "base64", certain
        yield "base64", certain.translate(bytes.maketrans(b"+/", b"-_"))


def _digests(code: str) -> Iterator[tuple[str, bytes]]:
    for name in HASHES:
        digest = hashlib.new(name, code.encode(), usedforsecurity=False)
        yield f"{name} digest", digest.hexdigest()[:DIGEST_CHARS].encode()
        yield f"{name} digest", digest.digest()
        yield f"{name} digest", base64.b64encode(digest.digest()).rstrip(b"=")[:-1]
    # What a pseudonym would be if the key were forgotten.
    text = b"person\x00" + code.encode()
    for unkeyed in (
        hashlib.sha256(code.encode()).digest(),
        hashlib.sha256(text).digest(),
        hmac.digest(b"", text, "sha256"),
    ):
        yield "pseudonym without a key", str(int.from_bytes(unkeyed[:8], "big") >> 1).encode()
