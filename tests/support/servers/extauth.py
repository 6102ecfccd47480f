"""Answers Pure-FTPd's question "may this user in, and where to?" on a Unix socket (its extauth method)."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from pathlib import Path


class LoginService:
    """A thread that knows the users of one server."""

    def __init__(self, path: Path, users: Mapping[str, str], *, home: Path, uid: int, gid: int) -> None:
        self._path = path
        self._users = dict(users)
        self._granted = f"auth_ok:1\nuid:{uid}\ngid:{gid}\ndir:{home}\nend\n".encode()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen."""
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._path))
        self._listener.listen(64)
        self._thread = threading.Thread(target=self._serve, args=(self._listener,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        if self._listener is None or self._thread is None:
            return
        # A close alone does not wake a thread that waits in accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        self._listener.close()
        self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                asked, _ = listener.accept()
            except OSError:
                return
            with asked, contextlib.suppress(OSError):
                asked.settimeout(5)
                asked.sendall(self._answer(_question(asked)))

    def _answer(self, question: Mapping[str, str]) -> bytes:
        user = question.get("account", "")
        if user in self._users and self._users[user] == question.get("password"):
            return self._granted
        return b"auth_ok:-1\nend\n"


def _question(asked: socket.socket) -> dict[str, str]:
    text = b""
    while not text.endswith(b"end\n"):
        block = asked.recv(4096)
        if not block:
            break
        text += block
    lines = text.decode("utf-8", "surrogateescape").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)
