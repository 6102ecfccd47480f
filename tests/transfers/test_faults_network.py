"""Faults of connections, each by its number: the queue brings the file over, exact, or says what is missing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.scripted import Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.sites import QUICK, rules
from tests.transfers.wire import DATA, WireDesk, wire_desk
from tuiftp.demo.lab.session import Received
from tuiftp.transfers.model import TransferState


def exact(desk: WireDesk, name: str = "a") -> bool:
    """Whether a download is here as it should be, and nothing else."""
    return (desk.root / name).read_bytes() == DATA and desk.names() == [name]


def offsets(server: ScriptedServer) -> list[int]:
    """Where RETR and STOR began in the middle."""
    return [int(line[5:]) for line in server.lines if line.startswith(b"REST ")]


def loses_control(verb: str) -> Quirk:
    """Send or take all the data, and cut the control connection instead of the last word, once."""

    def apply(server: ScriptedServer) -> None:
        usual, left = server.handler(verb), [1]

        async def handler(session: Session, argument: bytes) -> None:
            if not left:
                await usual(session, argument)
                return
            left.clear()
            server.faults.completion = "missing"
            await usual(session, argument)
            server.faults.completion = "normal"
            session.cut()

        server.verbs[verb] = handler

    return apply


@pytest.mark.parametrize("verb", ["RETR", "STOR"])
async def test_f1_a_lost_226_is_settled_by_the_size_on_a_new_connection(tmp_path: Path, verb: str) -> None:
    tree = {"a": DATA} if verb == "RETR" else {}
    async with (
        ScriptedServer(tree, [loses_control(verb)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        if verb == "RETR":
            assert (await desk.get("/a")).done == 1
            assert exact(desk)
        else:
            (desk.root / "a").write_bytes(DATA)
            assert (await desk.put("a")).done == 1
            assert server.tree.read("/a") == DATA
        assert server.count(verb) == 1
        assert desk.only().is_verified
        assert "no final reply" in desk.opened.log


async def test_f1_a_lost_226_and_too_little_data_goes_on(tmp_path: Path) -> None:
    def apply(server: ScriptedServer) -> None:
        async def guard(session: Session, command: Received) -> bool:
            if command.verb == "RETR" and server.count("RETR") == 2:
                server.faults.data_faults.clear()
            return False

        server.guards.append(guard)

    cut = quirks.cut_data(20_000, None, times=1)
    async with (
        ScriptedServer({"a": DATA}, [cut, apply]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        batch = await desk.fetch("/a")
        async with asyncio.timeout(5):
            await server.fault_reached.wait()
        server.drop_sessions()
        assert (await desk.over(batch)).done == 1
        assert exact(desk)
        assert offsets(server) == [20_000 - 4096]


async def test_f2_a_421_in_mid_transfer_does_not_stop_the_data(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": DATA}, [quirks.hold_data(20_000, times=1)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        batch = await desk.fetch("/a")
        async with asyncio.timeout(5):
            await server.fault_reached.wait()
        session = server.sessions[-1]
        await session.raw(b"421 Idle timeout: closing control connection.\r\n")
        session.muted = True
        server.release.set()
        assert (await desk.over(batch)).done == 1
        assert exact(desk)
        assert server.count("RETR") == 1


def refuses_passwords(limit: int, words: bytes) -> Quirk:
    """530 to the password of every connection above a number of open ones, in words that tell nothing."""

    def apply(server: ScriptedServer) -> None:
        usual = server.handler("PASS")

        async def handler(session: Session, argument: bytes) -> None:
            if sum(not one.gone.is_set() for one in server.sessions) <= limit:
                await usual(session, argument)
            else:
                await session.raw(b"530 " + words + b"\r\n")

        server.verbs["PASS"] = handler

    return apply


@pytest.mark.parametrize(
    "refusal",
    [
        mischief.too_many(2),
        mischief.too_many(2, 530, "Sorry, the maximum number of clients is 2."),
        mischief.too_many(2, 530, "Anmeldung fehlgeschlagen."),
        refuses_passwords(2, b"Login incorrect."),
        refuses_passwords(2, "连接被拒绝".encode("gb18030")),
        refuses_passwords(1, b"Login incorrect."),
    ],
)
async def test_f3_too_many_connections_cost_no_file(tmp_path: Path, refusal: Quirk) -> None:
    tree = dict.fromkeys("abcdef", DATA)
    async with ScriptedServer(tree, [refusal]) as server, wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.get(*(f"/{name}" for name in "abcdef"))).done == 6
        assert {(desk.root / name).read_bytes() for name in "abcdef"} == {DATA}


async def test_f4_a_425_is_met_with_another_data_connection(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": DATA}, [quirks.refuse_transfer(425, verbs=["RETR"], times=1)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert desk.only().state is TransferState.DONE


@pytest.mark.parametrize("code", [426, 451])
@pytest.mark.parametrize("reset", [False, True])
async def test_f5_what_breaks_in_the_middle_goes_on_from_there(
    tmp_path: Path, code: int, reset: bool
) -> None:
    cut = quirks.cut_data(20_000, (code, b"Connection closed."), reset=reset, times=1)
    async with ScriptedServer({"a": DATA}, [cut]) as server, wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        (desk.root / "b").write_bytes(DATA)
        server.faults.data_faults.clear()
        quirks.cut_data(20_000, (code, b"Connection closed."), reset=reset, times=1)(server)
        assert (await desk.put("b")).done == 1
        assert server.tree.read("/b") == DATA
        assert all(transfer.attempts == 2 for transfer in desk.queue.transfers())


async def test_f6_data_cut_behind_a_226_is_no_success(tmp_path: Path) -> None:
    lie = quirks.cut_data(20_000, (226, b"Transfer complete."), verbs=["RETR"], times=1)
    async with ScriptedServer({"a": DATA}, [lie]) as server, wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert desk.only().attempts == 2


async def test_f6_without_any_size_nothing_passes_for_verified(tmp_path: Path) -> None:
    names = mischief.features(b"EPSV")
    async with (
        ScriptedServer(
            {"a": DATA}, [names, quirks.refuse("SIZE", 502), quirks.refuse("MLSD", 502)]
        ) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        nameless = mischief.raw_listing(b"", "LIST")
        nameless(server)
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert not desk.only().is_verified


async def test_f7_an_upload_cut_short_behind_a_226_is_sent_again(tmp_path: Path) -> None:
    async with (
        ScriptedServer({}, [quirks.upload_truncated(1000)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):

        async def guard(session: Session, command: Received) -> bool:
            if server.count("STOR") == 2:
                server.faults.upload_keeps = None
            return False

        server.guards.append(guard)
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).done == 1
        assert server.tree.read("/a") == DATA
        assert desk.only().is_verified


async def test_f7_one_that_is_always_cut_fails_and_the_old_file_stays(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": b"old"}, [quirks.upload_truncated(1000)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).failed == 1
        assert server.tree.read("/a") == b"old"
        assert server.tree.names() == ["a"]


async def test_f8_a_server_that_ignores_rest_ruins_nothing(tmp_path: Path) -> None:
    cut = quirks.cut_data(20_000, times=1)
    async with (
        ScriptedServer({"a": DATA}, [cut, quirks.rest_ignored()]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert offsets(server) == [20_000 - 4096]
        assert server.count("RETR") == 3
        (desk.root / "b").write_bytes(DATA)
        quirks.cut_data(20_000, verbs=["STOR"], times=1)(server)
        assert (await desk.put("b")).done == 1
        assert server.tree.read("/b") == DATA


async def test_f8_a_server_that_refuses_rest_gives_and_takes_the_whole(tmp_path: Path) -> None:
    cut = quirks.cut_data(20_000, times=1)
    async with (
        ScriptedServer({"a": DATA}, [cut, quirks.refuse("REST", 502)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        (desk.root / "b").write_bytes(DATA)
        quirks.cut_data(20_000, verbs=["STOR"], times=1)(server)
        assert (await desk.put("b")).done == 1
        assert server.tree.read("/b") == DATA


async def test_f8_two_versions_of_a_file_are_never_joined(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": DATA}, [quirks.hold_data(20_000, times=1)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        batch = await desk.fetch("/a")
        async with asyncio.timeout(5):
            await server.fault_reached.wait()
        server.tree.file((b"a",)).data = DATA[::-1]
        server.drop_sessions(reset=True)
        assert (await desk.over(batch)).done == 1
        assert (desk.root / "a").read_bytes() == DATA[::-1]


async def test_f9_without_rest_stream_an_upload_is_appended_only_where_all_was_accepted(
    tmp_path: Path,
) -> None:
    names = mischief.features(b"EPSV", b"SIZE", b"MLST type*;size*;modify*;")
    cut = quirks.cut_data(20_000, verbs=["STOR"], times=1)
    async with ScriptedServer({}, [names, cut]) as server, wire_desk(server, tmp_path / "here") as desk:
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).done == 1
        assert server.tree.read("/a") == DATA
        # More was on its way than the server took: appending behind it would rest on a guess.
        assert server.count("REST") == 0
        assert server.count("STOR") + server.count("APPE") == 2


async def test_f13_a_silent_connection_is_given_up_and_gone_on_with(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": DATA}, [quirks.stall_data(20_000, times=1)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert "no byte moved" in str([transfer.error for transfer in desk.events.changes])


async def test_f14_a_slow_connection_is_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    def drips(server: ScriptedServer) -> None:
        from tuiftp.demo.lab import transfer

        async def slow(session: Session, argument: bytes) -> None:
            port, session.port = session.port, None
            assert port is not None
            channel = transfer.Channel(session, await port.open(5))
            port.close()
            await session.reply(150, "Here it drips.")
            with channel:
                for at in range(0, len(DATA), 50_000):
                    await channel.send(DATA[at : at + 50_000])
                    await asyncio.sleep(0.4)
            await session.reply(226, "Done.")

        server.verbs["RETR"] = slow

    options = QUICK.__class__(timeout=5, stall_timeout=1.0, drain_timeout=0.5)
    async with (
        ScriptedServer({"a": DATA}, [drips]) as server,
        wire_desk(server, tmp_path / "here", options=options) as desk,
    ):
        began = time.monotonic()
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert desk.only().attempts == 1
        assert time.monotonic() - began > options.stall_timeout


@pytest.mark.parametrize(
    "quirk",
    [
        quirks.early_completion(),
        quirks.preliminary_first(),
        quirks.no_preliminary(),
        quirks.doubled_completion(),
        quirks.doubled_completion(later=True),
        mischief.stale_reply("PASV", before=True),
        mischief.drip_replies(),
    ],
    ids=["early 226", "150 first", "no 150", "226 226", "226 … 226", "stale 226", "bytewise"],
)
async def test_f16_replies_in_any_order_do_no_harm(tmp_path: Path, quirk: Quirk) -> None:
    options = replace(QUICK, timeout=2.0)  # as long as a 150 is waited for
    async with (
        ScriptedServer({"a": DATA}, [quirk]) as server,
        wire_desk(server, tmp_path / "here", options=options) as desk,
    ):
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        (desk.root / "b").write_bytes(DATA)
        assert (await desk.put("b")).done == 1
        assert server.tree.read("/b") == DATA
        assert all(transfer.is_verified for transfer in desk.queue.transfers())


async def test_f16_several_preliminary_replies_are_taken(tmp_path: Path) -> None:
    def talks(server: ScriptedServer) -> None:
        usual = server.handler("RETR")

        async def handler(session: Session, argument: bytes) -> None:
            await session.raw(b"110 MARK 0 = 0\r\n125 Data connection open.\r\n")
            await usual(session, argument)

        server.verbs["RETR"] = handler

    async with ScriptedServer({"a": DATA}, [talks]) as server, wire_desk(server, tmp_path / "here") as desk:
        assert (await desk.get("/a")).done == 1
        assert exact(desk)


async def test_f22_a_connection_that_went_while_idle_is_made_again(tmp_path: Path) -> None:
    async with ScriptedServer({"a": DATA}) as server, wire_desk(server, tmp_path / "here") as desk:
        await desk.get("/a")
        server.drop_sessions()
        (desk.root / "a").unlink()
        assert (await desk.get("/a")).done == 1
        assert exact(desk)


async def test_f23_a_lost_reply_to_rnto_does_not_make_a_good_upload_fail(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": b"old"}, [mischief.loses_reply("RNTO")]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        (desk.root / "a").write_bytes(DATA)
        assert (await desk.put("a")).done == 1
        assert server.tree.read("/a") == DATA
        assert server.tree.names() == ["a"]
        assert server.count("RNTO") == 1


async def test_f24_after_a_cancel_the_next_transfer_meets_no_leftovers(tmp_path: Path) -> None:
    hold = quirks.hold_data(20_000, times=1)
    async with (
        ScriptedServer({"a": DATA, "b": DATA}, [hold]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        batch = await desk.fetch("/a")
        async with asyncio.timeout(5):
            await server.fault_reached.wait()
        began = time.monotonic()
        desk.queue.cancel(1)
        assert (await desk.over(batch)).skipped == 1
        assert time.monotonic() - began < 1.0
        server.release.set()
        assert (await desk.get("/b")).done == 1
        assert exact(desk, "b")


async def test_f25_a_quit_that_is_not_answered_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async with (
        ScriptedServer({"a": DATA}, [mischief.silent("QUIT")]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        await desk.get("/a")
        began = time.monotonic()
        await desk.opened.site.close()
        assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_f28_a_server_on_ipv6_only(tmp_path: Path, mode: str) -> None:
    options = QUICK.__class__(timeout=5, drain_timeout=0.5, rules=rules(mode))
    async with (
        ScriptedServer({"a": DATA}, host="::1") as server,
        wire_desk(server, tmp_path / "here", options=options) as desk,
    ):
        assert (await desk.get("/a")).done == 1
        assert exact(desk)
        assert not {"PASV", "PORT"} & set(server.commands)
