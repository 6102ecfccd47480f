"""All targets by their names."""

from __future__ import annotations

from tests.fuzz import foreign, stored, wire

TARGETS = {target.name: target for target in (*wire.TARGETS, *stored.TARGETS, *foreign.TARGETS)}
"""What `python -m tests.fuzz` can be told to run."""
