"""pyftpdlib in a thread of the test process: the server that every machine can run."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from tuiftp.demo.pyftpd import StayingFilesystem

from .running import PASSWORD, USER, Place, RunningServer, ServerFailed

POLL = 0.02
"""Seconds after which the thread looks whether it shall stop."""


class Pyftpdlib(RunningServer):
    """pyftpdlib; `commands` has every command that its clients sent."""

    kind = "pyftpdlib"

    def __init__(self, place: Place, *, certificate: Path | None = None) -> None:
        """Makes it; with a certificate it insists on TLS."""
        super().__init__(place)
        if place.netns is not None:
            raise ServerFailed("pyftpdlib runs in the test's own process, in no other namespace")
        self.commands: list[str] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._handler = self._make_handler(certificate)

    @property
    def root(self) -> str:
        return "/"

    @property
    def pid(self) -> int:
        return os.getpid()

    def start(self) -> None:
        loop = IOLoop()
        server = FTPServer((self.host, self.port), self._handler, ioloop=loop)
        self._stopping.clear()
        self._thread = threading.Thread(target=self._serve, args=(loop, server), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join(timeout=10)
        self._thread = None

    def output(self) -> str:
        return "\n".join(self.commands)

    def _serve(self, loop: IOLoop, server: FTPServer) -> None:
        while not self._stopping.is_set():
            loop.loop(timeout=POLL, blocking=False)
        server.close_all()

    def _make_handler(self, certificate: Path | None) -> type[FTPHandler]:
        authorizer = DummyAuthorizer()
        authorizer.add_user(USER, PASSWORD, str(self.home), perm="elradfmwMT")
        commands = self.commands
        first, last = self.place.passive_ports

        base: type[FTPHandler] = FTPHandler if certificate is None else TLS_FTPHandler

        class Handler(base):  # type: ignore[misc]
            """Remembers what clients say."""

            def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
                commands.append(line)
                super().pre_process_command(line, cmd, arg)

            def _on_dtp_connection(self) -> None:
                # pyftpdlib 2.2 keeps the connector of PORT after its socket has gone to the data channel, and
                # at the next PORT takes that old descriptor, by then another client's, off the event loop.
                self._dtp_connector = None
                super()._on_dtp_connection()

        Handler.authorizer = authorizer
        Handler.abstracted_fs = StayingFilesystem
        Handler.passive_ports = range(first, last + 1)
        Handler.auth_failed_timeout = 0
        if certificate is not None:
            Handler.certfile = str(certificate)
            Handler.tls_control_required = Handler.tls_data_required = True
        return Handler


def _silence(logger: logging.Logger) -> None:
    logger.addHandler(logging.NullHandler())
    logger.propagate = False


_silence(logging.getLogger("pyftpdlib"))
