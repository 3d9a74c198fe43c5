"""Flat tables of the PRO SOS survey: what is printed of waves and invitations, and made-up questions and coded answers.

Printed in PRO SOS loppukartoitus, Raportteja 2/2019, chapter 2 and table 1: sub-projects, invitations, a fortnight to
answer and a reminder. What the respondents said is made up; no text of the report is repeated.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from avainvarasto.synthetic.chance import draw, stream
from avainvarasto.synthetic.writer import Row, Value

SURVEY = "PROSOS"
START, FINAL = "ALKU2017", "LOPPU2019"
ANSWERS = {START: 85, FINAL: 43}
SUBPROJECTS = ("KOSKE", "PIKASSOS", "SOCCA", "SOCOM", "SONET_BOTNIA", "VASSO", "VERSO")
NOT_ASKED = "KYC"
PRINTED_TOTAL = "YHTEENSA"
# Code, theme, waves in which it was asked; the question of the trend in equality has both a stance and a change.
QUESTIONS = {
    "K01": ("PTA", (START, FINAL)),
    "K02": ("PTA", (START, FINAL)),
    "K03": ("KELA_KUNTA", (START, FINAL)),
    "K04": ("YHTEISKEHITTAMINEN_ASIAKAS", (START, FINAL)),
    "K05": ("YHTEISKEHITTAMINEN_AMM", (START, FINAL)),
    "K06": ("TASA_ARVO", (START, FINAL)),
    "K07": ("RAKENTEELLINEN", (START, FINAL)),
    "K08": ("TYOOSUUS", (START, FINAL)),
    "K09": ("HALLITUSOHJELMA", (FINAL,)),
    "K10": ("KARKITEEMAT", (FINAL,)),
    "K11": ("ARVIOINTI", (FINAL,)),
    "K12": ("OMA", (FINAL,)),
}
OWN_QUESTION_OF = "SOCOM"
QUESTION_TEXT = "Kysymyksen {code} sanamuoto tässä keksityssä aineistossa."
LEAD_THEMES = ("PALVELUTARVE", "KELA_KUNTA", "KUNTOUTUS", "YHTEISKEHITTAMINEN", "OMATYONTEKIJA", "TIEDONTUOTANTO")
ANSWERED_SHARE = 0.45
PUBLISHABLE_SHARE = 0.8


def wave_rows() -> Iterator[Row]:
    """The two waves; of the first only the season is printed."""
    yield {"survey_code": SURVEY, "wave": START, "sent_from": "2017"}
    yield {"survey_code": SURVEY, "wave": FINAL, "sent_from": "2019-03", "response_days": 14, "reminder": True}


def subproject_rows() -> Iterator[Row]:
    """Seven sub-projects that were asked, and one that was not."""
    for subproject in (*SUBPROJECTS, NOT_ASKED):
        yield {"survey_code": SURVEY, "subproject": subproject, "in_survey": subproject != NOT_ASKED}


def invitation_rows(printed_survey: Path) -> Iterator[Row]:
    """The printed table of invitations without its total."""
    with (printed_survey / "response.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["subproject"] != PRINTED_TOTAL:
                yield {name: value or None for name, value in row.items()}


def question_rows() -> Iterator[Row]:
    """One row a question of a wave; the same question has the same group in both."""
    for wave in ANSWERS:
        for code, (theme, waves) in QUESTIONS.items():
            if wave in waves:
                yield {
                    "survey_code": SURVEY,
                    "wave": wave,
                    "question_code": code,
                    "question_group_id": f"G_{code}",
                    "subproject": OWN_QUESTION_OF if theme == "OMA" else None,
                    "theme": theme,
                    "text": QUESTION_TEXT.format(code=code),
                }


def answer_code_rows(seed: int) -> Iterator[Row]:
    """What coders read in the answers: as many respondents as answered in each wave, each to some of the questions."""
    rng = stream(seed, "survey answers")
    for wave, respondents in ANSWERS.items():
        for number in range(1, respondents + 1):
            for code, (theme, waves) in QUESTIONS.items():
                if wave in waves and theme != "TYOOSUUS" and rng.random() < ANSWERED_SHARE:
                    publishable = rng.random() < PUBLISHABLE_SHARE
                    for seq in range(1, rng.choice((1, 1, 2)) + 1):
                        yield _read(rng, wave, theme) | {
                            "survey_code": SURVEY,
                            "wave": wave,
                            "respondent_id": f"{wave}-{number:03d}",
                            "question_code": code,
                            "seq": seq,
                            "publishable": publishable,
                        }


def _read(rng: Random, wave: str, theme: str) -> dict[str, Value]:
    """The codes that fit a theme: of equality stance, change and group; of lead themes which; else side and level."""
    if theme == "TASA_ARVO":
        return {
            "stance": draw(rng, {"promotes": 0.3, "hinders": 0.4, "both": 0.15, "none": 0.15}),
            "change": draw(rng, {"better": 0.3, "same": 0.3, "worse": 0.25, "unknown": 0.15})
            if wave == FINAL
            else None,
            "client_group": draw(
                rng,
                {"students": 0.15, "pensioners": 0.15, "language": 0.1, "remote_area": 0.1, "digital_skills": 0.2}
                | {"life_management": 0.2, "other": 0.1},
            ),
        }
    if theme == "KARKITEEMAT":
        return {"lead_theme": rng.choice(LEAD_THEMES), "side": "good_practice"}
    return {
        "side": draw(rng, {"good_practice": 0.55, "need": 0.45}),
        "level": draw(
            rng, {"individual": 0.25, "unit": 0.3, "municipality": 0.25, "region": 0.15, "national": 0.05, None: 0.1}
        ),
    }
