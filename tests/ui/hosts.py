"""A tiny app that a screen under test is pushed on, with our themes and nothing else."""

from typing import Any

from textual.app import App
from textual.screen import Screen

from tests.storage.test_themes import SHIPPED
from tuiftp.ui.settings.themes import install_themes

THEMES = [spec.name for spec in SHIPPED]


class Host(App[None]):
    """Shows one screen, and keeps what it was dismissed with."""

    def __init__(self, screen: Screen[Any], theme: str = THEMES[0]) -> None:
        super().__init__()
        install_themes(self, SHIPPED, theme)
        self.under_test = screen
        self.results: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self.under_test, self.results.append)


def text_of(app: App[Any]) -> str:
    """The whole screen as lines of text, as a person sees it."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)
