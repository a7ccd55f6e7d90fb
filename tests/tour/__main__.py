"""`python -m tests.tour`: start a portal of its own, walk, and exit 1 where a step fails."""

import sys
import time

from tests.portal import running_portal
from tests.tour.catalogue_steps import CATALOGUE_STEPS
from tests.tour.customer_steps import CUSTOMER_STEPS
from tests.tour.steps import STEPS, Tour

ALL_STEPS = [*STEPS, *CATALOGUE_STEPS, *CUSTOMER_STEPS]


def main() -> int:
    print("Starting a portal of its own ...", flush=True)
    with running_portal() as portal:
        tour = Tour(portal.url)
        for n, (name, step) in enumerate(ALL_STEPS, start=1):
            started = time.monotonic()
            try:
                produced = step(tour)
            except Exception as error:  # whatever fails, the step is named and the walk ends
                print(f"{n:2}. {name}: FAILED\n    {type(error).__name__}: {error}")
                print(portal.log.read_text()[-2000:])
                return 1
            print(f"{n:2}. {name} ({time.monotonic() - started:.1f} s): {produced}", flush=True)
    print(f"All {len(ALL_STEPS)} steps passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
