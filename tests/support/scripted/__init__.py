"""A scriptable FTP server on loopback: correct by default, and as wrong as a test wants it.

    async with ScriptedServer({"a.txt": b"hello"}, [quirks.refuse("EPSV", 500)]) as server:
        ...  # connect to server.host, server.port
        assert server.commands.count("PASV") == 1

`quirks` holds what goes wrong with data connections, `mischief` what goes wrong with the control connection.
"""

from . import mischief, quirks
from .faults import PASSIVE, TRANSFERS, Faults
from .server import Quirk, ScriptedServer
from .session import Received, Session
from .tree import EPOCH, Directory, File, Tree

__all__ = [
    "EPOCH",
    "PASSIVE",
    "TRANSFERS",
    "Directory",
    "Faults",
    "File",
    "Quirk",
    "Received",
    "ScriptedServer",
    "Session",
    "Tree",
    "mischief",
    "quirks",
]
