"""A made-up country that behaves like the sources: the demo, and the tests that need deliveries.

Nobody in it exists: identity codes are of the temporary series, which no real person has for life.
Deliveries are in the suppliers' form, with identifiers, names and free text, as the door must be able to take them.
"""

from avainvarasto.synthetic.canary import Canary
from avainvarasto.synthetic.demo import SEED, canaries, deliver
from avainvarasto.synthetic.planted import PLANTED, Planted

__all__ = ["PLANTED", "SEED", "Canary", "Planted", "canaries", "deliver"]
