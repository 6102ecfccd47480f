"""Moves bytes between a data socket and a file, in a worker thread, never through the event loop.

`os.splice` and `os.sendfile` where the platform has them, `recv_into` and `sendall` with large buffers elsewhere.
The socket is blocking, its silence bounded by SO_RCVTIMEO and SO_SNDTIMEO: a Python timeout would make it
non-blocking, and splice would fail. Cancelling is `shutdown()` from the loop (`executor.wake`), which wakes a blocked
call at once. Under TLS it is the other way round: OpenSSL retries for ever after SO_RCVTIMEO, a Python timeout works.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import struct
import sys
from functools import cache

from tuiftp.files.endpoint import Progress
from tuiftp.files.pace import Pace
from tuiftp.ftp.tls.close_notify import answer_end, end_sending

BLOCK = 1024 * 1024
"""Bytes moved per call; cancel and progress are looked at between calls."""
_SPLICE_BLOCK = 512 * 1024
_AT_ONCE = 64 * 1024
"""Bytes per `send`: under TLS the silence is bounded for the whole of it, and a slow line must get them through."""
_CANNOT = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})
_STALLED = frozenset({errno.EAGAIN, errno.EWOULDBLOCK})


class Stalled(Exception):
    """No byte moved for as long as the stall timeout allows."""


class LocalFault(Exception):
    """The file, not the socket, failed; the cause is the OSError."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error
        """What the operating system said."""


def prepare_socket(sock: socket.socket, stall_timeout: float) -> None:
    """Makes a connected data socket ready for a worker thread: blocking, with bounded silence (seconds)."""
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(stall_timeout)
        return
    sock.setblocking(True)
    bound_silence(sock, receiving=stall_timeout, sending=stall_timeout)


def bound_silence(sock: socket.socket, *, receiving: float, sending: float) -> None:
    """Bounds how long a blocking socket may be silent (seconds); on Linux that holds for a connect, too."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _limit(receiving))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _limit(sending))


@cache
def _limit(seconds: float) -> bytes:
    if sys.platform == "win32":  # pragma: no cover - Windows takes milliseconds, and has no splice to disturb
        return struct.pack("=L", int(seconds * 1000))
    whole = int(seconds)
    return struct.pack("@ll", whole, int((seconds - whole) * 1_000_000))


def receive_file(
    sock: socket.socket,
    fd: int,
    offset: int,
    progress: Progress,
    *,
    length: int | None = None,
    lead: bytearray | None = None,
) -> bool:
    """Writes all that comes into the file from `offset` on, until the other side ends the connection.

    Args:
        sock: The data socket.
        fd: The file.
        offset: Which byte of the file comes first.
        progress: Counts.
        length: How many bytes are wanted; more are not taken.
        lead: Is filled with the first bytes, which are then not written.

    Returns:
        Whether it ended because all that was wanted has come.

    Raises:
        Stalled, LocalFault, OSError: Silence; the disk; the connection. Bytes so far are in `progress`.
    """
    if lead is not None and not _receive_lead(sock, lead, progress):
        return False
    by_splice = _is_plain(sock) and hasattr(os, "splice")
    if not (by_splice and _receive_by_splice(sock, fd, offset, progress, length)):
        _receive_by_copy(sock, fd, offset + progress.transferred, progress, length)
    return length is not None and progress.transferred >= length


def _receive_lead(sock: socket.socket, lead: bytearray, progress: Progress) -> bool:
    """Fills `lead`; returns False where the connection ended before."""
    view = memoryview(lead)
    while view and not progress.cancelled:
        count = receive_into(sock, view, progress)
        if count == 0:
            return False
        view = view[count:]
        progress.transferred += count
    return not view


def _room(largest: int, progress: Progress, length: int | None) -> int:
    """How many bytes may still be taken, at most `largest`."""
    return largest if length is None else min(largest, max(0, length - progress.transferred))


def _receive_by_splice(
    sock: socket.socket, fd: int, offset: int, progress: Progress, length: int | None
) -> bool:
    """Returns False where the file system cannot take a pipe; what was read is then in the file all the same."""
    pace = Pace(progress)
    out, into = os.pipe()
    try:
        _widen(into)
        first = position = offset + progress.transferred
        while not progress.cancelled and (room := _room(_SPLICE_BLOCK, progress, length)):
            try:
                count = os.splice(sock.fileno(), into, pace.block(room))
            except OSError as error:
                if error.errno in _STALLED:
                    raise Stalled from error
                if error.errno in _CANNOT and position == first:
                    return False
                raise
            if count == 0:
                return True
            progress.note_first()
            while count:
                moved = _pipe_to_file(out, fd, count, position)
                count -= moved
                position += moved
                progress.transferred += moved
                pace.moved(moved)
        return True
    finally:
        os.close(out)
        os.close(into)


def _widen(pipe: int) -> None:
    import fcntl

    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _SPLICE_BLOCK)


def _pipe_to_file(pipe: int, fd: int, count: int, position: int) -> int:
    try:
        return os.splice(pipe, fd, count, offset_dst=position)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise LocalFault(error) from error
    # A file system without splice (some FUSE and network ones): the bytes are in the pipe, write them by hand.
    data = os.read(pipe, min(count, BLOCK))
    _write_all(fd, memoryview(data), position)
    return len(data)


def _receive_by_copy(
    sock: socket.socket, fd: int, position: int, progress: Progress, length: int | None
) -> None:
    pace = Pace(progress)
    view = memoryview(bytearray(BLOCK))
    while not progress.cancelled and (room := _room(BLOCK, progress, length)):
        count = receive_into(sock, view[: pace.block(room)], progress)
        if count == 0:
            return
        _write_all(fd, view[:count], position)
        position += count
        progress.transferred += count
        pace.moved(count)


def _is_plain(sock: socket.socket) -> bool:
    return not isinstance(sock, ssl.SSLSocket)


def receive_into(sock: socket.socket, view: memoryview, progress: Progress) -> int:
    """Receives what there is into `view`; 0 at the end. An end without close_notify is noted in `progress`."""
    try:
        count = sock.recv_into(view)
    except (BlockingIOError, TimeoutError) as error:
        raise Stalled from error
    except ssl.SSLEOFError:
        # Many servers end so. It may also be that somebody cut the connection: the size has to tell.
        progress.is_ragged = True
        return 0
    if count:
        progress.note_first()
    elif isinstance(sock, ssl.SSLSocket):
        answer_end(sock)
    return count


def _write_all(fd: int, data: memoryview, position: int) -> None:
    try:
        if hasattr(os, "pwrite"):
            while data:
                written = os.pwrite(fd, data, position)
                position += written
                data = data[written:]
        else:  # pragma: no cover - Windows
            os.lseek(fd, position, os.SEEK_SET)
            while data:
                data = data[os.write(fd, data) :]
    except OSError as error:
        raise LocalFault(error) from error


def send_file(sock: socket.socket, fd: int, offset: int, progress: Progress) -> None:
    """Sends the file from `offset` to its end, then ends our side of the connection.

    Raises:
        Stalled, LocalFault, OSError: Silence; the disk; the connection. Bytes so far are in `progress`.
    """
    # A block of 1 MiB may take long to go out; its first byte leaves now.
    progress.note_first()
    if not (_is_plain(sock) and hasattr(os, "sendfile") and _send_by_sendfile(sock, fd, offset, progress)):
        _send_by_copy(sock, fd, offset + progress.transferred, progress)
    if not progress.cancelled:
        end_side(sock)


def end_side(sock: socket.socket) -> None:
    """Ends our side of a connection: all was sent."""
    if isinstance(sock, ssl.SSLSocket):
        end_sending(sock)
    else:
        sock.shutdown(socket.SHUT_WR)


def _send_by_sendfile(sock: socket.socket, fd: int, offset: int, progress: Progress) -> bool:
    pace = Pace(progress)
    position = offset + progress.transferred
    while not progress.cancelled:
        try:
            count = os.sendfile(sock.fileno(), fd, position, pace.block(BLOCK))
        except OSError as error:
            if error.errno in _STALLED:
                raise Stalled from error
            if error.errno in _CANNOT and position == offset:
                return False
            if error.errno == errno.EIO:
                raise LocalFault(error) from error
            raise
        if count == 0:
            return True
        position += count
        progress.transferred += count
        pace.moved(count)
    return True


def _send_by_copy(sock: socket.socket, fd: int, position: int, progress: Progress) -> None:
    pace = Pace(progress)
    while not progress.cancelled:
        try:
            os.lseek(fd, position, os.SEEK_SET)
            data = memoryview(os.read(fd, pace.block(BLOCK)))
        except OSError as error:
            raise LocalFault(error) from error
        if not data:
            return
        position += len(data)
        while data and not progress.cancelled:
            try:
                count = sock.send(data[:_AT_ONCE])
            except (BlockingIOError, TimeoutError) as error:
                raise Stalled from error
            data = data[count:]
            progress.transferred += count
            pace.moved(count)


def receive_all(sock: socket.socket, limit: int, progress: Progress) -> tuple[bytes, bool]:
    """Reads all that comes into memory, at most `limit` bytes.

    Returns:
        What came, and whether there was more.
    """
    chunks: list[bytes] = []
    buffer = memoryview(bytearray(256 * 1024))
    left = limit
    while not progress.cancelled:
        count = receive_into(sock, buffer, progress)
        if count == 0:
            return b"".join(chunks), False
        chunks.append(bytes(buffer[: min(count, left)]))
        left -= count
        progress.transferred += count
        if left < 0:
            return b"".join(chunks), True
    return b"".join(chunks), True
