"""A program with a stored queue, to be killed: `python -m tests.transfers.killable STATE HERE PORT ROOT [segments]`.

The first run queues a tree in each direction; later ones bring back what was left. It says "running" when it is
under way, and "done" with the number of failures when nothing is left to do.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.support.servers.running import PASSWORD, USER
from tuiftp.events import EventBus
from tuiftp.files.disk import look
from tuiftp.files.local import LocalEndpoint
from tuiftp.ftp.memory import ModeMemory
from tuiftp.ftp.options import ConnectionOptions, Credentials, SiteAddress
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.entries import Entry, EntryKind
from tuiftp.protocol.paths import join
from tuiftp.secret import Secret
from tuiftp.transfers import segmented
from tuiftp.transfers.model import ConflictPolicy, Direction
from tuiftp.transfers.policy import Conflict, Decision
from tuiftp.transfers.queue import TransferQueue
from tuiftp.transfers.rules import TransferRules
from tuiftp.transfers.store import QueueStore

RATE = 4_000_000
"""Bytes a second each way: slow enough to be met in the middle."""


class Overwrite:
    """Answers a question that should not come."""

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        return Decision(ConflictPolicy.OVERWRITE, for_all=True)


def segment_small_files() -> TransferRules:
    """Has files of a megabyte go in segments, and their progress be noted often."""
    vars(segmented).update(SEGMENTED_FROM=1_000_000, SMALLEST=100_000, _NOTE_EVERY=0.1)
    return TransferRules(segments=4)


async def run(state: Path, here: Path, port: int, root: str, how: TransferRules) -> None:
    bus, local = EventBus(), LocalEndpoint()
    address = SiteAddress("127.0.0.1", port, Credentials(USER, Secret(PASSWORD)))
    site = FtpSite(address, ConnectionOptions(timeout=5.0), bus=bus, memory=ModeMemory())
    is_first = not (state / "queue.db").exists()
    store = QueueStore(state / "queue.db")
    assert store.open(), store.problem
    parallel = 3 if how.segments == 1 else 2  # a connection more than transfers, for a segment
    queue = TransferQueue(bus=bus, decider=Overwrite(), local=local, parallel=parallel, store=store, how=how)
    for direction in Direction:
        queue.set_limit(direction, RATE)
    await queue.start()
    if is_first:
        sent = look(str(here / "to-send"))
        assert sent is not None
        policy = ConflictPolicy.OVERWRITE
        queue.download(
            site.pool,
            [(join(root, "to-fetch"), Entry("to-fetch", EntryKind.DIR))],
            str(here / "fetched"),
            policy=policy,
        )
        queue.upload(site.pool, [(str(here / "to-send"), sent)], join(root, "sent"), policy=policy)
        # Who is killed before this line has queued nothing; what is promised begins with it.
        await queue.flush()
        print("running", flush=True)
    else:
        print("running", flush=True)
        restored = await queue.restore(lambda url: site.pool)
        assert restored.problem is None, restored.problem
        queue.resume_all()
        queue.retry_failed()
    await queue.wait_idle()
    print("done", queue.totals().failed, flush=True)
    await queue.close()
    await site.close()
    local.close()


if __name__ == "__main__":
    rules = segment_small_files() if "segments" in sys.argv[5:] else TransferRules()
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4], rules))
