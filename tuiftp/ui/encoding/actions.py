"""The part of the main screen that has to do with the encoding of names."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.screen import Screen

from tuiftp.errors import TuiftpError
from tuiftp.ui.encoding.offer_line import CharsetLine
from tuiftp.ui.panes.messages import Listed
from tuiftp.ui.panes.pane import Pane

if TYPE_CHECKING:
    from tuiftp.ui.encoding.offer import Charsets


class CharsetActions(Screen[None]):
    """Commands and messages that `Charsets` answers."""

    charsets: Charsets
    """What is done about names that are no UTF-8."""

    if TYPE_CHECKING:  # what the screen itself has

        @property
        def server_pane(self) -> Pane:
            """The pane that commands about a connection are for."""

    @on(Listed)
    def _on_listed(self, event: Listed) -> None:
        if event.pane is self.server_pane:
            self._look_at_names()

    @work(exclusive=True, group="charset", exit_on_error=False)
    async def _look_at_names(self) -> None:
        await self.charsets.listed()

    @on(Pane.Cancelled)
    def _on_declined(self) -> None:
        self.charsets.decline()

    @on(CharsetLine.Pressed)
    def action_show_as_guessed(self) -> None:
        """Shows names as they look like."""
        self._run_charset(self.charsets.take())

    def action_choose_encoding(self) -> None:
        """Chooses how names are read."""
        self._run_charset(self.charsets.choose())

    def _run_charset(self, flow: Coroutine[Any, Any, None]) -> None:
        self.run_worker(self._told(flow), group="connect", exclusive=True, exit_on_error=False)

    async def _told(self, flow: Coroutine[Any, Any, None]) -> None:
        try:
            await flow
        except TuiftpError as error:
            self.server_pane.notice.say_error(error, what="The encoding cannot be kept")
