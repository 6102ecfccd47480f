"""Each theme gives each variable of the style sheets a value, ours and the barest of a user."""

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from tests.storage.test_themes import MINIMAL, OWN_VARIABLES, SHIPPED
from tuiftp.storage.themes import ThemeSpec, parse_theme
from tuiftp.ui.settings.themes import VARIABLES, install_themes, make_theme, use_theme

BARE = parse_theme("bare", MINIMAL)


def test_the_variables_are_those_of_our_themes() -> None:
    assert set(VARIABLES) == OWN_VARIABLES


@pytest.mark.parametrize("spec", [*SHIPPED, BARE], ids=lambda spec: spec.name)
def test_no_variable_lacks_a_value(spec: ThemeSpec) -> None:
    theme = make_theme(spec)
    generated = theme.to_color_system().generate() | theme.variables
    assert theme.name == spec.name
    assert all(generated[name] for name in VARIABLES)
    assert {name: generated[name] for name in spec.variables} == spec.variables
    assert {name: getattr(theme, name) for name in spec.colours} == spec.colours


class ThemedApp(App[None]):
    CSS = "\n".join(f".{name} {{ color: ${name}; }}" for name in VARIABLES)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.is_found = install_themes(self, [*SHIPPED, BARE], name)

    def compose(self) -> ComposeResult:
        yield Static("x", classes="wire-error")


async def test_themes_are_installed_and_switched_live() -> None:
    app = ThemedApp("tuiftp-light")
    async with app.run_test() as pilot:
        assert app.is_found
        assert set(app.available_themes) == {spec.name for spec in [*SHIPPED, BARE]}
        for spec in SHIPPED:
            assert use_theme(app, spec.name, SHIPPED)
            await pilot.pause()
            assert app.query_one(Static).styles.color.hex.lower() == spec.variables["wire-error"]


async def test_a_theme_that_is_gone_gives_way_to_the_first() -> None:
    app = ThemedApp("deleted")
    async with app.run_test():
        assert not app.is_found
        assert app.theme == "tuiftp-dark"
