"""The Textual app: themes, keymap, screens. It knows no FTP and no files."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import App
from textual.binding import BindingType
from textual.theme import Theme
from textual.worker import WorkerError

from tuiftp.errors import TuiftpError
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope
from tuiftp.ui.commands.palette import CommandsProvider
from tuiftp.ui.interrupt import as_escape
from tuiftp.ui.key_gate import KeyGate
from tuiftp.ui.main.key_rules import KeyRules
from tuiftp.ui.main.screen import Browser
from tuiftp.ui.services import Services, StartServices
from tuiftp.ui.settings.keymap import keymap_problems, type_no_alt, usable_keymap
from tuiftp.ui.settings.themes import (
    FEW_COLOURS,
    has_few_colours,
    install_themes,
    use_theme,
    variable_defaults,
)
from tuiftp.ui.transfers.log_links import LogAsked, TransferAsked, query_of

if TYPE_CHECKING:
    from tuiftp.storage.connect_request import ConnectRequest
    from tuiftp.storage.settings import Settings
    from tuiftp.storage.settings_store import SettingsStore
    from tuiftp.ui.bridge import Bridge


_FLOW_END = 1.5
"""Seconds for what is left to do when an editor has been told to end."""


class TuiftpApp(App[None]):
    """Opens the main screen on services; whoever made them closes them.

    The engine is loaded when the first screen is shown, unless it was handed over before by `attach`.
    """

    TITLE = "tuiftp"
    # Textual does not load the style sheet of a default screen, and looks for ours beside subclasses.
    CSS_PATH = Path(__file__).with_name("main") / Browser.CSS_PATH
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.APP)]
    COMMANDS = {CommandsProvider}  # noqa: RUF012 (Textual's own type is not a ClassVar of ours)
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        start: StartServices,
        request: ConnectRequest | None = None,
        *,
        local_directory: str | None = None,
    ) -> None:
        """Makes the app.

        Args:
            start: What the first screen stands on.
            request: A site to open at once.
            local_directory: Where the left pane begins on this machine; None: at home.
        """
        super().__init__()
        self.start = start
        """What the first screen stands on."""
        self.services: Services
        """The engine, once it has been handed over."""
        self._has_engine = False
        self._saving = asyncio.Lock()
        self.keys = KeyGate(
            self, self._handle, rules=KeyRules(lambda: self.browser), tell_slow=lambda: self.browser.tell_slow()
        )  # fmt: skip
        """Where keys wait for what the earlier ones do."""
        self._bridge: Bridge | None = None
        self.browser = Browser(start, self.keys, request=request, local_directory=local_directory)
        """The main screen."""
        # Before there is anything to paint: it is painted once only then.
        install_themes(self, list(start.themes), self.settings.theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self._use_keymap()

    def get_default_screen(self) -> Browser:
        """The main screen is the first of all: an empty one below it would only cost time."""
        return self.browser

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """A value for each of our variables in themes that have none."""
        return variable_defaults(self.current_theme)

    async def on_event(self, event: events.Event) -> None:
        """Has keys go one after the other; all else goes its usual way."""
        type_no_alt(event)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and self.screen_stack:
            await self.keys.take(event)
        elif not isinstance(event, events.MouseEvent):
            await self._handle(event)
        elif self.browser.is_whole and (not isinstance(event, events.MouseDown) or self.keys.heeds(event)):
            await self._handle(event)  # before it is whole nothing can be done

    async def _handle(self, event: events.Event) -> None:
        """Has an event go its usual way; on every screen but the first, which looks itself, Ctrl+C is Escape."""
        if self.screen_stack and self.screen is not self.browser:
            event = as_escape(event, self.screen)
        await super().on_event(event)

    def on_mount(self) -> None:
        """Begins to listen, and tells what was found at the start."""
        self.set_class(has_few_colours(self), FEW_COLOURS)
        # Textual makes tasks eager where Python can; asyncio's connecting to a host with several addresses fails
        # with them in Python 3.12 and 3.13.0 (cpython 124309).
        asyncio.get_running_loop().set_task_factory(None)
        self.screen_change_signal.subscribe(self, self.keys.stir, immediate=True)
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        if self._has_engine:
            self._start_engine()
        else:
            self.call_after_refresh(lambda: self.run_worker(self._load_engine(), group="engine"))

    async def _load_engine(self) -> None:
        loaded = await self.start.load_engine(self)
        self.attach(loaded.services)
        self._start_engine()
        await self.browser.complete(loaded.request)

    def attach(self, services: Services) -> None:
        """Hands the engine over. Before the app runs, the first screen is a whole one then.

        Args:
            services: The engine, whose signals are the app's.
        """
        self.services, self._has_engine = services, True
        self.browser.attach(services)

    def _start_engine(self) -> None:
        """Begins to listen, and tells what was found at the start."""
        from tuiftp.ui.bridge import Bridge  # the first screen does without it
        from tuiftp.ui.decider import UiDecider  # the first screen does without them
        from tuiftp.ui.dialogs.basic import Message
        from tuiftp.ui.transfers.offer_resume import offer_restored
        from tuiftp.ui.transfers.on_finished import Finishing

        services = self.services
        self._bridge = Bridge(services.signals, services.bus, services.queue)
        self._bridge.start()
        self.start.decider.decider = UiDecider(self, self.keys, cancel_batch=services.queue.cancel_batch)
        finishing = Finishing(self, services)
        services.signals.finished.subscribe(self, finishing.finished)
        if problems := [*services.problems, *keymap_problems(self.settings)]:
            self.keys.show_soon(Message("Not everything could be used", problems))
        offer = offer_restored(self, services, services.restored, ask=self.keys.ask)
        self.browser.run_worker(offer, group="restored")

    def _fatal_error(self) -> None:
        """Ends the app after a mistake of ours. Textual's own prints local variables, passwords among them."""
        from tuiftp.ui.crash import crash_report  # only needed when asked for

        self.panic(crash_report())

    def on_unmount(self) -> None:
        """Ends listening."""
        self.keys.close()
        if self._bridge is not None:
            self._bridge.stop()
        self.start.decider.decider = None

    # Settings.

    @property
    def settings(self) -> Settings:
        """The settings as the user keeps them."""
        return self.start.run_settings.stored

    def _keep_theme(self, theme: Theme) -> None:
        """Keeps a theme that was chosen in the palette, as if it had been chosen in the settings."""
        store = self.start.run_settings.store
        if store is None or theme.name == self.settings.theme:
            return
        self.use_settings(replace(self.settings, theme=theme.name))
        self.run_worker(self._save_settings(store), group="settings")

    async def _save_settings(self, store: SettingsStore) -> None:
        """Writes the settings as they are now, beside the event loop; tells where that is not possible."""
        try:
            async with self._saving:  # what was chosen last is written last
                await asyncio.to_thread(store.save, self.settings)
        except TuiftpError as error:
            from tuiftp.ui.dialogs.basic import Message  # only needed when asked for

            self.push_screen(Message("The theme could not be kept", [str(error)], is_error=True))

    def use_settings(self, settings: Settings) -> None:
        """Puts changed settings in force, here and in the engine."""
        self.start.run_settings.change(settings)
        use_theme(self, settings.theme, list(self.start.themes))
        self._use_keymap()
        self.browser.settings_changed()

    def _use_keymap(self) -> None:
        self.set_keymap(usable_keymap(self.settings))

    # From a transfer to its lines in the log, and back.

    @on(LogAsked)
    def _on_log_asked(self, event: LogAsked) -> None:
        log = self.browser.log_panel
        self.browser.reveal(log)
        log.put_query(query_of(event.attempt))

    @on(TransferAsked)
    def _on_transfer_asked(self, event: TransferAsked) -> None:
        transfers, record = self.browser.transfers, event.record
        id = self.services.queue.transfer_of(record.conn, record.at)
        if id is None or not transfers.go_to(id):
            self.notify("This record belongs to no transfer of the queue.", markup=False)
        else:
            self.browser.reveal(transfers)

    # Actions.

    def action_help(self) -> None:
        """Shows the help screen."""
        from tuiftp.ui.commands.help_screen import HelpScreen  # only needed when asked for

        self.push_screen(HelpScreen(usable_keymap(self.settings)))

    def action_open_settings(self) -> None:
        """Shows the settings screen."""
        from tuiftp.ui.diagnosis.why_mode_screen import ledger_rows  # only needed when asked for
        from tuiftp.ui.settings.screen import SettingsScreen

        site, store = self.browser.site, self.start.run_settings.store
        assert store is not None, "the app has a settings file"

        self.push_screen(
            SettingsScreen(
                store,
                self.settings,
                on_change=self.use_settings,
                mode_history=lambda: ledger_rows(site),
                forget=self.browser.action_forget_mode,
                site=site.label if site is not None else "",
            )
        )

    def action_import_sites(self) -> None:
        """Takes over the sites of another program."""
        from tuiftp.ui.sites.import_export import import_sites, run_exchange  # only needed when asked for

        self.screen.run_worker(
            run_exchange(self, self.services.sites, import_sites), group="sites", exclusive=True
        )

    def action_export_sites(self) -> None:
        """Writes the sites for another program."""
        from tuiftp.ui.sites.import_export import export_sites, run_exchange  # only needed when asked for

        self.screen.run_worker(
            run_exchange(self, self.services.sites, export_sites), group="sites", exclusive=True
        )

    async def action_interrupt(self) -> None:
        """Cancels what is under way where the focus is, or says how to quit."""
        await self.browser.interrupt()

    def leave(self, status: int) -> None:
        """Ends at once, without asking: a signal says so. An editor that has the terminal ends first.

        Args:
            status: The exit status.
        """
        if self.browser.is_whole and self.browser.editor.is_running:
            self.run_worker(self._leave_editor(status), group="leave")
        else:
            self.exit(return_code=status)

    async def _leave_editor(self, status: int) -> None:
        await self.browser.editor.end()
        # What was edited is looked at, and where it lies is said.
        flows = [worker for worker in self.workers if worker.group == "flow"]
        with suppress(TimeoutError, WorkerError):
            async with asyncio.timeout(_FLOW_END):
                await asyncio.gather(*(flow.wait() for flow in flows))
        self.exit(return_code=status)

    async def action_quit(self) -> None:
        """Leaves; asks first while transfers run."""
        self.screen.run_worker(self._quit(), group="quit", exclusive=True)

    async def _quit(self) -> None:
        from tuiftp.ui.dialogs.basic import Confirm  # only needed when asked for

        totals = self.services.queue.totals()
        if totals.active or totals.queued:
            lines = [
                f"{totals.active} running and {totals.queued} waiting transfers end.",
                "What has been received is kept and can be resumed.",
            ]
            if not await self.push_screen_wait(Confirm("Quit?", lines, yes="Quit", is_dangerous=True)):
                return
        await self.browser.close_sites()
        self.exit()
