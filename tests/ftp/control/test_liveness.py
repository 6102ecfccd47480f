"""After a sleep of the machine no action meets a dead connection: each is tested first, and within seconds."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import netns
from tests.support.fixtures import StartServer
from tests.support.scripted import ScriptedServer, mischief
from tests.support.scripted.tree import Content
from tests.support.servers import Place
from tests.support.sites import QUICK, open_site
from tuiftp.ftp.control import idle_clock, liveness
from tuiftp.ftp.control.idle_clock import IdleClock
from tuiftp.ftp.control.liveness import Liveness
from tuiftp.ftp.events import SessionState

TREE: dict[str, Content] = {"a.txt": b"hello"}

Sleep = Callable[[float], None]


@pytest.fixture
def suspend(monkeypatch: pytest.MonkeyPatch) -> Sleep:
    """Return a function that has the machine sleep: the wall clock goes on, the monotonic one does not."""
    slept = 0.0
    monkeypatch.setattr(idle_clock, "read_clocks", lambda: (time.monotonic(), time.time() + slept))

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds

    return sleep


async def test_the_pane_asks_before_it_uses_a_connection_after_a_sleep(suspend: Sleep) -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        await opened.names()
        assert "NOOP" not in server.commands, "nothing to ask a moment later"
        suspend(3600)
        opened.records.clear()
        assert await opened.names() == ["a.txt"]
        assert opened.sent[0] == "NOOP"
        assert server.count("USER") == 1, "it has outlived the night"


async def test_a_connection_that_has_not_outlived_the_sleep_costs_a_moment_and_no_error(
    suspend: Sleep,
) -> None:
    """The server, or a router, has forgotten it and says nothing: the next action goes over a new one."""
    async with (
        ScriptedServer(TREE, [mischief.silent("NOOP")]) as server,
        open_site(server, QUICK, timeout=0.5) as opened,
    ):
        await opened.names()
        suspend(3600)
        await opened.endpoint.remove_file("/a.txt")  # which would not be repeated if its answer did not come
        assert server.count("USER") == 2
        assert server.count("DELE") == 1


async def test_idle_sessions_of_the_queue_are_tested_too(suspend: Sleep) -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.size("/a.txt") == 5
        suspend(3600)
        opened.records.clear()
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.size("/a.txt") == 5
        assert opened.sent == ["NOOP", "SIZE"]


async def test_what_was_sent_ahead_before_the_sleep_is_not_used_after_it(suspend: Sleep) -> None:
    """The server has long given up to listen there."""
    greeting = mischief.banner(b"220 (vsFTPd 3.0.5)\r\n")
    async with ScriptedServer(TREE, [greeting]) as server, open_site(server) as opened:
        await opened.names()
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.read("/a.txt", limit=9) == b"hello"
            assert endpoint.session.client is not None
            endpoint.session.client.send_ahead(opened.worked)
            suspend(3600)
            opened.records.clear()
            assert await endpoint.read("/a.txt", limit=9) == b"hello"
        assert opened.sent[:3] == ["NOOP", opened.worked.value, "RETR"]


async def test_the_pane_is_told_soon_after_the_sleep_that_its_connection_is_gone(
    suspend: Sleep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only with the next key: the bar must not say "connected" where nothing is."""
    monkeypatch.setattr(liveness.Liveness.__init__, "__kwdefaults__", {"every": 0.02})
    async with (
        ScriptedServer(TREE, [mischief.silent("NOOP")]) as server,
        open_site(server, QUICK, timeout=0.3) as opened,
    ):
        async with opened.site.pool.lease():
            pass
        suspend(3600)
        await opened.until(
            lambda: sum(told.state is SessionState.LOST for told in opened.sessions) == 2, within=3.0
        )
        assert server.count("NOOP") == 2, "once each, and nothing more is sent"
        assert server.count("USER") == 2, "nobody logs in unasked"
        assert not opened.site.is_connected


async def test_it_is_told_once_for_each_sleep(suspend: Sleep) -> None:
    woken: asyncio.Queue[float] = asyncio.Queue()
    watch = Liveness(lambda: woken.put_nowait(time.monotonic()), every=0.01)
    watch.start()
    async with asyncio.timeout(5):
        for _ in range(2):
            suspend(600)
            await woken.get()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(woken.get(), 0.1)
    watch.stop()


def test_a_clock_that_was_set_back_hides_no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0, 5000.0]
    monkeypatch.setattr(idle_clock, "read_clocks", lambda: (now[0], now[1]))
    quiet = IdleClock()
    now[0] += 4
    now[1] += 6
    assert not quiet.is_long, "time servers correct by little"
    now[1] -= 3600
    assert quiet.is_long


_STOPPED = """
import asyncio, sys
from tests.support.sites import open_site, QUICK
from tuiftp.ftp.control import idle_clock

class Server:
    host, port = "127.0.0.1", int(sys.argv[1])

async def main():
    idle_clock.LONG = 1.0
    async with open_site(Server(), QUICK) as opened:
        await opened.names()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        opened.records.clear()
        await opened.names()
        print(" ".join(opened.sent), flush=True)

asyncio.run(main())
"""


async def test_a_process_that_was_stopped_asks_before_it_goes_on() -> None:
    async with ScriptedServer(TREE) as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _STOPPED, str(server.port),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(20):
                assert (await process.stdout.readline()).strip() == b"ready"
                process.send_signal(signal.SIGSTOP)
                await asyncio.sleep(1.2)
                process.send_signal(signal.SIGCONT)
                process.stdin.write(b"\n")
                assert (await process.stdout.readline()).split()[0] == b"NOOP"
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.mark.netns
@pytest.mark.real_server
def test_the_way_changed_during_the_sleep(
    public_network: netns.Network, start_ftp_server: StartServer, suspend: Sleep
) -> None:
    """Packets of the old connections get nowhere any more: the next listing is there in seconds all the same."""
    server = start_ftp_server(
        "vsftpd", Place(host=public_network.server_address, netns=public_network.server.name)
    )
    server.put("a.txt", b"hello")

    async def visit() -> float:
        async with open_site(server, QUICK, timeout=30.0) as opened:
            await opened.names()
            assert opened.endpoint.session.client is not None
            port = opened.endpoint.session.client.local[1]
            public_network.server.rules(f"tcp sport {port} drop")
            suspend(3600)
            began = time.monotonic()
            assert await opened.names() == ["a.txt"]
            return time.monotonic() - began

    assert public_network.client.run(visit) < 8.0, "5 s for the NOOP, not 30 for a command"
