"""The question that a transfer asks when its target exists: both sides in figures, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from tuiftp.choices import ConflictPolicy
from tuiftp.protocol.text import human_size, shown
from tuiftp.transfers.conflict_decider import Conflict, Decision, Side
from tuiftp.transfers.model import Direction
from tuiftp.ui.dialogs.basic import Dialog, quoted
from tuiftp.ui.dialogs.checkbox import Tick

_CHOICES = (
    (ConflictPolicy.OVERWRITE, "o", "Overwrite"),
    (ConflictPolicy.RESUME, "r", "Resume"),
    (ConflictPolicy.RENAME, "n", "Rename"),
    (ConflictPolicy.SKIP, "s", "Skip"),
)
_CONDITIONS = (
    (ConflictPolicy.NEWER, "w", "If newer"),
    (ConflictPolicy.SIZE_DIFFERS, "d", "If size differs"),
    (ConflictPolicy.NEWER_OR_SIZE_DIFFERS, "e", "If either"),
)
_STOP = "stop"
_ELSEWHERE = ("At the target", "To be copied")
_SIDES = {
    Direction.DOWNLOAD: ("On this machine", "On the server"),
    Direction.UPLOAD: ("On the server", "To be copied"),
    Direction.LOCAL: _ELSEWHERE,
    Direction.RELAY: _ELSEWHERE,
}
"""What the target and the source are called."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The answer that ends the whole batch."""


class ConflictDialog(Dialog[Decision | Stop]):
    """Overwrite, resume, rename, skip, or overwrite on a condition; for this one or all. Escape skips this one."""

    DEFAULT_CSS = """
    ConflictDialog {
        & > .dialog { width: 74; padding: 0 2; }
        & Tick { margin: 1 0 0 0; }
        & Button { margin: 0 1 0 0; min-width: 6; }
        & .dialog--buttons { align-horizontal: left; }
        & .conflict--conditions { margin: 0; }
        & .conflict--word { width: auto; }
        & Input { display: none; }
        & Input.-shown { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"choose('{policy.value}')", title, show=False)
            for policy, key, title in (*_CHOICES, *_CONDITIONS)
        ),
        Binding("a", "for_all", "For all", show=False),
        Binding("c", "stop", "Stop copying", show=False),
    ]

    def __init__(self, conflict: Conflict, name: str) -> None:
        """Makes the question.

        Args:
            conflict: What is asked about.
            name: The name that the file may get instead, to begin with.
        """
        here, there = _SIDES[conflict.direction]
        lines = [
            "The target exists:",
            quoted(conflict.target),
            "",
            *(
                f"{place + ':':<17}{_figures(conflict, side)}{_compared(conflict, side)}"
                for place, side in ((here, Side.TARGET), (there, Side.SOURCE))
            ),
        ]
        if not conflict.can_resume:
            lines += [f"It cannot be resumed: {conflict.why_no_resume or 'the target is not shorter'}."]
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
                is_off = policy is ConflictPolicy.RESUME and not self._conflict.can_resume
                yield Button(_label(title, key), id=policy.value, compact=True, disabled=is_off)
            yield Button(_label("Stop copying", "c"), id=_STOP, variant="error", compact=True)
        with Horizontal(classes="dialog--buttons conflict--conditions"):
            yield Static("Overwrite: ", markup=False, classes="conflict--word")
            for policy, key, title in _CONDITIONS:
                yield Button(_label(title, key), id=policy.value, compact=True)

    def on_mount(self) -> None:
        """Puts the focus on what harms nothing."""
        self.query_one(f"#{ConflictPolicy.SKIP.value}").focus()

    @on(Tick.Changed)
    def _offer_resume_for_all(self) -> None:
        """Where this one cannot be resumed, the others may be: this one is left alone then."""
        resume = self.query_one(f"#{ConflictPolicy.RESUME.value}", Button)
        resume.disabled = not (self._conflict.can_resume or self._for_all)

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == _STOP:
            self.action_stop()
        else:
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
        if policy is ConflictPolicy.RESUME and not (self._conflict.can_resume or self._for_all):
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

    def action_stop(self) -> None:
        """Ends the whole batch."""
        self.dismiss(Stop())

    @property
    def _for_all(self) -> bool:
        return self.query_one(Tick).value

    def _decide(self, policy: ConflictPolicy, name: str | None) -> None:
        self.dismiss(Decision(policy, new_name=name, for_all=self._for_all))


def _label(title: str, key: str) -> Content:
    at = title.lower().index(key)
    return Content.assemble(title[:at], (title[at], "underline"), title[at + 1 :])


def _sizes(conflict: Conflict, side: Side) -> tuple[int | None, int | None]:
    """This one's, and the other one's."""
    sizes = (conflict.source_size, conflict.target_size)
    return sizes if side is Side.SOURCE else (sizes[1], sizes[0])


def _compared(conflict: Conflict, side: Side) -> str:
    """In which way it surpasses the other one: `  newer, larger`."""
    size, other = _sizes(conflict, side)
    words = ["newer"] if conflict.newer is side else []
    if size is not None and other is not None and size > other:
        words.append("larger")
    return f"  {', '.join(words)}" if words else ""


def _figures(conflict: Conflict, side: Side) -> str:
    size, other = _sizes(conflict, side)
    text = "size unknown"
    if size is not None:
        # To the byte where the round figures would look the same.
        is_exact = other is not None and human_size(size) == human_size(other)
        text = f"{size:,} bytes" if is_exact else human_size(size)
    when = conflict.time_of(side)
    return f"{text}, {when}" if when else text
