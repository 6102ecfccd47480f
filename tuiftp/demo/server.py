"""The demo server itself: pyftpdlib in a background thread on loopback, over a temporary tree."""

from __future__ import annotations

import logging
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tuiftp.demo.planting import plant
from tuiftp.demo.tree import samples
from tuiftp.errors import ConfigurationError

if TYPE_CHECKING:
    from pyftpdlib.servers import FTPServer

USER = "demo"
"""The user of the URL; `anonymous` may do the same."""

PASSWORD = "demo"
"""The password of that user."""

EVERYTHING = "elradfmwMT"
"""All permissions of pyftpdlib: list, read, write, rename, delete, make, chmod, touch."""

POLL = 0.1
"""Seconds after which the thread looks whether it shall stop."""


class DemoServer:
    """Serves sample files until it is stopped; then nothing is left of it.

    Passive and active mode both work. What clients change is real, and gone with the server.
    """

    scenario: None = None
    """The fault that it shows: none."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._address = (host, port)
        self._stopping = threading.Event()
        self._files: tempfile.TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None

    @property
    def root(self) -> Path:
        """The directory that is served; only while the server runs."""
        if self._files is None:
            raise ConfigurationError("The demo server does not run.")
        return Path(self._files.name)

    def start(self) -> str:
        """Plant the files, listen, and return the URL with user and password.

        Raises:
            ConfigurationError: pyftpdlib is not installed, or the server runs already.
        """
        if self._thread is not None:
            raise ConfigurationError("The demo server runs already.")
        make = _load()
        self._files = tempfile.TemporaryDirectory(prefix="tuiftp-demo-", ignore_cleanup_errors=True)
        try:
            plant(self.root, samples())
            server = make(self._address, self.root, {USER: PASSWORD}, EVERYTHING)
        except OSError as error:
            self._remove_files()
            raise ConfigurationError(f"The demo server cannot start: {error}") from error
        self._stopping.clear()
        self._thread = threading.Thread(target=self._serve, args=(server,), name="demo-server", daemon=True)
        self._thread.start()
        host, port = server.address[:2]
        return f"ftp://{USER}:{PASSWORD}@{host}:{port}/"

    def stop(self) -> None:
        """Close every connection and remove the files; harmless when it does not run."""
        if self._thread is not None:
            self._stopping.set()
            self._thread.join()
            self._thread = None
        self._remove_files()

    def __enter__(self) -> DemoServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self, server: FTPServer) -> None:
        while not self._stopping.is_set():
            server.ioloop.loop(timeout=POLL, blocking=False)
        server.close_all()

    def _remove_files(self) -> None:
        if self._files is not None:
            self._files.cleanup()
            self._files = None


def _load() -> Callable[[tuple[str, int], Path, dict[str, str], str], FTPServer]:
    """Import pyftpdlib, which nobody else needs, and return what makes a server of an address and a root."""
    try:
        # Its asyncore and asynchat are about to leave the standard library; that is its own affair.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from tuiftp.demo.pyftpd import make_server
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The demo server needs pyftpdlib, which is not installed.",
            hint="install it with: pip install 'tuiftp[demo]'",
        ) from error
    logger = logging.getLogger("pyftpdlib")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return make_server
