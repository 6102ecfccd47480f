"""Worker threads for blocking transfers: starting, waking (cancel), and keeping them from delaying the loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, TypeVar

from tuiftp.files.endpoint import Progress

Result = TypeVar("Result")

_BEHIND = 19
"""The niceness of worker threads that step back: the last of the Linux scheduler, a thread's own affair there."""

_steps_back = threading.Event()


def step_back() -> None:
    """Has the worker threads of this process give way to its event loop, where the system knows how (Linux).

    With all processors busy moving bytes, a screen would wait for its turn behind them. For a program without a
    screen there is nothing to gain. Threads that run already stay as they are: it is called before the first one.
    """
    _steps_back.set()


def _enter_thread() -> None:
    # Elsewhere the number would be that of the whole process, and the screen would step back with it.
    if sys.platform == "linux" and _steps_back.is_set():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BEHIND)


# asyncio's default executor has six workers on two cores; transfers and listings must not wait for each other.
_executor = ThreadPoolExecutor(max_workers=64, thread_name_prefix="tuiftp-mover", initializer=_enter_thread)


def with_own_descriptor(
    file: BinaryIO, work: Callable[[socket.socket, int], Result]
) -> Callable[[socket.socket], Result]:
    """Gives `work` a descriptor of its own, closed when it is done.

    After a cancel the caller may close the file before a thread that hangs on a slow disk has let go of it; its
    number could then belong to another file.
    """
    fd = os.dup(file.fileno())

    def owning(sock: socket.socket) -> Result:
        try:
            return work(sock, fd)
        finally:
            os.close(fd)

    return owning


def begin(work: Callable[[], Result]) -> asyncio.Future[Result]:
    """Starts `work` in a worker thread; the caller has to wait for its end."""
    return asyncio.get_running_loop().run_in_executor(_executor, work)


async def in_thread(
    work: Callable[[], Result], *, sock: socket.socket, progress: Progress, patience: float = 1.0
) -> Result:
    """Runs `work` in a worker thread; a cancel wakes it by shutting `sock` down, and waits for it to end.

    The socket must not be closed before the thread has left it: its number may be given to another. So it is
    this function that closes it, always, as soon as the thread is done.
    """
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(_executor, work)
    future.add_done_callback(lambda done: _finish(done, sock))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        progress.cancelled = True
        wake(sock)
        await asyncio.wait([future], timeout=patience)
        raise


def _finish(done: asyncio.Future[Result], sock: socket.socket) -> None:
    sock.close()
    if not done.cancelled():
        done.exception()  # looked at, so that asyncio does not report it once nobody waits any more


def wake(sock: socket.socket) -> None:
    """Ends a connection in both directions; a thread that is blocked on it returns within half a second."""
    with contextlib.suppress(OSError):
        # Not SSLSocket's own: after that its `recv` would take what comes encrypted for the data.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
