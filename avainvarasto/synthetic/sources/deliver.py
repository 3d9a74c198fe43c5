"""The made-up country's deliveries of all sources: `deliver` is the public function.

Belongs here: which sources send, in which order they are made. Does not: what the rows hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from avainvarasto.contracts import Contract
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import municipal
from avainvarasto.synthetic.avain import make_assessments
from avainvarasto.synthetic.avain_detail import factor_rows, method_rows, service_rows
from avainvarasto.synthetic.avain_rows import assessment_rows, goal_rows, review_rows
from avainvarasto.synthetic.canary import Canary
from avainvarasto.synthetic.client_plans import code_map_rows, plan_documents
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decision_truth import DecisionTruth
from avainvarasto.synthetic.country.exits import counted_exits
from avainvarasto.synthetic.country.flow_truth import FlowTruth
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.country.traps import NO_ZEROS
from avainvarasto.synthetic.once import sent_once
from avainvarasto.synthetic.open_tables import price_index_rows, region_rows, value_rows
from avainvarasto.synthetic.reference import municipality_names, population_rows
from avainvarasto.synthetic.sending import (
    ALL_ASSESSMENTS,
    CLIENT_PLANS,
    OPEN_TABLES,
    PLAN_CODES,
    POPULATION,
    SOTKANET,
    YEARS_OF_KELA,
    YEARS_OF_THL,
    Sender,
    sent_after,
)
from avainvarasto.synthetic.sources.assistance_years import kela_rows, thl_rows
from avainvarasto.synthetic.sources.clients import pools
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import Etotu
from avainvarasto.synthetic.sources.municipalities import Municipalities
from avainvarasto.synthetic.sources.open_kela import OpenKela
from avainvarasto.synthetic.sources.registers import Registers, first_day, last_day
from avainvarasto.synthetic.writer import Delivery, write_delivery

MUNICIPALITY_SEED = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
PRINTED_SURVEY = Path(__file__).parents[1] / "printed_survey"
TRUTH = "truth.yml"
HALF, SENT_ONCE = 6, 25


@dataclass(frozen=True)
class Files:
    """What is read: the list of municipalities with their validity, and the printed tables of the PRO SOS survey."""

    municipality_seed: Path = MUNICIPALITY_SEED
    printed_survey: Path = PRINTED_SURVEY


FILES = Files()


def deliver(
    landing: Path, country: Country, contracts: Mapping[str, Contract], *, every: int = 1, files: Files = FILES
) -> Iterator[Path]:
    """Write the deliveries one by one, and beside the landing zone `truth.yml`, which no run reads.

    Args:
        landing: the landing folder.
        country: the country.
        contracts: in what form each file is written.
        every: months of a delivery of Kela and eTotu: 1, 3, 6 or 12.
        files: what is read.

    Yields:
        the folder of each delivery as soon as it has arrived.

    Raises:
        HomeRefused: one of the deliveries is there already.
    """
    sources = Sources(country, contracts, every=every, files=files)
    landing.mkdir(parents=True, exist_ok=True)
    for delivery in sources.deliveries():
        yield write_delivery(landing, delivery)
    # One line a cell.
    text = yaml.safe_dump(sources.truth(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=1000)
    (landing.parent / TRUTH).write_text(text, encoding="utf-8")


def expected(country: Country, every: int) -> int:
    """About how many deliveries `deliver` writes, for a bar that shows how far it is."""
    periods, halves = (len({int(month.astype(int)) // n for month in country.months}) for n in (every, HALF))
    return 2 * periods + 2 * halves + SENT_ONCE


class Sources:
    """All sources; what they send is made once, one delivery after the other."""

    def __init__(
        self, country: Country, contracts: Mapping[str, Contract], *, every: int = 1, files: Files = FILES
    ) -> None:
        self._country, self._every, self._files = country, every, files
        self._people = make_people(country)
        self._contacts = Contacts(country, self._people)
        self._sender = Sender(contracts)
        self._flow = FlowTruth(country, self._people.birth_year)
        self._decisions = DecisionTruth(country)

    @property
    def canaries(self) -> list[Canary]:
        """The persons that the leak test looks for; known when all deliveries are made."""
        return self._contacts.canaries

    def deliveries(self) -> Iterator[Delivery]:
        """Kela and eTotu first, then what follows from them, then what does not."""
        country, sender, seed = self._country, self._sender, self._country.seed
        self._contacts.appoint("kela", (int(position) for position in country.first_person))
        avain = list(self._avain())
        etotu = Etotu(country, self._people, self._contacts, tuple(municipal.SUPPLIERS), self._flow)
        names = municipality_names(self._files.municipality_seed)
        published = OpenKela(country, self._people, names)
        registers = Registers(country, self._people, self._contacts, etotu, published, sender, self._decisions)
        yield from registers.deliveries(self._every)
        first, last = first_day(country.months[0]), last_day(country.months[-1])
        municipalities = Municipalities(country, self._contacts)
        yield from municipalities.deliveries(etotu.passed_on, first, last, sender)
        yield from avain
        for extract, rows in published.tables().items():
            yield sender.send(sent_after(last, OPEN_TABLES[extract]), {extract: rows})
        if paid := published.years():
            of_thl = thl_rows(country, paid, municipalities.decided)
            yield sender.send(sent_after(last, YEARS_OF_KELA), {"assistance_year": kela_rows(paid)}, supplier="Kela")
            yield sender.send(sent_after(last, YEARS_OF_THL), {"assistance_year": of_thl}, supplier="THL")
        years = range(first.year, last.year + 1)
        regions = region_rows(names, zeros=NO_ZEROS not in country.traps)
        yield sender.send(
            sent_after(last, SOTKANET), {"sotkanet_region": regions, "sotkanet_value": value_rows(seed, years)}
        )
        population = population_rows(self._files.municipality_seed, seed, years)
        sizes = {"ref_population": population, "ref_price_index": price_index_rows(seed, years)}
        yield sender.send(sent_after(last, POPULATION), sizes)
        yield from sent_once(sender, self._files.municipality_seed, self._files.printed_survey, seed)

    def _avain(self) -> Iterable[Delivery]:
        """The form of 2018, and the national client plans that came later."""
        seed, traps = self._country.seed, self._country.traps
        clients = pools(self._country, self._contacts)
        assessments = make_assessments(clients.by_place, seed, traps)
        reviewed = [start.person.code for start in assessments if any(goal.attainment for goal in start.goals)]
        self._contacts.appoint("avain", (clients.position[code] for code in reviewed))
        clients.meet_canaries(assessments, self._contacts)
        canaries = {canary.identity_code for canary in self.canaries}
        tables = {
            "avain_assessment": assessment_rows(assessments),
            "avain_goal": goal_rows(assessments, canaries),
            "avain_goal_review": review_rows(assessments, canaries),
            "avain_factor": factor_rows(assessments, seed),
            "avain_service": service_rows(assessments, seed, traps),
            "avain_method": method_rows(assessments, seed, traps),
        }
        yield self._sender.send(ALL_ASSESSMENTS, tables)
        yield self._sender.send(PLAN_CODES, {"avain_code_map": code_map_rows()})
        yield self._sender.send(CLIENT_PLANS, {"avain_client_plan": plan_documents(assessments, canaries, seed)})

    def truth(self) -> dict[str, object]:
        """What `truth.yml` says when all deliveries are made: effects, exits by their true reason, the rows of each
        planted trap, and what became of notices and applications."""
        self._sender.tally.country(self._country, self._people)
        return self._country.truth.as_yaml() | {
            "clients": "only who commits to the work"
            if self._country.committing_only
            else "whether they commit or not",
            "exits": counted_exits(self._country, self._people),
            "traps": self._sender.tally.as_yaml(),
            "flow": self._flow.as_yaml(),
            "decisions": self._decisions.as_yaml(),
        }
