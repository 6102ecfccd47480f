"""All dialects of LIST, in the order in which they are asked."""

from __future__ import annotations

from tuiftp.protocol.listing.distinct import DISTINCT
from tuiftp.protocol.listing.dls import DLS
from tuiftp.protocol.listing.dos import DOS
from tuiftp.protocol.listing.enterprise import ENTERPRISE
from tuiftp.protocol.listing.eplf import EPLF
from tuiftp.protocol.listing.gcos import GCOS
from tuiftp.protocol.listing.gxs import GXS
from tuiftp.protocol.listing.jes import JES
from tuiftp.protocol.listing.ka9q import KA9Q
from tuiftp.protocol.listing.lines import Dialect
from tuiftp.protocol.listing.mcp import MCP
from tuiftp.protocol.listing.mlsd import MLSD
from tuiftp.protocol.listing.mpe import MPE
from tuiftp.protocol.listing.mvs import MVS
from tuiftp.protocol.listing.netware import NETWARE
from tuiftp.protocol.listing.netware_print import NETWARE_PRINT
from tuiftp.protocol.listing.nonstop import NONSTOP
from tuiftp.protocol.listing.nortel import NORTEL
from tuiftp.protocol.listing.numeric import NUMERIC
from tuiftp.protocol.listing.os2 import OS2
from tuiftp.protocol.listing.os9 import OS9
from tuiftp.protocol.listing.os400 import OS400
from tuiftp.protocol.listing.pctcp import PCTCP
from tuiftp.protocol.listing.ragged import RAGGED
from tuiftp.protocol.listing.tops20 import TOPS20
from tuiftp.protocol.listing.unix import UNIX
from tuiftp.protocol.listing.vm import VM
from tuiftp.protocol.listing.vms import VMS
from tuiftp.protocol.listing.vos import VOS
from tuiftp.protocol.listing.vse import VSE
from tuiftp.protocol.listing.vshell import VSHELL
from tuiftp.protocol.listing.vxworks import VXWORKS
from tuiftp.protocol.listing.win16 import WIN16
from tuiftp.protocol.listing.xecom import XECOM

DIALECTS: tuple[Dialect, ...] = (
    UNIX, DOS, MLSD, EPLF, VMS, NETWARE, NETWARE_PRINT, OS400, MVS, JES, VM, NONSTOP, OS2, VXWORKS, ENTERPRISE,
    NORTEL, OS9, NUMERIC, VSHELL, MCP, VOS, MPE, GXS, GCOS, KA9Q, DISTINCT, PCTCP, TOPS20, VSE, XECOM, WIN16, RAGGED,
    DLS,
)  # fmt: skip
"""A new dialect is a module and a place in this table. The first is asked before the others are loaded."""
