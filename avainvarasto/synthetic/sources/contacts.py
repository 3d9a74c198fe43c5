"""How the country's persons are found: addresses and telephone numbers, and the canaries among them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.canary import PER_SOURCE, Canary, Contact, contact
from avainvarasto.synthetic.country.composition import FEMALE
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.people import STREETS, Person


class Contacts:
    """Names, addresses and telephone numbers by position among the persons; canaries have their own."""

    def __init__(self, country: Country, people: People) -> None:
        self._country, self._people = country, people
        self._canaries: dict[int, Contact] = {}
        self.canaries: list[Canary] = []

    def appoint(self, source: str, positions: Iterable[int]) -> None:
        """Make canaries of the first persons that are none yet, until the source has all of its own."""
        number = sum(1 for canary in self.canaries if canary.source == source)
        for position in positions:
            if number == PER_SOURCE:
                return
            first = int(self._country.persons.same_as[position])
            if first not in self._canaries:
                found = contact(source, number)
                code = self._people.code[first].as_py()
                self._canaries[first] = found
                self.canaries.append(Canary(source, code, found.name, found.address, found.phone))
                number += 1

    def is_canary(self, position: int) -> bool:
        """Whether the person is a canary of any source."""
        return int(self._country.persons.same_as[position]) in self._canaries

    def of(self, position: int) -> Contact:
        """How a person is found."""
        first = int(self._country.persons.same_as[position])
        if first in self._canaries:
            return self._canaries[first]
        # No Finnish mobile number goes on with a zero after the prefix: nobody answers there.
        phone = f"050 0{first % 90 + 10} {first % 9000 + 1000}"
        return Contact(
            str(self._people.names(np.array([first]))[0]), f"{STREETS[first % len(STREETS)]} {first % 98 + 1}", phone
        )

    def person(self, position: int) -> Person:
        """A person by itself."""
        found = self.of(position)
        known = not self._people.sex_unknown[position]
        sex = "2" if self._country.persons.sex[position] == FEMALE else "1"
        return Person(
            code=self._people.code[position].as_py(),
            birth_year=int(self._people.birth_year[position]),
            sex=sex if known else "9",
            name=found.name,
            phone=found.phone,
            address=found.address,
        )

    def names(self, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
        """Names of persons."""
        names = self._people.names(positions)
        for at in self._canaries_among(positions):
            names[at] = self.of(int(positions[at])).name
        return names

    def phones(self, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
        """Telephone numbers of persons."""
        return np.array([self.of(int(position)).phone for position in positions], dtype=object)

    def in_register(self, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
        """Names as Kela keeps them: of some, clerks have put address and telephone number into the same field."""
        names = self._people.names(positions)
        for at in self._canaries_among(positions):
            names[at] = str(self.of(int(positions[at])))
        return names

    def _canaries_among(self, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        firsts = self._country.persons.same_as[positions]
        return np.flatnonzero(np.isin(firsts, list(self._canaries)))
