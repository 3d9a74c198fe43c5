"""The Finnish personal identity code: canonical form, validity, and what is derived before it is hashed."""

from __future__ import annotations

import re

from stdnum.fi import hetu

_FORM = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]")  # the library also takes other dashes and digits
_CENTURY = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)


def canonical(code: str) -> str:
    """Trimmed, upper case, with a plain hyphen.

    The century sign is kept: 100190-999P and 100190Y999P are two persons.
    """
    return code.strip().upper().replace("\u2212", "-")


def is_valid(code: str) -> bool:
    """True for a canonical code with a real date and a right check character; temporary numbers (900-999) included."""
    return _FORM.fullmatch(code) is not None and bool(hetu.is_valid(code, allow_temporary=True))


def birth_year(code: str) -> int:
    """Year of birth of a valid canonical code."""
    return _CENTURY[code[6]] + int(code[4:6])


def sex(code: str) -> str:
    """'1' for men (odd individual number), '2' for women (even)."""
    return "1" if int(code[7:10]) % 2 else "2"
