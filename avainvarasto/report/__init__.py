"""The morning report: what came, what did not, what was refused, and what to do, in plain words and without values."""
