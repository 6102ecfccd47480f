"""Logs and hosts for the tests of the exchange view and what belongs to it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from textual.app import App

from tests.support.svg import draw
from tests.ui.panel_host import PanelHost
from tests.wirelog.script import OUTSIDE, Script
from tuiftp.ui.exchange.screen import ExchangeScreen
from tuiftp.ui.log.panel import LogPanel
from tuiftp.wirelog.records import WireRecord

PICTURES = Path(__file__).parent / "pictures"
REDRAW = "TUIFTP_REDRAW_PICTURES"
"""Set this variable to draw the pictures anew; look at them before they are committed."""


def active_blocked() -> list[WireRecord]:
    """A NAT in the way of active mode; passive mode works after it."""
    s = (
        Script()
        .connect("220 FTP server ready.")
        .login()
        .listen()
        .reply("200 PORT command successful.")
        .send("LIST")
        .give_up()
    )
    s.reply("425 Failed to establish connection.").go_on("PORT", "no connection", "PASV")
    return s.pasv().dial(50_123).listing().quit().records


def active() -> list[WireRecord]:
    """PORT, and the server connects to us."""
    s = Script(local=OUTSIDE).begin().listen().reply("200 PORT command successful.").send("LIST").arrive()
    s.reply("150 Here it comes.").close(first_byte_ms=4.0)
    return s.reply("226 Directory send OK.", 0.003).quit().records


def passive() -> list[WireRecord]:
    """PASV, and we connect to the server."""
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).send("LIST").reply("150 Here it comes.")
    return s.close(first_byte_ms=4.0).reply("226 Directory send OK.", 0.003).quit().records


def many(count: int) -> list[WireRecord]:
    """So many records of sessions that list and list."""
    pattern = active_blocked()
    return [pattern[place % len(pattern)] for place in range(count)]


def panel() -> PanelHost:
    """A log panel alone in an app."""
    return PanelHost(LogPanel)


def exchange(app: App[Any]) -> ExchangeScreen:
    """The exchange view, which must be open."""
    assert isinstance(app.screen, ExchangeScreen)
    return app.screen


def is_open(app: App[Any], kind: type) -> bool:
    """Whether a screen of a kind is on top, and drawn."""
    return isinstance(app.screen, kind) and bool(app.screen.size)


@contextmanager
def utc() -> Iterator[None]:
    """Times are shown in UTC, on whatever machine."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def matches_picture(app: App[Any], name: str) -> bool:
    """Whether the screen is as in a picture; draws the picture where that is asked for."""
    drawn = draw(app.screen._compositor.render_strips(), columns=app.size.width)
    path = PICTURES / f"{name}.svg"
    if os.environ.get(REDRAW):
        path.write_text(drawn, encoding="utf-8")
    return drawn == path.read_text(encoding="utf-8")


def lines(app: App[Any]) -> Sequence[str]:
    """What the diagram says, line by line."""
    view = exchange(app).view
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]
