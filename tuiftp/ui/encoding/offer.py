"""Offers another encoding where the names of a server are no UTF-8, and has one chosen. The bytes stay the same."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuiftp.entries import Entry
from tuiftp.protocol.charset_titles import title_of
from tuiftp.protocol.text import encode_wire
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import CHOOSE_ENCODING, OPEN_SITES, SHOW_AS_GUESSED
from tuiftp.ui.encoding.offer_line import CharsetLine
from tuiftp.ui.main.connection import Connection
from tuiftp.ui.main.context import MainScreen

if TYPE_CHECKING:
    from tuiftp.protocol.charsets import Guess

SURE_ENOUGH = 0.7
"""How sure a guess must be to be offered by itself."""
_MOST_NAMES = 10
_UNDECODED = re.compile("[\udc80-\udcff]")


class Charsets:
    """The line below the panes, and what its keys do."""

    def __init__(self, screen: MainScreen, connection: Callable[[], Connection]) -> None:
        """Offers nothing yet.

        Args:
            screen: The main screen.
            connection: The connection that commands are about.
        """
        self.line = CharsetLine()
        """The offer."""
        self._screen = screen
        self._connection = connection
        self._offered_for: Connection | None = None
        self._declined: set[tuple[str, str]] = set()

    async def listed(self) -> None:
        """Looks at the names that the server has, and offers an encoding where they want one."""
        connection = self._connection()
        pane, rows = connection.pane, connection.pane.list.rows
        is_utf_8 = pane.directory is not None and connection.encoding == "utf-8"
        # Off the loop: a directory may have a hundred thousand names.
        guess = await asyncio.to_thread(_guess, rows.entries) if is_utf_8 else None
        self._offered_for = connection
        if guess is not None and pane.site is not None and self._is_worth_saying(guess, pane.site.label):
            take, choose = (key_now(pane, one) for one in (SHOW_AS_GUESSED, CHOOSE_ENCODING))
            self.line.offer(guess, f"{take} shows them so   {choose} others   Esc no")
        else:
            self.line.offer(None)

    def _is_worth_saying(self, guess: Guess, label: str) -> bool:
        is_new = (label, guess.encoding) not in self._declined
        return is_new and guess.confidence >= SURE_ENOUGH and guess.encoding != "utf-8"

    def decline(self) -> None:
        """Takes the offer away, and does not make it again for this site."""
        site = self._offered_for.pane.site if self._offered_for is not None else None
        if self.line.guess is not None and site is not None:
            self._declined.add((site.label, self.line.guess.encoding))
        self.line.offer(None)

    async def take(self) -> None:
        """Has the names read as the line says. Call it in a worker.

        Raises:
            TuiftpError: The choice cannot be kept.
        """
        guess = self.line.guess
        if guess is None or self._offered_for is None:
            key = key_now(self._screen.server_pane, CHOOSE_ENCODING)
            self._screen.app.notify(f"No other encoding is offered; {key} chooses one.", markup=False)
        else:
            await self._use(self._offered_for, guess.encoding)

    async def choose(self) -> None:
        """Shows all encodings with some names, and has them read in the one that is chosen. Call it in a worker.

        Raises:
            TuiftpError: The choice cannot be kept.
        """
        from tuiftp.ui.encoding.dialog import CharsetDialog  # only needed when asked for

        connection = self._connection()
        pane = connection.pane
        if pane.site is None:
            self._screen.app.notify(f"Connect to a site first ({key_now(pane, OPEN_SITES)}).", markup=False)
            return
        present = connection.encoding
        names = await asyncio.to_thread(_telling_names, pane.list.rows.entries)
        dialog = CharsetDialog([encode_wire(name, present) for name in names], present=present)
        chosen = await self._screen.ask(dialog)
        if chosen is not None and chosen != present:
            await self._use(connection, chosen)

    async def _use(self, connection: Connection, encoding: str) -> None:
        self.line.offer(None)
        if await connection.read_names_in(encoding):
            key = key_now(connection.pane, CHOOSE_ENCODING)
            self._screen.app.notify(
                f"Names are shown as {title_of(encoding)}; {key} changes that.", markup=False
            )


def _guess(entries: Sequence[Entry]) -> Guess | None:
    """What the names look like, if some are no UTF-8."""
    names = [entry.name for entry in entries if not entry.name.isascii()]
    if not any(map(_UNDECODED.search, names)):
        return None
    from tuiftp.protocol.charsets import (
        guess_charset,  # it models thirty languages, and most servers need none
    )

    return guess_charset(encode_wire(name, "utf-8") for name in names)


def _telling_names(entries: Sequence[Entry]) -> list[str]:
    """A few names that an encoding makes a difference to, those that do not decode first."""
    names = [entry.name for entry in entries if not entry.name.isascii()]
    return sorted(names, key=lambda name: _UNDECODED.search(name) is None)[:_MOST_NAMES]
