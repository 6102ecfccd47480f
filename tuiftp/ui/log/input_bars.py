"""Input bars under the protocol log: the query, and a raw FTP command."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tuiftp.protocol.commands import DATA_VERBS
from tuiftp.protocol.text import redact
from tuiftp.wirelog.query import KEYS, QueryError


class Bar(Vertical):
    """An input with an error line; hidden until opened."""

    DEFAULT_CSS = """
    Bar {
        height: auto;
        display: none;
        &.-shown { display: block; }
        & Input { padding: 0 1; background: $panel; }
        & Static { height: auto; display: none; padding: 0 1; color: $wire-warning; }
        & Static.-shown { display: block; }
    }
    """

    def __init__(self, placeholder: str, *, id: str) -> None:
        super().__init__(id=id)
        self.field = Input(placeholder=placeholder, select_on_focus=False, compact=True)
        """Where it is typed."""
        self._said = Static("", markup=False)

    def compose(self) -> list[Input | Static]:
        """The field, and what is wrong with it."""
        return [self.field, self._said]

    @property
    def is_shown(self) -> bool:
        """Whether it is in sight."""
        return self.has_class("-shown")

    def show(self, is_shown: bool) -> None:
        """Shows it, or hides it."""
        self.set_class(is_shown, "-shown")

    def say(self, text: str) -> None:
        """Says what is wrong, or odd; an empty text says nothing."""
        self._said.set_class(bool(text), "-shown")
        self._said.update(Content(text))


class QueryBar(Bar):
    """Chooses which records are shown."""

    def __init__(self) -> None:
        super().__init__(f"words, or {' '.join(KEYS[:5])} …", id="log-query")

    def say_error(self, error: QueryError | None) -> None:
        """Says what of the query cannot be read, and where."""
        self.say(f"{' ' * error.position}{'^' * max(1, error.length)} {error.message}" if error else "")


class RawBar(Bar):
    """Takes a command as it is to be sent; hides it while it is a password."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Earlier", show=False),
        Binding("down", "recall(1)", "Later", show=False),
    ]

    def __init__(self) -> None:
        super().__init__("raw command, as it is sent: STAT, SITE HELP, …", id="log-raw")
        self._sent: list[str] = []
        self._place = 0

    def mask(self) -> None:
        """Hides what is typed while it is a password."""
        self.field.password = is_secret(self.field.value)

    def keep(self, line: str) -> None:
        """Remembers a command that was sent, unless it is a password."""
        if not is_secret(line):
            self._sent = [*(old for old in self._sent if old != line), line][-50:]
        self._place = len(self._sent)

    def action_recall(self, by: int) -> None:
        """Brings back a command that was sent before."""
        if self._sent:
            self._place = min(max(self._place + by, 0), len(self._sent))
            text = self._sent[self._place] if self._place < len(self._sent) else ""
            self.field.value = text
            self.field.cursor_position = len(text)


def is_secret(line: str) -> bool:
    """Whether a line carries a password."""
    return redact(line) != line


def problem_of(line: str) -> str | None:
    """Why a line cannot be sent; None if it can."""
    if not line.strip():
        return "Nothing to send."
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line):
        return "It holds control characters: one line is one command."
    if not line.split()[0].isascii():
        return "A command begins with a word in ASCII."
    return None


def warning_of(line: str) -> str | None:
    """What is to be known before a line is sent; None if nothing."""
    verb = line.split()[0].upper()
    if verb in DATA_VERBS:
        return f"{verb} needs a data connection, and none is opened for a raw command. Enter again sends it."
    if verb in ("QUIT", "REIN", "AUTH"):
        return f"{verb} changes the connection under the pane. Enter again sends it."
    return None
