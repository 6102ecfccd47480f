"""The permissions dialog: nine boxes and the octal number, each following the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from tuiftp.entries import permissions_from_mode
from tuiftp.ui.dialogs.basic import FieldDialog, listed
from tuiftp.ui.dialogs.checkbox import Tick

_WHO = ("Owner", "Group", "Others")
_WHAT = ("read", "write", "execute")


class PermissionsDialog(FieldDialog[int | None]):
    """Asks for permission bits; gives a number from 0 to 0o7777."""

    DEFAULT_CSS = """
    PermissionsDialog {
        & .permissions--row { height: 1; }
        & .permissions--who { width: 10; color: $text-muted; }
        & Tick { width: 16; }
        & .permissions--octal { height: 1; margin: 1 0 0 0; }
        & .permissions--octal Input { width: 8; margin: 0; }
        & .permissions--letters { width: 1fr; padding: 0 2; color: $text-muted; }
    }
    """

    def __init__(
        self, names: Sequence[str], mode: int, *, differ: bool = False,
        change: Callable[[int], Awaitable[str | None]],
    ) -> None:  # fmt: skip
        """Makes the dialog.

        Args:
            names: Whose they are.
            mode: What it begins with.
            differ: Whether they are not the same for all.
            change: Sets them, and says why that did not come about, or None: the dialog stays until then.
        """
        lines = listed(names, limit=3)
        if differ:
            lines += ["", "They differ now; all get these, which are those of the first:"]
        super().__init__("Permissions", lines)
        self._mode = mode
        self._change = change

    def compose_body(self) -> ComposeResult:
        """The boxes, the number, the buttons."""
        for row, who in enumerate(_WHO):
            with Horizontal(classes="permissions--row"):
                yield Static(who, classes="permissions--who", markup=False)
                for column, what in enumerate(_WHAT):
                    bit = 0o400 >> (row * 3 + column)
                    yield Tick(Content(what), bool(self._mode & bit), id=f"bit-{bit}")
        with Horizontal(classes="permissions--octal"):
            yield Static("Octal", classes="permissions--who", markup=False)
            yield Input(f"{self._mode:03o}", restrict=r"[0-7]{0,4}", max_length=4, compact=True)
            yield Static("", classes="permissions--letters", markup=False)
        yield Static("", classes="dialog--problem", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button("Change", id="yes", variant="primary", compact=True)
            yield Button("Cancel", id="no", compact=True)

    def on_mount(self) -> None:
        """Puts the focus on the number."""
        super().on_mount()
        self._show_letters()

    @on(Tick.Changed)
    def _on_box(self, event: Tick.Changed) -> None:
        bit = int((event.checkbox.id or "bit-0").removeprefix("bit-"))
        mode = self._mode | bit if event.value else self._mode & ~bit
        if mode != self._mode:
            self._mode = mode
            self.query_one(Input).value = f"{mode:03o}"
            self._show_letters()

    @on(Input.Changed)
    def _on_number(self, event: Input.Changed) -> None:
        if not event.value:
            return
        self._mode = int(event.value, 8)
        for box in self.query(Tick):
            box.value = bool(self._mode & int((box.id or "bit-0").removeprefix("bit-")))
        self._show_letters()

    def _show_letters(self) -> None:
        self.query_one(".permissions--letters", Static).update(Content(permissions_from_mode(self._mode)))

    def submit(self) -> None:
        """Changes them."""
        if not self.query_one(Input).value:
            self.say_problem("Type an octal number, as 644.")
            return
        change, mode = self._change, self._mode
        self.attempt(lambda: change(mode), mode)
