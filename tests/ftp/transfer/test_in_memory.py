"""Small files go through the event loop; ahead of them PASV is sent behind the transfer that runs."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.fixtures import StartServer
from tests.support.scripted import ScriptedServer, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.servers import RunningServer
from tests.support.sites import open_site, rules
from tuiftp.errors import FileRefused, StorageFull, TransferInterrupted
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.data.connection import TransferCommand
from tuiftp.ftp.transfer import in_memory

TREE: dict[str, Content] = {f"f{number}": bytes([number]) * number * 100 for number in range(20)}
COPES = mischief.banner(b"220 (vsFTPd 3.0.3)\r\n")


@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_small_files_both_ways(ftp_server: RunningServer, mode: str) -> None:
    """Thirty files up and down again on every server, with commands sent ahead where it copes."""
    async with (
        open_site(ftp_server, rules=rules(mode), accept_timeout=5.0) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        endpoint.session.more_follows = True
        for number in range(30):
            path, content = ftp_server.remote(f"n{number}"), bytes([number]) * number * 37
            await endpoint.store(content, path, progress=Progress())
            assert (ftp_server.home / f"n{number}").read_bytes() == content
            progress = Progress()
            assert await endpoint.fetch(path, size=len(content), progress=progress) == content
            assert progress.transferred == len(content)
            assert await endpoint.size(path) == len(content)
        with pytest.raises(FileRefused):
            await endpoint.fetch(ftp_server.remote("nowhere"), progress=Progress())
        assert await endpoint.fetch(ftp_server.remote("n7"), progress=Progress()) == b"\x07" * 7 * 37


async def test_pasv_goes_out_behind_the_transfer() -> None:
    """Each RETR is followed at once by the PASV of the next; that of the first went out with the login."""
    async with (
        ScriptedServer(TREE, [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        endpoint.session.more_follows = True
        for name, content in TREE.items():
            assert await endpoint.fetch(f"/{name}", progress=Progress()) == content
        verbs = [one.verb for one in server.received if one.verb in ("PASV", "RETR")]
        assert verbs[:40] == ["PASV", "PASV", *["RETR", "PASV"] * 19], "the first is the pane's"


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("proftpd", marks=pytest.mark.real_server),
        pytest.param("pureftpd", marks=pytest.mark.real_server),
    ],
)
async def test_a_server_that_refuses_it_in_the_middle_is_asked_no_more(
    kind: str, start_ftp_server: StartServer
) -> None:
    """They refuse a PASV while data moves: the refusal is not taken for the upload's, which succeeds."""
    server = start_ftp_server(kind)
    async with open_site(server) as opened, opened.site.pool.lease() as endpoint:
        endpoint.session.more_follows = True
        await endpoint.size(server.remote("nowhere"))
        endpoint.session.facts.pipelines_during_data = True
        for number in range(5):
            path = server.remote(f"n{number}")
            async with endpoint.session.transfer(TransferCommand("STOR", path, path=path)) as connection:
                await in_memory.send(connection, b"x" * 100_000, verb="STOR", path=path, progress=Progress())
            assert (server.home / f"n{number}").stat().st_size == 100_000
        assert opened.sent.count("PASV") <= 7, "one for each file and the pane, and the one that was refused"
        assert "not sent ahead any more" in opened.log


async def test_nothing_is_sent_ahead_to_a_server_that_is_not_known_to_cope() -> None:
    async with (
        ScriptedServer(TREE) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        endpoint.session.more_follows = True
        for _ in range(3):
            await endpoint.fetch("/f1", progress=Progress())
        verbs = [one.verb for one in server.received if one.verb in ("PASV", "RETR")]
        assert verbs == ["PASV", "RETR"] * 3


async def test_a_cancel_in_a_row_of_commands_leaves_a_usable_session() -> None:
    """RETR is cancelled with the next PASV already sent: every reply still finds its command."""
    async with (
        ScriptedServer(TREE, [COPES, quirks.hold_data(10, times=1)]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        endpoint.session.more_follows = True
        task = asyncio.create_task(endpoint.fetch("/f19", progress=Progress()))
        await asyncio.wait_for(server.fault_reached.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        server.release.set()
        for name, content in TREE.items():
            assert await endpoint.fetch(f"/{name}", progress=Progress()) == content
        assert await endpoint.size("/f3") == 300


async def test_a_doubled_226_does_not_answer_the_pasv_ahead() -> None:
    async with (
        ScriptedServer(TREE, [COPES, quirks.doubled_completion()]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        endpoint.session.more_follows = True
        for name, content in TREE.items():
            assert await endpoint.fetch(f"/{name}", progress=Progress()) == content


async def test_faults_are_told_as_for_large_files() -> None:
    faults = [quirks.cut_data(500, verbs=["RETR"]), quirks.disk_full(0)]
    async with ScriptedServer(TREE, faults) as server, open_site(server) as opened:
        with pytest.raises(TransferInterrupted):
            await opened.endpoint.fetch("/f19", progress=Progress())
        with pytest.raises(StorageFull):
            await opened.endpoint.store(b"x" * 50_000, "/up", progress=Progress())
        assert await opened.endpoint.size("/f2") == 200


async def test_a_stall_is_bounded() -> None:
    async with (
        ScriptedServer(TREE, [quirks.stall_data(5)]) as server,
        open_site(server, stall_timeout=0.3) as opened,
    ):
        with pytest.raises(TransferInterrupted):
            await opened.endpoint.fetch("/f19", progress=Progress())


async def test_in_active_mode_the_next_pair_goes_out_behind_the_first(ftp_server: RunningServer) -> None:
    """PORT and RETR of the next file are sent before this one is done, where the server copes; all arrive."""
    names = [f"f{number}" for number in range(12)]
    for name in names:
        ftp_server.put(name, name.encode() * 50)
    async with (
        open_site(ftp_server, rules=rules("active"), accept_timeout=5.0) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        for name, following in zip(names, [*names[1:], None], strict=True):
            content = name.encode() * 50
            endpoint.hint_next(
                ftp_server.remote(following) if following else None,
                size=len((following or "").encode() * 50),
                more=following is not None,
            )
            path = ftp_server.remote(name)
            assert await endpoint.fetch(path, size=len(content), progress=Progress()) == content
        assert await endpoint.size(ftp_server.remote("f3")) == 100
        assert "EPRT" not in opened.sent
        assert opened.sent.count("PORT") == len(names)


async def test_what_was_sent_ahead_and_is_not_wanted_is_given_up(ftp_server: RunningServer) -> None:
    """Another file is asked for than was foreseen: the session settles, and everything is right."""
    for name in ("a", "b", "c"):
        ftp_server.put(name, name.encode() * 500)
    async with open_site(ftp_server, rules=rules("active"), accept_timeout=5.0, drain_timeout=5.0) as opened:
        async with opened.site.pool.lease() as endpoint:
            for _ in range(3):
                endpoint.hint_next(ftp_server.remote("b"), size=500)
                assert (
                    await endpoint.fetch(ftp_server.remote("a"), size=500, progress=Progress()) == b"a" * 500
                )
                assert (
                    await endpoint.fetch(ftp_server.remote("c"), size=500, progress=Progress()) == b"c" * 500
                )
                assert await endpoint.size(ftp_server.remote("b")) == 500
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.fetch(ftp_server.remote("b"), size=500, progress=Progress()) == b"b" * 500
