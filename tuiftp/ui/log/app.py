"""The app for saved logs: no queue, no sites; one log, or two that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import events, work
from textual.app import App
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.worker import Worker

from tuiftp.storage.settings import Settings
from tuiftp.ui.bridge import Signals
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope
from tuiftp.ui.commands.palette import CommandsProvider
from tuiftp.ui.interrupt import acts_as_escape, as_escape
from tuiftp.ui.key_gate import Chosen, KeyGate, Part, Parts, Typed
from tuiftp.ui.log.compare_screen import CompareScreen
from tuiftp.ui.log.file_screen import LogFileScreen
from tuiftp.ui.services import ThemeSpec
from tuiftp.ui.settings.keymap import type_no_alt, usable_keymap
from tuiftp.ui.settings.themes import install_themes, variable_defaults
from tuiftp.wirelog.compare import compare
from tuiftp.wirelog.recorder import Recorder
from tuiftp.wirelog.records import WireRecord


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """A log that was read from a file."""

    name: str
    """What it is called."""
    note: str
    """Who wrote it, and what was odd about it."""
    records: Sequence[WireRecord]
    """What it tells."""
    has_times: bool = True
    """Whether its times are real."""


class _Rules:
    """Of the empty screen below all others, which is uppermost only before a log is shown and between two of them."""

    is_starting = True

    def needs(self, typed: Typed) -> Parts:
        """Nothing: no key is for this screen, all wait for the next one."""
        return frozenset()

    def concerns(self, worker: Worker[Any], *, is_slow: bool) -> Parts | None:
        """All."""
        return None

    def left_behind(self, typed: Typed) -> tuple[Part, Chosen] | None:
        """Nothing."""
        return None

    def lists(self) -> Sequence[DOMNode]:
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class _LogFile:
    """What a log that was read from a file is shown on (see `LogServices`)."""

    recorder: Recorder
    signals: Signals
    rules: Settings
    settings: Settings


class LogApp(App[None]):
    """Shows one saved log, or compares two."""

    TITLE = "tuiftp log"
    COMMANDS = {CommandsProvider}  # noqa: RUF012 (Textual's own type is not a ClassVar of ours)
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in bindings(Scope.APP)
        if binding.id in ("help", "command_palette", "change_theme", "interrupt")
    ]

    def __init__(self, logs: Sequence[OpenedLog], *, settings: Settings, themes: Sequence[ThemeSpec]) -> None:
        """Makes the app.

        Args:
            logs: One log, or two to compare.
            settings: The settings in force: theme and keys.
            themes: The themes that there are.
        """
        super().__init__()
        self._logs = logs
        self._settings = settings
        self._themes = themes
        self.keys = KeyGate(self, self._handle, rules=_Rules(), tell_slow=lambda: None)
        """Where keys wait for what the earlier ones do."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """A value for each of our variables in themes that have none."""
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        """Puts on the theme and the keys, and opens what was asked for."""
        install_themes(self, list(self._themes), self._settings.theme)
        self.set_keymap(usable_keymap(self._settings))
        self.screen_change_signal.subscribe(self, self.keys.stir, immediate=True)
        self._run()

    def on_unmount(self) -> None:
        """Ends the handing on of keys."""
        self.keys.close()

    async def on_event(self, event: events.Event) -> None:
        """Has keys go one after the other; all else goes its usual way."""
        type_no_alt(event)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and self.screen_stack:
            await self.keys.take(event)
        else:
            await self._handle(event)

    async def _handle(self, event: events.Event) -> None:
        """Has Ctrl+C close what is above the log; on the log itself it says how to leave."""
        if len(self.screen_stack) > 2:
            event = as_escape(event, self.screen)
        await super().on_event(event)

    async def action_interrupt(self) -> None:
        """Ends what is under way on the log itself, or says how to leave."""
        if not await acts_as_escape(self.screen):
            self.notify("There is nothing to cancel here. q or F10 leaves.", markup=False)

    @work
    async def _run(self) -> None:
        if len(self._logs) == 1:
            await self.push_screen_wait(self._screen(self._logs[0]))
        else:
            await self._compare(self._logs[0], self._logs[1])
        self.exit()

    async def _compare(self, left: OpenedLog, right: OpenedLog) -> None:
        names = (left.name, right.name)
        compared = compare(left.records, right.records, names=names)
        while True:
            which = await self.push_screen_wait(CompareScreen(compared, names))
            if which is None:
                return
            await self.push_screen_wait(self._screen((left, right)[which]))

    def _screen(self, log: OpenedLog) -> LogFileScreen:
        recorder = Recorder(max(1, len(log.records)))
        for record in log.records:
            recorder.append(record)
        settings = replace(self._settings, log_lines=max(len(log.records), 1))
        services = _LogFile(recorder, Signals(self), rules=settings, settings=settings)
        return LogFileScreen(services, name=log.name, note=log.note, has_times=log.has_times)

    def action_help(self) -> None:
        """Shows the help screen."""
        from tuiftp.ui.commands.help_screen import HelpScreen  # only needed when asked for

        self.push_screen(HelpScreen(usable_keymap(self._settings)))
