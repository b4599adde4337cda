"""Many rounds of the random campaign.

usage: python -m util.campaign [FIRST_SEED [ROUNDS]]    a failure names its seed, which makes it happen again
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from testcase.campaign import campaign


def main() -> None:
    first, rounds = (*map(int, sys.argv[1:]), *(0, 100)[len(sys.argv) - 1 :])[:2]
    aws = shutil.which("aws")
    if aws is None:
        sys.exit("There is no aws on the PATH.")
    statuses: Counter[int] = Counter()
    for seed in range(first, first + rounds):
        with tempfile.TemporaryDirectory() as directory:
            try:
                happened = campaign(seed, Path(directory), str(Path(aws).parent))
            except AssertionError as failure:
                sys.exit(f"Seed {seed}: {failure}")
        statuses.update(each.outcome.status for each in happened)
        print(f"seed {seed}: {dict(sorted(statuses.items()))}", flush=True)


if __name__ == "__main__":
    main()
