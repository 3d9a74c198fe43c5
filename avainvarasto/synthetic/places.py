"""Where the made-up people live: municipality codes are real, the residents are not.

Sizes of the towns below are round thousands of the year 2018; all other municipalities get a made-up size.
"""

from __future__ import annotations

# Pilot municipalities of the inclusive social security trial, which began in January 2018.
PILOTS = {"211": 31.0, "297": 118.0, "320": 7.5, "680": 24.0, "837": 235.0, "851": 22.0}
TAMPERE, TORNIO = "837", "851"
TORNIO_LEFT_MONTH = 5

OTHER_TOWNS = {
    "091": 645.0, "049": 282.0, "092": 226.0, "564": 203.0, "853": 191.0, "179": 141.0, "398": 120.0, "609": 84.0,
    "286": 84.0, "167": 76.0, "405": 73.0, "109": 68.0, "905": 67.0, "743": 63.0, "698": 63.0, "491": 54.0,
    "285": 53.0, "734": 53.0, "638": 50.0, "272": 48.0, "106": 46.0, "444": 47.0, "186": 42.0, "543": 42.0,
    "684": 39.0, "257": 39.0, "858": 39.0, "205": 37.0, "245": 36.0, "536": 33.0, "740": 33.0, "980": 33.0,
    "202": 33.0, "927": 29.0,
}  # fmt: skip

# Made up like everything here: it says nothing about how the real town works.
HARDLY_REACTS = "286"

MASKED = "199"
