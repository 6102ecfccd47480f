"""What F4 does: opens a file in the user's editor. A remote file is edited as a private copy, which the queue sends.

The copy stays on the disk until it is on the server, whatever happens to the line, the app or the machine; where it
cannot be sent, the user is told where it lies.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.errors import LocalFileError, RemoteError, SizeMismatch, TuiftpError
from tuiftp.files.endpoint import Progress, Transfers
from tuiftp.files.site import Site
from tuiftp.protocol.text import human_size, shown
from tuiftp.storage.locations import state_dir
from tuiftp.transfers.edited_copies import EditedCopies, EditedCopy
from tuiftp.transfers.model import BatchFinished, Direction, Priority, Transfer, TransferState
from tuiftp.transfers.remote_queries import known_size, seen_now
from tuiftp.ui.dialogs.basic import Confirm, Message, Say, quoted, run_busy
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.main.editor import Editor, why_ended
from tuiftp.ui.panes.pane import Pane

LARGEST_EDIT = 64 * 1024 * 1024
"""Bytes of the largest remote file that is fetched for editing."""

TRIES = 3
"""How often a file is fetched anew where the line breaks."""

_TOLD_FOR = 60.0
"""Seconds that a message about an edited file stays."""
_LINKS = 8


@dataclass(frozen=True, slots=True)
class Fetched:
    """A remote file that was fetched to be edited."""

    path: str
    """Where it lies on the server: for a link, what it leads to as far as the server tells."""
    entry: Entry
    """What was there, with its time in UTC where that can be known."""


class Editing:
    """Editing for the main screen."""

    def __init__(self, screen: MainScreen, editor: Editor) -> None:
        """Prepares to edit.

        Args:
            screen: The main screen.
            editor: The user's editor.
        """
        self._screen = screen
        self._editor = editor
        self._copies = EditedCopies(state_dir() / "edits")
        self._sending: dict[int, EditedCopy] = {}

    async def edit(self) -> None:
        """Opens the file under the cursor in the editor; a remote one is sent back if it was changed."""
        pane = self._screen.active
        entry = pane.list.current
        if pane.endpoint is None or entry is None or not may_be_file(pane, entry):
            return
        path = pane.path_of(entry)
        if pane.endpoint.capabilities.has_local_paths:
            status = await self._editor.run(self._screen.app, path)
            pane.reload()
            if status:
                self._screen.app.notify(why_ended(status), severity="warning", markup=False)
        elif entry.size is not None and entry.size > LARGEST_EDIT:
            await self._screen.ask(
                Message("Too big to edit here", [quoted(entry.name), _too_big(entry.size)])
            )
        elif (site := pane.site) is not None:
            await self._edit_remote(pane, site, path, entry)

    async def _edit_remote(self, pane: Pane, site: Site, path: str, entry: Entry) -> None:
        copy = await asyncio.to_thread(self._copies.begin, site=site.label, remote=path, name=entry.name)
        try:
            fetched = await self._fetch(site, path, entry, copy)
            status = await self._editor.run(self._screen.app, str(copy.path)) if fetched is not None else 0
        except TuiftpError:
            await asyncio.to_thread(copy.forget)
            raise
        is_changed = await asyncio.to_thread(lambda: copy.is_changed)
        if fetched is None or not is_changed:
            await self._end_unchanged(pane, copy, status if fetched is not None else None)
        elif self._editor.is_told_to_end:
            self._screen.services.start.say_at_end(
                f"tuiftp: not sent; your changed copy is kept: {shown(str(copy.path))}"
            )
        elif await self._may_send(entry, status):
            await self._send(pane, site, fetched, copy)
        else:
            await asyncio.to_thread(copy.note_told)
            pane.notice.say(f"Not sent. Your changed copy is kept:\n{shown(str(copy.path))}")

    async def _end_unchanged(self, pane: Pane, copy: EditedCopy, status: int | None) -> None:
        """Removes a copy that nobody has changed, unless a killed editor has left unsaved text beside it."""
        if status and await asyncio.to_thread(lambda: copy.has_recovery):
            where = shown(str(copy.path.parent))
            pane.notice.say(
                f"{why_ended(status)} What it has saved for recovery is kept:\n{where}", is_error=True
            )
            return
        await asyncio.to_thread(copy.forget)
        if status is not None:
            pane.notice.say(f"{why_ended(status)} Nothing was changed, and nothing is sent.".lstrip())

    async def _may_send(self, entry: Entry, status: int) -> bool:
        lines = [quoted(entry.name), *filter(None, [why_ended(status)])]
        return await self._screen.ask(Confirm("Send the changed file back?", lines, yes="Send")) is True

    # Fetching.

    async def _fetch(self, site: Site, path: str, entry: Entry, copy: EditedCopy) -> Fetched | None:
        """Fetches the file into the copy, whole; None: the user has cancelled it."""

        async def job(say: Say) -> Fetched:
            for tries_left in reversed(range(TRIES)):
                try:
                    async with site.pool.lease() as endpoint:
                        fetched = await _receive(endpoint, path, entry, copy, say)
                    break
                except TuiftpError as error:
                    if not tries_left or not error.transient:
                        raise
            await asyncio.to_thread(copy.fetched)
            return fetched

        fetched, _ = await run_busy(self._screen.app, "Fetching the file", job)
        return fetched

    # Sending.

    async def _send(self, pane: Pane, site: Site, fetched: Fetched, copy: EditedCopy) -> None:
        endpoint, services = site.endpoint, self._screen.services
        name = endpoint.name(fetched.path)
        batch = services.queue.copy(
            services.disk,
            [(str(copy.path), await asyncio.to_thread(_local_entry, copy))],
            site,
            endpoint.parent(fetched.path),
            move=True,  # the copy goes when it has surely arrived
            rename_to=name,
            is_text=False,  # it was fetched as it is
            expected=replace(fetched.entry, name=name),
        )
        services.queue.set_batch_priority(Priority.HIGH, batch)
        self._sending[batch] = copy
        pane.notice.say(_sending(copy.remote))

    def batch_finished(self, event: BatchFinished) -> None:
        """Says what has become of an edited file that was to be sent."""
        copy = self._sending.get(event.batch)
        if copy is not None:
            self._screen.app.run_worker(self._finish(copy, event), group="edits")

    async def _finish(self, copy: EditedCopy, event: BatchFinished) -> None:
        if not await asyncio.to_thread(copy.path.exists):
            self._sending.pop(event.batch, None)
            await asyncio.to_thread(copy.forget)
            for pane in self._screen.panes:
                if pane.notice.text == _sending(copy.remote):
                    pane.notice.say(f"{shown(copy.remote)} is on the server.")
            return
        sent = next((each for each in self._transfers if each.batch == event.batch), None)
        reason = f": {sent.error}" if sent is not None and sent.error else "."
        what = "is sent, but your copy is kept" if event.done else "was not sent; your changed copy is kept"
        lines = [f"{copy.remote} {what}{reason}", str(copy.path)]
        self._screen.app.notify(
            "\n".join(map(shown, lines)), title="Edited file", severity="warning" if event.done else "error",
            timeout=_TOLD_FOR, markup=False,
        )  # fmt: skip

    @property
    def _transfers(self) -> list[Transfer]:
        queue = self._screen.services.queue
        return [each for each in queue.transfers() if each.direction is Direction.UPLOAD]

    async def take_over(self) -> None:
        """Goes on with what an earlier run has left: told of once, where the queue does not send it."""
        app = self._screen.app
        left = await asyncio.to_thread(self._copies.left)
        if not left:
            return
        asking = [worker for worker in app.workers if worker.group == "restored"]
        if asking:
            await app.workers.wait_for_complete(asking)  # what is given up there is not sent
        ended = (TransferState.DONE, TransferState.SKIPPED, TransferState.CANCELLED)
        queued = {each.source: each.batch for each in self._transfers if each.state not in ended}
        self._sending.update({queued[str(one.path)]: one for one in left if str(one.path) in queued})
        lost = [one for one in left if str(one.path) not in queued and not one.is_told]
        if lost:
            lines = ["An earlier run has ended before they were on the server. They are kept:"]
            for one in lost:
                lines += ["", quoted(f"{one.site}{one.remote}"), f"  {one.path}"]
            await self._screen.ask(Message("Edited files that were not sent", lines))
            for one in lost:
                await asyncio.to_thread(one.note_told)


class _SoFar:
    """How much has come, put into words only when it is shown."""

    def __init__(self, progress: Progress, size: int | None) -> None:
        self._progress = progress
        self._of = "" if size is None else f" of {human_size(size)}"

    def __str__(self) -> str:
        return f"{human_size(self._progress.transferred)}{self._of}"


async def _receive(endpoint: Transfers, path: str, entry: Entry, copy: EditedCopy, say: Say) -> Fetched:
    """Fetches the whole of a file, once; the bytes move in a thread, block by block.

    Raises:
        SizeMismatch: Not all of it came.
        RemoteError: It is too big, or it cannot be told whether all of it came.
    """
    path, there = await _behind_links(endpoint, path, await seen_now(endpoint.entry(path)) or entry)
    if there.size is not None and there.size > LARGEST_EDIT:
        raise RemoteError(_too_big(there.size), path=path)
    there = await endpoint.dated(path, there)
    progress = Progress()
    say(_SoFar(progress, there.size))
    try:
        with copy.path.open("wb", buffering=0) as file:
            # Where nobody knows how much there is, no more is taken than can be edited.
            most = LARGEST_EDIT + 1 if there.size is None else None
            received = await endpoint.download(path, file, length=most, progress=progress)
    except OSError as error:
        raise LocalFileError(str(error), path=str(copy.path)) from error
    if received > LARGEST_EDIT:
        raise RemoteError(_too_big(received), path=path)
    held = await known_size(endpoint.size(path))
    if held is not None and held != received:
        raise SizeMismatch(f"{received:,} bytes of {held:,} arrived", path=path)
    if held is None and progress.is_unverified:
        raise RemoteError(
            "It cannot be told whether all of it has arrived", path=path, hint="copy it to edit it"
        )
    if there.kind is EntryKind.LINK:  # size and time are those of the link
        there = Entry(there.name, EntryKind.LINK, received)
    return Fetched(path, there)


async def _behind_links(endpoint: Transfers, path: str, there: Entry) -> tuple[str, Entry]:
    """What a link leads to, as far as the server tells where that is."""
    for _ in range(_LINKS):
        if there.kind is not EntryKind.LINK or there.target is None:
            break
        path = endpoint.resolve(endpoint.parent(path), there.target)
        found = await endpoint.entry(path)
        if found is None or found.is_dir:
            raise RemoteError("The link leads to no file", path=path)
        there = found
    return path, there


def _sending(remote: str) -> str:
    return f"Sending {shown(remote)}: see the transfers."


def _too_big(size: int) -> str:
    return f"It has {human_size(size)}; copy it to edit it."


def _local_entry(copy: EditedCopy) -> Entry:
    """The copy as it is now, for the queue.

    Raises:
        LocalFileError: It is gone.
    """
    try:
        found = os.stat(copy.path)
    except OSError as error:
        raise LocalFileError(str(error), path=str(copy.path)) from error
    when = datetime.fromtimestamp(found.st_mtime, UTC)
    return Entry(copy.path.name, EntryKind.FILE, found.st_size, when, Precision.SECOND)


class Viewing:
    """Viewing for the main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    async def view(self, pane: Pane, entry: Entry | None) -> None:
        """Opens the viewer on a file, or on a link to one."""
        if pane.endpoint is None or entry is None or not may_be_file(pane, entry):
            return
        from tuiftp.ui.viewer.screen import ViewerScreen  # only needed when asked for

        size = entry.size if entry.kind is EntryKind.FILE else None
        self._screen.app.push_screen(ViewerScreen(pane.endpoint, pane.path_of(entry), size=size))


def may_be_file(pane: Pane, entry: Entry) -> bool:
    """Whether an entry may be a file; if not, the pane says what it is."""
    if entry.is_dir:
        pane.notice.say("This is a directory.\n→ Enter opens it", is_error=True)
    elif entry.is_unreadable:
        pane.notice.say(f"This line of the listing could not be read:\n{shown(entry.name)}", is_error=True)
    return not entry.is_dir and not entry.is_unreadable
