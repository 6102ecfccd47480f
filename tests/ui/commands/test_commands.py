"""User commands: each is whole, none stands in another's way, and its action exists where it says."""

from __future__ import annotations

from collections import defaultdict

import pytest
from textual.command import CommandPalette

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.ui.commands.catalogue import COMMANDS
from tuiftp.ui.commands.command import Command, Scope, keys_of, spell_key
from tuiftp.ui.dialogs.basic import Prompt
from tuiftp.ui.exchange.screen import ExchangeScreen
from tuiftp.ui.sites.screen import SitesScreen


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_each_command_is_whole(command: Command) -> None:
    assert command.title
    assert command.help.endswith(".")
    assert command.keys
    assert command.group


def test_ids_are_unique_and_no_key_has_two_meanings_in_one_place() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(ids) == len(set(ids))
    taken: dict[tuple[Scope, str], str] = {}
    for command in COMMANDS:
        for key in command.keys.split(","):
            assert taken.setdefault((command.scope, key), command.id) == command.id, key


def test_no_key_of_a_list_or_pane_hides_one_of_the_screen() -> None:
    keys: dict[str, set[Scope]] = defaultdict(set)
    for command in COMMANDS:
        for key in command.keys.split(","):
            keys[key].add(command.scope)
    inner = {Scope.LIST, Scope.PANE}
    for key, scopes in keys.items():
        assert not (scopes & inner and scopes & {Scope.BROWSER, Scope.APP}), key
        assert not inner <= scopes, key


async def test_each_action_lives_where_its_scope_says() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        for command in COMMANDS:
            target = app.main.command_target(command.scope)
            if command.scope in (Scope.EXCHANGE, Scope.SITES):
                target = {Scope.EXCHANGE: ExchangeScreen, Scope.SITES: SitesScreen}[command.scope]  # type: ignore[assignment]
            assert hasattr(target, f"action_{command.id}"), command.id


async def test_the_palette_runs_a_command_by_a_part_of_its_name() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"make dir")
        await until(pilot, lambda: app.screen.query_one("CommandList").option_count > 0)  # type: ignore[attr-defined]
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Prompt))


async def test_the_palette_finds_a_word_of_the_help_and_shows_the_key() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"chmod")
        await until(pilot, lambda: "Change permissions   c" in text_of(app))
        await pilot.press(*["backspace"] * 5, *"permissions")
        await until(pilot, lambda: "Change permissions   c" in text_of(app))


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        ("f5", "F5"),
        ("ctrl+r", "^R"),
        ("shift+f6", "Shift+F6"),
        ("space", "Space"),
        ("plus", "+"),
        ("g", "g"),
        ("G", "G"),
        ("alt+left", "Alt+←"),
    ],
)
def test_keys_are_spelled_for_people(key: str, spelled: str) -> None:
    assert spell_key(key) == spelled


def test_the_users_own_key_goes_before_the_default() -> None:
    copy = next(command for command in COMMANDS if command.id == "copy")
    assert keys_of(copy, {}) == ["F5"]
    assert keys_of(copy, {"copy": "ctrl+k,f5"}) == ["^K", "F5"]
