"""The question that a transfer asks when its target exists: both sides in figures, and what to do."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from tuiftp.protocol.text import human_size, shown
from tuiftp.transfers.model import ConflictPolicy, Direction
from tuiftp.transfers.policy import Conflict, Decision
from tuiftp.ui.screens.dialogs import Dialog, quoted
from tuiftp.ui.widgets.tick import Tick

_CHOICES = (
    (ConflictPolicy.OVERWRITE, "o", "Overwrite"),
    (ConflictPolicy.RESUME, "r", "Resume"),
    (ConflictPolicy.NEWER, "w", "If newer"),
    (ConflictPolicy.RENAME, "n", "Rename"),
    (ConflictPolicy.SKIP, "s", "Skip"),
)


class ConflictDialog(Dialog[Decision]):
    """Overwrite, resume, only if newer, rename, skip; for this one or for all. Escape skips."""

    DEFAULT_CSS = """
    ConflictDialog {
        & Tick { margin: 1 0 0 0; }
        & Button { margin: 0 1 0 0; min-width: 8; }
        & .dialog--buttons { align-horizontal: left; }
        & Input { display: none; }
        & Input.-shown { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{policy.value}')", title, show=False) for policy, key, title in _CHOICES),
        Binding("a", "for_all", "For all", show=False),
    ]

    def __init__(self, conflict: Conflict, name: str) -> None:
        where = "On this machine" if conflict.direction is Direction.DOWNLOAD else "On the server"
        lines = [
            "The target exists:",
            quoted(conflict.target),
            "",
            f"{where}:  {_figures(conflict.target_size, conflict.target_modified)}",
            f"To be copied:  {_figures(conflict.source_size, conflict.source_modified)}",
        ]
        super().__init__("Target exists", lines)
        self._conflict = conflict
        self._file_name = name

    def compose_body(self) -> ComposeResult:
        """The answers, each with its letter."""
        yield Input(self._file_name, placeholder="New name", compact=True)
        yield Static("", classes="dialog--problem", markup=False)
        yield Tick("All further ones of this copy (a)", id="for-all")
        with Horizontal(classes="dialog--buttons"):
            for policy, key, title in _CHOICES:
                if policy is not ConflictPolicy.RESUME or self._conflict.can_resume:
                    at = title.lower().index(key)
                    label = Content.assemble(title[:at], (title[at], "underline"), title[at + 1 :])
                    yield Button(label, id=policy.value, compact=True)

    def on_mount(self) -> None:
        """Puts the focus on what harms nothing."""
        self.query_one(f"#{ConflictPolicy.SKIP.value}").focus()

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        self.action_choose(event.button.id or ConflictPolicy.SKIP.value)

    @on(Input.Submitted)
    def _on_renamed(self, event: Input.Submitted) -> None:
        name = event.value
        if not name or "/" in name or name in (".", "..") or name != shown(name):
            problem = self.query_one(".dialog--problem", Static)
            problem.update("A name without “/” or control characters, please.")
            problem.add_class("-shown")
            return
        self._decide(ConflictPolicy.RENAME, name)

    def action_choose(self, value: str) -> None:
        """Takes an answer; renaming asks for the name first, unless it is for all."""
        policy = ConflictPolicy(value)
        if policy is ConflictPolicy.RESUME and not self._conflict.can_resume:
            return
        field = self.query_one(Input)
        if policy is ConflictPolicy.RENAME and not self._for_all and not field.has_class("-shown"):
            field.add_class("-shown")
            field.focus()
            return
        has_name = policy is ConflictPolicy.RENAME and not self._for_all
        self._decide(policy, field.value if has_name else None)

    def action_for_all(self) -> None:
        """Turns "for all" on or off."""
        self.query_one(Tick).toggle()

    def action_cancel(self) -> None:
        """Leaves the target alone."""
        self.dismiss(Decision(ConflictPolicy.SKIP, for_all=self._for_all))

    @property
    def _for_all(self) -> bool:
        return self.query_one(Tick).value

    def _decide(self, policy: ConflictPolicy, name: str | None) -> None:
        self.dismiss(Decision(policy, new_name=name, for_all=self._for_all))


def _figures(size: int | None, modified: datetime | None) -> str:
    bytes_text = "size unknown"
    if size is not None:
        bytes_text = human_size(size) if size < 1000 else f"{human_size(size)} ({size:,} bytes)"
    if modified is None:
        return bytes_text
    when = modified.astimezone() if modified.tzinfo is not None else modified
    return f"{bytes_text}, {when:%Y-%m-%d %H:%M}"
