"""Made-up cards of the six workshops of 2022: some 120 lines noted under phases and kinds.

As in the analysis of the present state, the task before the workshops gave strengths and weaknesses, which were
classified; what was noted in the workshops themselves was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from avainvarasto.contract_readers import SwotReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.chance import draw, stream
from avainvarasto.synthetic.obstacles import WORKSHOP_DAYS

CARDS_A_WORKSHOP = 12
BEFORE_SHARE = 0.5
ORGANISATIONS = {"Kela": 0.4, "Kunta": 0.4, "Yhteinen": 0.2}
THEMES = ("TIEDONKULKU", "RESURSSIT", "OSAAMINEN", "PALVELUPOLKU", "DIGI")
CODERS = ("L1", "L2")
LINES = (
    "Yhteystiedot ovat ajan tasalla.",
    "Asiakas ei tiedä, kumpaan ottaa yhteyttä.",
    "Yhteiset tapaamiset auttavat.",
    "Lisäselvityspyynnöt viivästyttävät.",
    "Työnjaosta on sovittu.",
)


def card_rows(contract: Contract, seed: int) -> Iterator[dict[Any, Any]]:
    """Cards in the platform's words; some have several lines in a cell, one repeats an earlier card."""
    reader = contract.reader_as(SwotReader)
    rng = stream(seed, "workshop cards")
    phases, kinds = list(reader.phases), list(reader.kinds)
    for area in WORKSHOP_DAYS:
        for number in range(1, CARDS_A_WORKSHOP + 1):
            before = rng.random() < BEFORE_SHARE
            place = rng.choice(phases), rng.choice(kinds[:2] if before else kinds)
            lines = [f"• {line}" for line in rng.sample(LINES, rng.choice((1, 1, 2, 3)))]
            yield {
                "Työpaja": f"PAJA-{area}",
                "Kortti": number,
                "Vaihe": "Ennakkotehtävä" if before else draw(rng, {"Työpaja": 0.6, "Pienryhmä": 0.4}),
                "Taustataho": draw(rng, ORGANISATIONS),
                place: "\n".join(lines),
                "Teema": "\n".join(rng.choice(THEMES) for _ in lines) if before else None,
                "Tila": "Luokiteltu" if before else "Luokittelematta",
                "Luokittelija": rng.choice(CODERS) if before else None,
                "Sama kuin": number - 1 if number == CARDS_A_WORKSHOP else None,
            }
