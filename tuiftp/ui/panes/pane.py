"""A pane: one directory of one site, and the ways through it.

A pane leaves its directory only for one that has been read to its end: whatever fails or is cancelled, the
directory and its entries stay, and the reason is told at the foot.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint, Listing, Watchable
from tuiftp.files.site import Site
from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope, key_now
from tuiftp.ui.commands.file_list import REFRESH
from tuiftp.ui.panes.column_header import ColumnHeader
from tuiftp.ui.panes.file_list import FileList
from tuiftp.ui.panes.file_rows import Arrangement, FileRows, prepare_rows, renew_rows, settle
from tuiftp.ui.panes.footer import summary_of
from tuiftp.ui.panes.messages import Listed
from tuiftp.ui.panes.notice import Notice
from tuiftp.ui.panes.refresh_pacing import Pacing
from tuiftp.ui.panes.visited import History
from tuiftp.ui.panes.welcome import Welcome

PATIENCE = 0.2
"""Seconds before a pane says that it is reading."""
IN_USE = "►"
"""Stands in the title of the pane in use: colour is never the only signal."""
LOOKS_EVERY = 1.0
"""Seconds between two looks at a directory of this machine. A look costs one `stat` of the directory and one of each
entry in sight, however many there are: less than a millisecond, in a thread. Unlike inotify it works on every
system and on network file systems too, and sees files grow there."""
_LEAST_CHEAP = 0.3
"""Seconds between two readings of a directory where they cost no round trip."""
_LEAST = 5.0
"""The same on a server."""
_LATER = 0.3
_DEEPEST = 100


class Pane(Vertical):
    """Shows a directory; moves up, down, back and forward; tells what it cannot do itself."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PANE)]
    DEFAULT_CSS = """
    Pane {
        width: 1fr;
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        border-subtitle-align: left;
        background: $surface;
        &:focus-within { border: round $border; border-title-color: $primary; border-title-style: bold; }
        &.-attached Welcome { display: none; }
        &.-detached ColumnHeader { display: none; }
        &.-detached Notice { max-height: 100%; }  /* there is no list to leave room for */
        &.-detached FileList { height: 1; }  /* it keeps the focus */
    }
    """

    class ViewAsked(Message):
        """A file is to be viewed."""

        def __init__(self, pane: Pane, entry: Entry) -> None:
            super().__init__()
            self.pane = pane
            """Which pane."""
            self.entry = entry
            """The file, or the link to one."""

    class PathAsked(Message):
        """The user wants to type a path."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane
            """Which pane."""

    class Cancelled(Message):
        """Escape: whatever is under way for this pane is to end."""

    def __init__(
        self, *, site: Site | None = None, welcome: Welcome | None = None, arrangement: Arrangement | None = None,
        now: Callable[[], datetime] | None = None, id: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.site = site
        """The place that it shows, or that is being connected to for it; None: none."""
        self.endpoint: Endpoint | None = site.endpoint if site is not None else None
        """What it shows; None: nothing yet."""
        self.sign = ""
        """Stands behind the title; empty: nothing."""
        self.directory: str | None = None
        """The directory whose entries are shown."""
        self.list = FileList(now=now)
        """The entries."""
        self.notice = Notice()
        """What there is to say."""
        self.is_loading = False
        """Whether a directory is being read."""
        self.is_opening_link = False
        """Whether what is being read is a link, and turns out to be a file perhaps."""
        self.is_in_use = False
        """Whether commands are for this pane."""
        self.list.rows = FileRows(arrangement=arrangement or Arrangement())
        self._welcome = welcome or Welcome()
        self._history = History()
        self._free: int | None = None
        self._is_cut = False
        self._loads = 0
        self._reading: str | None = None
        self._stamp: tuple[int, ...] | None = None
        self._pacing = Pacing(_LEAST_CHEAP)
        self._later: Timer | None = None
        self._is_looking = False
        self._given_up: str | None = None
        self._classify()

    def compose(self) -> ComposeResult:
        """Headings, list, notice; and the welcome of a pane that has nothing to show."""
        yield self._welcome
        yield ColumnHeader(self.list)
        yield self.list
        yield self.notice

    def on_mount(self) -> None:
        """Shows what is there, and looks from time to time whether it still is."""
        self._show_attached()
        self.set_interval(LOOKS_EVERY, self._look)

    # What others tell.

    @property
    def is_this_machine(self) -> bool:
        """Whether it shows files of this machine."""
        return self.endpoint is not None and self.endpoint.capabilities.has_local_paths

    @property
    def title(self) -> str:
        """`Local` or `Remote`, and the sign."""
        return f"{'Local' if self.is_this_machine else 'Remote'} {self.sign}".rstrip()

    def attach(self, site: Site, directory: str | None = None) -> None:
        """Shows another site, which is connected, in `directory` or where it begins."""
        self.detach()
        self.site, self.endpoint = site, site.endpoint
        self._pacing = Pacing(_LEAST_CHEAP if site.endpoint.capabilities.looks_are_cheap else _LEAST)
        self._show_attached()
        self.open(directory)

    def detach(self) -> None:
        """Shows nothing, until a site is attached."""
        self.workers.cancel_group(self, "load")
        self.workers.cancel_group(self, "renew")
        self._pacing.forget()
        self.site, self.endpoint, self.directory, self._free = None, None, None, None
        self._given_up = None
        self._history = History()
        self.list.show(FileRows(arrangement=self.list.rows.arrangement))
        self.notice.say("")
        self._show_attached()
        self.post_message(Listed(self))

    def open(self, path: str | None = None, *, cursor_on: str | None = None) -> None:
        """Reads a directory and goes there; None: where the endpoint begins."""
        self._load(path, cursor_on=cursor_on)

    def open_typed(self, typed: str) -> None:
        """Goes to a path as a person types it."""
        if self.endpoint is None:
            return
        try:
            path = self.endpoint.resolve(self.directory or "/", typed)
        except TuiftpError as error:
            self.notice.say_error(error, what=f"Cannot go to {typed}")
            return
        self._load(path)

    async def go_typed(self, typed: str) -> None:
        """Goes to a path as a person types it, once it has been read.

        Raises:
            TuiftpError: It cannot be read; nothing else is shown then.
        """
        endpoint = self.endpoint
        if endpoint is None:
            return
        listing = await endpoint.list(endpoint.resolve(self.directory or "/", typed))
        if endpoint is not self.endpoint:
            return
        self.workers.cancel_group(self, "load")
        self.is_loading, self._loads = False, self._loads + 1
        await self._show(listing, None, "new")
        self.notice.say("")
        self._ask_free_space(endpoint)

    def reload(self, *, cursor_on: str | None = None) -> None:
        """Reads the directory again; the cursor, or `cursor_on`, and the marks stay."""
        if self.directory is not None:
            self._load(self.directory, cursor_on=cursor_on)
        elif self.endpoint is not None:
            self._load(self._given_up)

    @property
    def shown_directory(self) -> str:
        """The directory as a person reads it, made visible; empty where there is none."""
        if self.endpoint is None or self.directory is None:
            return ""
        return shown(self.endpoint.display(self.directory))

    def is_inside(self, directory: str) -> bool:
        """Whether the pane shows this directory, or one below it."""
        path = self.directory
        for _ in range(_DEEPEST):
            if path is None or self.endpoint is None:
                return False
            if path == directory:
                return True
            above = self.endpoint.parent(path)
            path = above if above != path else None
        return False

    def path_of(self, entry: Entry) -> str:
        """The path of an entry that is shown here.

        Raises:
            UnsafeName: Its name is no path component.
        """
        assert self.endpoint is not None
        assert self.directory is not None
        return self.endpoint.join(self.directory, entry.name)

    # Reading.

    @work(exclusive=True, group="load", exit_on_error=False)
    async def _load(
        self, path: str | None, *, cursor_on: str | None = None, way: str = "new", view: Entry | None = None,
        because: str = "",
    ) -> None:  # fmt: skip
        endpoint = self.endpoint
        if endpoint is None:
            return
        self.is_loading, self._reading, self.is_opening_link = True, path, view is not None
        self._loads += 1
        load = self._loads
        if not self.notice.has_class("-error") or path != self.directory:
            self.notice.say("")
        waiting = self.set_timer(PATIENCE, lambda: self._say_reading(path, load))
        try:
            listing = await endpoint.list(path if path is not None else await endpoint.home())
            await self._show(listing, cursor_on, way)
            if self.notice.text or because:
                self.notice.say(because)
        except TuiftpError as error:
            self._fail(error, path, view)
        finally:
            waiting.stop()
            if load == self._loads:  # else another reading has taken this one's place
                self.is_loading = False
        self._ask_free_space(endpoint)

    @on(Worker.StateChanged)
    def _on_worker(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.notice.say(
                f"✗ This should not have happened\n{shown(repr(event.worker.error))}", is_error=True
            )

    def _say_reading(self, path: str | None, load: int) -> None:
        if load != self._loads or not self.is_loading:  # it has ended while the timer was on its way
            return
        where = shown(self.endpoint.display(path)) if self.endpoint and path else "the directory"
        self.notice.say(f"Reading {where} …  Esc cancels")

    def _fail(self, error: TuiftpError, path: str | None, view: Entry | None) -> None:
        if view is not None:  # a link that leads to no directory
            self.notice.say("")
            self.post_message(self.ViewAsked(self, view))
            return
        where = self.endpoint.display(path) if self.endpoint and path else "the directory"
        self.notice.say_error(error, what=f"Cannot read {where}")

    async def _show(self, listing: Listing, cursor_on: str | None, way: str) -> None:
        old, rows = self.directory, self.list.rows
        is_same = listing.path == old
        has_parent = self.endpoint is not None and self.endpoint.parent(listing.path) != listing.path
        marked = [rows.entries[place].name for place in rows.marks] if is_same else []
        fresh = await prepare_rows(listing.entries, rows.arrangement, has_parent=has_parent, marked=marked)
        if old is not None:
            current = self.list.current
            self._history.remember_cursor(old, current.name if current else None)
            if not is_same:
                self._record_step(old, way)
        if not is_same:
            self._pacing.forget()
        self.directory, self._is_cut, self._stamp = listing.path, listing.is_cut, listing.stamp
        name = cursor_on if cursor_on is not None else self._history.cursor_in(listing.path)
        self.list.show(fresh, cursor_on=name, row=self.list.cursor if is_same else 0)
        self._show_title()
        settle(len(fresh.entries))
        self.post_message(Listed(self))

    def _record_step(self, old: str, way: str) -> None:
        if way == "new":
            self._history.left(old)
        elif way != "gone":
            self._history.step(old, is_back=way == "back")

    @work(exclusive=True, group="free space", exit_on_error=False)
    async def _ask_free_space(self, endpoint: Endpoint) -> None:
        if endpoint.capabilities.has_free_space and self.directory is not None:
            try:
                self._free = await endpoint.free_space(self.directory)
            except TuiftpError:
                self._free = None
            self._show_summary()

    # What has changed meanwhile.

    def note_change(self, *, is_last: bool = False) -> None:
        """Something has changed in the directory that is shown: it is read again soon, and nobody is disturbed by it.

        Args:
            is_last: Whether no more changes are expected for now.
        """
        self._pacing.note(is_last=is_last)
        self._renew_later()

    def _renew_later(self, least: float = 0.0) -> None:
        wait = self._pacing.wait()
        if self._later is not None:
            self._later.stop()
        self._later = None if wait is None else self.set_timer(max(wait, least, 0.01), self._renew_now)

    def _renew_now(self) -> None:
        if self.directory is None:
            self._pacing.forget()
        elif self.is_loading or self.list.is_busy or not self._is_in_sight:
            self._renew_later(_LATER)
        else:
            self._renew()

    @property
    def _is_in_sight(self) -> bool:
        """Whether nothing but a dialog lies over the screen."""
        top = self.app.screen
        return self.screen is top or isinstance(top, ModalScreen)

    @work(exclusive=True, group="renew", exit_on_error=False)
    async def _renew(self) -> None:
        """Reads the directory again. What goes wrong is not told: nobody has asked for it."""
        endpoint, directory, loads = self.endpoint, self.directory, self._loads
        if endpoint is None or directory is None:
            return
        self._pacing.began()
        try:
            listing = await endpoint.list(directory)
            rows = self.list.rows
            fresh = await renew_rows(rows, listing.entries)
        except TuiftpError:
            return
        finally:
            self._pacing.ended()
            self._renew_later()
        if loads != self._loads or self.list.rows is not rows:
            return  # it was read, or left, meanwhile
        if fresh is not None and (self.list.is_busy or fresh.arrangement != rows.arrangement):
            self.note_change()
            return
        self._stamp, self._is_cut = listing.stamp, listing.is_cut
        if fresh is not None:
            self.list.renew(fresh)
            settle(len(fresh.entries))
            self._ask_free_space(endpoint)

    def _look(self) -> None:
        """Looks whether other programs have changed the directory, where that costs little."""
        endpoint: object = self.endpoint
        directory = self.directory
        is_asked = directory is not None and not self.is_loading and not self._is_looking
        if is_asked and isinstance(endpoint, Watchable) and self._is_in_sight:
            self._is_looking = True
            self._look_at(endpoint, str(directory), self._loads)

    @work(group="look", exit_on_error=False)
    async def _look_at(self, endpoint: Watchable, directory: str, loads: int) -> None:
        shown_now = self.list.in_sight
        try:
            glance = await endpoint.glance(directory, [entry.name for entry in shown_now])
        except TuiftpError:
            if loads == self._loads:
                await self._leave_if_gone(directory, loads)
            return
        finally:
            self._is_looking = False
        if loads == self._loads and (
            glance.stamp is None or glance.stamp != self._stamp or list(glance.entries) != shown_now
        ):
            self.note_change()

    async def _leave_if_gone(self, directory: str, loads: int) -> None:
        """Goes to the nearest directory above that is still there, and says why."""
        endpoint, path = self.endpoint, directory
        if endpoint is None:
            return
        try:
            while await endpoint.entry(path) is None and endpoint.parent(path) != path:
                path = endpoint.parent(path)
        except TuiftpError:
            return
        if path != directory and loads == self._loads:
            gone, there = shown(endpoint.display(directory)), shown(endpoint.display(path))
            because = f"{gone} is not there any more.\nThis is {there}, the nearest directory above it."
            self._load(path, way="gone", because=because)

    # Titles.

    def _show_attached(self) -> None:
        self._classify()
        self._show_title()
        self._show_summary()

    def _classify(self) -> None:
        is_attached = self.endpoint is not None
        self.list.prefers_permissions = not self.is_this_machine
        classes = {"-attached": is_attached, "-detached": not is_attached}
        self.update_classes(classes, update=self.is_attached)

    def mark(self, sign: str) -> None:
        """Puts a sign behind the title; empty: none."""
        self.sign = sign
        self._show_title()

    def _show_title(self) -> None:
        path = self.shown_directory
        sign = f"{IN_USE} " if self.is_in_use else ""
        room = max(4, self.size.width - cell_width(sign + self.title) - 6)
        if cell_width(path) > room:
            path = fit(path, room, middle=True)
        self.border_title = Content(f"{sign}{self.title}  {path}".rstrip())

    def _show_summary(self) -> None:
        if self.endpoint is None or self.directory is None:
            self.border_subtitle = Content("")
            return
        text = summary_of(self.list.rows, is_cut=self._is_cut, free=self._free, width=self.size.width - 4)
        self.border_subtitle = Content(text)

    def show_in_use(self, is_in_use: bool) -> None:
        """Shows by a sign whether this is the pane that commands are for."""
        if is_in_use != self.is_in_use:
            self.is_in_use = is_in_use
            self._show_title()

    def on_resize(self) -> None:
        """Cuts the path anew."""
        self._show_title()
        self._show_summary()

    # The list's messages.

    @on(FileList.Changed)
    def _on_list_changed(self, event: FileList.Changed) -> None:
        event.stop()
        self._show_summary()
        self.query_one(ColumnHeader).refresh()

    @on(FileList.Opened)
    def _on_opened(self, event: FileList.Opened) -> None:
        event.stop()
        entry = event.entry
        if entry is None:
            self.action_parent_directory()
        elif entry.is_unreadable:
            self.notice.say(f"This line of the listing could not be read:\n{shown(entry.name)}")
        elif entry.kind in (EntryKind.DIR, EntryKind.LINK):
            self._enter(entry)
        else:
            self.post_message(self.ViewAsked(self, entry))

    def _enter(self, entry: Entry) -> None:
        try:
            path = self.path_of(entry)
        except TuiftpError as error:
            self.notice.say_error(error, what=f"Cannot open {entry.name}")
            return
        self.is_opening_link = entry.kind is EntryKind.LINK
        self._load(path, view=entry if self.is_opening_link else None)

    @on(FileList.Searching)
    def _on_searching(self, event: FileList.Searching) -> None:
        event.stop()
        if event.text is None:
            self.notice.say("")
        else:
            tail = "" if event.found else "   not found"
            self.notice.say(f"/{shown(event.text)}▏{tail}", is_error=not event.found)

    # Actions.

    def action_parent_directory(self) -> None:
        """Goes up, with the cursor on the directory that was left."""
        if self.endpoint is None or self.directory is None:
            return
        above = self.endpoint.parent(self.directory)
        if above != self.directory:
            self._load(above, cursor_on=self.endpoint.name(self.directory))

    def action_go_back(self) -> None:
        """Goes back."""
        self._step(is_back=True)

    def action_go_forward(self) -> None:
        """Goes forward."""
        self._step(is_back=False)

    def _step(self, *, is_back: bool) -> None:
        path = self._history.peek(is_back=is_back)
        if path is not None:
            self._load(path, way="back" if is_back else "forward")

    def action_go_to_path(self) -> None:
        """Asks for a path."""
        if self.endpoint is not None:
            self.post_message(self.PathAsked(self))

    def action_refresh_listing(self) -> None:
        """Reads the directory again."""
        self.reload()

    def action_show_notice(self) -> None:
        """Shows all that the notice says."""
        from tuiftp.ui.dialogs.basic import LongMessage  # only needed when asked for

        if self.notice.text:
            lines = self.notice.text.split("\n")
            self.app.push_screen(LongMessage(self.title, lines, is_error=self.notice.has_class("-error")))

    def action_cancel_loading(self) -> None:
        """Ends the reading and says so; or takes a notice away."""
        said = self._cancelled_words() if self.is_loading else ""
        self.workers.cancel_group(self, "renew")
        self.workers.cancel_group(self, "load")
        self.is_loading, self._loads = False, self._loads + 1
        self.notice.say(said)
        self.post_message(self.Cancelled())

    def _cancelled_words(self) -> str:
        path = self._reading
        where = shown(self.endpoint.display(path)) if self.endpoint and path else "the directory"
        said = f"Reading {where} was cancelled."
        if self.directory is not None:
            return said
        self._given_up = path
        return f"{said}\n→ {key_now(self, REFRESH)} reads it"

    def action_toggle_hidden(self) -> None:
        """Shows or hides names that begin with a dot."""
        self.list.toggle_hidden()
