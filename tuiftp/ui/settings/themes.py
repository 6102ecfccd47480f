"""Makes Textual themes of ours, and sees to it that every variable of the style sheets has a value.

No colour stands here: a variable that a theme leaves out takes the theme's colour that means most alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import App
from textual.theme import Theme

from tuiftp.ui.services import ThemeSpec

VARIABLES: Mapping[str, str] = {
    "wire-command": "secondary",
    "wire-preliminary": "success",
    "wire-reply": "success",
    "wire-error": "error",
    "wire-data": "accent",
    "wire-note": "foreground",
    "wire-warning": "warning",
    "entry-directory": "secondary",
    "entry-link": "foreground",
    "entry-marked": "accent",
    "entry-unreadable": "error",
    "cursor": "block-cursor-blurred-background",
    "cursor-blurred": "panel",
    "transfer-running": "secondary",
    "transfer-done": "success",
    "transfer-failed": "error",
}
"""Our own variables, and the Textual variable that each falls back on."""


def make_theme(spec: ThemeSpec) -> Theme:
    """The Textual theme of a theme file, with a value for each of `VARIABLES`."""
    colours = dict(spec.colours)
    theme = Theme(
        spec.name,
        primary=colours["primary"],
        secondary=colours.get("secondary"),
        accent=colours.get("accent"),
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        boost=colours.get("boost"),
        success=colours.get("success"),
        warning=colours.get("warning"),
        error=colours.get("error"),
        dark=spec.dark,
        variables=dict(spec.variables),
    )
    theme.variables = variable_defaults(theme) | theme.variables
    return theme


def variable_defaults(theme: Theme) -> dict[str, str]:
    """A value for each of `VARIABLES` in a theme that does not have them, as Textual's own do not.

    An app returns this from `get_theme_variable_defaults`: else a style sheet would not parse.
    """
    generated = theme.to_color_system().generate()
    return {name: generated[fallback] for name, fallback in VARIABLES.items()}


def install_themes(app: App[Any], specs: Sequence[ThemeSpec], name: str) -> bool:
    """Makes ours the app's only themes and uses `name`; returns whether that one was found.

    Textual's own themes go: they have no colours for our signs, and one settings screen lists all there are.
    """
    for spec in specs:
        app.register_theme(make_theme(spec))
    is_found = use_theme(app, name, specs)
    ours = {spec.name for spec in specs}
    if ours:
        for other in app.available_themes.keys() - ours:
            app.unregister_theme(other)
    return is_found


FEW_COLOURS = "-few-colours"
"""The class of the app on a terminal with 16 colours or none, where shades of a colour cannot be told apart."""
_MANY = ("256", "truecolor")


def has_few_colours(app: App[Any]) -> bool:
    """Whether shades of a colour cannot be told apart: `NO_COLOR` is set, or the terminal has 16 of them at most."""
    return app.no_color or (not app.is_headless and app.console.color_system not in _MANY)


def use_theme(app: App[Any], name: str, specs: Sequence[ThemeSpec]) -> bool:
    """Switches to the theme `name`, or to the first that there is; returns whether it was found."""
    names = [spec.name for spec in specs]
    if name in names:
        app.theme = name
    elif names:
        app.theme = names[0]
    return name in names
