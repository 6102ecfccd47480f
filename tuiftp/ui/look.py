"""The look: turns theme files into Textual themes, and says what a theme may leave out."""

from __future__ import annotations

from collections.abc import Sequence

from textual.theme import Theme

from tuiftp.ui.services import ThemeSpec

DARK = {
    "primary": "#5fb3b3", "secondary": "#8fc7f0", "accent": "#fac863", "warning": "#fac863",
    "error": "#ec5f67", "success": "#99c794", "foreground": "#d8dee9", "background": "#12161d",
    "surface": "#171c25", "panel": "#1e2530",
}  # fmt: skip
"""The colours of tuiftp-dark, for when there is no theme file at all."""

VARIABLES = {
    "wire-command": "#7fb3e6", "wire-preliminary": "#7f9f7c", "wire-reply": "#99c794",
    "wire-error": "#ec5f67", "wire-data": "#c594c5", "wire-note": "#7d8899", "wire-warning": "#fac863",
    "entry-directory": "#8fc7f0", "entry-marked": "#fac863",
    "transfer-running": "#c594c5", "transfer-done": "#99c794", "transfer-failed": "#ec5f67",
    "line": "#2c3645", "quiet": "#7d8899", "cursor-background": "#2d4b5c",
    "cursor-blur-background": "#222a36", "bar-background": "#1e2530", "key-foreground": "#fac863",
}  # fmt: skip
"""Variables of our own for the style sheets; a theme replaces what it names."""


def to_theme(spec: ThemeSpec) -> Theme:
    """Makes a Textual theme of a theme file's content."""
    colours = {name: value for name, value in spec.colours.items() if name in DARK}
    colours.setdefault("primary", DARK["primary"])
    return Theme(name=spec.name, dark=spec.dark, variables=dict(spec.variables), **colours)  # type: ignore[arg-type]


def themes_for(specs: Sequence[ThemeSpec]) -> list[Theme]:
    """The themes to offer; never empty."""
    themes = [to_theme(spec) for spec in specs]
    if not any(theme.name == "tuiftp-dark" for theme in themes):
        themes.insert(0, Theme(name="tuiftp-dark", dark=True, **DARK))  # type: ignore[arg-type]
    return themes
