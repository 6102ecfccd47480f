"""The only module that imports pyftpdlib, so that it is loaded only when a demo is asked for."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer


class StayingFilesystem(AbstractedFS):  # type: ignore[misc]
    """A file system whose CWD leaves the process where it is.

    pyftpdlib 2.2 calls `os.chdir` at each CWD and goes back afterwards: what another thread does meanwhile with a
    relative path lands in the server's tree.
    """

    def chdir(self, path: str) -> None:
        """Makes `path` the client's directory.

        Raises:
            OSError: It is no directory, or may not be entered.
        """
        os.stat(os.path.join(path, os.curdir))
        self.cwd = self.fs2ftp(path)


def make_server(address: tuple[str, int], root: Path, users: dict[str, str], permissions: str) -> FTPServer:
    """Return a server that listens already, on an event loop of its own.

    Args:
        address: Host and port; port 0 takes a free one.
        root: The directory that every user sees as `/`.
        users: Passwords by user name.
        permissions: The letters of pyftpdlib; `anonymous` has them too.
    """
    authorizer = DummyAuthorizer()
    with warnings.catch_warnings():
        # Anonymous users may write: the files are made up, and live as long as the server.
        warnings.simplefilter("ignore", RuntimeWarning)
        authorizer.add_anonymous(str(root), perm=permissions)
    for user, password in users.items():
        authorizer.add_user(user, password, str(root), perm=permissions)

    class Handler(FTPHandler):  # type: ignore[misc]
        """The settings of this one server; pyftpdlib keeps them on the class."""

        def _on_dtp_connection(self) -> None:
            # pyftpdlib 2.2 keeps the connector of PORT after its socket has gone to the data channel, and at the
            # next PORT takes that old descriptor, by then another client's, off the event loop.
            self._dtp_connector = None
            super()._on_dtp_connection()

    Handler.authorizer = authorizer
    Handler.abstracted_fs = StayingFilesystem
    Handler.banner = "tuiftp demo server ready."
    return FTPServer(address, Handler, ioloop=IOLoop())
