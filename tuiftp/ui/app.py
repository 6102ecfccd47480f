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
from tuiftp.ui.services import Services
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
    from tuiftp.ui.bridge import Bridge


_FLOW_END = 1.5
"""Seconds for what is left to do when an editor has been told to end."""


class TuiftpApp(App[None]):
    """Opens the main screen on services; whoever made them closes them.

    Where the engine is not there yet, it is asked for when the first screen is shown.
    """

    TITLE = "tuiftp"
    # Textual does not load the style sheet of a default screen, and looks for ours beside subclasses.
    CSS_PATH = Path(__file__).with_name("main") / Browser.CSS_PATH
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.APP)]
    COMMANDS = {CommandsProvider}  # noqa: RUF012 (Textual's own type is not a ClassVar of ours)
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self, services: Services, request: ConnectRequest | None = None, *, local_directory: str | None = None
    ) -> None:
        """Makes the app.

        Args:
            services: What the screen stands on.
            request: A site to open at once.
            local_directory: Where the local pane begins; None: at home.
        """
        super().__init__()
        self.services = services
        """What the screen stands on."""
        self.keys = KeyGate(
            self, self._handle, rules=KeyRules(lambda: self.browser), tell_slow=lambda: self.browser.tell_slow()
        )  # fmt: skip
        """Where keys wait for what the earlier ones do."""
        self._bridge: Bridge | None = None
        if services.begin is None:
            self._open_bridge()
        self.browser = Browser(services, self.keys, request=request, local_directory=local_directory)
        """The main screen."""
        # Before there is anything to paint: it is painted once only then.
        install_themes(self, list(services.themes), services.settings.theme)
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
        if self.services.begin is None:
            self._take_engine()
        else:
            self.call_after_refresh(lambda: self.run_worker(self._begin(), group="engine"))

    async def _begin(self) -> None:
        assert self.services.begin is not None
        request = await self.services.begin(self.services)
        self._open_bridge()
        self._take_engine()
        await self.browser.complete(request)

    def _open_bridge(self) -> None:
        from tuiftp.ui.bridge import Bridge  # the first screen does without it

        self._bridge = Bridge(self, self.services.bus, self.services.queue)
        self.services.signals = self._bridge.signals

    def _take_engine(self) -> None:
        """Begins to listen, and tells what was found at the start."""
        from tuiftp.ui.decider import UiDecider  # the first screen does without them
        from tuiftp.ui.dialogs.basic import Message
        from tuiftp.ui.transfers.offer_resume import offer_restored
        from tuiftp.ui.transfers.on_finished import Finishing

        assert self._bridge is not None
        self._bridge.start()
        self.services.decider.decider = UiDecider(
            self, self.keys, cancel_batch=self.services.queue.cancel_batch
        )
        finishing = Finishing(self, self.services)
        self.services.signals.finished.subscribe(self, finishing.finished)
        if problems := [*self.services.problems, *keymap_problems(self.services.settings)]:
            self.keys.show_soon(Message("Not everything could be used", problems))
        if (restored := self.services.restored) is not None:
            offer = offer_restored(self, self.services, restored, ask=self.keys.ask)
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
        self.services.decider.decider = None

    # Settings.

    def _keep_theme(self, theme: Theme) -> None:
        """Keeps a theme that was chosen in the palette, as if it had been chosen in the settings."""
        store = self.services.run_settings.store
        if store is None or theme.name == self.services.settings.theme:
            return
        settings = replace(self.services.settings, theme=theme.name)
        self.use_settings(settings)
        try:
            store.save(settings)
        except TuiftpError as error:
            from tuiftp.ui.dialogs.basic import Message  # only needed when asked for

            self.push_screen(Message("The theme could not be kept", [str(error)], is_error=True))

    def use_settings(self, settings: Settings) -> None:
        """Puts changed settings in force, here and in the engine."""
        self.services.run_settings.change(settings)
        use_theme(self, settings.theme, list(self.services.themes))
        self._use_keymap()
        self.browser.settings_changed()

    def _use_keymap(self) -> None:
        keymap = usable_keymap(self.services.settings)
        self.set_keymap(keymap)

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

        self.push_screen(HelpScreen(usable_keymap(self.services.settings)))

    def action_open_settings(self) -> None:
        """Shows the settings screen."""
        from tuiftp.ui.diagnosis.why_mode_screen import ledger_rows  # only needed when asked for
        from tuiftp.ui.settings.screen import SettingsScreen

        site, store = self.browser.site, self.services.run_settings.store
        assert store is not None, "the app has a settings file"

        self.push_screen(
            SettingsScreen(
                store,
                self.services.settings,
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
        await self.browser.connection.close()
        self.exit()
