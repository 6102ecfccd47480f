"""Asks whose sites to take over, from which file, and what becomes of their passwords."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tuiftp.protocol.text import shown
from tuiftp.storage.secrets import FILE_WARNING
from tuiftp.ui.dialogs.basic import FieldDialog
from tuiftp.ui.dialogs.choice_line import ChoiceLine


class PasswordsTo(StrEnum):
    """What becomes of the passwords in a file that is imported."""

    NOWHERE = "leave them"
    KEYRING = "keyring"
    FILE = "file"


_HELP = {
    PasswordsTo.NOWHERE: "They stay where they are; each site asks for its own.",
    PasswordsTo.KEYRING: "They are kept by the system, which locks them with your session.",
    PasswordsTo.FILE: FILE_WARNING,
}


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What was asked for."""

    path: Path
    """The file."""
    passwords: PasswordsTo = PasswordsTo.NOWHERE
    """What becomes of passwords."""


class ImportDialog(FieldDialog[ImportRequest | None]):
    """A file, chosen from those that are there or typed."""

    DEFAULT_CSS = """
    ImportDialog {
        & > .dialog { width: 76; }
        & OptionList { height: auto; max-height: 6; margin: 1 0 0 0; background: $surface; border: none; }
        & .import--label { height: 1; margin: 1 0 0 0; color: $text-muted; }
        & .import--help { height: auto; min-height: 2; color: $text-muted; }
        & .import--help.-warns { color: $wire-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        places: Sequence[Path],
        *,
        no_keyring: str | None,
        read: Callable[[ImportRequest], Awaitable[str | None]],
    ) -> None:
        """Makes the dialog.

        Args:
            places: Files of other programs that are there.
            no_keyring: Why there is no keyring here; None: there is one.
            read: Reads the file, and says what is wrong, or raises TuiftpError: the dialog stays then.
        """
        super().__init__(
            "Import sites", ["From FileZilla, lftp, WinSCP or a netrc; the content tells which."]
        )
        self._places = list(places)
        self._no_keyring = no_keyring
        self._read = read
        self._choices = [way for way in PasswordsTo if way is not PasswordsTo.KEYRING or no_keyring is None]

    def compose_body(self) -> ComposeResult:
        """The files that are there, the field, the passwords, the buttons."""
        yield Input(
            str(self._places[0]) if self._places else "", placeholder="~/sitemanager.xml", compact=True
        )
        if len(self._places) > 1:
            yield OptionList(*(Option(Content(shown(str(place)))) for place in self._places), compact=True)
        yield Static("Passwords", classes="import--label", markup=False)
        yield ChoiceLine([way.value for way in self._choices], id="passwords")
        yield Static(self._help(PasswordsTo.NOWHERE), classes="import--help", markup=False)
        yield Static("", classes="dialog--problem", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button("Look", id="yes", variant="primary", compact=True)
            yield Button("Cancel", id="no", compact=True)

    def _help(self, way: PasswordsTo) -> Content:
        text = _HELP[way]
        if way is PasswordsTo.NOWHERE and self._no_keyring is not None:
            text += f" ({shown(self._no_keyring)}.)"
        return Content(text)

    @on(ChoiceLine.Changed, "#passwords")
    def _on_passwords(self, event: ChoiceLine.Changed) -> None:
        way = self._choices[event.chosen]
        line = self.query_one(".import--help", Static)
        line.update(self._help(way))
        line.set_class(way is PasswordsTo.FILE, "-warns")

    @on(OptionList.OptionSelected)
    def _on_place(self, event: OptionList.OptionSelected) -> None:
        field = self.query_one(Input)
        field.value = str(self._places[event.option_index])
        field.focus()

    def submit(self) -> None:
        """Takes the file, if one is named."""
        typed = self.query_one(Input).value.strip()
        if not typed:
            self.say_problem("Which file?")
            return
        way = self._choices[self.query_one("#passwords", ChoiceLine).chosen]
        request, read = ImportRequest(_path(typed), way), self._read
        self.attempt(lambda: read(request), request)


def _path(typed: str) -> Path:
    path = Path(typed)
    try:
        return path.expanduser()
    except RuntimeError:  # no such user: then it is a name like any other
        return path
