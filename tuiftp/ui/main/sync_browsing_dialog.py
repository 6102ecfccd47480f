"""Asks what to do when both sides are browsed together and one has no such directory."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from tuiftp.ui.dialogs.basic import AnswerDialog, quoted


class ApartAnswer(StrEnum):
    """What to do."""

    CREATE = "create"
    APART = "apart"
    BACK = "back"


class SyncMismatchDialog(AnswerDialog[ApartAnswer]):
    """Make the directory, browse each side for itself, or go back. Escape goes back."""

    answers = ApartAnswer
    cancelled = ApartAnswer.BACK
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "answer('create')", show=False),
        Binding("o", "answer('apart')", show=False),
        Binding("b", "answer('back')", show=False),
    ]

    def __init__(self, side: str, path: str | None) -> None:
        """Makes the dialog.

        Args:
            side: What the other side is called.
            path: The directory that is missing there; None: there cannot be one, above the root.
        """
        self._can_create = path is not None
        lines = (
            [f"{side} has no directory", quoted(path)]
            if path is not None
            else [f"{side} is at its top already."]
        )
        super().__init__("Both sides are browsed together", lines)

    def compose_body(self) -> ComposeResult:
        """The answers."""
        with Horizontal(classes="dialog--buttons"):
            if self._can_create:
                yield Button("[u]C[/u]reate it", id=ApartAnswer.CREATE.value, compact=True)
            yield Button("Switch [u]o[/u]ff", id=ApartAnswer.APART.value, compact=True)
            yield Button("Go [u]b[/u]ack", id=ApartAnswer.BACK.value, variant="primary", compact=True)

    def on_mount(self) -> None:
        """Puts the focus on the answer that changes nothing."""
        self.query_one(f"#{ApartAnswer.BACK.value}").focus()

    def action_answer(self, answer: str) -> None:
        """Closes with an answer that can be had."""
        if answer != ApartAnswer.CREATE.value or self._can_create:
            super().action_answer(answer)
