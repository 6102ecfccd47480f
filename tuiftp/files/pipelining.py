"""FtpPipelining: the fast paths of a place for small files, which only some places have.

The defaults are harmless: nothing is small enough for memory or for a batch, hints are ignored. A place without
fast paths does not derive from it, and `pipelining_of` gives the defaults.
"""

from __future__ import annotations

from datetime import datetime

from tuiftp.entries import Entry
from tuiftp.errors import TuiftpError
from tuiftp.files.batch_receiver import BatchReceiver
from tuiftp.files.endpoint import Progress, Transfers


class FtpPipelining:
    """What saves round trips, threads and waits where there are many small files. Here: nothing of it."""

    @property
    def largest_in_memory(self) -> int:
        """Bytes up to which a file may go through memory, by `fetch` and `store`; 0: never."""
        return 0

    @property
    def largest_in_batch(self) -> int:
        """The largest file (bytes) that `fetch_batch` takes now; 0: it takes none, the usual way is as quick."""
        return 0

    @property
    def may_ask_time(self) -> bool:
        """Whether it is worth asking for the time of a file that cannot be told by its entry."""
        return True

    def time_now(self, entry: Entry) -> datetime | None:
        """The entry's time in UTC as far as it can be told without asking; None: it cannot."""
        modified = entry.modified
        return modified if modified is not None and modified.tzinfo is not None else None

    def hint_next(self, path: str | None = None, *, size: int | None = None, more: bool = True) -> None:
        """Says what comes after the next transfer, so that its commands can be sent ahead.

        Args:
            path: The file that `fetch` will be asked for then, if that is certain; None: some transfer.
            size: Its size in bytes, as `fetch` will be told.
            more: False: nothing follows.
        """

    async def fetch(
        self, path: str, *, size: int | None = None, dates: Entry | None = None, progress: Progress
    ) -> bytes:
        """Receives a small file into memory, without a thread. Only for sizes that `largest_in_memory` allows.

        Args:
            path: Which file.
            size: What the listing said, in bytes.
            dates: Its entry, if `dated` will be called for it right after: what that has to ask then costs no wait.
            progress: Counts.

        Raises:
            FileRefused: The server does not give the file.
            TransferInterrupted: It began and broke, stalled, or was much larger than was said.
        """
        raise TuiftpError("no file goes through memory here", path=path)

    async def fetch_batch(self, receiver: BatchReceiver) -> None:
        """Fetches small files one after the other in a thread, as long as all goes as it should.

        Whatever does not is left out, or ends it, without an error: `fetch` and `download` then meet the same.
        A cancel lets the file at hand come to its end, for half a second.
        """

    async def store(
        self,
        data: bytes,
        path: str,
        *,
        modified: datetime | None = None,
        mode: int | None = None,
        progress: Progress,
    ) -> int | None:
        """Stores a small file from memory, without a thread, and gives it time and permissions where it can.

        Only for sizes that `largest_in_memory` allows. Where the server copes, all that belongs to it is sent at
        once: one round trip instead of four.

        Args:
            data: All of it.
            path: Where.
            modified: The time to give it (aware), as `set_attributes` does.
            mode: The permission bits to give it.
            progress: Counts.

        Returns:
            How many bytes the server holds now, by SIZE or the listing; None: it does not say.

        Raises:
            FileRefused, StorageFull: The server does not take it.
            TransferInterrupted: It began and broke, or stalled.
        """
        raise TuiftpError("no file goes through memory here", path=path)


_NONE = FtpPipelining()


def pipelining_of(endpoint: Transfers) -> FtpPipelining:
    """The fast paths of an endpoint; harmless ones where it has none."""
    return endpoint if isinstance(endpoint, FtpPipelining) else _NONE
