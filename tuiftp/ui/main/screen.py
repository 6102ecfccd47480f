"""The main screen: two panes, the queue, the log. It knows both panes and leaves the doing to its flows."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.dom import DOMNode
from textual.worker import Worker, WorkerState, get_current_worker

from tuiftp.errors import TuiftpError
from tuiftp.files.site import Site
from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.ui.commands.catalogue import bindings, command_by_id
from tuiftp.ui.commands.command import Group, Scope, keys_of
from tuiftp.ui.commands.key_bar import KeyBar
from tuiftp.ui.commands.main import BROWSER_COMMANDS, CONNECT, HELP, OPEN_SETTINGS, OPEN_SITES, QUIT
from tuiftp.ui.dialogs.basic import Message
from tuiftp.ui.encoding.actions import CharsetActions
from tuiftp.ui.interrupt import acts_as_escape
from tuiftp.ui.key_gate import KeyGate
from tuiftp.ui.main.connection_actions import ConnectionActions
from tuiftp.ui.main.panel_actions import PanelActions
from tuiftp.ui.main.panel_tabs import PanelTabs
from tuiftp.ui.main.status_bar import StatusBar
from tuiftp.ui.panes.file_list import FileList
from tuiftp.ui.panes.file_rows import arrangement_of
from tuiftp.ui.panes.pane import Pane
from tuiftp.ui.panes.welcome import Welcome
from tuiftp.ui.services import Services, StartServices
from tuiftp.ui.settings.keymap import usable_keymap

if TYPE_CHECKING:
    from tuiftp.storage.connect_request import ConnectRequest
    from tuiftp.storage.settings import Settings
    from tuiftp.transfers.model import BatchFinished
    from tuiftp.ui.dialogs.basic import Dialog
    from tuiftp.ui.main.connection import Connection
    from tuiftp.wirelog.probing import Advice

Answer = TypeVar("Answer")

_HELP = {
    OPEN_SITES: "opens a saved site", CONNECT: "connects to any server",
    OPEN_SETTINGS: "connection modes, addresses", HELP: "all keys",
}  # fmt: skip
_WIDE = 110  # columns
NOTHING_TO_CANCEL = "There is nothing to cancel here."
"""What Ctrl+C says before it names the key that quits."""
SLOW = "Working …  Esc cancels"
"""What a pane says while keys wait for a command."""
CANCELLED = "The command was cancelled."
"""What a pane says after Escape."""


class Browser(ConnectionActions, CharsetActions, PanelActions):
    """Two panes over the queue and the log."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.BROWSER)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 (Textual's own declaration)

    def __init__(
        self, start: StartServices, keys: KeyGate, *, request: ConnectRequest | None = None,
        local_directory: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.keys = keys
        """Where keys wait for what the earlier ones do."""
        self.start = start
        """What the first screen stands on."""
        self.services: Services
        """The engine, once it has been handed over."""
        arrangement = arrangement_of(self.settings)
        self._welcomes = [Welcome("Not connected.", self._help()) for _ in range(2)]
        self.left_pane = Pane(site=start.disk, welcome=self._welcomes[0], arrangement=arrangement, id="left")
        """The left pane. It begins on this machine."""
        self.right_pane = Pane(welcome=self._welcomes[1], arrangement=arrangement, id="right")
        """The right pane. It begins with nothing but a welcome."""
        self.status = StatusBar(self.keymap)
        """The top line."""
        self._keys = KeyBar(BROWSER_COMMANDS, self.keymap)
        self._tabs = PanelTabs(["Transfers", "Protocol log"])
        self._active = self.left_pane
        self._request = request
        self._local_directory = local_directory
        self._has_begun = False

    def attach(self, services: Services) -> None:
        """Takes the engine, and makes what stands on it. It is loaded here: the first screen does without it."""
        from tuiftp.ui.diagnosis.main_screen_findings import Diagnosing
        from tuiftp.ui.encoding.offer import Charsets
        from tuiftp.ui.log.panel import LogPanel
        from tuiftp.ui.main.arrivals import Landing
        from tuiftp.ui.main.connection import Connection
        from tuiftp.ui.main.editing import Editing, Viewing
        from tuiftp.ui.main.editor import Editor
        from tuiftp.ui.main.file_operations import FileOperations
        from tuiftp.ui.main.sync_browsing import SyncBrowsing
        from tuiftp.ui.transfers.panel import TransfersPanel

        self.services = services
        self.connections = {pane: Connection(self, pane) for pane in self.panes}
        """What opens sites in each pane."""
        self.together = SyncBrowsing(self)
        self.charsets = Charsets(self, lambda: self.connection)
        self._operations = FileOperations(self)
        self.editor = Editor()
        self._editing = Editing(self, self.editor)
        self._viewing = Viewing(self)
        self._landing = Landing(self)
        self.transfers = TransfersPanel(services)
        self.log_panel = LogPanel(services, site=lambda: self.site, keep_advice=self._keep_advice)
        self._panels = (self.transfers, self.log_panel)
        self.diagnosing = Diagnosing(self, self.log_panel, forget_mode=lambda: self.connection.forget_mode())
        self._choose_panel(0)

    def compose(self) -> ComposeResult:
        """Status, panes, panels, keys."""
        # Textual knows the width after the first layout only, and would style and paint all of it again.
        self.add_class("-wide" if self.app.size.width >= _WIDE else "-narrow", update=False)
        yield self.status
        with Horizontal(id="panes"):
            yield from self.panes
        if self.is_whole:
            yield from (self.charsets.line, self.diagnosing.banner)
        yield self._tabs
        with Horizontal(id="panels"):
            yield from self._panels
        yield self._keys

    def on_mount(self) -> None:
        """Reads the directory of this machine, and goes on if the engine is there."""
        self.left_pane.open(self._local_directory)
        self.left_pane.list.focus()
        if self.is_whole:
            self._listen()
            self.call_after_refresh(self._begin)

    async def complete(self, request: ConnectRequest | None = None) -> None:
        """Shows and begins what stands on the engine, which was attached.

        Args:
            request: A site to open at once, where none was asked for before.
        """
        self._request = self._request or request
        await self.mount(self.charsets.line, self.diagnosing.banner, before=self._tabs)
        await self.query_one("#panels").mount(*self._panels)
        self._listen()
        self._begin()

    @property
    def is_whole(self) -> bool:
        """Whether the engine is there, and all that stands on it."""
        return bool(self._panels)

    def _listen(self) -> None:
        signals = self.services.signals
        for connection in self.connections.values():
            signals.session.subscribe(self, connection.session_changed)
            signals.mode.subscribe(self, connection.mode_changed)
            signals.totals.subscribe(self, connection.totals_changed)
        signals.findings.subscribe(self, self.diagnosing.on_findings)
        signals.totals.subscribe(self, self.status.show_totals)
        signals.batches.subscribe(self, self._batches_finished)
        signals.transfers.subscribe(self, self._landing.transfers_changed)

    @property
    def is_starting(self) -> bool:
        """Whether something is still to come that keys may need."""
        return not self._has_begun

    def tell_slow(self) -> None:
        """Says that keys wait for a command that takes long; listings and connections say so themselves."""
        pane = self._active
        if self.is_current and self._has_begun and self._is_busy("flow", "together") and not pane.notice.text:
            pane.notice.say(SLOW)

    def _begin(self) -> None:
        """What can wait until the first screen is shown."""
        self._has_begun = True
        self.keys.stir()
        self.run_worker(self._editing.take_over(), group="edits")
        if self._request is not None:
            self.connect_to(self._request)
        else:
            self.run_worker(self.services.warm_up, group="warm up", thread=True, exit_on_error=False)

    def _help(self) -> list[str]:
        """What can be done without a site, each with its key."""
        keys = [keys_of(command, self.keymap)[0] for command in _HELP]
        width = max(map(cell_width, keys))
        return [f"{fit(key, width)}   {text}" for key, text in zip(keys, _HELP.values(), strict=True)]

    # What flows need (see `ui.main.context`).

    @property
    def active(self) -> Pane:
        """The pane in use."""
        return self._active

    @property
    def other(self) -> Pane:
        """The other pane."""
        return self.opposite(self._active)

    def opposite(self, pane: Pane) -> Pane:
        """The pane beside another one."""
        return self.right_pane if pane is self.left_pane else self.left_pane

    @property
    def panes(self) -> tuple[Pane, Pane]:
        """Both panes, from left to right."""
        return self.left_pane, self.right_pane

    @property
    def server_pane(self) -> Pane:
        """The pane that commands about a connection are for: the one in use if it shows no files of this machine."""
        chosen = (pane for pane in (self._active, self.other) if not pane.is_this_machine)
        return next(chosen, self.right_pane)

    @property
    def site(self) -> Site | None:
        """The site of that pane."""
        return self.server_pane.site

    @property
    def connection(self) -> Connection:
        """What opens and closes sites in that pane."""
        return self.connections[self.server_pane]

    async def _keep_advice(self, advice: Advice) -> str | None:
        return await self.connection.keep_advice(advice)

    async def close_sites(self) -> None:
        """Closes all sites, in bounded time."""
        await asyncio.gather(*(connection.close() for connection in self.connections.values()))

    async def ask(self, dialog: Dialog[Answer]) -> Answer | None:
        """Opens a dialog and waits for its answer. Call it in a worker.

        What was typed for it is its, where keys have waited for the worker; where they have not, or it tells of a
        failure, it takes none before it was seen.
        """
        is_failure = isinstance(dialog, Message) and dialog.has_class("-danger")
        if is_failure or not self.keys.awaits(get_current_worker()):
            return await self.keys.ask(dialog)
        return await self.app.push_screen_wait(dialog)

    # What the app needs.

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""
        return usable_keymap(self.settings)

    @property
    def settings(self) -> Settings:
        """The settings as the user keeps them."""
        return self.start.run_settings.stored

    def command_target(self, scope: Scope) -> DOMNode | None:
        """Where the actions of a scope live."""
        targets: dict[Scope, DOMNode] = {
            Scope.BROWSER: self, Scope.PANE: self._active, Scope.LIST: self._active.list,
            Scope.TRANSFERS: self.transfers, Scope.LOG: self.log_panel, Scope.APP: self.app,
        }  # fmt: skip
        return targets.get(scope)

    def settings_changed(self) -> None:
        """Puts changed settings in force on this screen."""
        for widget in (self._keys, self.status):
            widget.take_keymap(self.keymap)
        for welcome in self._welcomes:
            welcome.say(self._help())
        arrangement = arrangement_of(self.settings)
        for pane in self.panes:
            pane.list.rearrange_like(arrangement)

    def connect_to(self, request: ConnectRequest, *, asks_again: bool = False) -> None:
        """Opens a site in the pane for servers.

        Args:
            request: Which one.
            asks_again: Whether the dialog that it was typed in comes again with the reason, if it is not reached.
        """
        connection = self.connection
        if request.shows_log and self.is_whole:
            self._choose_panel(self._panels.index(self.log_panel))
        self.set_focus(connection.pane.list)  # now: what the user does until it is there takes it elsewhere
        flow = self._connect(connection, request, self.keys.taken if asks_again else None)
        self.run_flow("Cannot connect", flow, group="connect")

    async def _connect(self, connection: Connection, request: ConnectRequest, taken: int | None) -> None:
        is_open = await connection.connect(request)
        # Who has typed since then does something else; the dialog comes back with a key then.
        if not is_open and connection.problem and taken == self.keys.taken:
            await self.keys.show(self.connect_screen(connection.problem), self.wished)

    # Flows.

    def run_flow(self, what: str, flow: Coroutine[Any, Any, None], *, group: str = "flow") -> None:
        """Runs a flow in a worker; what goes wrong is told in the pane as `what`."""
        pane = self._active
        if group == "flow" and pane.endpoint is not None and not pane.is_loading:
            pane.notice.say("")  # it was about something else
        self.run_worker(self._guarded(what, flow), group=group, exclusive=True, exit_on_error=False)

    async def _guarded(self, what: str, flow: Coroutine[Any, Any, None]) -> None:
        pane = self._active
        try:
            await flow
        except TuiftpError as error:
            pane.notice.say_error(error, what=what)

    @on(Worker.StateChanged)
    def _on_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            text = f"{type(event.worker.error).__name__}: {event.worker.error}"
            self.keys.show_soon(Message("This should not have happened", [text], is_error=True))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """File commands belong to the panes: in the queue or the log their keys do nothing."""
        command = command_by_id(action)
        if command is None or command.scope is not Scope.BROWSER or command.group is not Group.FILES:
            return True
        return not any(panel.has_focus_within for panel in self._panels)

    def action_copy(self) -> None:
        """Copies to the other pane."""
        self.run_flow("Cannot copy", self._operations.copy())

    def action_move(self) -> None:
        """Moves to the other pane, or renames."""
        self.run_flow("Cannot move", self._operations.copy(move=True))

    def action_rename(self) -> None:
        """Renames in place."""
        self.run_flow("Cannot rename", self._operations.rename())

    def action_make_directory(self) -> None:
        """Makes a directory."""
        self.run_flow("Cannot make the directory", self._operations.make_directory())

    def action_delete(self) -> None:
        """Deletes."""
        self.run_flow("Cannot delete", self._operations.delete())

    def action_change_permissions(self) -> None:
        """Changes permissions."""
        self.run_flow("Cannot change permissions", self._operations.change_permissions())

    def action_view(self) -> None:
        """Views the file under the cursor."""
        self.run_flow("Cannot view", self._viewing.view(self._active, self._active.list.current))

    def action_edit(self) -> None:
        """Edits the file under the cursor."""
        self.run_flow("Cannot edit", self._editing.edit())

    # Focus.

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers which pane is in use, and shows the panel that has the focus."""
        for pane in self.panes:
            if pane in event.widget.ancestors_with_self:
                self._use(pane)
        for index, panel in enumerate(self._panels):
            if panel in event.widget.ancestors_with_self:
                self._choose_panel(index)

    def _use(self, pane: Pane) -> None:
        """Has commands work on this pane."""
        self._active = pane
        for each in self.panes:
            each.show_in_use(each is pane)
        if self.is_whole:
            self.connection.show_status()

    def action_switch_pane(self) -> None:
        """Goes to the other pane; from a panel, back to the pane."""
        if self._active.has_focus_within:
            self._use(self.other)
        self.set_focus(self._active.list)  # at once: the next key is for that pane

    @on(KeyBar.Pressed)
    async def _on_key_bar(self, event: KeyBar.Pressed) -> None:
        target = self.command_target(event.command.scope)
        if any(panel.has_focus_within for panel in self._panels):
            self._active.list.focus()
        await self.app.run_action(event.command.action, default_namespace=target)

    # The panes' messages, and the engine's.

    @on(Pane.ViewAsked)
    def _on_view_asked(self, event: Pane.ViewAsked) -> None:
        if not (self.is_current and event.pane.has_focus_within):
            # It took a while to find out that the link is one to a file: the user does something else now.
            view = command_by_id("view")
            assert view is not None
            key = keys_of(view, self.keymap)[0]
            event.pane.notice.say(f"{shown(event.entry.name)} is a file.\n→ {key} views it")
            return
        self.run_flow("Cannot view", self._viewing.view(event.pane, event.entry))

    @on(Pane.PathAsked)
    def _on_path_asked(self, event: Pane.PathAsked) -> None:
        self.run_flow("Cannot go there", self._ask_path(event.pane))

    async def _ask_path(self, pane: Pane) -> None:
        from tuiftp.ui.dialogs.basic import Prompt  # only needed when asked for

        async def take(typed: str) -> str | None:
            if typed and typed != pane.shown_directory:
                await pane.go_typed(typed)
            return None

        await self.ask(Prompt("Go to", value=pane.shown_directory, ok="Go", take=take))

    @on(FileList.PatternAsked)
    def _on_pattern_asked(self, event: FileList.PatternAsked) -> None:
        self.run_flow("Cannot mark", self._ask_pattern(self._active, event.is_marking))

    async def _ask_pattern(self, pane: Pane, is_marking: bool) -> None:
        from tuiftp.ui.dialogs.basic import Prompt, quoted  # only needed when asked for

        title = "Mark" if is_marking else "Unmark"
        lines = ["Names that match, as in  *.txt *.md  or  data-??"]

        async def take(pattern: str) -> str | None:
            # There may be a hundred thousand names.
            if pattern and not await asyncio.to_thread(pane.list.rows.has_match, pattern):
                return f"No name here matches\n{quoted(pattern)}"
            return None

        if pattern := await self.ask(Prompt(title, lines, value="*", ok=title, take=take)):
            pane.list.mark_matching(pattern, is_marking=is_marking)

    async def interrupt(self) -> None:
        """Cancels what is under way where the focus is, as Escape does; says how to quit where nothing is."""
        in_panel = any(panel.has_focus_within for panel in self._panels)
        if in_panel and await acts_as_escape(self):
            return
        if not in_panel and (self._active.is_loading or self._is_busy("connect", "flow")):
            self._active.action_cancel_loading()
        else:
            key = keys_of(QUIT, self.keymap)[0]
            self._active.notice.say_briefly(f"{NOTHING_TO_CANCEL}\n→ {key} quits")

    def _is_busy(self, *groups: str) -> bool:
        return any(worker.group in groups and worker.is_running for worker in self.workers)

    @on(Pane.Cancelled)
    def _on_cancelled(self) -> None:
        if self._is_busy("flow", "together"):
            self._active.notice.say(CANCELLED)
        for group in ("connect", "flow", "together"):
            self.workers.cancel_group(self, group)

    def _batches_finished(self, events: Sequence[BatchFinished]) -> None:
        for event in events:
            self._operations.batch_finished(event)
            self._editing.batch_finished(event)
