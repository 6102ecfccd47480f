"""All dialects of LIST, in the order in which the picker tries them."""

from __future__ import annotations

from tuiftp.protocol.listing.dos import DISTINCT, DOS, KA9Q, OS2, PCTCP, WIN16
from tuiftp.protocol.listing.embedded import NORTEL, OS9, VXWORKS, XECOM
from tuiftp.protocol.listing.ibm import ENTERPRISE, GXS, JES, MVS, OS400, VM, VSE
from tuiftp.protocol.listing.lines import Dialect
from tuiftp.protocol.listing.mainframes import GCOS, MCP, MPE, NONSTOP, TOPS20, VOS
from tuiftp.protocol.listing.mlsd import MLSD
from tuiftp.protocol.listing.unix import UNIX
from tuiftp.protocol.listing.unix_like import DLS, EPLF, NETWARE, NETWARE_PRINT, NUMERIC, RAGGED, VSHELL
from tuiftp.protocol.listing.vms import VMS

DIALECTS: tuple[Dialect, ...] = (
    UNIX, DOS, MLSD, EPLF, VMS, NETWARE, NETWARE_PRINT, OS400, MVS, JES, VM, NONSTOP, OS2, VXWORKS, ENTERPRISE,
    NORTEL, OS9, NUMERIC, VSHELL, MCP, VOS, MPE, GXS, GCOS, KA9Q, DISTINCT, PCTCP, TOPS20, VSE, XECOM, WIN16, RAGGED,
    DLS,
)  # fmt: skip
"""A new dialect goes into the module of its family and into this table. All but UNIX are loaded on demand."""
