"""The settings screen: each change is checked at once, kept at once, and seen at once."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from tests.storage.test_themes import SHIPPED
from tests.ui.hosts import THEMES, Host, text_of
from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.protocol.text import cell_width
from tuiftp.storage.settings import SPECS, Settings
from tuiftp.storage.settings_store import SettingsStore
from tuiftp.ui.settings.form_rows import RadioRow, SettingRow, TextRow
from tuiftp.ui.settings.screen import LedgerRow, SettingsScreen
from tuiftp.ui.settings.themes import use_theme

SIZES = [(80, 24), (120, 36), (100, 30)]


class Setting:
    """A settings screen with its surroundings."""

    def __init__(self, path: Path, theme: str = THEMES[0]) -> None:
        self.path = path / "settings.toml"
        self.store = SettingsStore(self.path)
        self.seen: list[Settings] = []
        self.rows = [
            LedgerRow("PORT", "09:14:09", False, "[red]no[/] connection"),
            LedgerRow("PASV", "", True, "ok"),
        ]
        self.screen = SettingsScreen(
            self.store,
            self.store.load(),
            on_change=self.take,
            mode_history=self.mode_history,
            forget=self.rows.clear,
            site="ftp.[b]example[/b].com",
        )
        self.app = Host(self.screen, theme)

    def take(self, settings: Settings) -> None:
        """Does what the app does with changed settings: the screen itself changes nothing but the file."""
        self.seen.append(settings)
        use_theme(self.app, settings.theme, SHIPPED)

    def mode_history(self) -> Sequence[LedgerRow]:
        return tuple(self.rows)

    def row(self, name: str) -> SettingRow:
        return self.screen.query_one(f"#setting-{name}", SettingRow)

    def now(self) -> Settings:
        return self.screen.settings

    def focused(self) -> Widget | None:
        return self.app.focused

    def on_disk(self) -> dict[str, object]:
        return tomllib.loads(self.path.read_text())


async def _type(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*text)


async def test_every_setting_is_there_and_can_be_reached(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=SIZES[0]) as pilot:
        seen = set()
        for _ in setting.screen.rows():
            await pilot.pause()
            focused = setting.app.focused
            assert focused is not None
            assert setting.screen.query_one("#settings-boxes").region.overlaps(focused.region)
            if isinstance(focused, SettingRow):
                seen.add(focused.setting)
                assert focused.spec.title in text_of(setting.app) or isinstance(focused, RadioRow)
            await pilot.press("down")
        assert seen == set(SPECS)


@pytest.mark.parametrize(("theme", "size"), zip(THEMES[1:], SIZES[1:], strict=True))
async def test_every_setting_has_its_title_in_sight_in_every_theme(
    tmp_path: Path, theme: str, size: tuple[int, int]
) -> None:
    """Each can be reached, as above; here the cursor takes longer steps, and all that is in sight is looked at."""
    setting = Setting(tmp_path, theme)
    async with setting.app.run_test(size=size) as pilot:
        boxes, rows, seen = setting.screen.query_one("#settings-boxes"), setting.screen.rows(), set()
        for focused in [*rows[::4], rows[-1]]:
            focused.focus()
            await pilot.pause()
            await pilot.wait_for_animation()
            assert boxes.region.overlaps(focused.region)
            text = text_of(setting.app)
            for row in rows:
                if isinstance(row, SettingRow) and boxes.region.contains_region(row.region):
                    seen.add(row.setting)
                    assert row.spec.title in text or isinstance(row, RadioRow)
        assert seen == set(SPECS)


async def test_a_mode_is_chosen_by_key_kept_and_handed_on(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(80, 24)) as pilot:
        text = text_of(setting.app)
        assert "◉ Auto" in text
        assert "PASV, EPSV" in text
        assert "on in Auto" in text
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        text = text_of(setting.app)
        assert "○ Auto" in text
        assert "◉ Active" in text
        assert "on in Auto" not in text
        assert [settings.mode for settings in setting.seen] == [ConnectionMode.ACTIVE]
        await pilot.press("escape")
        await pilot.pause()
        assert setting.app.results == [None]
        assert setting.on_disk()["mode"] == "active"


async def test_keys_in_quick_succession_find_the_cursor_moved(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        for key in ("down", "down", "enter", "pagedown", "pagedown", "down", "right"):
            setting.app.post_message(events.Key(key, None))
        await pilot.pause()
        await pilot.pause()
        assert setting.now().mode is ConnectionMode.ACTIVE
        assert setting.now().learn_active_address


async def test_a_digit_begins_a_new_value(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        setting.row("timeout").focus()
        await pilot.press("3", "5", "enter", "down", "7", "0", "enter")
        await pilot.pause()
        assert (setting.now().timeout, setting.now().stall_timeout) == (35, 70)


async def test_choices_and_switches_step_both_ways(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        setting.row("passive_address").focus()
        await pilot.press("left")
        await pilot.pause()
        assert setting.now().passive_address is AddressPolicy.ANNOUNCED
        assert "Believes the server" in text_of(setting.app)
        await pilot.press("right", "right")
        assert setting.now().passive_address is AddressPolicy.PEER
        await pilot.press("delete")
        assert setting.now().passive_address is AddressPolicy.SMART
        setting.row("show_hidden").focus()
        await pilot.press("space")
        assert setting.now().show_hidden
        assert [settings.show_hidden for settings in setting.seen][-1:] == [True]


async def test_a_text_is_checked_while_it_is_typed(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(80, 24)) as pilot:
        setting.row("active_ports").focus()
        await pilot.press("enter")
        await _type(pilot, "500-x")
        await pilot.pause()
        assert "✗ “500-x” is no port range" in text_of(setting.app)
        await pilot.press("enter")
        assert setting.seen == []
        assert isinstance(setting.focused(), Input)
        await pilot.press("backspace")
        await _type(pilot, "600")
        await pilot.pause()
        assert "✗" not in text_of(setting.app).replace("✗ PORT", "")
        await pilot.press("enter")
        await pilot.pause()
        assert setting.now().port_range == (500, 600)
        assert setting.focused() is setting.row("active_ports")
        await pilot.press("f9")
        assert setting.on_disk()["active_ports"] == "500-600"


async def test_escape_leaves_the_field_first_and_then_the_screen(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        row = setting.row("timeout")
        row.focus()
        await pilot.press("enter", "9", "f", "escape")
        await pilot.pause()
        assert isinstance(row, TextRow)
        assert not row.is_editing
        assert setting.now() == Settings()
        assert "20 s" in text_of(setting.app)
        await pilot.press("escape")
        await pilot.pause()
        assert setting.app.results == [None]
        assert not setting.path.exists()


async def test_numbers_step_and_stay_in_their_range(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        setting.row("parallel_transfers").focus()
        await pilot.press("left", "left", "left", "left")
        assert setting.now().parallel_transfers == 1
        await pilot.press("right")
        assert setting.now().parallel_transfers == 2
        await pilot.press("enter", "9", "9", "enter")
        await pilot.pause()
        assert "must be within 1–32, not 99" in text_of(setting.app)
        assert setting.now().parallel_transfers == 2


async def test_settings_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('active_ports = "60000-60100"\n')
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        setting.row("announced_port_offset").focus()
        await pilot.press("enter")
        await _type(pilot, "6000")
        await pilot.press("enter")
        await pilot.pause()
        assert "leave the range" in text_of(setting.app)
        assert setting.seen == []


async def test_a_theme_is_seen_at_once(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test() as pilot:
        row = setting.row("theme")
        row.focus()
        for name in [*THEMES[1:], THEMES[0]]:
            await pilot.press("right")
            await pilot.pause()
            assert setting.app.theme == name
            assert setting.now().theme == name
            assert setting.screen.styles.background.hex.lower() == setting.app.current_theme.background


async def test_the_ledger_is_shown_literally_and_forgotten(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(120, 36)) as pilot:
        text = text_of(setting.app)
        assert "Why this mode · ftp.[b]example[/b].com" in text
        assert "✗ PORT  09:14:09  [red]no[/] connection" in text
        assert "✓ PASV" in text
        await pilot.press("f")
        await pilot.pause()
        text = text_of(setting.app)
        assert setting.rows == []
        assert "PORT  09:14:09" not in text
        assert "Nothing is remembered" in text


async def test_the_mouse_does_it_all(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(120, 36)) as pilot:
        await pilot.click("#setting-mode-passive", offset=(20, 0))
        assert setting.now().mode is ConnectionMode.PASSIVE
        await pilot.click("#setting-prefer_extended", offset=(5, 0))
        assert setting.focused() is setting.row("prefer_extended")
        assert not setting.now().prefer_extended
        await pilot.click("#setting-prefer_extended", offset=(42, 0))
        assert setting.now().prefer_extended
        await pilot.click("#setting-timeout", offset=(42, 0))
        assert isinstance(setting.focused(), Input)
        await _type(pilot, "30")
        await pilot.click("#setting-stall_timeout", offset=(5, 0))
        assert setting.now().timeout == 20
        await pilot.click("#settings-groups", offset=(4, 3))
        await pilot.pause()
        assert setting.focused() is setting.row("active_address")


async def test_categories_are_reached_by_key(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown", "pagedown")
        assert setting.focused() is setting.row("active_address")
        await pilot.press("tab", "down", "enter")
        await pilot.pause()
        assert setting.focused() is setting.row("parallel_transfers")
        await pilot.press("tab", "shift+tab", "pageup")
        assert setting.focused() is setting.row("active_address")
        await pilot.press("home")
        assert setting.focused() is setting.screen.rows()[0]
        await pilot.press("end")
        assert setting.focused() is setting.row("encoding")


async def test_what_is_wrong_in_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('timeout = "[bold]soon"\n[keymap]\ncopy = "ctrl+k"\n')
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(120, 36)) as pilot:
        assert "timeout: Wait for a reply must be a number, not '[bold]soon'." in text_of(setting.app)
        await pilot.press("tab", "end")
        await pilot.pause()
        assert "copy = ctrl+k" in text_of(setting.app)


async def test_a_save_that_fails_is_told_and_the_change_stays(tmp_path: Path) -> None:
    setting = Setting(tmp_path)
    setting.path.mkdir()
    async with setting.app.run_test() as pilot:
        await pilot.press("down", "enter")
        await setting.app.workers.wait_for_complete()
        await pilot.pause()
        assert "Not saved: " in text_of(setting.app)
        assert setting.now().mode is ConnectionMode.PASSIVE


@pytest.mark.parametrize("width", [80, 100, 120, 160])
async def test_a_row_shows_its_value_however_much_else_it_could_be(tmp_path: Path, width: int) -> None:
    setting = Setting(tmp_path)
    async with setting.app.run_test(size=(width, 36)) as pilot:
        await pilot.pause()
        for row in setting.screen.rows():
            if isinstance(row, SettingRow) and not isinstance(row, RadioRow):
                line = row.lines(row.content_size.width)[0].plain
                assert row.spec.describe(row.value) in line or row.spec.overruled
                assert cell_width(line) <= row.content_size.width
