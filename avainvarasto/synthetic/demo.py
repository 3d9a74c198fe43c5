"""The demo deliveries of the made-up world: `deliver` is the public function; all behind it may be replaced.

Belongs here: which suppliers send. Does not: what each of them sends (`senders`), and when (`sending`).
"""

from __future__ import annotations

from pathlib import Path

from avainvarasto.contracts import load_contracts
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import senders
from avainvarasto.synthetic.demo_world import SEED, make_demo
from avainvarasto.synthetic.sending import Sender
from avainvarasto.synthetic.writer import write_delivery

EXPECTATIONS = PROJECT_ROOT / "expectations"
MUNICIPALITY_SEED = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
PRINTED_SURVEY = Path(__file__).parent / "printed_survey"
# Extracts that have a contract and no made-up rows, each with the reason.
NOT_MADE_UP: dict[str, str] = {
    # "extract": "why",
}


def deliver(
    landing: Path,
    *,
    seed: int = SEED,
    municipality_seed: Path = MUNICIPALITY_SEED,
    printed_survey: Path = PRINTED_SURVEY,
    expectations: Path = EXPECTATIONS,
) -> list[Path]:
    """Writes the demo deliveries into a landing folder; the same seed gives the same bytes.

    Args:
        landing: the landing folder.
        seed: which made-up world.
        municipality_seed: the list of municipalities with their validity.
        printed_survey: folder with the printed tables of the PRO SOS survey.
        expectations: folder with the contracts, which say in what form each file is written.

    Returns:
        The folders of the deliveries, in the order of their sending.

    Raises:
        HomeRefused: one of the deliveries is there already.
    """
    sender = Sender(load_contracts(expectations))
    demo = make_demo(seed)
    deliveries = [
        *senders.kela(demo, sender),
        *senders.etotu(demo, sender),
        *senders.municipalities(demo, sender),
        *senders.avain(demo, sender),
        *senders.prosos(printed_survey, seed, sender),
        *senders.obstacle_log(sender),
        *senders.workshops(seed, sender),
        *senders.open_statistics(demo, municipality_seed, sender),
        *senders.reference(municipality_seed, seed, sender),
    ]
    deliveries.sort(key=lambda delivery: (delivery.created_at, delivery.source))
    return [write_delivery(landing, delivery) for delivery in deliveries]
