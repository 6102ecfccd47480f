"""A box to tick whose sign tells its state: Textual's own is told apart by colour alone."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """`[x] read` or `[ ] read`."""

    DEFAULT_CSS = """
    Tick {
        border: none;
        background: transparent;
        padding: 0;
        color: $foreground;
        &:focus { border: none; text-style: bold; color: $primary; background: transparent; }
        &:focus > .toggle--label { background: $cursor; color: $foreground; }
    }
    """

    @property
    def _button(self) -> Content:
        return Content.styled("[x]" if self.value else "[ ]", self.get_visual_style("toggle--label"))
