"""Small dialogs: a question, a line of text, a message, work under way. Keys first; Escape cancels each.

Names and other text that is not ours stands on lines of its own, literal, with control characters visible.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual import on, work
from textual.app import App, ComposeResult, ScreenStackError
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static
from textual.worker import Worker, WorkerState

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret

Result = TypeVar("Result")
Answer = TypeVar("Answer", bound=StrEnum)
Say = Callable[..., None]
"""Tells the user how far some work has come, in lines."""

PATIENCE = 0.2
"""Seconds before work under way puts itself before the screen."""


def quoted(name: str) -> str:
    """A name on a line of its own: `  “name”`, made visible."""
    return f"  “{shown(name)}”"


def listed(names: Sequence[str], *, limit: int = 6) -> list[str]:
    """Names on lines of their own, the first few of many."""
    lines = [quoted(name) for name in names[:limit]]
    if len(names) > limit:
        lines.append(f"  … and {len(names) - limit:,} more")
    return lines


class Dialog(ModalScreen[Result], Generic[Result]):
    """A box in the middle with a title and lines of text; Escape gives None."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > .dialog {
            width: 68;
            max-width: 96%;
            height: auto;
            max-height: 94%;
            padding: 1 2;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
        }
        & .dialog--text { height: auto; max-height: 14; }
        & .dialog--problem { height: auto; color: $error; display: none; }
        & .dialog--problem.-shown { display: block; }
        & .dialog--problem.-quiet { color: $text-muted; }
        & Input { padding: 0 1; margin: 1 0 0 0; background: $surface; }
        & .dialog--buttons { height: 1; margin: 1 0 0 0; align-horizontal: right; }
        & Button { margin: 0 0 0 2; min-width: 10; }
        &.-danger > .dialog { border: round $error; border-title-color: $error; }
        &.-patient { background: transparent; }
        &.-patient > .dialog { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
        Binding("space", "press_button", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str] = ()) -> None:
        super().__init__()
        self.title_text = title
        """The heading."""
        self.lines = tuple(shown(line) for line in lines)
        """What it says, a line each, made visible."""

    def compose(self) -> ComposeResult:
        """The box: text, then what the kind of dialog adds."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(shown(self.title_text))
            if self.lines:
                yield Static(Content("\n".join(self.lines)), classes="dialog--text", markup=False)
            yield from self.compose_body()

    def compose_body(self) -> ComposeResult:
        """What stands below the text."""
        yield from ()

    def action_cancel(self) -> None:
        """Closes without an answer."""
        self.dismiss(None)

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Closes with an answer; does nothing where the app is closing and has taken its screens away already."""
        try:
            return super().dismiss(result)
        except ScreenStackError:
            return AwaitComplete()

    def action_press_button(self) -> None:
        """Presses the button that has the focus: Textual's buttons know Enter only."""
        if isinstance(self.focused, Button):
            self.focused.press()


class Confirm(Dialog[bool]):
    """Asks for a yes; the safe answer has the focus where harm can come of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n", "answer(False)", "No", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str], *, yes: str, is_dangerous: bool = False) -> None:
        super().__init__(title, lines)
        self._yes = yes
        self.set_class(is_dangerous, "-danger")
        self._is_dangerous = is_dangerous

    def compose_body(self) -> ComposeResult:
        """Yes and cancel."""
        with Horizontal(classes="dialog--buttons"):
            variant = "error" if self._is_dangerous else "primary"
            yield Button(Content(self._yes), id="yes", variant=variant, compact=True)  # type: ignore[arg-type]
            yield Button("Cancel", id="no", compact=True)

    def on_mount(self) -> None:
        """Puts the focus on an answer, and names the key for a yes that Enter does not give."""
        self.query_one("#no" if self._is_dangerous else "#yes").focus()
        if self._is_dangerous:
            self.query_one(".dialog").border_subtitle = Content(f"y {self._yes} · Esc Cancel")

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Closes with an answer."""
        self.dismiss(answer)

    def action_cancel(self) -> None:
        """Closes with a no."""
        self.dismiss(False)


class AnswerDialog(Dialog[Answer]):
    """A dialog with a button for each of several answers, whose id is the answer; Escape gives `cancelled`."""

    answers: ClassVar[type[StrEnum]]
    """All answers."""
    cancelled: ClassVar[StrEnum]
    """What Escape answers."""

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id or self.cancelled.value)

    def action_answer(self, answer: str) -> None:
        """Closes with an answer."""
        self.dismiss(cast("Answer", self.answers(answer)))

    def action_cancel(self) -> None:
        """Closes with the answer that changes nothing."""
        self.action_answer(self.cancelled.value)


class FieldDialog(Dialog[Result]):
    """A dialog with fields: Enter in one and the button `yes` submit, the other button and Escape cancel."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", show=False)]
    _is_attempting = False

    def on_mount(self) -> None:
        """Puts the focus on the first field."""
        self.query(Input).first().focus()

    @on(Input.Submitted)
    def _on_submitted(self) -> None:
        self.submit()

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "yes":
            self.submit()
        else:
            self.dismiss(None)

    def action_submit(self) -> None:
        """Enter on a field that has no use for it, such as a line of choices."""
        self.submit()

    def submit(self) -> None:
        """Takes what stands in the fields."""

    def attempt(self, work: Callable[[], Awaitable[str | None]], result: Result) -> None:
        """Does what the fields are for, and closes with `result` once that has come about.

        Args:
            work: Says what is wrong with what stands in the fields, or None; may raise TuiftpError.
            result: The answer.
        """
        if not self._is_attempting:
            self._is_attempting = True
            self._attempt(work, result)

    @work(group="keep", exclusive=True, exit_on_error=False)
    async def _attempt(self, work: Callable[[], Awaitable[str | None]], result: Result) -> None:
        waiting = self.set_timer(PATIENCE, lambda: self.say_problem("Working …  Esc cancels", is_error=False))
        try:
            problem = await work()
        except TuiftpError as error:
            problem = f"{error.message}\n→ {error.hint}" if error.hint else error.message
        finally:
            waiting.stop()
            self._is_attempting = False
        if problem is None:
            self.dismiss(result)
        else:
            self.say_problem(problem)

    @on(Worker.StateChanged)
    def _on_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:  # a mistake of ours
            self.say_problem(f"This should not have happened: {event.worker.error!r}")

    def say_problem(self, problem: str, *, is_error: bool = True) -> None:
        """Says what is wrong with what stands in a field, or what is done about it."""
        place = self.query_one(".dialog--problem", Static)
        place.update(Content("\n".join(map(shown, problem.split("\n")))))
        place.set_class(bool(problem), "-shown")
        place.set_class(not is_error, "-quiet")


class Prompt(FieldDialog[str | None]):
    """Asks for a line of text, and stays with it until it could be used."""

    def __init__(
        self, title: str, lines: Sequence[str] = (), *, value: str = "", ok: str = "OK",
        selected: int | None = None, check: Callable[[str], str | None] | None = None,
        take: Callable[[str], Awaitable[str | None]] | None = None,
    ) -> None:  # fmt: skip
        """Makes the dialog.

        Args:
            title: The heading.
            lines: What it says above the field.
            value: What stands in the field.
            ok: The word on the button.
            selected: How many characters of `value` are selected, so that typing replaces them; None: all.
            check: Says what is wrong with a text, or None.
            take: Does what the text is for, and says what is wrong with it, or None; may raise TuiftpError. Only
                then the dialog closes; Escape ends it.
        """
        super().__init__(title, lines)
        self._value = value
        self._ok = ok
        self._selected = len(value) if selected is None else selected
        self._check = check
        self._take = take

    def compose_body(self) -> ComposeResult:
        """The field and the buttons."""
        yield Input(self._value, select_on_focus=False, compact=True)
        yield Static("", classes="dialog--problem", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button(Content(self._ok), id="yes", variant="primary", compact=True)
            yield Button("Cancel", id="no", compact=True)

    def on_mount(self) -> None:
        """Puts the focus on the field."""
        super().on_mount()
        if self._selected:
            field = self.query_one(Input)
            field.selection = type(field.selection)(0, self._selected)

    def submit(self) -> None:
        """Takes the text, unless something is wrong with it."""
        text = self.query_one(Input).value
        problem = self._check(text) if self._check is not None else None
        if problem is not None:
            self.say_problem(problem)
        elif self._take is None:
            self.dismiss(text)
        else:
            take = self._take
            self.attempt(lambda: take(text), text)


class PasswordDialog(FieldDialog[Secret]):
    """Asks for the password of a site; what is typed is not shown. Escape gives none."""

    def __init__(self, site: str, *, note: str = "") -> None:
        super().__init__("Password", ["To log in to", quoted(site), *(["", note] if note else [])])

    def compose_body(self) -> ComposeResult:
        """The field and the buttons."""
        yield Input(password=True, compact=True)
        with Horizontal(classes="dialog--buttons"):
            yield Button("Log in", id="yes", variant="primary", compact=True)
            yield Button("Cancel", id="no", compact=True)

    def submit(self) -> None:
        """Gives the password."""
        self.dismiss(Secret(self.query_one(Input).value))


class Message(Dialog[None]):
    """Says something, and goes at any of the usual keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "cancel", "Close", show=False)]

    def __init__(self, title: str, lines: Sequence[str], *, is_error: bool = False) -> None:
        super().__init__(title, lines)
        self.set_class(is_error, "-danger")

    def compose_body(self) -> ComposeResult:
        """One button."""
        with Horizontal(classes="dialog--buttons"):
            yield Button("Close", id="close", variant="primary", compact=True)

    @on(Button.Pressed)
    def _on_pressed(self) -> None:
        self.dismiss(None)


class LongMessage(Message):
    """Says something long, which the arrows scroll."""

    DEFAULT_CSS = """
    LongMessage {
        & > .dialog { width: 96%; max-width: 110; }
        & VerticalScroll { height: auto; max-height: 60vh; scrollbar-size-vertical: 1; }
        & VerticalScroll .dialog--text { max-height: 1000; }
    }
    """

    def compose(self) -> ComposeResult:
        """The text in a box that scrolls, and the button."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(shown(self.title_text))
            with VerticalScroll():
                yield Static(Content("\n".join(self.lines)), classes="dialog--text", markup=False)
            yield from self.compose_body()

    def on_mount(self) -> None:
        """Lets the arrows scroll at once."""
        self.query_one(VerticalScroll).focus()


class Busy(Dialog[Any]):
    """Does some work while the user waits; shows itself only if it takes a while. Escape cancels the work."""

    def __init__(self, title: str, job: Callable[[Say], Awaitable[Any]]) -> None:
        super().__init__(title)
        self.error: TuiftpError | None = None
        """Why the work failed."""
        self.is_cancelled = False
        """Whether the user ended it."""
        self._job = job
        self._said: tuple[object, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Where the work has come to."""
        yield Static("", classes="dialog--text", id="said", markup=False)
        yield Static(Content("Esc cancels"), classes="dialog--text", markup=False)

    def on_mount(self) -> None:
        """Begins the work."""
        self.add_class("-patient")
        self.set_timer(PATIENCE, lambda: self.remove_class("-patient"))
        self.set_interval(0.1, self._show)
        self._run()

    @work(exit_on_error=False)
    async def _run(self) -> None:
        result = None
        try:
            result = await self._job(self._say)
        except TuiftpError as error:
            self.error = error
        self.dismiss(result)

    @on(Worker.StateChanged)
    def _on_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:  # a mistake of ours: better told than waited for
            self.error = TuiftpError(f"This should not have happened: {event.worker.error!r}")
            self.dismiss(None)

    def _say(self, *lines: object) -> None:
        self._said = lines  # called for every entry of a tree; put into words ten times a second

    def _show(self) -> None:
        text = "\n".join(shown(str(line)) for line in self._said)
        self.query_one("#said", Static).update(Content(text))

    def action_cancel(self) -> None:
        """Cancels the work."""
        self.is_cancelled = True
        self.workers.cancel_node(self)
        self.dismiss(None)


async def run_busy(
    app: App[Any], title: str, job: Callable[[Say], Awaitable[Result]]
) -> tuple[Result | None, bool]:
    """Does some work behind a dialog that Escape cancels. Call it in a worker.

    Returns:
        What the work gave, and whether it was carried to its end.

    Raises:
        TuiftpError: The work failed.
    """
    screen = Busy(title, job)
    result: Result | None = await app.push_screen_wait(screen)
    if screen.error is not None:
        raise screen.error
    return result, not screen.is_cancelled
