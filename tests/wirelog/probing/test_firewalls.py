"""Whose firewall it is: each combination of answers gives one cause, or names both that look alike."""

from __future__ import annotations

import pytest

from tuiftp.wirelog.probing.firewalls import Knock, Knocked, conclude

HOST, OWN = "203.0.113.7", "203.0.113.20"


@pytest.mark.parametrize(
    ("passive", "other", "known", "said"),
    [
        ((Knocked.SILENT, ""), Knocked.RESET, Knocked.SILENT, "Your side lets high ports out"),
        ((Knocked.SILENT, ""), Knocked.SILENT, Knocked.OPEN, "Two causes look alike"),
        ((Knocked.SILENT, ""), Knocked.SILENT, Knocked.SILENT, "No other port is answered either"),
        ((Knocked.OWN, "EPERM"), Knocked.RESET, Knocked.RESET, "own output filter"),
        ((Knocked.OWN, "ENETUNREACH"), Knocked.OWN, Knocked.OWN, "found no way"),
        ((Knocked.ICMP, f"prohibited by a filter from {OWN}"), Knocked.RESET, Knocked.RESET, "own output filter"),
        ((Knocked.ICMP, f"port unreachable from {HOST}"), Knocked.RESET, Knocked.RESET, "The server's own host"),
        ((Knocked.ICMP, "host unreachable from 198.51.100.1"), Knocked.RESET, Knocked.RESET, "A router or firewall"),
        ((Knocked.RESET, ""), Knocked.RESET, Knocked.RESET, "`ss -ltn`"),
        ((Knocked.OPEN, ""), Knocked.RESET, Knocked.RESET, "open now"),
    ],
)  # fmt: skip
def test_each_combination_names_its_cause(
    passive: tuple[Knocked, str], other: Knocked, known: Knocked, said: str
) -> None:
    seen, verdict = conclude(
        Knock(HOST, 50_001, *passive), Knock(HOST, 52_001, other), Knock(HOST, 443, known), own=OWN
    )
    assert "port 50001" in seen
    assert said in verdict
