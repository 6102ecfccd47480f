"""The settings screen: made from the settings' descriptions, checks each change at once and keeps it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from tuiftp.errors import ConfigurationError, TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.storage.settings import SPECS, Settings, changed
from tuiftp.storage.settings_store import SettingsStore
from tuiftp.ui.diagnosis.mode_history import LedgerBox, LedgerRow
from tuiftp.ui.settings.form_rows import SettingRow, make_rows

__all__ = ["LedgerRow", "SettingsScreen"]

GROUPS = tuple(dict.fromkeys(spec.group for spec in SPECS.values()))
"""The categories, in order; `Keys` follows them."""

_CLOSE_WAIT = 2.0
_WIDE = 100
_SMALL = 72


class SettingsScreen(Screen[None]):
    """Shows and changes the settings. Closing it loses nothing: each change is kept as it is made."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move_group(-1)", "Category before", show=False),
        Binding("pagedown", "move_group(1)", "Next category", show=False),
        Binding("home", "move(-1000)", "First", show=False),
        Binding("end", "move(1000)", "Last", show=False),
        Binding("tab,shift+tab", "switch_side", "Categories", key_display="Tab"),
        Binding("f", "forget_mode", "Forget the mode"),
        Binding("escape,f9", "close", "Close", key_display="Esc"),
    ]

    def __init__(
        self,
        store: SettingsStore,
        settings: Settings,
        *,
        on_change: Callable[[Settings], None],
        mode_history: Callable[[], Sequence[LedgerRow]],
        forget: Callable[[], None],
        site: str = "",
    ) -> None:
        """Makes the screen.

        Args:
            store: Keeps what is changed.
            settings: As they stand.
            on_change: Called with the new settings after each good change.
            ledger: Gives what was tried at the present site.
            forget: Makes the present site forget it.
            site: The present site's name, for the heading of the ledger.
        """
        super().__init__()
        self.settings = settings
        """The settings as they stand on the screen."""
        self._store = store
        self._on_change = on_change
        self._ledger = mode_history
        self._forget = forget
        self._site = site
        self._last_row: Widget | None = None
        self._is_saved = True
        self._saving = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """Categories at left, boxes at right, the help of the row under the cursor below."""
        yield Static(Content(f"Settings · kept in {shown(str(self._store.path))}"), id="settings-title")
        with Horizontal(id="settings-body"):
            yield OptionList(
                *(Option(Content(name), _anchor(name)) for name in [*GROUPS, "Keys"]), id="settings-groups"
            )
            # Not a VerticalScroll: that has the arrow keys for itself.
            with Vertical(id="settings-boxes"):
                yield from self._compose_problems()
                for group in GROUPS:
                    yield from self._compose_group(group)
                yield from self._compose_keys()
        yield Static(id="settings-help", markup=False)
        yield Footer(show_command_palette=False)

    def _compose_problems(self) -> Iterator[Widget]:
        lines = [f"{problem.key or 'file'}: {problem.message}" for problem in self._store.problems]
        box = Label(Content("\n".join(map(shown, lines))), id="settings-problems")
        box.border_title = "Not used in this file"
        box.set_class(bool(lines), "-some")
        yield box

    def _compose_group(self, group: str) -> ComposeResult:
        specs = [(name, spec) for name, spec in SPECS.items() if spec.group == group]
        defaults = Settings()
        with Vertical(id=_anchor(group), classes="settings-group"):
            for title, members in groupby(specs, key=lambda item: item[1].box):
                with Vertical(classes="settings-box") as box:
                    box.border_title = Content(title)
                    for name, spec in members:
                        yield from make_rows(name, spec, getattr(defaults, name))
            if group == GROUPS[0]:
                yield LedgerBox(self._ledger, self._site)

    def _compose_keys(self) -> ComposeResult:
        with Vertical(id=_anchor("Keys"), classes="settings-box settings-group") as box:
            box.border_title = "Keys"
            own = [f"{shown(command)} = {shown(key)}" for command, key in self.settings.keymap.items()]
            yield Label(
                Content("\n".join(own or ["No keys of your own."])), classes="settings-note settings-keys"
            )
            yield Label(
                "Your own keys go under [keymap] in the settings file, as  copy = \"ctrl+k\". "
                "F1 lists the commands.",
                classes="settings-note",
                markup=False,
            )  # fmt: skip

    def on_mount(self) -> None:
        """Shows the values and puts the cursor on the first row."""
        self._show_all()
        self.set_focus(self.rows()[0])

    def on_resize(self, event: events.Resize) -> None:
        """Gives the rows more room on a narrow terminal."""
        self.set_class(event.size.width < _WIDE, "-narrow")
        self.set_class(event.size.width < _SMALL, "-small")

    def rows(self) -> list[Widget]:
        """All places where the cursor can stand at right, from top to bottom."""
        return [*self.query("SettingRow, LedgerBox").results(Widget)]

    # Changes

    @on(SettingRow.Proposed)
    def _propose(self, event: SettingRow.Proposed) -> None:
        event.stop()
        row = event.row
        try:
            settings = changed(self.settings, row.setting, event.value)
        except ConfigurationError as error:
            row.show_error(error.message)
            return
        if event.is_final:
            row.settle()
            self._take(settings, row)
        else:
            row.show_error("")

    def _take(self, settings: Settings, row: SettingRow) -> None:
        is_same = settings == self.settings
        self.settings = settings
        self._show_all()
        self._explain(row)
        if is_same:
            return
        self._is_saved = False
        self._on_change(settings)
        self._save_soon()

    def _show_all(self) -> None:
        for row in self.query(SettingRow):
            row.show(self.settings)

    @work(group="save-settings", exit_on_error=False)
    async def _save_soon(self) -> None:
        await self._save()

    async def _save(self) -> None:
        # Writing waits for the disk, which transfers may keep busy for seconds: never in the event loop.
        async with self._saving:
            while not self._is_saved:
                self._is_saved = True
                try:
                    await asyncio.to_thread(self._store.save, self.settings)
                except TuiftpError as error:
                    self._show_help(f"Not saved: {error}", is_failure=True)

    async def action_close(self) -> None:
        """Closes the screen, once the last change is on the disk."""
        try:
            await asyncio.wait_for(self._save(), _CLOSE_WAIT)
        except TimeoutError:
            self.notify("The disk is busy; the settings are still being written.", markup=False)
        self.dismiss()

    async def action_forget_mode(self) -> None:
        """Forgets which way of opening data connections worked here."""
        self._forget()
        await self.query_one(LedgerBox).reload()

    # Moving about

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a field is open, Escape closes the field and letters are text."""
        return not isinstance(self.focused, Input) or action not in ("close", "forget_mode")

    def action_move(self, by: int) -> None:
        """Moves the cursor by rows."""
        rows = self.rows()
        place = rows.index(self._row()) + by
        # Not `focus()`, which comes about later: keys that follow at once must find the cursor moved.
        self.set_focus(rows[min(max(place, 0), len(rows) - 1)])

    def action_move_group(self, by: int) -> None:
        """Moves the cursor to the first row of another category."""
        group = next(node.id for node in self._row().ancestors if node.has_class("settings-group"))
        place = [_anchor(name) for name in GROUPS].index(str(group)) + by
        self._go_to_group(min(max(place, 0), len(GROUPS) - 1))

    def action_switch_side(self) -> None:
        """Goes from the rows to the categories, or back."""
        groups = self.query_one("#settings-groups", OptionList)
        self.set_focus(self._row() if groups.has_focus or not groups.display else groups)

    def _row(self) -> Widget:
        return self._row_of(self.focused) or self._last_row or self.rows()[0]

    def _row_of(self, widget: Widget | None) -> Widget | None:
        nodes = widget.ancestors_with_self if widget else []
        return next((node for node in nodes if isinstance(node, SettingRow | LedgerBox)), None)

    def _go_to_group(self, place: int) -> None:
        rows = self.query(f"#{_anchor([*GROUPS, 'Keys'][place])} SettingRow")
        if rows:
            self.set_focus(rows.first(SettingRow))

    @on(OptionList.OptionHighlighted, "#settings-groups")
    def _look_at_group(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list.has_focus and event.option_id:
            self.query_one(f"#settings-boxes #{event.option_id}").scroll_visible(top=True, animate=False)

    @on(OptionList.OptionSelected, "#settings-groups")
    def _enter_group(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._go_to_group(event.option_index)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers the row, and says what it is for."""
        row = self._row_of(event.widget)
        if row is None:
            return
        self._last_row = row
        group = next(node.id for node in row.ancestors if node.has_class("settings-group"))
        groups = self.query_one("#settings-groups", OptionList)
        groups.highlighted = groups.get_option_index(str(group))
        self._explain(row)
        self.call_after_refresh(self._show_box, row)

    def _show_box(self, row: Widget) -> None:
        """Brings the frame around the row into sight, title and all, where it fits."""
        box = (
            row
            if isinstance(row, LedgerBox)
            else next(n for n in row.ancestors if n.has_class("settings-box"))
        )
        room = self.query_one("#settings-boxes").size.height
        if isinstance(box, Widget) and box.outer_size.height <= room:
            box.scroll_visible(animate=False)

    def _explain(self, row: Widget) -> None:
        if isinstance(row, SettingRow):
            self._show_help(row.explanation())
        else:
            self._show_help("What was tried at this site, and why the mode is as it is. f forgets it.")

    def _show_help(self, text: str, *, is_failure: bool = False) -> None:
        line = self.query_one("#settings-help", Static)
        line.set_class(is_failure, "-failed")
        line.update(Content(shown(text)), layout=False)


def _anchor(group: str) -> str:
    return "group-" + group.lower().replace(" ", "-")
