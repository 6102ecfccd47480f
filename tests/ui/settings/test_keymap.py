"""The user's own keys: what can be used is used, and what cannot is told and leaves the default in force."""

from __future__ import annotations

import pytest

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready, takes_keys, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import until
from tuiftp.storage.settings import Settings
from tuiftp.ui.commands.catalogue import COMMANDS
from tuiftp.ui.dialogs.basic import Message
from tuiftp.ui.settings.keymap import keymap_problems, usable_keymap


@pytest.mark.parametrize(
    "keys", ["ctrl+k", "f5", "alt+f5, K", "shift+f6", "plus", "ctrl+at", "space", "+", "é"]
)
def test_a_key_that_exists_is_used(keys: str) -> None:
    settings = Settings(keymap={"copy": keys})
    assert usable_keymap(settings) == {"copy": keys}
    assert keymap_problems(settings) == []


@pytest.mark.parametrize("keys", ["notakey", "notakey+++", "ctl+k", "ctrl+", "", "f5,", "f99"])
def test_a_key_that_does_not_exist_is_told_and_not_used(keys: str) -> None:
    settings = Settings(keymap={"copy": keys, "view": "V"})
    assert usable_keymap(settings) == {"view": "V"}
    [problem] = keymap_problems(settings)
    assert "copy" in problem
    assert "is no key" in problem


def test_every_default_key_could_be_written_into_the_keymap() -> None:
    assert keymap_problems(Settings(keymap={command.id: command.keys for command in COMMANDS})) == []


async def test_the_app_tells_of_bad_keys_at_the_start_and_keeps_the_defaults() -> None:
    app = BrowserHost(FakeSite(), keymap={"view": "notakey", "bogus\x1b": "x"})
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: takes_keys(app, Message))
        said = text_of(app)
        assert "“notakey” is no key" in said
        assert "no command “bogus␛”" in said
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert "F3 View" in text_of(app)


async def test_what_is_said_without_a_site_names_the_keys_as_the_user_has_set_them() -> None:
    app = BrowserHost(tree("/x"), keymap={"open_sites": "ctrl+o", "help": "ctrl+h"})
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app.local)
        text = text_of(app)
        assert "^O   opens a saved site" in text
        assert "^H   all keys" in text
        assert "not connected · ^O opens a site" in text
        app.use_settings(Settings(keymap={"open_sites": "alt+z"}))
        await until(pilot, lambda: "Alt+Z opens a site" in text_of(app))
        assert "Alt+Z   opens a saved site" in text_of(app)
        assert "F1      all keys" in text_of(app)
        await pilot.press("f5")
        await until(pilot, lambda: "Alt+Z connects to a site" in app.local.notice.text)
