"""Compare screen: two logs side by side, aligned by command, the cursor on the first relevant difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from tuiftp.protocol.text import fit, shown
from tuiftp.wirelog.compare import Comparison, Pair, Step


class ComparisonView(ScrollView, can_focus=True, inherit_bindings=False):
    """A line for each pair of steps; only what is in sight is drawn."""

    DEFAULT_CSS = """
    ComparisonView {
        height: 1fr;
        background: $surface;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .compare--differs { color: $wire-warning; }
        & > .compare--same { color: $foreground; }
        & > .compare--cursor { background: $cursor; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"compare--differs", "compare--same", "compare--cursor"}

    def __init__(self, pairs: Sequence[Pair], cursor: int) -> None:
        super().__init__()
        self.pairs = pairs
        """What is shown."""
        self.cursor = cursor
        """The pair under the cursor."""

    def on_mount(self) -> None:
        """Shows the cursor."""
        self.virtual_size = Size(0, len(self.pairs))
        self.call_after_refresh(self.move_cursor, 0)

    def move_cursor(self, by: int) -> None:
        """Moves the cursor by so many pairs."""
        self.cursor = min(max(self.cursor + by, 0), max(len(self.pairs) - 1, 0))
        y, height = self.scroll_offset.y, max(1, self.size.height)
        if not y <= self.cursor < y + height:
            top = max(0, self.cursor - height // 2)
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
        self.refresh()

    def go_to_difference(self, by: int) -> None:
        """Goes to the next difference that matters, or to the one before."""
        places = [place for place, pair in enumerate(self.pairs) if pair.differs]
        ahead = [place for place in places if (place > self.cursor if by > 0 else place < self.cursor)]
        if ahead:
            self.move_cursor((ahead[0] if by > 0 else ahead[-1]) - self.cursor)

    def render_line(self, y: int) -> Strip:
        """Draws one pair."""
        place = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if place >= len(self.pairs):
            return Strip.blank(width, self.rich_style)
        pair = self.pairs[place]
        style = self.get_component_rich_style(
            "compare--differs" if pair.differs else "compare--same", partial=True
        )
        under = place == self.cursor
        base = self.get_component_rich_style("compare--cursor") if under else self.rich_style
        return Strip([Segment(pair_line(pair, width), base + style)]).adjust_cell_length(width, base)


def pair_line(pair: Pair, width: int) -> str:
    """A pair as one line: both steps with their outcomes, and a sign where they differ."""
    half = max(10, (width - 3) // 2)
    sign = "≠" if pair.differs else " "
    return f"{fit(_step(pair.left, half), half)} {sign} {fit(_step(pair.right, half), half)}"


def _step(step: Step | None, cells: int) -> str:
    if step is None:
        return "·"
    outcome = step.told
    took = f"  {step.ms / 1000:.1f} s" if step.ms is not None and step.ms >= 1000 else ""
    line = shown(step.line)
    room = max(8, cells - len(outcome) - len(took) - 3)
    return f"{fit(line, room).rstrip() if len(line) > room else line} → {shown(outcome)}{took}"


class CompareScreen(Screen[int | None]):
    """Gives 0 or 1 for the log that is to be opened, or None."""

    DEFAULT_CSS = """
    CompareScreen {
        background: $background;
        & .compare--text { height: auto; max-height: 6; padding: 0 1; background: $panel; }
        & .compare--sentence { color: $wire-warning; }
        & .compare--keys { color: $text-muted; }
        & ComparisonView { border: round $border; border-title-color: $primary; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", show=False),
        Binding("down,j", "step(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "step(-1000000)", show=False),
        Binding("end,G", "step(1000000)", show=False),
        Binding("n", "difference(1)", show=False),
        Binding("N", "difference(-1)", show=False),
        Binding("1", "open(0)", show=False),
        Binding("2", "open(1)", show=False),
        Binding("q,escape,f10,ctrl+q", "leave", show=False),
    ]

    def __init__(self, comparison: Comparison, names: tuple[str, str]) -> None:
        super().__init__()
        self._comparison = comparison
        self._names = names
        self.view = ComparisonView(comparison.pairs, comparison.first or 0)
        """The pairs."""

    def compose(self) -> ComposeResult:
        """The sentence, the pairs, the findings of one log alone."""
        compared = self._comparison
        yield Static(
            Content(shown(compared.sentence)), classes="compare--text compare--sentence", markup=False
        )
        self.view.border_title = Content(f"1 {shown(self._names[0])}   ≠   2 {shown(self._names[1])}")
        yield self.view
        alone = [
            f"Only in {shown(name)}: {', '.join(codes)}"
            for name, codes in zip(self._names, (compared.only_left, compared.only_right), strict=True)
            if codes
        ]
        if alone:
            yield Static(Content("\n".join(alone)), classes="compare--text", markup=False)
        keys = "↑↓ step  n next difference  1 2 open a log  q leave"
        yield Static(Content(keys), classes="compare--text compare--keys", markup=False)

    def on_mount(self) -> None:
        """Puts the focus on the pairs."""
        self.view.focus()

    def action_step(self, by: int) -> None:
        """Moves by pairs."""
        self.view.move_cursor(by)

    def action_page(self, by: int) -> None:
        """Moves by screens."""
        self.view.move_cursor(by * max(1, self.view.size.height - 1))

    def action_difference(self, by: int) -> None:
        """Goes to another difference."""
        self.view.go_to_difference(by)

    def action_open(self, which: int) -> None:
        """Opens one of the logs."""
        self.dismiss(which)

    def action_leave(self) -> None:
        """Leaves."""
        self.dismiss(None)
