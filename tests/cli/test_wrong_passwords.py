"""A password that a server has refused is not sent again by itself; transfers are held until another is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.scripted import ScriptedServer, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import open_site
from tests.transfers.conftest import ScriptedDecider
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import LoginRefused
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.url import Target
from tuiftp.secret import Secret
from tuiftp.transfers.model import TransferState
from tuiftp.transfers.queue import TransferQueue

TREE: dict[str, Content] = dict.fromkeys(("a", "b", "c", "d"), b"hello")
FILES = [(f"/{name}", Entry(name, EntryKind.FILE, 5)) for name in TREE]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer(TREE) as running:
        running.users = {"kim": "right"}
        yield running


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[Engine]:
    built = Engine(Arguments(), say=lambda line: None)
    yield built
    await asyncio.gather(*(site.close() for site in built.sites))
    built.close()


def site_of(engine: Engine, server: ScriptedServer, password: str) -> FtpSite:
    return engine.open_ftp(Target(server.host, server.port, "kim"), Credentials("kim", Secret(password)))


async def started(engine: Engine) -> TransferQueue:
    queue = engine.make_queue(ScriptedDecider())
    await queue.start()
    return queue


async def rested(queue: TransferQueue) -> None:
    async with asyncio.timeout(10):
        await queue.wait_idle()


async def held(engine: Engine, server: ScriptedServer, into: Path) -> tuple[FtpSite, TransferQueue]:
    """A site whose password is not right any more, and a queue that has met that."""
    site = site_of(engine, server, "old")
    queue = await started(engine)
    queue.copy(site, FILES, engine.disk, str(into))
    await rested(queue)
    return site, queue


async def test_transfers_are_held_and_the_server_sees_one_wrong_password(
    server: ScriptedServer, engine: Engine, tmp_path: Path
) -> None:
    """As after a restart with a password that was changed on the server since."""
    site, queue = await held(engine, server, tmp_path)
    (hold,) = queue.totals().holds
    assert hold.reason == f"transfers with {site.label} are held: 530 Login incorrect. (PASS)"
    assert server.count("PASS") == 1
    for _ in range(3):
        queue.resume_all()
        queue.retry_failed()
        await rested(queue)
    assert (server.count("USER"), server.count("PASS")) == (1, 1), "it is not even asked"
    assert queue.totals().is_paused
    await queue.close()


async def test_another_password_is_asked_for_and_lets_them_go_on(
    server: ScriptedServer, engine: Engine, tmp_path: Path
) -> None:
    site, queue = await held(engine, server, tmp_path)
    assert engine.missing_logins() == [site.label], "who resumes them is asked first"
    engine.give_login(site.label, Secret("right"))
    assert engine.missing_logins() == []
    queue.resume_all()
    queue.retry_failed()
    await rested(queue)
    assert {transfer.state for transfer in queue.transfers()} == {TransferState.DONE}
    assert server.count("PASS") >= 2
    await queue.close()


async def test_a_password_is_right_once_the_server_has_taken_it(
    server: ScriptedServer, engine: Engine, tmp_path: Path
) -> None:
    """Only then is it kept where the site wants it, and once."""
    site, queue = await held(engine, server, tmp_path)
    right: list[str] = []
    for word in ("wrong", "right"):
        engine.give_login(site.label, Secret(word), lambda word=word: right.append(word))  # type: ignore[misc]
        assert right == []
        queue.resume_all()
        queue.retry_failed()
        await rested(queue)
    assert right == ["right"]
    assert queue.totals().failed == 0
    await queue.close()


async def test_the_pane_logging_in_anew_gives_it_to_the_transfers_too(
    server: ScriptedServer, engine: Engine, tmp_path: Path
) -> None:
    _, queue = await held(engine, server, tmp_path)
    await site_of(engine, server, "right").connect()
    assert engine.missing_logins() == []
    queue.resume_all()
    queue.retry_failed()
    await rested(queue)
    assert {transfer.state for transfer in queue.transfers()} == {TransferState.DONE}
    await queue.close()


async def test_the_same_password_typed_again_is_tried_again(server: ScriptedServer, engine: Engine) -> None:
    """It may have been the account."""
    site = site_of(engine, server, "old")
    with pytest.raises(LoginRefused):
        await site.connect()
    server.users = {"kim": "old"}
    with pytest.raises(LoginRefused):
        await site.connect()
    engine.give_login(site.label, Secret("old"))
    await site.connect()
    assert server.count("PASS") == 2


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("PASS", b"Sorry, the maximum number of clients is 2."),
        ("USER", b"Non-anonymous sessions must use encryption."),
    ],
)
async def test_what_is_not_about_the_password_is_no_reason_to_ask_for_another(verb: str, text: bytes) -> None:
    async with (
        ScriptedServer(TREE, [quirks.refuse(verb, 530, text)]) as server,
        open_site(server, connect=False) as opened,
    ):
        for _ in range(2):
            with pytest.raises(LoginRefused):
                await opened.site.connect()
        assert server.count(verb) == 2, "it may be tried again"
