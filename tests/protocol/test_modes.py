"""The plan of data connections, as a table: what is tried, in which order, and what a refusal means."""

from __future__ import annotations

import pytest

from tuiftp.choices import ConnectionMode
from tuiftp.protocol.modes import (
    DataCommand,
    ModeRules,
    Verdict,
    judge_preparation,
    judge_transfer,
    plan_steps,
)

PLANS = [
    # mode, fallback, extended, ipv6, remembered, not understood, expected
    ("auto", False, False, False, None, "", "PASV EPSV PORT EPRT"),
    ("auto", False, True, False, None, "", "EPSV PASV EPRT PORT"),
    ("auto", False, False, True, None, "", "EPSV EPRT"),
    ("auto", False, True, True, None, "", "EPSV EPRT"),
    ("auto", False, False, False, "PORT", "", "PORT PASV EPSV EPRT"),
    ("auto", False, False, False, "EPSV", "", "EPSV PASV PORT EPRT"),
    ("auto", False, False, True, "PASV", "", "EPSV EPRT"),
    ("auto", False, False, False, None, "PASV EPSV", "PORT EPRT"),
    ("auto", False, False, False, "PORT", "PORT", "PASV EPSV EPRT"),
    ("passive", False, False, False, None, "", "PASV EPSV"),
    ("passive", False, True, False, None, "", "EPSV PASV"),
    ("passive", False, False, True, None, "", "EPSV"),
    ("passive", False, False, False, "PORT", "", "PASV EPSV"),
    ("passive", True, False, False, "PORT", "", "PORT PASV EPSV EPRT"),
    ("passive", True, False, False, None, "", "PASV EPSV PORT EPRT"),
    ("active", False, False, False, None, "", "PORT EPRT"),
    ("active", False, False, True, None, "", "EPRT"),
    ("active", True, False, False, None, "", "PORT EPRT PASV EPSV"),
    ("active", False, False, False, None, "PORT EPRT", ""),
]


@pytest.mark.parametrize(
    ("mode", "fallback", "extended", "ipv6", "remembered", "not_understood", "expected"), PLANS
)
def test_the_order_of_steps(
    mode: str,
    fallback: bool,
    extended: bool,
    ipv6: bool,
    remembered: str | None,
    not_understood: str,
    expected: str,
) -> None:
    rules = ModeRules(ConnectionMode(mode), allow_fallback=fallback, prefer_extended=extended)
    steps = plan_steps(
        rules,
        is_ipv6=ipv6,
        remembered=DataCommand(remembered) if remembered else None,
        not_understood=[DataCommand(command) for command in not_understood.split()],
    )
    assert " ".join(step.command for step in steps) == expected
    assert all(step.is_patient == (mode != "auto") for step in steps)
    if remembered in expected.split():
        assert steps[0].why == "remembered"


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        (500, "Unknown command.", Verdict.NOT_UNDERSTOOD),
        (501, "Illegal EPSV argument", Verdict.NOT_UNDERSTOOD),
        (502, "Not implemented", Verdict.NOT_UNDERSTOOD),
        (504, "Not for that parameter", Verdict.NOT_UNDERSTOOD),
        (522, "Network protocol not supported, use (1)", Verdict.NOT_UNDERSTOOD),
        (522, "SSL connection failed: session reuse required", Verdict.GIVE_UP),
        (522, "TLS is required on the data channel", Verdict.NEXT_STEP),
        (550, "Permission denied", Verdict.NEXT_STEP),
        (425, "You cannot use PASV on IPv6 connections.", Verdict.NEXT_STEP),
        (425, "TLS session not resumed", Verdict.GIVE_UP),
        (421, "Timeout", Verdict.RECONNECT),
        (530, "Please login", Verdict.GIVE_UP),
    ],
)
def test_what_a_refused_preparation_means(code: int, text: str, verdict: Verdict) -> None:
    assert judge_preparation(code, text) is verdict


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        (425, "Can't open data connection.", Verdict.NEXT_STEP),
        (425, "Security: Bad IP connecting.", Verdict.NEXT_STEP),
        (426, "Failure writing network stream.", Verdict.NEXT_STEP),
        (425, "Unable to build data connection: TLS session of data connection not resumed", Verdict.GIVE_UP),
        (450, "TLS session of data connection has not resumed", Verdict.GIVE_UP),
        (550, "Failed to open file.", Verdict.GIVE_UP),
        (552, "Disk full", Verdict.GIVE_UP),
        (530, "Please login", Verdict.GIVE_UP),
        (421, "Timeout", Verdict.RECONNECT),
    ],
)
def test_what_a_refused_transfer_means(code: int, text: str, verdict: Verdict) -> None:
    assert judge_transfer(code, text) is verdict
