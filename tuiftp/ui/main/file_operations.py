"""What F5 to F8 do: copy, move, rename, make directory, delete, change permissions. Each asks before it acts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind, mode_from_permissions
from tuiftp.errors import TuiftpError
from tuiftp.files.endpoint import Endpoint
from tuiftp.files.walk import TreeCount, count_tree, delete_tree
from tuiftp.protocol.text import human_size, shown
from tuiftp.transfers.model import BatchFinished
from tuiftp.ui.commands.command import key_now
from tuiftp.ui.commands.main import MAKE_DIRECTORY, OPEN_SITES
from tuiftp.ui.dialogs.basic import Confirm, Message, Prompt, Say, listed, quoted, run_busy
from tuiftp.ui.main.context import MainScreen
from tuiftp.ui.panes.pane import Pane

Sources = list[tuple[str, Entry]]
"""Paths, and what is there."""
_TURN = 512


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a copy goes."""

    directory: str
    """The directory."""
    rename_to: str | None = None
    """The new name of the one source; None: names stay."""


class FileOperations:
    """The operations on files of the main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._moves: set[int] = set()

    # Copy and move.

    async def copy(self, *, move: bool = False) -> None:
        """Queues the chosen entries for the other pane's directory, or one that the user types."""
        source, target = self._screen.active, self._screen.other
        sources = await self._sources(source)
        if not sources:
            return
        if target.endpoint is None or target.directory is None:
            if move and len(sources) == 1:
                await self.rename()
            else:
                key = key_now(source, OPEN_SITES)
                source.notice.say(
                    f"The other pane is not connected.\n→ {key} connects to a site", is_error=True
                )
            return
        destination = await self._ask_destination(source, target, sources, move=move)
        if destination is not None:
            self._queue(source, sources, target, destination, move=move)

    async def _ask_destination(
        self, source: Pane, target: Pane, sources: Sources, *, move: bool
    ) -> Destination | None:
        """Where to; None: nowhere, or the one entry has got another name in its place."""
        chosen: list[Destination] = []

        async def take(typed: str) -> str | None:
            if move and len(sources) == 1 and typed and "/" not in typed and typed not in (".", "..", "~"):
                return await self._rename(source, sources[0], typed)
            destination = await self._destination(target, typed, sources)
            if destination is None:
                return _no_directory(self._screen, typed)
            if _are_one_place(source, target) and (why := _is_in_vain(source, sources, destination)):
                return why
            chosen.append(destination)
            return None

        assert target.endpoint is not None
        assert target.directory is not None
        verb = "Move" if move else "Copy"
        side = "this machine" if target.is_this_machine else target.endpoint.label
        lines = [*listed([entry.name for _, entry in sources]), "", f"To a directory on {side}:"]
        if move and len(sources) == 1:
            lines.insert(-1, "A name without “/” renames in place.")
        count = f"{len(sources):,} entries" if len(sources) > 1 else "one entry"
        value = shown(target.endpoint.display(target.directory))
        await self._screen.ask(Prompt(f"{verb} {count}", lines, value=value, ok=verb, take=take))
        return chosen[0] if chosen else None

    async def _destination(self, target: Pane, typed: str, sources: Sources) -> Destination | None:
        """Finds out what was meant: a directory that exists, or a new name in one that does."""
        endpoint = target.endpoint
        assert endpoint is not None
        assert target.directory is not None
        if typed == shown(endpoint.display(target.directory)) or not typed:
            return Destination(target.directory)
        path = endpoint.resolve(target.directory, typed)
        there = await endpoint.entry(path)
        if there is not None and there.kind in (EntryKind.DIR, EntryKind.LINK):
            return Destination(path)
        if len(sources) == 1 and not typed.endswith("/"):
            above = endpoint.parent(path)
            parent = await endpoint.entry(above) if endpoint.parent(above) != above else None
            if endpoint.parent(above) == above or (parent is not None and parent.kind is not EntryKind.FILE):
                return Destination(above, endpoint.name(path))
        return None

    def _queue(self, source: Pane, sources: Sources, target: Pane, where: Destination, *, move: bool) -> None:
        if source.site is None or target.site is None:
            return
        batch = self._screen.services.queue.copy(
            source.site, sources, target.site, where.directory, policy=self._policy(target), move=move,
            rename_to=where.rename_to,
        )  # fmt: skip
        if move:
            self._moves.add(batch)
        source.list.clear_marks()

    def _policy(self, target: Pane) -> ConflictPolicy:
        rules = self._screen.services.rules
        return rules.overwrite_downloads if target.is_this_machine else rules.overwrite_uploads

    def batch_finished(self, event: BatchFinished) -> None:
        """Reads anew what a batch has changed: the target's directory, and after a move the source's."""
        is_move = event.batch in self._moves
        self._moves.discard(event.batch)
        for pane in self._screen.panes:
            may_be_target = pane.is_this_machine == event.direction.is_to_disk
            may_be_source = pane.is_this_machine == event.direction.is_from_disk
            if (may_be_target and pane.is_inside(event.target)) or (may_be_source and is_move):
                pane.note_change(is_last=True)

    # Rename and make.

    async def rename(self) -> None:
        """Asks for another name of the entry under the cursor."""
        pane = self._screen.active
        entry = pane.list.current
        if entry is None or entry.is_unreadable:
            return
        path = pane.path_of(entry)

        async def take(new: str) -> str | None:
            if new == shown(entry.name):
                return None
            return await self._rename(pane, (path, entry), new) if new else "Type a name."

        stem = entry.name.rfind(".") if entry.name.rfind(".") > 0 and not entry.is_dir else len(entry.name)
        await self._screen.ask(
            Prompt(
                "Rename",
                [quoted(entry.name), "A path with “/” moves it within this side."],
                value=shown(entry.name),
                ok="Rename",
                selected=stem,
                take=take,
            )
        )

    async def _rename(self, pane: Pane, source: tuple[str, Entry], new: str) -> str | None:
        """Gives an entry another name or place; says why not, or None."""
        endpoint = _endpoint(pane)
        assert pane.directory is not None
        if "/" in new:
            target = await self._target_within(endpoint, pane.directory, new, source[1].name)
        else:
            target = endpoint.join(pane.directory, new)
        if target is None:
            return _no_directory(self._screen, new)
        if await endpoint.entry(target) is not None and not _is_same_spelled(source[1].name, new):
            return f"The name is taken: {endpoint.display(target)}"
        await endpoint.rename(source[0], target)
        pane.reload(cursor_on=endpoint.name(target))
        return None

    @staticmethod
    async def _target_within(endpoint: Endpoint, directory: str, typed: str, name: str) -> str | None:
        """Where a path puts an entry of the same side: into the directory that it names, or there under a new name.

        Returns:
            None where there is no such directory.
        """
        path = endpoint.resolve(directory, typed)
        there = await endpoint.entry(path)
        if endpoint.parent(path) == path or (there and there.kind in (EntryKind.DIR, EntryKind.LINK)):
            return endpoint.join(path, name)
        return None if typed.endswith("/") else path

    async def make_directory(self) -> None:
        """Asks for a name, or a path, and makes the directory with all above it that are missing."""
        pane, endpoint, directory = (
            self._screen.active,
            self._screen.active.endpoint,
            self._screen.active.directory,
        )
        if endpoint is None or directory is None:
            return

        async def take(typed: str) -> str | None:
            if not typed.strip("/"):
                return "Type a name."
            first = await make_directories(endpoint, directory, typed)
            pane.reload(cursor_on=endpoint.name(first) if endpoint.parent(first) == directory else None)
            return None

        lines = [
            "In",
            quoted(endpoint.display(directory)),
            "“/” stands between directories inside each other.",
        ]
        await self._screen.ask(Prompt("Make directory", lines, ok="Make", take=take))

    # Delete.

    async def delete(self) -> None:
        """Counts, asks, deletes; what could not be deleted is told at the end."""
        pane = self._screen.active
        sources = await self._sources(pane)
        if not sources:
            return
        endpoint = _endpoint(pane)
        count, is_whole = await self._count(endpoint, sources)
        if count is None or not is_whole or not await self._confirm_delete(endpoint, sources, count):
            return

        async def job(say: Say) -> list[str]:
            gone = 0
            problems: list[str] = []
            total = count.files + count.directories

            def tell(path: str) -> None:
                nonlocal gone
                gone += 1
                say(f"{gone:,} of {total:,}", path)

            for path, entry in sources:
                problems += await delete_tree(endpoint.whole(), path, entry, on_progress=tell)
            return problems

        try:
            problems, _ = await run_busy(self._screen.app, "Deleting", job)
        finally:
            pane.reload()
        if problems:
            await self._screen.ask(Message("Not everything is deleted", _first(problems), is_error=True))

    async def _count(self, endpoint: Endpoint, sources: Sources) -> tuple[TreeCount | None, bool]:
        async def job(say: Say) -> TreeCount:
            return await count_tree(endpoint.whole(), sources, on_progress=lambda count: say(_SoFar(count)))

        return await run_busy(self._screen.app, "Counting", job)

    async def _confirm_delete(self, endpoint: Endpoint, sources: Sources, count: TreeCount) -> bool:
        if not self._screen.services.settings.confirm_delete:
            return True
        where = "from this machine" if endpoint.capabilities.has_local_paths else f"from {endpoint.label}"
        lines = [
            *listed([entry.name for _, entry in sources]), "",
            f"{_counted(count)}, {human_size(count.size)}, {where}.",
        ]  # fmt: skip
        if any(entry.kind is EntryKind.LINK for _, entry in sources) or count.directories:
            lines.append("Links are removed themselves, never what they point to.")
        lines += _first(count.problems, limit=3)
        answer = await self._screen.ask(Confirm("Delete?", lines, yes="Delete", is_dangerous=True))
        return answer is True

    # Permissions.

    async def change_permissions(self) -> None:
        """Asks for permission bits and sets them on what is chosen."""
        pane = self._screen.active
        sources = await self._sources(pane)
        if not sources:
            return
        endpoint = _endpoint(pane)
        if not endpoint.capabilities.can_chmod:
            pane.notice.say("Permissions cannot be changed here.", is_error=True)
            return
        from tuiftp.ui.dialogs.permissions import PermissionsDialog  # only needed when asked for

        present = mode_from_permissions(sources[0][1].permissions or "")
        names = [entry.name for _, entry in sources]
        differ = len({mode_from_permissions(entry.permissions or "") for _, entry in sources}) > 1

        async def change(mode: int) -> str | None:
            problems: list[str] = []
            try:
                for path, _ in sources:
                    try:
                        await endpoint.chmod(path, mode)
                    except TuiftpError as error:
                        problems.append(str(error))
            finally:
                pane.note_change(is_last=True)
            return "\n".join(_first(problems, limit=4)) or None

        dialog = PermissionsDialog(names, 0o644 if present is None else present, differ=differ, change=change)
        await self._screen.ask(dialog)

    # What all need.

    async def _sources(self, pane: Pane) -> Sources:
        """The chosen entries with their paths; those that no command may be sent about are told and left out."""
        sources: Sources = []
        if pane.endpoint is not None and not pane.list.chosen:
            pane.notice.say(
                "There is nothing under the cursor.\n→ go to an entry, or mark some", is_error=True
            )
        for number, entry in enumerate(pane.list.chosen):
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            if entry.is_unreadable:
                pane.notice.say("This line of the listing could not be read: nothing can be done with it.")
                continue
            try:
                sources.append((pane.path_of(entry), entry))
            except TuiftpError as error:
                pane.notice.say_error(error, what=f"Left out: {entry.name}")
        return sources


async def make_directories(endpoint: Endpoint, base: str, typed: str) -> str:
    """Makes a directory, and those above it that are not there yet.

    Args:
        endpoint: Where.
        base: The directory that a relative path begins in.
        typed: A name, or a path with `/`.

    Returns:
        The first one that was made.

    Raises:
        TuiftpError: There is something of that name, or it is refused.
    """
    if "/" not in typed.rstrip("/"):
        path = endpoint.join(base, typed.rstrip("/"))
        await endpoint.make_directory(path)
        return path
    at = endpoint.resolve(base, typed)
    missing: list[str] = []
    while at != base and endpoint.parent(at) != at and not await _is_there(endpoint, at):
        missing.append(at)
        at = endpoint.parent(at)
    if not missing:
        raise TuiftpError(f"The directory is there already: {endpoint.display(at)}")
    await _make_each(endpoint, missing[::-1])
    return missing[-1]


async def _is_there(endpoint: Endpoint, path: str) -> bool:
    found = await endpoint.entry(path)
    if found is not None and found.kind is EntryKind.FILE:
        raise TuiftpError(f"A file has that name: {endpoint.display(path)}")
    return found is not None


async def _make_each(endpoint: Endpoint, paths: Sequence[str]) -> None:
    """Makes directories from the top. A server may have some that it does not show: only the last one must come."""
    refusal: TuiftpError | None = None
    for path in paths:
        try:
            await endpoint.make_directory(path)
        except TuiftpError as error:
            refusal = refusal or error
            if path == paths[-1]:
                raise refusal from error


def _are_one_place(one: Pane, other: Pane) -> bool:
    return one.site is not None and other.site is not None and one.site.label == other.site.label


def _is_in_vain(pane: Pane, sources: Sources, where: Destination) -> str | None:
    """Why entries cannot be copied to a directory of the place that they are in; None: they can."""
    endpoint, directory = _endpoint(pane), where.directory
    around = {directory}
    while (directory := endpoint.parent(directory)) not in around:
        around.add(directory)
    for path, entry in sources:
        if endpoint.join(where.directory, where.rename_to or entry.name) == path:
            return f"It is there already: {endpoint.display(path)}"
        if entry.is_dir and path in around:
            return f"A directory cannot go into itself: {endpoint.display(path)}"
    return None


def _no_directory(screen: MainScreen, typed: str) -> str:
    return f"There is no such directory: {typed}\n→ {key_now(screen.active, MAKE_DIRECTORY)} makes one"


class _SoFar:
    """A count that is put into words only when it is shown."""

    def __init__(self, count: TreeCount) -> None:
        self._count = count

    def __str__(self) -> str:
        return f"{_counted(self._count)} so far"


def _endpoint(pane: Pane) -> Endpoint:
    assert pane.endpoint is not None  # there are entries, so there is an endpoint
    return pane.endpoint


def _is_same_spelled(old: str, new: str) -> bool:
    """Whether only the case differs: on some disks that is the same file, and may be renamed."""
    return old.casefold() == new.casefold()


def _counted(count: TreeCount) -> str:
    parts = []
    if count.directories:
        parts.append("1 directory" if count.directories == 1 else f"{count.directories:,} directories")
    if count.files or not parts:
        kind = "link" if count.files and count.links == count.files else "file"
        parts.append(f"{count.files:,} {kind}" + ("" if count.files == 1 else "s"))
    are_links = f" ({count.links:,} of them links)" if 0 < count.links < count.files else ""
    return " and ".join(parts) + are_links


def _first(problems: Sequence[str], *, limit: int = 8) -> list[str]:
    lines = list(problems[:limit])
    if len(problems) > limit:
        lines.append(f"… and {len(problems) - limit:,} more")
    return lines
