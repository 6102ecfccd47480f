"""Prints the confusion table; `--live` builds the real exchanges anew before (as root, with nftables and servers)."""

from __future__ import annotations

import argparse

from tests.confusion.situations import situations
from tests.confusion.table import render, wrong


def main() -> int:
    """Runs it; 0 where every rule speaks in its own situations alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.confusion", description=__doc__)
    parser.add_argument("--live", action="store_true", help="play the real situations anew, and record them")
    parser.add_argument("name", nargs="*", help="which of them; all when none is named")
    options = parser.parse_args()
    if options.live:
        from tests.confusion.live import record_all

        for name, records in record_all(options.name):
            print(f"recorded {name}: {len(records)} records", flush=True)
    rows = situations()
    print("\n".join(render(rows)))
    faults = [fault for row in rows if (fault := wrong(row))]
    print(f"\n{len(rows)} situations, {len(faults)} of them wrong", *faults, sep="\n")
    return 1 if faults else 0


raise SystemExit(main())
