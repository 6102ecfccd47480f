"""`--log`: writes each record of the protocol as it comes, to a file as JSON lines or to stderr as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from tuiftp.events import EventBus
from tuiftp.ftp.events import WireRecorded
from tuiftp.protocol.text import shown
from tuiftp.wirelog.recorder import bounded, open_private
from tuiftp.wirelog.records import RecordKind, WireRecord
from tuiftp.wirelog.text import render_record

MAX_BYTES: Final = 256 * 1024 * 1024
"""Where the file ends: a server that talks without end must not fill the disk."""


class LogFile:
    """A file that takes the log as JSON lines, up to a limit. What cannot be written ends it, nothing else."""

    def __init__(self, path: Path, *, complain: Callable[[str], None], limit: int = MAX_BYTES) -> None:
        self._path = path
        self._complain = complain
        self._left = limit
        self._file: TextIO | None = open_private(path)

    def write(self, record: WireRecord) -> None:
        """Adds a record. Never raises: it is called in the midst of an exchange."""
        if self._file is None:
            return
        line = bounded(record).to_json() + "\n"
        self._left -= len(line)
        try:
            if self._left < 0:
                text = "the log has reached its greatest length and ends here"
                line = WireRecord(datetime.now(UTC), 0, RecordKind.STATUS, text).to_json() + "\n"
                self._file.write(line)
                self.close()
                return
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Ends the file."""
        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self._file = None
        self._complain(f"the log {shown(str(self._path))} ends early: {error.strerror}")


def log_to(destination: str, bus: EventBus, *, say: Callable[[str], None]) -> Callable[[], None]:
    """Writes the protocol log from now on; returns a function that ends it.

    Args:
        destination: A file, or `-` for readable text through `say`.
        bus: Where records are told.
        say: Writes a line to stderr.

    Raises:
        LocalFileError: The file cannot be written.
    """
    if destination == "-":

        def show(event: WireRecorded) -> None:
            for line in render_record(bounded(event.record)):
                say(line)

        return bus.subscribe(WireRecorded, show)
    log = LogFile(Path(destination), complain=lambda text: say(f"tuiftp: {text}"))
    unsubscribe = bus.subscribe(WireRecorded, lambda event: log.write(event.record))

    def end() -> None:
        unsubscribe()
        log.close()

    return end
