"""ASCII transfers (TYPE A, RFC 959 3.1.1.1): copies between data socket and file, converting line ends.

On the wire a line ends in CR LF; here it ends as this machine's do. Bytes are counted as they cross the wire.
Runs in a worker thread, as `byte_mover` does.
"""

from __future__ import annotations

import os
import socket

from tuiftp.files.endpoint import Progress
from tuiftp.files.pace import Pace
from tuiftp.ftp.transfer.byte_mover import LocalFault, Stalled, end_side, receive_into

_BLOCK = 64 * 1024
_LINE_END = os.linesep.encode("ascii")


class FromWire:
    """Makes CR LF into this machine's line end, however the bytes are cut. A CR alone stays."""

    def __init__(self, line_end: bytes = _LINE_END) -> None:
        self._line_end = line_end
        self._has_cr = False

    def feed(self, data: bytes) -> bytes:
        """Converts the next bytes; a CR at their end waits for what follows it."""
        data = b"\r" + data if self._has_cr else data
        self._has_cr = data.endswith(b"\r")
        return (data[:-1] if self._has_cr else data).replace(b"\r\n", self._line_end)

    def end(self) -> bytes:
        """What was still waited with."""
        return b"\r" if self._has_cr else b""


class ToWire:
    """Makes LF into CR LF, however the bytes are cut. A CR LF that is there already stays one."""

    def __init__(self) -> None:
        self._has_cr = False

    def feed(self, data: bytes) -> bytes:
        """Converts the next bytes."""
        is_continued = self._has_cr and data.startswith(b"\n")
        self._has_cr = data.endswith(b"\r")
        head, rest = (b"\n", data[1:]) if is_continued else (b"", data)
        return head + rest.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def receive_text(sock: socket.socket, fd: int, progress: Progress) -> None:
    """Writes all that comes into the empty file, until the other side ends the connection.

    Raises:
        Stalled, LocalFault, OSError: Silence; the disk; the connection.
    """
    pace, text = Pace(progress), FromWire()
    buffer = memoryview(bytearray(_BLOCK))
    while not progress.cancelled:
        data = bytes(buffer[: receive_into(sock, buffer[: pace.block(_BLOCK)], progress)])
        _write(fd, text.feed(data) if data else text.end())
        if not data:
            return
        progress.transferred += len(data)
        pace.moved(len(data))


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise LocalFault(error) from error


def send_text(sock: socket.socket, fd: int, progress: Progress) -> None:
    """Sends the whole file, then ends our side of the connection.

    Raises:
        Stalled, LocalFault, OSError: Silence; the disk; the connection.
    """
    pace, text = Pace(progress), ToWire()
    try:
        os.lseek(fd, 0, os.SEEK_SET)
    except OSError as error:
        raise LocalFault(error) from error
    progress.note_first()
    while not progress.cancelled:
        try:
            data = os.read(fd, pace.block(_BLOCK))
        except OSError as error:
            raise LocalFault(error) from error
        if not data:
            end_side(sock)
            return
        view = memoryview(text.feed(data))
        while view and not progress.cancelled:
            try:
                count = sock.send(view)
            except (BlockingIOError, TimeoutError) as error:
                raise Stalled from error
            view = view[count:]
            progress.transferred += count
            pace.moved(count)
