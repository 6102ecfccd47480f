"""The pool lends sessions within a limit, reuses the good ones, and never keeps a doubtful one."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.scripted import ScriptedServer, mischief
from tests.support.scripted.tree import Content
from tests.support.sites import open_site
from tuiftp.errors import ConnectionFailed, ConnectionLost

TREE: dict[str, Content] = {"a.txt": b"hello", "b.txt": b"more"}


async def test_a_session_is_reused() -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        for _ in range(5):
            async with opened.site.pool.lease() as endpoint:
                assert await endpoint.size("/a.txt") == 5
        assert server.count("USER") == 2, "the pane's, and one for all five"
        assert server.count("FEAT") == 1, "what a server can do is asked once"


async def test_no_more_than_the_limit() -> None:
    """Six want a session, two may have one at a time; browsing goes on meanwhile."""
    async with ScriptedServer(TREE) as server, open_site(server, connections=2) as opened:
        held, both = asyncio.Event(), asyncio.Event()
        together, most = 0, 0

        async def borrow() -> None:
            nonlocal together, most
            async with opened.site.pool.lease():
                together += 1
                most = max(most, together)
                if together == 2:
                    both.set()
                await held.wait()
                together -= 1

        async with asyncio.TaskGroup() as group:
            for _ in range(6):
                group.create_task(borrow())
            await asyncio.wait_for(both.wait(), 5)
            assert await opened.names() == ["a.txt", "b.txt"]
            held.set()
        assert most == 2
        assert server.count("USER") == 3


async def test_the_server_takes_fewer_than_the_limit() -> None:
    """421 to the third login: the limit is learned, the others wait for the ones that got in."""
    async with (
        ScriptedServer(TREE, [mischief.too_many(3)]) as server,
        open_site(server, connections=6) as opened,
    ):

        async def borrow() -> int | None:
            async with opened.site.pool.lease() as endpoint:
                return await endpoint.size("/b.txt")

        sizes = await asyncio.gather(*(borrow() for _ in range(8)))
        assert sizes == [4] * 8
        assert opened.site.pool.limit <= 2


async def test_a_broken_session_is_not_lent_again() -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        async with opened.site.pool.lease() as endpoint:
            await endpoint.size("/a.txt")
        server.drop_sessions()
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.size("/a.txt") == 5


async def test_closing_the_pool_ends_waiting_and_lending() -> None:
    async with ScriptedServer(TREE) as server, open_site(server, connections=1) as opened:
        pool = opened.site.pool
        got_one = asyncio.Event()

        async def hold() -> None:
            async with pool.lease() as endpoint:
                got_one.set()
                await endpoint.session.run(lambda client: client.ask("NOOP"))
                await asyncio.Event().wait()

        async def wait() -> None:
            async with pool.lease():
                raise AssertionError("must not be lent")

        holding = asyncio.create_task(hold())
        await got_one.wait()
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        await pool.close()
        with pytest.raises((ConnectionFailed, ConnectionLost)):
            await waiting
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding


async def test_a_server_that_is_gone_is_told_plainly() -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        await server.stop()
        with pytest.raises(ConnectionFailed) as caught:
            async with opened.site.pool.lease():
                pass
        assert "refused" in str(caught.value)


async def test_a_server_that_takes_only_one_login_lends_the_pane_s() -> None:
    """Transfers go over the pane's own session, one at a time; browsing still works, and nothing fails."""
    async with (
        ScriptedServer(TREE, [mischief.too_many(1)]) as server,
        open_site(server, connections=3) as opened,
    ):

        async def borrow() -> int | None:
            async with opened.site.pool.lease() as endpoint:
                return await endpoint.size("/b.txt")

        assert await asyncio.gather(*(borrow() for _ in range(4))) == [4] * 4
        assert await opened.names() == ["a.txt", "b.txt"]
        assert "one connection" in opened.log
        assert opened.site.is_connected


async def test_idle_sessions_are_closed() -> None:
    async with ScriptedServer(TREE) as server, open_site(server) as opened:
        async with opened.site.pool.lease() as endpoint:
            await endpoint.size("/a.txt")
        assert opened.site.pool.close_idle()
        await server.wait_for("QUIT")
        assert not opened.site.pool.close_idle()
        assert await opened.names() == ["a.txt", "b.txt"]


async def test_a_tree_is_about_to_come_and_all_sessions_log_in_at_once() -> None:
    """Where the pane's session is the queue's too, it must not be taken for each of those that are wanted."""
    async with ScriptedServer(TREE) as server, open_site(server, connections=5) as opened:
        opened.site.share_session()
        opened.site.pool.warm()
        await server.wait_for("TYPE", times=5)
        assert server.count("USER") == 5
        async with opened.site.pool.lease() as endpoint:
            assert await endpoint.size("/a.txt") == 5
        assert server.count("USER") == 5
