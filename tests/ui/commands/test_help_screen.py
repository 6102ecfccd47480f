"""The help screen lists every command with its present keys, and finds."""

import pytest

from tests.ui.hosts import THEMES, Host, text_of
from tuiftp.storage.choices import MODES
from tuiftp.ui.commands.catalogue import COMMANDS
from tuiftp.ui.commands.help_screen import MEANINGS, HelpScreen, HelpText, help_sections
from tuiftp.wirelog.records import RecordKind


def test_no_command_and_no_sign_is_left_out() -> None:
    sections = help_sections({})
    rows = [row for section in sections.values() for row in section]
    titles = [title for _, title, _ in rows]
    assert {command.title for command in COMMANDS} <= set(titles)
    assert all(text for _, _, text in rows)
    assert set(MEANINGS) == set(RecordKind)
    assert {choice.label for choice in MODES} <= set(titles)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("theme", THEMES)
async def test_the_end_can_be_reached(theme: str, size: tuple[int, int]) -> None:
    app = Host(HelpScreen(), theme)
    async with app.run_test(size=size) as pilot:
        assert "F5" in text_of(app)
        for _ in range(20):
            await pilot.press("pagedown")
        assert "⇄" in text_of(app)
        assert "Who listens" in text_of(app)
        await pilot.press("up")
        await pilot.resize_terminal(100, 24)
        await pilot.pause()
        text = app.screen.query_one(HelpText)
        assert text.size.height == text.get_content_height(text.size, text.size, text.size.width)


async def test_words_find_and_escape_ends_finding_first() -> None:
    app = Host(HelpScreen({"copy": "ctrl+k"}))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press(*"other pane cop")
        await pilot.pause()
        text = text_of(app)
        assert "^K" in text
        assert "Copy to the other pane" in text
        assert "F7" not in text
        await pilot.press(*"zzz")
        await pilot.pause()
        assert "Nothing holds these words." in text_of(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "F7" in text_of(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]


async def test_a_key_of_the_user_is_shown_literally() -> None:
    app = Host(HelpScreen({"copy": "[red]"}))
    async with app.run_test(size=(120, 36)):
        assert "[RED]" in text_of(app)
