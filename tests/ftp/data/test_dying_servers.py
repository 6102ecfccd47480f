"""Servers whose process dies at a command: each way has a fair try, and Auto finds one that works."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.scripted import ScriptedServer, mischief
from tests.support.scripted.tree import Content
from tests.support.servers import RunningServer, make_server
from tests.support.sites import open_site, rules
from tuiftp.errors import DataConnectionFailed
from tuiftp.protocol.modes import DataCommand, Verdict, judge_preparation, judge_transfer

TREE: dict[str, Content] = {"a.txt": b"hello", "dir": {}}
VSFTPD = b"220 (vsFTPd 3.0.3)\r\n"
"""A greeting whose server copes with commands that are sent ahead."""


@pytest.fixture
def crowded() -> Iterator[RunningServer]:
    """A vsftpd with a single passive port, which is taken."""
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = make_server("vsftpd", None, (f"pasv_min_port={port}", f"pasv_max_port={port}"))
        server.start()
        server.put("a.txt", b"hello")
        try:
            yield server
        finally:
            server.discard()


async def test_auto_works_where_every_passive_port_is_taken(crowded: RunningServer) -> None:
    """vsftpd dies at PASV and at EPSV: neither takes the next way along, and PORT is remembered."""
    async with open_site(crowded) as opened:
        assert await opened.names() == ["a.txt"]
        assert opened.worked == "PORT"
        assert opened.sent.count("PASV") == opened.sent.count("EPSV") == 1
        ways = {outcome.command: outcome.reason for outcome in opened.site.mode_history()}
        assert ways[DataCommand.PASV] == ways[DataCommand.EPSV] == "500 OOPS: vsf_sysutil_bind"
        opened.records.clear()
        assert await opened.names() == ["a.txt"]
        assert "PASV" not in opened.sent


async def test_what_is_tried_again_later_is_not_sent_ahead(crowded: RunningServer) -> None:
    """A mode that allows nothing else fails with what the server said, each time, and the login goes well."""
    async with open_site(crowded, rules=rules("passive")) as opened:
        for _ in range(2):
            with pytest.raises(DataConnectionFailed) as failed:
                await opened.names()
            assert failed.value.message.count("500 OOPS: vsf_sysutil_bind") == 2


@pytest.mark.parametrize("greeting", [VSFTPD, b"220 Hello\r\n"], ids=["sends ahead", "one by one"])
@pytest.mark.parametrize("verbs", [("PASV",), ("PASV", "EPSV"), ("PASV", "EPSV", "PORT")])
async def test_the_last_words_belong_to_the_command_it_died_at(
    verbs: tuple[str, ...], greeting: bytes
) -> None:
    """A connection that is dead behind a refusal says nothing about the way that is tried next."""
    expected = next(verb for verb in ("PASV", "EPSV", "PORT", "EPRT") if verb not in verbs)
    quirks = [mischief.banner(greeting), mischief.dies_at(*verbs)]
    async with ScriptedServer(TREE, quirks) as server, open_site(server) as opened:
        assert await opened.names() == ["a.txt", "dir"]
        assert opened.worked == expected
        reasons = [outcome.reason for outcome in opened.site.mode_history() if not outcome.ok]
        assert reasons == ["500 Internal error."] * len(verbs)


@pytest.mark.parametrize("judge", [judge_preparation, judge_transfer])
def test_a_crash_is_no_refusal(judge: object) -> None:
    """The command is not "not understood": the next session may ask it again."""
    assert callable(judge)
    assert judge(500, "OOPS: vsf_sysutil_bind") is Verdict.RECONNECT
    assert judge(500, "oops: priv_sock_get_int") is Verdict.RECONNECT
    assert judge(550, "OOPS: no such file") is not Verdict.RECONNECT
