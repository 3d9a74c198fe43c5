"""The demo of an empty home: the made-up country, small enough for a first run of three minutes.

`deliver` is the public function, `canaries` the persons that a leak test looks for in what comes of it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from avainvarasto.contracts import load_contracts
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.canary import Canary
from avainvarasto.synthetic.country.country import Country, make_country
from avainvarasto.synthetic.sources import deliver as all_sources
from avainvarasto.synthetic.sources.deliver import FILES, Files, Sources

SEED, SCALE, FIRST, LAST = 7, 0.01, "2017-01", "2018-12"
# Months of a delivery: fewer deliveries make a shorter night.
EVERY = 6
EXPECTATIONS = PROJECT_ROOT / "expectations"
# Extracts that have a contract and no made-up rows, each with the reason.
NOT_MADE_UP: dict[str, str] = {
    # "extract": "why",
}


def deliver(landing: Path, *, seed: int = SEED, files: Files = FILES, expectations: Path = EXPECTATIONS) -> list[Path]:
    """Writes the demo deliveries into a landing folder; the same seed gives the same bytes.

    Args:
        landing: the landing folder.
        seed: which made-up country.
        files: what is read beside the contracts.
        expectations: folder with the contracts, which say in what form each file is written.

    Returns:
        The folders of the deliveries.

    Raises:
        HomeRefused: one of the deliveries is there already.
    """
    country = _country(seed, files.municipality_seed)
    return list(all_sources.deliver(landing, country, load_contracts(expectations), every=EVERY, files=files))


@lru_cache(maxsize=1)
def canaries(seed: int = SEED) -> tuple[Canary, ...]:
    """The canaries of the demo: everything is made once more, and nothing is written."""
    sources = Sources(_country(seed, FILES.municipality_seed), load_contracts(EXPECTATIONS), every=EVERY)
    for _ in sources.deliveries():
        pass
    return tuple(sources.canaries)


def _country(seed: int, municipality_seed: Path) -> Country:
    return make_country(municipality_seed, scale=SCALE, first=FIRST, last=LAST, seed=seed)
