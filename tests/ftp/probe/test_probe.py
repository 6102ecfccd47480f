"""The probe tells of each way what came of it, is bounded, and copes with servers that allow one login."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.support.fixtures import StartServer
from tests.support.scripted import Quirk, ScriptedServer, mischief, quirks
from tests.support.servers import RunningServer
from tests.support.sites import QUICK, Server
from tuiftp.choices import ConnectionMode
from tuiftp.events import EventBus
from tuiftp.ftp.events import SessionChanged, WireRecorded
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.ftp.probe import probe_site
from tuiftp.secret import Secret
from tuiftp.wirelog.probing import ProbeReport, ProbeRow, Way, WayVerdict
from tuiftp.wirelog.probing.text import moved_text
from tuiftp.wirelog.records import WireRecord

ACTIVE = (Way.PORT_LOCAL, Way.EPRT)
PASSIVE = (Way.EPSV, Way.PASV_ANNOUNCED, Way.PASV_PEER)


async def probe(
    server: Server, *, limit: float = 20.0, password: str = "ftppass", **changes: Any
) -> ProbeReport:
    address = SiteAddress(server.host, server.port, Credentials("ftptest", Secret(password)))
    return await probe_site(address, replace(QUICK, **changes), bus=EventBus(), limit=limit)


async def probe_scripted(*faults: Quirk, **changes: Any) -> ProbeReport:
    async with ScriptedServer({"a.txt": b"hello"}, faults) as server:
        return await probe(server, **changes)


def verdicts(report: ProbeReport) -> dict[Way, WayVerdict]:
    return {row.way: row.verdict for row in report.rows}


def row(report: ProbeReport, way: Way) -> ProbeRow:
    (found,) = (row for row in report.rows if row.way is way)
    return found


def expect(report: ProbeReport, ways: Sequence[Way], verdict: WayVerdict) -> None:
    assert {way: verdicts(report)[way] for way in ways} == dict.fromkeys(ways, verdict)


async def test_every_way_works_on_real_servers(ftp_server: RunningServer) -> None:
    ftp_server.put("a.txt", b"hello")
    report = await probe(ftp_server)
    expect(report, (*PASSIVE, *ACTIVE), WayVerdict.OK)
    assert report.status == 0
    assert report.advice.is_auto_fine
    assert report.remedies == ()
    assert report.findings == ()
    passive = row(report, Way.PASV_ANNOUNCED)
    assert passive.reply is not None
    assert passive.reply.startswith("227 ")
    assert passive.transfer_reply is not None
    assert passive.transfer_reply.startswith("226")
    assert passive.bytes is not None
    assert passive.bytes > 20
    assert passive.connect_ms is not None
    assert {(row.sent, row.fetched) for row in report.tried} == {(65_536, 65_536)}
    assert "328 kB were sent and 328 kB fetched" in moved_text(report)
    assert [path.name for path in ftp_server.home.iterdir()] == ["a.txt"]


async def test_where_nothing_may_be_written_it_reads_what_is_there(start_ftp_server: StartServer) -> None:
    server = start_ftp_server("vsftpd", options=["write_enable=NO"])
    server.put("large.bin", b"x" * 100_000)
    report = await probe(server)
    expect(report, (*PASSIVE, *ACTIVE), WayVerdict.OK)
    assert "downwards only" in moved_text(report)
    assert report.downwards_only.startswith("550")
    assert {row.sent for row in report.tried} <= {0, None}


@pytest.mark.parametrize("verb", ["STOR", "RETR"])
async def test_a_listing_alone_proves_no_way(verb: str) -> None:
    """What lists and does not carry 64 KiB is no way that works, and the advice does not say that all do."""
    report = await probe_scripted(quirks.cut_data(3_000, None, reset=True, verbs=(verb,)))
    expect(report, (*PASSIVE, *ACTIVE), WayVerdict.BROKEN)
    assert report.status == 3
    assert "Every way works" not in report.advice.text
    assert moved_text(report) == ""


async def test_ipv6_has_only_the_ways_that_can_express_it(ftp_server_ipv6: RunningServer) -> None:
    report = await probe(ftp_server_ipv6)
    assert verdicts(report) == {Way.EPSV: WayVerdict.OK, Way.EPRT: WayVerdict.OK}
    assert {row.family.value for row in report.rows} == {"IPv6"}


@pytest.mark.parametrize(
    ("fault", "passive"),
    [
        (quirks.passive_port("closed"), WayVerdict.CONNECT_REFUSED),
        (quirks.passive_port("silent"), WayVerdict.TIMED_OUT),
        (quirks.refuse_passive(502), WayVerdict.REFUSED_REPLY),
    ],
)
async def test_passive_fails_and_active_works(fault: Quirk, passive: WayVerdict) -> None:
    report = await probe_scripted(fault)
    expect(report, PASSIVE, passive)
    expect(report, ACTIVE, WayVerdict.OK)
    assert report.status == 1
    assert report.advice.mode is ConnectionMode.ACTIVE
    assert any("PassivePorts" in remedy.text for remedy in report.remedies)


@pytest.mark.parametrize(
    ("fault", "active"),
    [
        (quirks.never_connects(), WayVerdict.NO_CONNECTION),
        (quirks.never_connects(preliminary=True, gives_up_after=0.1), WayVerdict.NO_CONNECTION),
        (quirks.refuse_active(500), WayVerdict.REFUSED_REPLY),
        (quirks.both(*(mischief.cuts_control(verb, times=9) for verb in ("PORT", "EPRT"))), WayVerdict.LOST),
    ],
)
async def test_active_fails_and_auto_is_fine(fault: Quirk, active: WayVerdict) -> None:
    report = await probe_scripted(fault)
    expect(report, PASSIVE, WayVerdict.OK)
    expect(report, ACTIVE, active)
    assert report.status == 1
    assert report.advice.is_auto_fine


async def test_a_server_that_dies_at_one_way_is_not_held_against_the_others() -> None:
    report = await probe_scripted(mischief.banner(b"220 (vsFTPd 3.0.3)\r\n"), mischief.dies_at("PASV"))
    expect(report, (Way.EPSV, *ACTIVE), WayVerdict.OK)
    expect(report, (Way.PASV_ANNOUNCED, Way.PASV_PEER), WayVerdict.REFUSED_REPLY)
    assert row(report, Way.PASV_ANNOUNCED).reply == "500 Internal error."


async def test_nothing_works() -> None:
    report = await probe_scripted(quirks.passive_port("closed"), quirks.never_connects())
    assert report.status == 3
    assert report.advice.mode is None
    assert "any way" in report.advice.text
    wheres = {remedy.where for remedy in report.remedies}
    assert {"server", "server's firewall", "client's firewall"} <= wheres


async def test_a_transfer_that_is_refused_is_no_way() -> None:
    report = await probe_scripted(quirks.refuse_transfer(425, b"Can't open data connection."))
    expect(report, PASSIVE, WayVerdict.REFUSED_REPLY)
    expect(report, ACTIVE, WayVerdict.NO_CONNECTION)
    assert "425" in row(report, Way.EPRT).reason


async def test_zero_address_is_told_and_the_server_s_own_used() -> None:
    report = await probe_scripted(quirks.announce("0.0.0.0"))
    assert verdicts(report)[Way.PASV_ANNOUNCED] is WayVerdict.UNUSABLE_ADDRESS
    assert verdicts(report)[Way.PASV_PEER] is WayVerdict.OK
    assert "0.0.0.0" in row(report, Way.PASV_ANNOUNCED).reason
    assert any("pasv_address=127.0.0.1" in remedy.text for remedy in report.remedies)


async def test_an_unreadable_reply_is_told() -> None:
    report = await probe_scripted(quirks.pasv_reply(b"227 Entering Passive Mode (1,2,3)"))
    assert verdicts(report)[Way.PASV_PEER] is WayVerdict.UNREADABLE
    assert verdicts(report)[Way.EPSV] is WayVerdict.OK


async def test_a_listing_that_is_cut_does_not_count() -> None:
    report = await probe_scripted(quirks.cut_data(5, verbs=("MLSD", "LIST")))
    expect(report, (*PASSIVE, *ACTIVE), WayVerdict.BROKEN)
    assert report.status == 3


async def test_a_missing_last_reply_is_told_and_the_way_works() -> None:
    report = await probe_scripted(quirks.missing_completion(), quirks.refuse_active())
    assert verdicts(report)[Way.EPSV] is WayVerdict.OK
    assert "no final reply" in row(report, Way.EPSV).reason


async def test_an_endless_listing_is_broken_off() -> None:
    report = await probe_scripted(mischief.raw_listing(b"x" * 70 + b"\r\n" * 400_000))
    expect(report, (*PASSIVE, *ACTIVE), WayVerdict.OK)
    assert "broken off" in row(report, Way.EPSV).reason


async def test_a_server_that_allows_one_login_is_probed_all_the_same() -> None:
    report = await probe_scripted(mischief.too_many(1))
    expect(report, (*PASSIVE, *ACTIVE), WayVerdict.OK)
    assert len(report.problems) == 1
    assert "421" in report.problems[0]


async def test_nobody_is_let_in() -> None:
    async with ScriptedServer(users={"ftptest": "right"}) as server:
        report = await probe(server, password="wrong-password")
    assert report.status == 4
    assert report.login_error is not None
    assert "530" in report.login_error
    assert report.tried == ()
    assert report.advice.text == ""


async def test_nobody_listens() -> None:
    async with ScriptedServer() as server:
        pass
    report = await probe(server)
    assert report.status == 4
    assert "refused" in str(report.login_error)


async def test_an_unknown_host() -> None:
    report = await probe_site(SiteAddress("nowhere.invalid", 21), QUICK, bus=EventBus(), limit=5.0)
    assert report.status == 4
    assert report.rows == ()
    assert "not known" in str(report.login_error)


async def test_the_time_is_bounded() -> None:
    began = time.monotonic()
    report = await probe_scripted(mischief.silent("EPSV"), mischief.silent("PASV"), limit=1.0)
    assert time.monotonic() - began < 4.0
    expect(report, PASSIVE, WayVerdict.NOT_TRIED)
    assert "over" in row(report, Way.EPSV).reason
    expect(report, ACTIVE, WayVerdict.OK)


async def test_a_login_that_never_ends_is_bounded_too() -> None:
    report = await probe_scripted(mischief.silent("PASS"), limit=0.5)
    assert report.status == 4
    assert report.tried == ()


async def test_a_resolver_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the probe nor by the loop's end: its thread is left behind."""
    answer = threading.Event()

    def silent(*asked: object, **how: object) -> list[Any]:
        answer.wait(30.0)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    try:
        began = time.monotonic()
        report = await asyncio.to_thread(
            lambda: asyncio.run(
                probe_site(SiteAddress("host.example", 21), replace(QUICK, timeout=0.3), bus=EventBus())
            )
        )
        assert time.monotonic() - began < 5.0
    finally:
        answer.set()
    assert report.status == 4
    assert "could not be looked up within 0.3 s" in str(report.login_error)


async def test_the_log_goes_to_the_bus_and_sessions_do_not() -> None:
    records: list[WireRecord] = []
    sessions: list[SessionChanged] = []
    bus = EventBus()
    bus.subscribe(WireRecorded, lambda event: records.append(event.record))
    bus.subscribe(SessionChanged, sessions.append)
    rows: list[ProbeRow] = []
    async with ScriptedServer({"a.txt": b""}) as server:
        address = SiteAddress(server.host, server.port, Credentials("ftptest", Secret("secret-word")))
        report = await probe_site(address, QUICK, bus=bus, on_row=rows.append)
        await asyncio.sleep(0)
        assert server.data_open == 0
    assert "secret-word" not in "".join(record.text for record in records)
    assert sessions == []
    assert {row.way for row in rows} == set(verdicts(report))
    assert {row.conn for row in report.tried} <= {record.conn for record in records}
