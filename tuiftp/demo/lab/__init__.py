"""The lab: an FTP server on loopback that is correct by default, and as wrong as it is told to be.

    async with ScriptedServer({"a.txt": b"hello"}, [quirks.refuse("EPSV", 500)]) as server:
        ...  # connect to server.host, server.port
        assert server.commands.count("PASV") == 1

`quirks` holds what goes wrong with data connections, `mischief` what goes wrong with the control connection.
`tuiftp lab` starts such servers by the names of their faults; the tests run against
the same ones, and against more in `tests/support/scripted`.
"""

from tuiftp.demo.lab import mischief, quirks
from tuiftp.demo.lab.faults import PASSIVE, TRANSFERS, Faults
from tuiftp.demo.lab.server import Quirk, ScriptedServer
from tuiftp.demo.lab.session import Received, Session
from tuiftp.demo.lab.tree import EPOCH, Directory, File, Tree

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
