"""What F3 and F4 do: show a file, or open it in the user's editor. A remote file is edited as a private copy."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from tuiftp.errors import LocalFileError, TuiftpError
from tuiftp.files.endpoint import Progress
from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.protocol.text import human_size, shown
from tuiftp.ui.editor import Editor, why_ended
from tuiftp.ui.screens.dialogs import Confirm, Message, Say, quoted, run_busy
from tuiftp.ui.widgets.pane import Pane
from tuiftp.ui.workplace import Workplace

LARGEST_EDIT = 64 * 1024 * 1024
"""Bytes of the largest remote file that is fetched for editing."""


class Viewing:
    """Viewing and editing for the main screen."""

    def __init__(self, place: Workplace, editor: Editor) -> None:
        self._place = place
        self._editor = editor

    async def view(self, pane: Pane, entry: Entry | None) -> None:
        """Opens the viewer on a file, or on a link to one."""
        if pane.endpoint is None or entry is None or not _is_file(pane, entry):
            return
        from tuiftp.ui.screens.viewer import ViewerScreen  # only needed when asked for

        size = entry.size if entry.kind is EntryKind.FILE else None
        self._place.app.push_screen(ViewerScreen(pane.endpoint, pane.path_of(entry), size=size))

    async def edit(self) -> None:
        """Opens the file under the cursor in the editor; sends a remote one back if it was changed."""
        pane = self._place.active
        entry = pane.list.current
        if pane.endpoint is None or entry is None or not _is_file(pane, entry):
            return
        path = pane.path_of(entry)
        if pane.endpoint.capabilities.is_local:
            status = await self._editor.run(self._place.app, path)
            pane.reload()
            if status:
                self._place.app.notify(why_ended(status), severity="warning", markup=False)
            return
        if entry.size is not None and entry.size > LARGEST_EDIT:
            lines = [quoted(entry.name), f"It has {human_size(entry.size)}; copy it to edit it."]
            await self._place.ask(Message("Too big to edit here", lines))
            return
        await self._edit_remote(pane, path, entry)

    async def _edit_remote(self, pane: Pane, path: str, entry: Entry) -> None:
        folder = Path(tempfile.mkdtemp(prefix="tuiftp-edit-"))  # created with mode 0700
        copy = folder / f"edit{_safe_suffix(entry.name)}"
        is_sent = True
        try:
            if not await self._fetch(path, copy):
                return
            before = copy.read_bytes()
            await self._editor.run(self._place.app, str(copy))
            if copy.read_bytes() == before:
                pane.notice.say("Nothing was changed, and nothing is sent.")
                return
            is_sent = False
            question = Confirm("Send the changed file back?", [quoted(entry.name)], yes="Send")
            if not await self._place.ask(question):
                pane.notice.say(f"Not sent. Your changed copy is kept:\n{shown(str(copy))}")
                return
            await self._send(pane, path, copy, entry)
            is_sent = True
        except OSError as error:
            raise LocalFileError(str(error), path=str(copy)) from error
        except TuiftpError as error:
            if is_sent:
                raise
            raise LocalFileError(f"{error.message}. Your changed copy is kept: {copy}") from error
        finally:
            if is_sent:
                shutil.rmtree(folder, ignore_errors=True)

    async def _fetch(self, path: str, copy: Path) -> bool:
        site = self._place.site
        if site is None:
            return False

        async def job(say: Say) -> bool:
            say("Fetching the file")
            with copy.open("xb", buffering=0) as file:
                async with site.pool.lease() as endpoint:
                    await endpoint.download(path, file, progress=Progress())
            return True

        _, is_done = await run_busy(self._place.app, "Edit", job)
        return is_done

    async def _send(self, pane: Pane, path: str, copy: Path, entry: Entry) -> None:
        site = self._place.site
        if site is None:
            raise LocalFileError("The site was closed meanwhile")

        async def job(say: Say) -> bool:
            say("Sending the file")
            async with site.pool.lease() as endpoint:
                there = await endpoint.entry(path)
                if there is not None and (there.size, there.modified) != (entry.size, entry.modified):
                    raise LocalFileError("The file on the server was changed by someone else meanwhile")
                with copy.open("rb", buffering=0) as file:
                    sent = await endpoint.upload(file, path, progress=Progress())
                size = await endpoint.size(path)
            if size is not None and size != sent:
                raise LocalFileError("The file did not arrive whole")
            return True

        _, is_done = await run_busy(self._place.app, "Edit", job)
        if not is_done:
            raise LocalFileError("Sending was cancelled")
        pane.reload()


def _is_file(pane: Pane, entry: Entry) -> bool:
    """Whether an entry may be a file; if not, the pane says what it is."""
    if entry.is_dir:
        pane.notice.say("This is a directory.\n→ Enter opens it", is_error=True)
    elif entry.is_unreadable:
        pane.notice.say(f"This line of the listing could not be read:\n{shown(entry.name)}", is_error=True)
    return not entry.is_dir and not entry.is_unreadable


def _safe_suffix(name: str) -> str:
    """The extension, for the editor's colours; nothing else of a stranger's name reaches a command line."""
    found = re.search(r"\.[A-Za-z0-9]{1,12}\Z", name)
    return found[0] if found else ""
