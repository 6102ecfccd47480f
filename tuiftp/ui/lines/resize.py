"""Lets a view on the Line API grow many times a second, without all of the screen being laid out anew each time."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


def set_height(view: ScrollView, height: int) -> None:
    """Gives a view another height in lines, of which it shows a part.

    Textual lays out the screen whenever `virtual_size` is set, since a scroll bar may come or go; that takes as long
    as ten repaints. A view whose scroll bar is always there (`overflow-y: scroll`) needs none of it.
    """
    view.set_reactive(Widget.virtual_size, Size(view.size.width, height))
    if view.show_vertical_scrollbar:
        view.vertical_scrollbar.window_virtual_size = height
