"""`python -m dagster_project`: one night, in this process, with its progress and a short table at the end.

Belongs here: what a person sees of a run. Does not: what the run does. Whether there is anything to do is decided
before Dagster is imported.
"""

from __future__ import annotations

import sys
import time

from avainvarasto import home, status
from avainvarasto.errors import AvainvarastoError
from avainvarasto.files import full, is_full
from avainvarasto.settings import Settings, load_settings


def main() -> int:
    """Run the night; 0 when all went well, 1 when something was refused or failed."""
    try:
        settings = load_settings()
        return run(settings)
    except AvainvarastoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def run(settings: Settings) -> int:
    """Deliver the demo into an empty home, and run the night if there is anything new."""
    started = time.monotonic()
    with home.run_lock(settings) as left_behind:
        if left_behind:
            print(left_behind)
        if home.is_empty(settings):
            folders = home.prepare_demo(settings)
            print(f"The home {settings.home} is empty: {len(folders)} synthetic demo deliveries were put into landing.")
        news = status.news(settings)
    for name in news.unfinished:
        print(f"Not yet arrived (no delivery.yml): {name}")
    if not news.anything:
        print("Nothing new: no delivery has arrived and nothing changed since the active release. Nothing was done.")
        return 0
    home.demand_room_for_a_run(settings)
    from dagster_project.night import run_nightly

    try:
        return run_nightly(settings, started)
    except Exception as error:
        # The orchestrator's own storage says it in its own words, and many of them.
        if is_full(settings.home):
            raise full(settings.home) from error
        raise


if __name__ == "__main__":
    sys.exit(main())
