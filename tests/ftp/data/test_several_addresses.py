"""F28: a host name that means several addresses, of which not all answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from tests.support.scripted import ScriptedServer
from tests.support.sites import open_site


@pytest.mark.parametrize("first", ["refuses", "is silent"])
async def test_f28_a_host_with_several_addresses_is_reached_at_the_one_that_works(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its data connections lead to that one too, whatever the name means by then."""
    async with ScriptedServer({"a": b"hello"}) as server:
        with socket.socket() as deaf, contextlib.ExitStack() as crowd:
            deaf.bind(("127.0.0.3", server.port))
            if first == "is silent":  # a queue that is full: whoever else knocks hears nothing
                deaf.listen(0)
                for _ in range(3):
                    visitor = crowd.enter_context(socket.socket())
                    visitor.setblocking(False)
                    visitor.connect_ex(deaf.getsockname())
            hosts = ["127.0.0.3", server.host]

            async def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, server.port)) for each in hosts]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
            async with open_site(server, host="files.example.net") as opened:
                hosts.clear()
                assert await opened.endpoint.read("/a", limit=10) == b"hello"
                assert "127.0.0.3" not in [record.remote for record in opened.records]
