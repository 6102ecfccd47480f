"""The rules on real exchanges with a server that misbehaves in one way: each finds its own, or nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.scripted import Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.sites import open_site, rules
from tuiftp.errors import DataConnectionFailed, TuiftpError
from tuiftp.protocol.modes import DataCommand
from tuiftp.wirelog.findings import Diagnosis, diagnose
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord, WireState

TREE = {"a.txt": b"hello"}
SENTENCES = (RecordKind.STATUS, RecordKind.ERROR, RecordKind.DATA)


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
        (quirks.refuse_active(502), "active", {"R27"}),
        (quirks.refuse_active(500), "active", {"R27"}),
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
        (quirks.refuse_passive(502), "auto", {"R27"}),
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
    # Programs read the states, people the sentences: these may be worded anew at any time.
    assert {finding.code for finding in diagnose(reworded(opened.records))} == codes, opened.log
    # A log of a version that wrote no states yet.
    assert {finding.code for finding in diagnose(without_states(opened.records))} == codes, opened.log


def reworded(records: Sequence[WireRecord]) -> list[WireRecord]:
    """The records with other words in every sentence of ours."""
    return [replace(record, text="so it was") if record.kind in SENTENCES else record for record in records]


def without_states(records: Sequence[WireRecord]) -> list[WireRecord]:
    return [
        replace(record, state=None, local=None, remote=None)
        if record.kind is RecordKind.STATUS
        else replace(record, state=None)
        for record in records
    ]


@pytest.mark.parametrize(
    ("quirk", "code"), [(quirks.refuse_transfer(425), "R10"), (quirks.never_connects(), "R11")]
)
async def test_a_finding_is_there_with_the_failure_and_waits_for_no_further_command(
    quirk: Quirk, code: str
) -> None:
    """A user who reads why a listing failed does nothing meanwhile."""
    async with (
        ScriptedServer(TREE, [quirk]) as server,
        open_site(server, rules=rules("active"), connect=False) as opened,
    ):
        await opened.site.connect()
        with pytest.raises(DataConnectionFailed) as failed:
            await opened.names()
        diagnosis = Diagnosis()
        found = {finding.code for record in opened.records for finding in diagnosis.feed(record)}
        assert found == {code}, opened.log
        assert "EPRT did not work (" in opened.log
        assert "): no other way is left" in opened.log
    assert not any(reason.startswith(f"{command}: ") for command, reason in failed.value.steps)


async def test_a_refused_command_is_named_once() -> None:
    async with (
        ScriptedServer(TREE, [quirks.refuse_passive(502)]) as server,
        open_site(server, rules=rules("passive")) as opened,
    ):
        with pytest.raises(DataConnectionFailed, match="PASV: 502 Passive is not implemented") as failed:
            await opened.names()
        assert "PASV: PASV" not in str(failed.value)
        assert "PASV did not work (502 Passive is not implemented.): trying EPSV" in opened.log


@pytest.mark.parametrize(
    ("quirk", "state", "errno", "code"),
    [
        (quirks.stall_data(3, verbs=("LIST", "MLSD")), WireState.TIMED_OUT, None, "R32"),
        (quirks.stall_data(0, verbs=("LIST", "MLSD")), WireState.TIMED_OUT, None, "R31"),
        (
            quirks.cut_data(3, None, reset=True, verbs=("LIST", "MLSD")), WireState.BROKEN, "ECONNRESET", None,
        ),
    ],
)  # fmt: skip
async def test_the_end_of_a_data_connection_says_what_ended_it(
    quirk: Quirk, state: WireState, errno: str | None, code: str | None
) -> None:
    async with ScriptedServer(TREE, [quirk]) as server, open_site(server) as opened:
        with contextlib.suppress(TuiftpError):
            await opened.names()
    ends = [record for record in opened.records if record.event is DataEvent.CLOSED]
    assert (ends[0].state, ends[0].errno) == (state, errno), opened.log
    assert {finding.code for finding in diagnose(opened.records)} == ({code} if code else set()), opened.log


async def test_what_another_server_says_is_no_listing_and_the_next_way_is_tried() -> None:
    """A balancer that sends the passive port elsewhere: SSH answers there, and the FTP server says nothing."""

    def elsewhere(server: ScriptedServer) -> None:
        listing, epsv = server.handler("MLSD"), server.handler("EPSV")
        is_elsewhere = False

        async def pasv(session: Session, _: bytes) -> None:
            nonlocal is_elsewhere
            is_elsewhere, port = True, other.sockets[0].getsockname()[1]
            await session.reply(227, f"Entering Passive Mode (127,0,0,1,{port >> 8},{port & 255}).")

        async def extended(session: Session, argument: bytes) -> None:
            nonlocal is_elsewhere
            is_elsewhere = False
            await epsv(session, argument)

        async def waits(session: Session, argument: bytes) -> None:
            if not is_elsewhere:
                await listing(session, argument)

        server.verbs |= {"PASV": pasv, "EPSV": extended, "MLSD": waits}

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        writer.close()

    other = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with other, ScriptedServer(TREE, [elsewhere]) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt"], opened.log
        assert opened.worked is DataCommand.EPSV
    assert {finding.code for finding in diagnose(opened.records)} == {"R30"}, opened.log
