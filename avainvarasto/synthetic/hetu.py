"""Finnish personal identity codes of people who do not exist.

Only individual numbers 900-999 are given out: they are for temporary use, so no code here can be that of a real
person. A day has 100 of them for each century sign, which is why all the signs in force since 2023 are in use.
"""

from __future__ import annotations

from datetime import date

SIGNS = {19: "-YXWVU", 20: "ABCDEF"}
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
FIRST, LAST = 900, 999
FEMALE = "2"
CLASSIC_SIGN_SHARE = 0.7


def check_character(day: str, number: str) -> str:
    """Check character of `ddmmyy` and the three-digit individual number."""
    return CHECK_CHARACTERS[int(day + number) % len(CHECK_CHARACTERS)]


def identity_code(birth: date, sign: str, number: int) -> str:
    """The code of a birth date, century sign and individual number.

    Raises:
        ValueError: the number is not a temporary one, or the sign is of another century.
    """
    if not FIRST <= number <= LAST:
        raise ValueError(f"individual numbers of made-up people are {FIRST}-{LAST}")
    if sign not in SIGNS.get(birth.year // 100, ""):
        raise ValueError("the century sign does not fit the year of birth")
    day = f"{birth:%d%m%y}"
    return f"{day}{sign}{number}{check_character(day, str(number))}"
