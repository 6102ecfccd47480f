"""Form rows: one line for one setting, made from its description; operated by keys and mouse alike.

A row proposes a value and shows what it is told: whether the value is good, its owner decides. A row draws
itself, without a widget for each of its parts: a form of thirty rows would be two hundred widgets.
"""

from __future__ import annotations

import textwrap
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.input import Selection

from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.storage.fields import Choice, SettingKind, SettingSpec

TITLE_WIDTH = 38
"""Cells for the title where there is room; the value begins behind it."""
LEAST_TITLE = 16
"""Cells that the title keeps however long the value is."""
LEAST_VALUE = 18
"""Cells that are kept for the value, and the field that it is typed in, however short it is."""

_HINT_FROM = 75


class SettingRow(Widget, can_focus=True):
    """A setting with its value; the base of all rows, and by itself one that steps through choices."""

    DEFAULT_CSS = """
    SettingRow {
        height: auto; padding: 0 1;
        &:hover { background: $block-hover-background; }
        &:focus, &:focus-within { background: $block-cursor-background; }
        & > .row--title { color: $foreground; }
        & > .row--value { color: $accent; }
        & > .row--overruled, & > .row--hint { color: $text-muted; }
        & > .row--error { color: $error; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row--title", "row--value", "row--overruled", "row--hint", "row--error",
    }  # fmt: skip

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,right,l", "change", "Change", key_display="Enter"),
        Binding("left,h", "change_back", "Back", show=False),
        Binding("delete,d", "default", "Default", key_display="Del"),
    ]

    class Proposed(Message):
        """The user wants a setting to have a value; nothing is changed yet."""

        def __init__(self, row: SettingRow, value: object, *, is_final: bool = True) -> None:
            super().__init__()
            self.row = row
            """The row that it came from."""
            self.value = value
            """The value, or what was typed."""
            self.is_final = is_final
            """Whether to keep it; False while the user still types, and only a check is wanted."""

        @property
        def control(self) -> SettingRow:
            """The row."""
            return self.row

    def __init__(self, name: str, spec: SettingSpec, default: object, *, suffix: str = "") -> None:
        super().__init__(id=f"setting-{name}{suffix}")
        self.setting = name
        """The setting's name."""
        self.spec = spec
        """Its description."""
        self.value: Any = default
        """The value that is shown."""
        self.error = ""
        """What is wrong with what was typed."""
        self._default = default
        self._text = spec.describe(default)
        self._is_overruled = False

    # What it shows

    def render(self) -> Content:
        """The lines of the row."""
        return Content("\n").join(self.lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many cells as there are lines; the field, when it is open, lies over the first of them."""
        return len(self.lines(width))

    def lines(self, width: int) -> list[Content]:
        """Title, value and hint in one line; the error, when there is one, below."""
        hint = self.hint() if width >= _HINT_FROM else ""
        title = self.title_width(width)
        needed = cell_width(self._text) + 2  # the value itself comes before what else it could be
        room = max(width - title - cell_width(hint), min(needed, width - title))
        hint = fit(hint, width - title - room) if hint else ""
        line = Content.assemble(
            (f"{fit(self.spec.title, title - 1)} ", self._style("title")),
            (fit(self._text, room), self._style("overruled" if self._is_overruled else "value")),
            (hint, self._style("hint")),
        )
        return [line, *self._error_lines(width)]

    def title_width(self, width: int) -> int:
        """The cells of the title in a row of so many: the value is the last to be cut."""
        return min(TITLE_WIDTH, max(LEAST_TITLE, width - max(cell_width(self._text), LEAST_VALUE)))

    def hint(self) -> str:
        """What the value may be, in a few words."""
        if self.spec.kind is SettingKind.SWITCH:
            return "yes · no"
        return " · ".join(choice.label.lower() for choice in self.spec.choices)

    def explanation(self) -> str:
        """What the help line says while the row has the focus."""
        chosen = next((choice for choice in self.spec.choices if choice.value == self.value), None)
        return self.spec.help + (f" {chosen.label}: {chosen.help}" if chosen else "")

    def settle(self) -> None:
        """Is told that what it proposed was taken."""
        self.show_error("")

    def show(self, settings: object) -> None:
        """Shows the row's setting as it stands, in the settings or in whatever else has a field of its name."""
        self.value = getattr(settings, self.setting)
        overruled = self.spec.overruled
        self._is_overruled = overruled is not None and getattr(settings, overruled.by) == overruled.value
        words = overruled.shown if overruled and self._is_overruled else self.spec.describe(self.value)
        self._text = shown(words)
        self.refresh()

    def show_error(self, message: str) -> None:
        """Shows what is wrong with what was typed, or nothing."""
        if message != self.error:
            self.error = message
            self.refresh(layout=True)

    def _error_lines(self, width: int) -> list[Content]:
        if not self.error:
            return []
        lines = textwrap.wrap(f"✗ {shown(self.error)}", max(width - 2, 10), subsequent_indent="  ")
        return [Content.styled(fit(f"  {line}", width), self._style("error")) for line in lines]

    def _style(self, part: str) -> Any:
        return self.get_visual_style(f"row--{part}", partial=True)

    # What the user does

    def values(self) -> list[Any]:
        """The values to step through, in order."""
        if self.spec.kind is SettingKind.SWITCH:
            return [True, False]
        return [choice.value for choice in self.spec.choices]

    async def action_change(self) -> None:
        """Proposes the next value."""
        self._step(1)

    def action_change_back(self) -> None:
        """Proposes the value before."""
        self._step(-1)

    def action_default(self) -> None:
        """Proposes the value of a fresh installation."""
        self.post_message(self.Proposed(self, self._default))

    async def on_click(self, event: events.Click) -> None:
        """A click on the value changes it; a click on the title only brings the cursor."""
        event.stop()
        place = event.get_content_offset(self)
        self.screen.set_focus(self)
        if place is not None and place.y == 0 and place.x >= self.title_width(self.content_size.width):
            await self.action_change()

    def _step(self, by: int) -> None:
        values = self.values()
        if values:
            place = values.index(self.value) if self.value in values else -by
            self.post_message(self.Proposed(self, values[(place + by) % len(values)]))


class ThemeRow(SettingRow):
    """Steps through the names of the themes that there are."""

    def values(self) -> list[Any]:
        """The app's themes."""
        return sorted(self.app.available_themes)

    def hint(self) -> str:
        """That the choice shows at once."""
        return "←→ shows it at once"


class RadioRow(SettingRow):
    """One choice of a setting whose choices stand below each other, each with its sentence."""

    DEFAULT_CSS = """
    RadioRow {
        & > .row--title { text-style: bold; }
        & > .row--value { text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "change", "Choose", key_display="Enter"),
    ]
    _LABEL_WIDTH = 12

    def __init__(self, name: str, spec: SettingSpec, default: object, choice: Choice) -> None:
        super().__init__(name, spec, default, suffix=f"-{choice.word}")
        self.choice = choice
        """The choice that this row stands for."""

    def lines(self, width: int) -> list[Content]:
        """A button, the choice and its sentence, over as many lines as that takes."""
        is_chosen = self.value == self.choice.value
        label = fit(f"{'◉' if is_chosen else '○'} {self.choice.label}", self._LABEL_WIDTH)
        sentence = textwrap.wrap(self.choice.help, max(width - self._LABEL_WIDTH, 10))
        labels = [label, *[" " * self._LABEL_WIDTH] * (len(sentence) - 1)]
        return [
            Content.assemble(
                (start, self._style("value" if is_chosen else "title")), (line, self._style("hint"))
            )
            for start, line in zip(labels, sentence, strict=True)
        ] + self._error_lines(width)

    def explanation(self) -> str:
        """What the setting is about."""
        return self.spec.help

    def values(self) -> list[Any]:
        """This one only."""
        return [self.choice.value]

    async def on_click(self, event: events.Click) -> None:
        """A click anywhere on it chooses it."""
        event.stop()
        self.screen.set_focus(self)
        await self.action_change()


class TextRow(SettingRow):
    """A text or a number: Enter, a digit or a click opens a field, Enter keeps, Escape leaves it as it was."""

    DEFAULT_CSS = """
    TextRow Input { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "change", "Edit", key_display="Enter"),
        Binding("right,l", "step(1)", "More", show=False),
        Binding("left,h", "step(-1)", "Less", show=False),
        Binding("escape", "cancel_edit", "Cancel", key_display="Esc"),
    ]
    _field: Input | None = None

    @property
    def is_editing(self) -> bool:
        """Whether the field is open."""
        return self._field is not None

    def hint(self) -> str:
        """The range, or an example."""
        return self.spec.range_text or (f"e.g. {self.spec.example}" if self.spec.example else "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The field has keys of its own; and there is nothing to cancel without it."""
        if action == "step":
            return not self.is_editing and self.spec.kind in (SettingKind.WHOLE, SettingKind.SECONDS)
        if action in ("change", "change_back", "default"):
            return not self.is_editing
        return self.is_editing if action == "cancel_edit" else True

    async def action_change(self) -> None:
        """Opens the field with the value in it."""
        await self._open(f"{self.value:g}" if isinstance(self.value, float) else str(self.value))

    async def on_key(self, event: events.Key) -> None:
        """A digit begins a new value, without Enter before it; what was typed behind it in one go follows it."""
        if not event.character or not event.is_printable:
            return
        if self._field is None and self.begins_value(event.character):
            event.stop()
            await self._open("")
            self._insert(event.character)
        elif self._field is not None:  # on its way before the field had the focus
            event.stop()
            self._insert(event.character)

    def _insert(self, character: str) -> None:
        if self._field is not None:
            self._field.replace(character, *self._field.selection)

    def begins_value(self, character: str) -> bool:
        """Whether a character that is typed on the closed row begins a new value."""
        return character.isdigit()

    def make_field(self, text: str) -> Input:
        """The field, with a text in it."""
        return Input(text, placeholder=self.spec.example, compact=True, select_on_focus=False)

    async def _open(self, text: str) -> None:
        if self._field is None:
            self._field = self.make_field(text)
            self._field.styles.margin = (0, 0, 0, self.title_width(self.content_size.width))
            # Here, not when the focus comes: keys may be on their way that are to replace it.
            self._field.selection = Selection(0, len(text))
            await self.mount(self._field)
            self.screen.set_focus(self._field)

    def action_cancel_edit(self) -> None:
        """Closes the field and keeps the old value."""
        self._close()
        self.show_error("")

    def action_step(self, by: int) -> None:
        """Proposes the number next to this one."""
        number = min(max(self.value + by, self.spec.low), self.spec.high)
        self.post_message(self.Proposed(self, number))

    def settle(self) -> None:
        """Closes the field, whose work is done."""
        self._close()
        super().settle()

    @on(Input.Changed)
    def _check(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self._field:
            self.typed(event.value)

    def typed(self, text: str) -> None:
        """Has what stands in the field looked at; it is not kept yet."""
        if text != str(self.value):
            self.post_message(self.Proposed(self, text, is_final=False))

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.entered(event.value)

    def entered(self, text: str) -> None:
        """Proposes what stands in the field."""
        self.post_message(self.Proposed(self, text))

    def on_descendant_blur(self) -> None:
        """The field was left without Enter."""
        if self.is_editing:
            self.field_left()

    def field_left(self) -> None:
        """Going away from the field leaves the value as it was."""
        self.action_cancel_edit()

    def _close(self) -> None:
        field, self._field = self._field, None
        if field is not None:
            if field.has_focus:
                self.screen.set_focus(self)
            field.remove()


def make_rows(name: str, spec: SettingSpec, default: object) -> list[SettingRow]:
    """The row, or the rows, of one setting."""
    if spec.kind is SettingKind.THEME:
        return [ThemeRow(name, spec, default)]
    if spec.kind in (SettingKind.WHOLE, SettingKind.SECONDS, SettingKind.TEXT):
        return [TextRow(name, spec, default)]
    # A setting that has a box to itself has room for a sentence on each of its choices.
    if spec.kind is SettingKind.CHOICE and spec.title == spec.box:
        return [RadioRow(name, spec, default, choice) for choice in spec.choices]
    return [SettingRow(name, spec, default)]
