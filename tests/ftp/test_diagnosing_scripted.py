"""The rules on real exchanges with a server that misbehaves in one way: each finds its own, or nothing."""

from __future__ import annotations

import contextlib

import pytest

from tests.support.scripted import Quirk, ScriptedServer, mischief, quirks
from tests.support.sites import open_site, rules
from tuiftp.errors import TuiftpError
from tuiftp.wirelog.findings import diagnose

TREE = {"a.txt": b"hello"}


@pytest.mark.parametrize(
    ("quirk", "mode", "codes"),
    [
        (quirks.announce("10.9.8.7"), "auto", {"R1"}),
        (quirks.announce("0.0.0.0"), "auto", {"R1"}),
        (quirks.passive_port("closed"), "auto", {"R5"}),
        (quirks.passive_port("silent"), "auto", {"R4"}),
        (quirks.passive_port("silent", "EPSV"), "auto", set()),
        (quirks.pasv_reply(b"227 Entering Passive Mode (127,0,0,1,,)."), "auto", {"R7"}),
        (quirks.pasv_without_parentheses(), "auto", set()),
        (mischief.cuts_control("PASV", times=100, reset=True), "auto", {"R8"}),
        (mischief.cuts_control("EPSV", times=100), "auto", set()),
        (quirks.refuse_active(500, only_to="203.0.113.45"), "active", {"R9"}),
        (quirks.refuse_active(502), "active", set()),
        (quirks.refuse_transfer(425), "active", {"R10"}),
        (quirks.never_connects(), "active", {"R11"}),
        (quirks.never_connects(preliminary=True), "active", {"R11"}),
        (quirks.stranger_first(), "active", {"R13"}),
        (quirks.refuse_transfer(522, b"SSL connection failed: session reuse required"), "auto", {"R15"}),
        (quirks.refuse_transfer(425, b"Security: Bad IP connecting."), "auto", {"R16"}),
        (mischief.too_many(0), "auto", {"R20"}),
        (quirks.pasv_answers_229(), "auto", {"R24"}),
        (quirks.no_preliminary(), "auto", {"R25"}),
        (quirks.preliminary_first(), "auto", set()),
        (quirks.early_completion(), "auto", set()),
        (quirks.doubled_completion(), "auto", set()),
        (quirks.refuse_transfer(550, b"No such directory."), "auto", set()),
        (quirks.refuse_transfer(450, b"Try again."), "active", set()),
        (quirks.refuse_passive(502), "auto", set()),
    ],
)  # fmt: skip
async def test_what_is_found_in_an_exchange_with_one_fault(quirk: Quirk, mode: str, codes: set[str]) -> None:
    async with (
        ScriptedServer(TREE, [quirk]) as server,
        open_site(server, rules=rules(mode), connect=False) as opened,
    ):
        with contextlib.suppress(TuiftpError):
            await opened.site.connect()
            await opened.names()
    assert {finding.code for finding in diagnose(opened.records)} == codes, opened.log
