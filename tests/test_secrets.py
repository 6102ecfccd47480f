"""A password is seen by the server that it is for, and by nobody else: the canary that is looked for everywhere."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.scripted import ScriptedServer, Session, mischief
from tests.support.sites import OpenSite, open_site
from tuiftp.errors import TuiftpError, UnsafeName
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.protocol.url import format_url, parse_url
from tuiftp.secret import Secret

CANARY = "canary-b9d1"


async def repeat(session: Session, argument: bytes) -> None:
    await session.reply(
        530, f"User cannot log in with {argument.decode()}.", f"{argument.decode()} is wrong."
    )


async def welcome(session: Session, argument: bytes) -> None:
    session.logged_in = True
    await session.reply(230, f"Welcome, {argument.decode()}!")


TROUBLE = {
    "refused": mischief.on("PASS", repeat),
    "cut": mischief.cuts_control("PASS"),
    "silent": mischief.silent("PASS"),
    "421": mischief.closes_with_421("PASS"),
    "nonsense": mischief.says_raw("PASS", b"\xff\xfe what?\r\n"),
    "endless": mischief.endless_line("PASS"),
}


def everything_about(error: BaseException) -> str:
    """All that a crash screen or a log could print of an error: messages, causes, locals of all frames."""
    story = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(story.format()) + repr(error) + repr(vars(error))


def told(opened: OpenSite) -> str:
    """All that the engine tells, and all that its objects show of themselves."""
    lines = [record.to_json() for record in opened.records]
    return "\n".join(lines) + opened.log + repr(opened.sessions) + repr(vars(opened.site))


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_s14_the_canary_is_in_no_log_and_no_error(trouble: str) -> None:
    """Whatever becomes of the login: refused, cut, silent, or with the password in the server's own words."""
    async with (
        ScriptedServer({}, [TROUBLE[trouble]]) as server,
        open_site(server, password=CANARY, connect=False, timeout=0.5) as opened,
    ):
        with pytest.raises(TuiftpError) as caught:
            await opened.site.connect()
        assert f"PASS {CANARY}".encode() in server.lines
        assert CANARY not in everything_about(caught.value)
        assert CANARY not in told(opened)
        assert "PASS ********" in opened.log


async def test_s14_the_canary_is_not_told_when_all_goes_well() -> None:
    async with (
        ScriptedServer({"a": b"x"}, [mischief.on("PASS", welcome)]) as server,
        open_site(server, password=CANARY) as opened,
    ):
        await opened.names()
        async with opened.site.pool.lease():
            pass
        assert server.lines.count(f"PASS {CANARY}".encode()) == 2
        assert CANARY not in told(opened)
        client = opened.endpoint.session.client
        assert CANARY not in repr(vars(opened.endpoint.session))
        assert client is not None
        assert CANARY not in repr(vars(client)) + repr(vars(client.wire))


async def test_s14_a_password_that_cannot_be_sent_is_not_told() -> None:
    async with (
        ScriptedServer({}) as server,
        open_site(server, password=f"{CANARY}\r\nDELE x", connect=False) as opened,
    ):
        with pytest.raises(UnsafeName, match="what PASS should carry cannot be sent") as caught:
            await opened.site.connect()
        assert CANARY not in everything_about(caught.value)
        assert CANARY not in told(opened)
        assert "DELE" not in server.commands


SHOWN: list[Callable[[Secret], str]] = [
    repr, str, lambda secret: f"{secret}", lambda secret: f"{secret!r:>20}", "{}".format,
    lambda secret: repr([secret]), lambda secret: repr(Credentials("bob", secret)),
    lambda secret: repr(SiteAddress("h", 21, Credentials("bob", secret))),
    lambda secret: SiteAddress("h", 21, Credentials("bob", secret)).label,
    lambda secret: repr(ValueError(secret)), lambda secret: json.dumps({"x": secret}, default=str),
]  # fmt: skip


@pytest.mark.parametrize("show", SHOWN)
def test_a_secret_does_not_show_itself(show: Callable[[Secret], str]) -> None:
    assert CANARY not in show(Secret(CANARY))


def test_a_secret_is_a_value() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("\udce9") == Secret("\udce9")
    assert not Secret("")
    assert Secret("a").reveal() == "a"


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy, vars])
def test_a_secret_cannot_be_written_by_accident(copying: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        copying(Secret(CANARY))


def test_a_url_takes_a_password_and_never_gives_it_back() -> None:
    target = parse_url(f"ftpes://bob:{CANARY}@host/x")
    assert target.password == Secret(CANARY)
    assert CANARY not in repr(target) + format_url(target)
