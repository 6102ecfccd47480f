"""Quick search of a file list: the typed text, and moving to the next matching entry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import events

from tuiftp.ui.panes.file_rows import SLICE, FileRows


class QuickSearch:
    """Handles the keys of a file list while a quick search is active."""

    def __init__(
        self, *, rows: Callable[[], FileRows], cursor: Callable[[], int], run: Callable[[int, int], object],
        ended: Callable[[], None],
    ) -> None:  # fmt: skip
        self.text: str | None = None
        """What is looked for; None: no search is on."""
        self._is_typing = False
        self._rows = rows
        self._cursor = cursor
        self._run = run
        self._ended = ended

    def begin(self) -> None:
        """Starts with nothing typed."""
        self.text = ""

    def end(self) -> None:
        """Ends the search, if one is on."""
        if self.text is not None:
            self.text = None
            self._ended()

    def take(self, event: events.Key) -> bool:
        """Uses a key for the search; false if it is none of its keys, or no search is on."""
        if self.text is None:
            return False
        if event.key in ("escape", "ctrl+c", "enter") or (event.key == "backspace" and not self.text):
            self.end()
        elif event.key in ("down", "up"):
            self._is_typing = False
            self._run(self._cursor(), 1 if event.key == "down" else -1)
        elif event.key == "backspace":
            self._look_for(self.text[:-1])
        elif event.is_printable and event.character:
            self._look_for(self.text + event.character)
        else:
            self.end()
            return False
        return True

    def _look_for(self, text: str) -> None:
        self.text = text
        self._is_typing = True
        self._run(self._cursor() - 1, 1)  # the entry under the cursor may still be the one

    async def find(self, start: int, step: int) -> int | None:
        """The next row, round the end, whose name holds the text; others get their turn in between.

        While it is typed, a name that begins with it comes before one that holds it further on.
        """
        rows, needle, is_typing = self._rows(), (self.text or "").casefold(), self._is_typing
        count, held = len(rows), None
        for done in range(1, count + 1):
            row = (start + step * done) % count
            entry = rows.entry_at(row)
            name = entry.name.casefold() if entry is not None else ""
            if entry is not None and needle in name:
                if not is_typing or name.startswith(needle):
                    return row
                held = row if held is None else held
            if done % SLICE == 0:
                await asyncio.sleep(0)
        return held
