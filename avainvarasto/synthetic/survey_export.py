"""Made-up respondents of a made-up survey, PROSOS_KOE, in the two forms of Webropol's export that the contract knows.

The answers to the PRO SOS survey are not public. The numbers of respondents are its (85 and 43, PRO SOS loppukartoitus,
Raportteja 2/2019, chapter 2); who they are and what they say is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from avainvarasto.synthetic.chance import draw, stream

FIRST_WAVE, LAST_WAVE = 85, 43
SUBPROJECTS = ("Koske", "Pikassos", "Socca", "Socom", "SONet BOTNIA", "Vasso", "Verso")
SEXES = {"Nainen": 0.85, "Mies": 0.1, None: 0.05}
ORGANISATIONS = {"Kunta/kaupunki": 0.6, "Kuntayhtymä": 0.2, "Kela": 0.15, "Työvoimahallinto": 0.05}
SECTORS = ("Aikuissosiaalityö", "Vammaispalvelut", "Lastensuojelu", "Työllistäminen", "Etuuskäsittely", "Kehittäminen")
TITLES = ("Sosiaalityöntekijä", "Johtava sosiaalityöntekijä", "Sosiaaliohjaaja", "Palveluohjaaja", "Etuuskäsittelijä")
EDUCATION = (
    "Koulutus: Sosiaalityöntekijän pätevyys",
    "Koulutus: Muu korkeakoulututkinto",
    "Koulutus: Sosionomi (AMK)",
    "Koulutus: Lähihoitaja",
)
NOT_A_HUNDRED_SHARE = 0.1
ANSWERED_SHARE = 0.6
ANSWER = "Keksitty vastaus: yhteistyötä tehdään ja työnjaosta sovitaan."


def last_wave(seed: int) -> Iterator[dict[str, Any]]:
    """Final respondents: several values stand in one cell, education in a column an option."""
    rng = stream(seed, "survey export, last wave")
    for number in range(1, LAST_WAVE + 1):
        shares = _shares(rng)
        asked = "Miten työaikasi jakautuu (%)?: "
        yield {
            "Vastaajan numero": 2000 + number,
            "Vastausaika": f"{rng.randint(4, 15)}.3.2019",
            "Vastauksen tila": "Keskeneräinen" if rng.random() < 0.05 else "Lähetetty",
            **_background(rng, "Taustaorganisaatio", "Toimialat", "Tehtävänimikkeet", ";"),
            **{header: 1 if rng.random() < 0.35 else 0 for header in EDUCATION},
            asked + "Yksilötyö": shares[0],
            asked + "Ryhmätyö": shares[1],
            asked + "Rakenteellinen työ": shares[2],
            asked + "Muu": shares[3],
            "Mikä palvelutarpeen arvioinnissa toimii?": _answer(rng),
            "Mitä palvelutarpeen arvioinnissa pitää kehittää?": _answer(rng),
            "Miten yhteistyö Kelan kanssa sujuu?": _answer(rng),
        }


def first_wave(seed: int) -> Iterator[dict[str, Any]]:
    """Respondents of the start: a form of its own, with several values on lines of a cell."""
    rng = stream(seed, "survey export, first wave")
    for number in range(1, FIRST_WAVE + 1):
        shares = _shares(rng)
        yield {
            "Vastaajan numero": 1000 + number,
            **_background(rng, "Organisaatio", "Toimiala", "Tehtävänimike", "\n"),
            "Yksilötyö %": f"{shares[0]} %",
            "Ryhmätyö %": f"{shares[1]} %",
            "Rakenteellinen työ %": f"{shares[2]} %",
            "Muu työ %": f"{shares[3]} %",
            "Mitä odotat hankkeelta?": _answer(rng),
        }


def _background(rng: Random, organisation: str, sector: str, title: str, separator: str) -> dict[str, str | None]:
    return {
        "Osahanke": rng.choice(SUBPROJECTS),
        "Sukupuoli": draw(rng, SEXES),
        organisation: draw(rng, ORGANISATIONS),
        sector: separator.join(rng.sample(SECTORS, rng.choice((1, 1, 2, 3)))),
        title: separator.join(rng.sample(TITLES, rng.choice((1, 1, 1, 2)))),
    }


def _shares(rng: Random) -> tuple[int, int, int, int]:
    """Four shares in steps of five that add to a hundred, but for the few who reckon otherwise."""
    cuts = sorted(rng.randint(0, 20) for _ in range(3))
    parts = [5 * (upper - lower) for lower, upper in zip([0, *cuts], [*cuts, 20], strict=True)]
    parts.sort(reverse=True)
    if rng.random() < NOT_A_HUNDRED_SHARE:
        parts[0] += 10
    return parts[0], parts[1], parts[2], parts[3]


def _answer(rng: Random) -> str | None:
    return ANSWER if rng.random() < ANSWERED_SHARE else None
