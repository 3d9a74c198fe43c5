"""Published totals that the made-up country is held against, and shares that it is made from, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

KELA_2017 = "Kelantutkimus: Toimeentulotuki tilastojen valossa, 2018"
KELA_2018 = "Kela, press release on basic social assistance in 2018"
KELA_MID_2017 = "Kela, press release on January-July 2017"
THL_2021 = "THL, Toimeentulotuki 2021"
THL_BLOG = "THL blog: Vähimmäisturvan varassa olevilla, 2018"


@dataclass(frozen=True)
class Target:
    """A published total, or a share where `is_share`; totals are those of the whole country."""

    measure: str
    period: str
    value: float
    source: str
    is_share: bool = False


TARGETS = (
    Target("recipient households", "2017", 277_316, KELA_2017),
    Target("recipient households", "2018", 281_488, KELA_2018),
    Target("recipient households", "2018-11", 143_500, KELA_2018),
    Target("recipient persons", "2017", 402_564, KELA_2017),
    Target("recipient persons", "2018", 408_400, KELA_2018),
    Target("recipients aged 18-24", "2018", 74_200, KELA_2018),
    Target("recipients aged 25 or more", "2018", 232_200, KELA_2018),
    Target("euros granted", "2018", 716_000_000, KELA_2018),
    Target("households with 10-12 months, share", "2018", 0.29, THL_2021, is_share=True),
    Target("households with 4-9 months, share", "2018", 0.33, THL_2021, is_share=True),
    Target("applicant households refused in all months, share", "2017", 0.20, KELA_2017, is_share=True),
    Target("decisions on applications", "2017-01..2017-07", 978_000, KELA_MID_2017),
    Target("decisions that grant, share", "2017-01..2017-07", 0.81, KELA_MID_2017, is_share=True),
    Target("households without income, share", "2017-07", 0.14, KELA_MID_2017, is_share=True),
    Target("households without income in a month at least", "2017-01..2018-06", 91_000, THL_BLOG),
    Target("households without income in three months at least", "2017-01..2018-06", 42_000, THL_BLOG),
)
