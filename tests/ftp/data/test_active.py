"""Active mode: where we listen, what we announce, whom we let in."""

from __future__ import annotations

import pytest

from tests.support.scripted import ScriptedServer, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import open_site, rules
from tuiftp.errors import DataConnectionFailed
from tuiftp.protocol.addresses import decode_eprt, decode_port
from tuiftp.wirelog.records import DataEvent

TREE: dict[str, Content] = {"a.txt": b"hello"}


@pytest.mark.parametrize("command", ["PORT", "EPRT"])
async def test_a_stranger_is_closed_and_the_server_is_waited_for(command: str) -> None:
    """Someone else connects to our port first: gets nothing, is logged, and the listing is the server's."""
    extended = rules("active", prefer_extended=command == "EPRT")
    async with (
        ScriptedServer(TREE, [quirks.stranger_first()]) as server,
        open_site(server, rules=extended, accept_timeout=5.0) as opened,
    ):
        assert await opened.names() == ["a.txt"]
        refused = [record for record in opened.records if record.event is DataEvent.REFUSED]
        assert len(refused) == 1
        assert refused[0].remote is not None
        assert refused[0].remote.startswith("127.0.0.2:")
        assert server.faults.stranger is not None
        assert bytes(server.faults.stranger.received) == b""
        assert opened.worked == command


async def test_the_port_range_is_kept(free_range: tuple[int, int]) -> None:
    """Ten data connections, and every one of them within the range of the settings."""
    async with (
        ScriptedServer(TREE) as server,
        open_site(server, rules=rules("active"), active_ports=free_range, accept_timeout=5.0) as opened,
    ):
        for _ in range(10):
            await opened.endpoint.read("/a.txt", limit=10)
        ports = [decode_port(one.argument.decode())[1] for one in server.received if one.verb == "PORT"]
        assert len(ports) == 10
        assert all(free_range[0] <= port <= free_range[1] for port in ports)


@pytest.fixture
def free_range() -> tuple[int, int]:
    return (19_300, 19_340)


async def test_a_range_that_is_taken_is_told(free_range: tuple[int, int]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with (
            ScriptedServer(TREE) as server,
            open_site(server, rules=rules("active"), active_ports=(port, port)) as opened,
        ):
            with pytest.raises(DataConnectionFailed) as caught:
                await opened.names()
            assert f"ports {port}-{port}" in str(caught.value)


async def test_the_external_address_is_not_announced_on_local_connections() -> None:
    async with (
        ScriptedServer(TREE) as server,
        open_site(server, rules=rules("active"), active_address="203.0.113.9", accept_timeout=5.0) as opened,
    ):
        assert await opened.names() == ["a.txt"]
        hosts = {decode_port(one.argument.decode())[0] for one in server.received if one.verb == "PORT"}
        assert hosts == {"127.0.0.1"}


async def test_the_offset_is_added_to_the_announced_port() -> None:
    """What is announced is what a router forwards; here nothing does, so no connection comes."""
    async with (
        ScriptedServer(TREE) as server,
        open_site(server, rules=rules("active"), announced_port_offset=7) as opened,
    ):
        with pytest.raises(DataConnectionFailed):
            await opened.names()
        announced = [decode_port(one.argument.decode())[1] for one in server.received if one.verb == "PORT"]
        listening = [
            int((record.local or "").rpartition(":")[2])
            for record in opened.records
            if record.event is DataEvent.LISTENING and record.command == "PORT"
        ]
        assert announced == [port + 7 for port in listening]


async def test_a_425_ends_the_wait_at_once() -> None:
    """The server says that it cannot connect: nobody waits the full time for a connection."""
    async with (
        ScriptedServer(TREE, [quirks.never_connects(preliminary=True, gives_up_after=0.0)]) as server,
        open_site(server, rules=rules("active", allow_fallback=True), accept_timeout=60.0) as opened,
    ):
        assert await opened.names() == ["a.txt"]
        assert opened.worked == "PASV"


async def test_over_ipv6_eprt_announces_our_own_address() -> None:
    async with (
        ScriptedServer(TREE, host="::1") as server,
        open_site(server, rules=rules("active"), accept_timeout=5.0) as opened,
    ):
        assert await opened.names() == ["a.txt"]
        announced = [decode_eprt(one.argument.decode()) for one in server.received if one.verb == "EPRT"]
        assert {host for host, _ in announced} == {"::1"}
        assert "PORT" not in opened.sent


async def test_no_listener_is_left_behind() -> None:
    """After a failed active listing nobody listens on the announced port any more."""
    import socket

    async with (
        ScriptedServer(TREE, [quirks.never_connects()]) as server,
        open_site(server, rules=rules("active")) as opened,
    ):
        with pytest.raises(DataConnectionFailed):
            await opened.names()
        for one in server.received:
            if one.verb == "PORT":
                with pytest.raises(ConnectionRefusedError), socket.socket() as probe:
                    probe.connect(decode_port(one.argument.decode()))
