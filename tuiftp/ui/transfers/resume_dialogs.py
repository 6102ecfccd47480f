"""The dialogs at the start: go on with what an earlier run has left."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button

from tuiftp.protocol.text import human_size
from tuiftp.transfers.model import Restored
from tuiftp.ui.dialogs.basic import AnswerDialog, listed


class ResumeAnswer(StrEnum):
    """What to do with interrupted transfers."""

    RESUME = "resume"
    KEEP = "keep"
    DISCARD = "discard"


class ResumeDialog(AnswerDialog[ResumeAnswer]):
    """Resume, keep paused, or discard. Escape keeps them paused."""

    answers = ResumeAnswer
    cancelled = ResumeAnswer.KEEP
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer('resume')", show=False),
        Binding("k", "answer('keep')", show=False),
        Binding("d", "answer('discard')", show=False),
    ]

    def __init__(self, restored: Restored) -> None:
        count = restored.count
        what = "1 interrupted transfer" if count == 1 else f"{count:,} interrupted transfers"
        lines = [f"With {'this server' if len(restored.sites) == 1 else 'these servers'}:"]
        lines += [*listed(restored.sites, limit=4), ""]
        lines.append(
            f"{human_size(restored.size)} are still to go." if restored.size else "Sizes are not known yet."
        )
        if restored.failed:
            lines.append(f"{restored.failed:,} more had failed; R in the transfers panel tries them again.")
        lines.append("To discard them removes their unfinished parts on this machine.")
        super().__init__(f"{what}: resume?", lines)

    def compose_body(self) -> ComposeResult:
        """The answers."""
        with Horizontal(classes="dialog--buttons"):
            yield Button("[u]R[/u]esume", id=ResumeAnswer.RESUME.value, variant="primary", compact=True)
            yield Button("[u]K[/u]eep paused", id=ResumeAnswer.KEEP.value, compact=True)
            yield Button("[u]D[/u]iscard", id=ResumeAnswer.DISCARD.value, variant="error", compact=True)

    def on_mount(self) -> None:
        """Puts the focus on going on."""
        self.query_one(f"#{ResumeAnswer.RESUME.value}").focus()
