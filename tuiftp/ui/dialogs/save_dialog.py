"""Asks where to save a file; what exists is replaced only after a second Enter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import shown


class SaveDialog(ModalScreen[Path | None]):
    """Gives the path that was written to, or is to be; or None."""

    DEFAULT_CSS = """
    SaveDialog {
        align: center middle;

        & > Vertical {
            width: 80%;
            max-width: 90;
            height: auto;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 1 1 0 1;
        }
        & Input { padding: 0 1; background: $surface; }
        & .save--message { color: $text-muted; height: auto; margin-top: 1; }
        & .save--message.-asks { color: $wire-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Cancel", show=False)]

    KEYS_TEXT = "Enter save   Esc cancel"
    """The keys."""

    def __init__(
        self, title: str, suggestion: Path, write: Callable[[Path], Awaitable[None]] | None = None, *,
        note: str = "",
    ) -> None:  # fmt: skip
        """Makes the dialog.

        Args:
            title: The heading.
            suggestion: What stands in the field.
            write: Writes the file, and raises TuiftpError where it cannot: the dialog stays, and says why.
            note: What is written, in a sentence below the name.
        """
        super().__init__()
        self._title, self._note = title, note
        self._suggestion = suggestion
        self._write = write
        self._confirmed = ""

    def compose(self) -> ComposeResult:
        """Lays out the question."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(self.KEYS_TEXT)
            yield Input(str(self._suggestion), select_on_focus=False, compact=True)
            yield Static(self.note, markup=False, classes="save--message")

    @property
    def note(self) -> str:
        """What is written, in a sentence below the name."""
        return self._note

    @on(Input.Changed)
    def _take_back(self) -> None:
        self._confirmed = ""

    @on(Input.Submitted)
    def _save(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not typed:
            self.say("Type a file name.")
            return
        path = _path(typed, self._suggestion.parent)
        if path.is_dir():
            self.say(f"{shown(str(path))} is a directory.")
        elif path.exists() and self._confirmed != typed:
            self._confirmed = typed
            self.say(f"⚠ {shown(path.name)} exists. Enter again replaces it.")
        else:
            self._finish(path)

    @work(group="keep", exclusive=True, exit_on_error=False)
    async def _finish(self, path: Path) -> None:
        try:
            if self._write is not None:
                await self._write(path)
        except TuiftpError as error:
            self._confirmed = ""
            self.say(f"✗ {shown(str(error))}")
        else:
            self.dismiss(path)

    def say(self, message: str, *, is_warning: bool = True) -> None:
        """Says something below the name."""
        line = self.query_one(".save--message", Static)
        line.set_class(is_warning, "-asks")
        line.update(Content(message))

    def action_close(self) -> None:
        """Saves nothing."""
        self.dismiss(None)


def _path(typed: str, directory: Path) -> Path:
    """What a user means: relative to `directory`, and `~` is home where there is one."""
    path = Path(typed)
    if typed.startswith("~"):
        try:
            path = path.expanduser()
        except RuntimeError:  # no such user: then it is a name like any other
            pass
    return directory / path
