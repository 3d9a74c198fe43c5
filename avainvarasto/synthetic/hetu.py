"""Finnish personal identity codes of people who do not exist.

Only individual numbers 900-999 are given out: they are for temporary use, so no code here can be that of a real
person. A day has 100 of them for each century sign, which is why all the signs in force since 2023 are in use.
"""

from __future__ import annotations

from datetime import date
from random import Random

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


class CodeBook:
    """Gives out each code once. Unique is the whole code: two that differ in the sign only are two persons."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def issue(self, birth: date, sex: str) -> str:
        """A free code; odd individual numbers are men's, even ones women's, either where the sex is unknown."""
        signs = SIGNS[birth.year // 100]
        while True:
            sign = signs[0] if self._rng.random() < CLASSIC_SIGN_SHARE else self._rng.choice(signs[1:])
            number = self._rng.randint(FIRST, LAST)
            if sex in ("1", FEMALE) and (number % 2 == 0) != (sex == FEMALE):
                continue
            code = identity_code(birth, sign, number)
            if code not in self._given:
                self._given.add(code)
                return code

    def issue_twin(self, code: str, birth: date) -> str:
        """A free code that differs from a given one in the century sign only."""
        free = [code[:6] + sign + code[7:] for sign in SIGNS[birth.year // 100]]
        twin = next(other for other in free if other not in self._given)
        self._given.add(twin)
        return twin
