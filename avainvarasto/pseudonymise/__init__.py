"""Identity codes and other keys become keyed pseudonyms here, and nowhere else."""
