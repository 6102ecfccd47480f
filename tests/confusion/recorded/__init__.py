"""Records of real exchanges, one file a situation, made by `tests.confusion.live`."""

from __future__ import annotations

from pathlib import Path

from tuiftp.wirelog.records import WireRecord, record_from_json

FOLDER = Path(__file__).parent
"""Where they lie."""


def recorded() -> dict[str, list[WireRecord]]:
    """All of them, by name."""
    return {
        path.stem: [record_from_json(line) for line in path.read_text().splitlines()]
        for path in sorted(FOLDER.glob("*.jsonl"))
    }
