"""A program with a stored queue, to be killed; its arguments are STATE HERE PORT ROOT [WORD ...].

The first run queues a tree in each direction; later ones bring back what was left. It says "running" when it is
under way, and "done" with the number of failures when nothing is left to do.

Words: `segments`; `move`; a conflict policy; `no-times`; or a moment (`MOMENTS`) at which it kills itself, once for
each file.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.support.servers.running import PASSWORD, USER
from tuiftp.choices import ConflictPolicy
from tuiftp.entries import Entry, EntryKind
from tuiftp.events import EventBus
from tuiftp.files.disk import look
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.files.part_file import Part
from tuiftp.files.upload_source import Source
from tuiftp.ftp.data.mode_memory import ModeMemory
from tuiftp.ftp.endpoint import FtpEndpoint
from tuiftp.ftp.options import ConnectionOptions, Credentials, SiteAddress
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.paths import join
from tuiftp.secret import Secret
from tuiftp.transfers import segmented
from tuiftp.transfers.conflict_decider import Conflict, Decision
from tuiftp.transfers.model import Direction
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.store import QueueStore
from tuiftp.transfers.store_schema import DISK_URL
from tuiftp.transfers.transfer_options import TransferOptions

RATE = 4_000_000
"""Bytes a second each way: slow enough to be met in the middle."""


MOMENTS: dict[str, tuple[type, str]] = {
    "part-made": (Part, "begin"),
    "published": (Part, "publish"),
    "remote-removed": (FtpEndpoint, "remove_file"),
    "local-removed": (Source, "remove"),
    "stored": (FtpEndpoint, "store"),
    "sent": (FtpEndpoint, "upload"),
    "put-in-place": (FtpEndpoint, "rename"),
}
"""What it kills itself right after."""


def die_after(owner: type, name: str, notes: Path) -> None:
    """Has the program be killed as soon as that method has done its work, before it can say so to anybody.

    Args:
        owner: Whose method it is.
        name: Its name.
        notes: Where to note for which files that has happened: each one has it happen once.
    """
    method = getattr(owner, name)

    def die(*args: Any) -> None:
        words = [one for one in args if isinstance(one, str)] or [args[0].place.path]
        already = notes.read_text().splitlines() if notes.exists() else []
        if words[-1] not in already:
            notes.write_text("\n".join([*already, words[-1]]))
            os.kill(os.getpid(), signal.SIGKILL)

    async def work(*args: Any, **kwargs: Any) -> Any:
        result = await method(*args, **kwargs)
        die(*args)
        return result

    def blocking_work(*args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        die(*args)
        return result

    setattr(owner, name, work if inspect.iscoroutinefunction(method) else blocking_work)


class Overwrite:
    """Answers a question that should not come."""

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        return Decision(ConflictPolicy.OVERWRITE, for_all=True)


def segment_small_files() -> None:
    """Has files of a megabyte go in segments, and their progress be noted often."""
    vars(segmented).update(SEGMENTED_FROM=1_000_000, SMALLEST=100_000, _NOTE_EVERY=0.1)


async def run(
    state: Path, here: Path, port: int, root: str, words: Sequence[str], say: Callable[[str], None]
) -> None:
    how = TransferOptions(segments=4 if "segments" in words else 1, keep_times="no-times" not in words)
    policies = [ConflictPolicy(word) for word in words if word in list(ConflictPolicy)]
    bus, local = EventBus(), LocalEndpoint()
    disk = LocalSite(local)
    address = SiteAddress("127.0.0.1", port, Credentials(USER, Secret(PASSWORD)))
    site, other = (
        FtpSite(address, ConnectionOptions(timeout=5.0), bus=bus, memory=ModeMemory()) for _ in range(2)
    )
    is_first = not (state / "queue.db").exists()
    store = QueueStore(state / "queue.db")
    assert store.open(), store.problem
    parallel = 3 if how.segments == 1 else 2  # a connection more than transfers, for a segment
    queue = TransferQueue(
        bus=bus,
        decider=Overwrite(),
        local=local,
        parallel=parallel,
        store=store,
        how=how,
        spool=state / "relay",
    )
    for direction in () if "unlimited" in words else Direction:
        queue.set_limit(direction, RATE)
    await queue.start()
    if is_first:
        sent = look(str(here / "to-send"))
        assert sent is not None
        policy, move = (policies or [ConflictPolicy.OVERWRITE])[0], "move" in words
        there = [(join(root, "to-fetch"), Entry("to-fetch", EntryKind.DIR))]
        sources = [(str(here / "to-send"), sent)]
        if "across" in words:  # to another session pool of the server, and on the disk
            queue.copy(site, there, other, join(root, "sent"), policy=policy, move=move)
            queue.copy(disk, sources, disk, str(here / "fetched"), policy=policy, move=move)
        else:
            queue.copy(site, there, disk, str(here / "fetched"), policy=policy, move=move)
            queue.copy(disk, sources, site, join(root, "sent"), policy=policy, move=move)
        # Who is killed before this line has queued nothing; what is promised begins with it.
        await queue.flush()
        say("running")
    else:
        say("running")
        restored = await queue.restore(lambda url, encoding: disk if url == DISK_URL else site)
        assert restored.problem is None, restored.problem
        queue.resume_all()
        queue.retry_failed()
    await queue.wait_idle()
    failures = [f"{each.direction} {each.name}: {each.error}" for each in queue.transfers() if each.error]
    say(f"done {queue.totals().failed} {failures[:9]}")
    await queue.close()
    await site.close()
    local.close()


def run_with(arguments: Sequence[str], end: Connection) -> None:
    """Runs the program in this process, which is its own.

    Args:
        arguments: Its arguments.
        end: Where it says how far it is.
    """
    state, here, port, root, *words = arguments
    if "segments" in words:
        segment_small_files()
    for moment in set(words) & MOMENTS.keys():
        die_after(*MOMENTS[moment], Path(state) / moment)
    asyncio.run(run(Path(state), Path(here), int(port), root, words, end.send))
