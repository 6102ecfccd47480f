"""What a finding recommends for a site, as something that can be put in force with one key."""

from __future__ import annotations

from tuiftp.protocol.modes import AddressPolicy, ConnectionMode
from tuiftp.wirelog.findings import Finding
from tuiftp.wirelog.probing import Advice

_PASSIVE = Advice("use passive mode", ConnectionMode.PASSIVE)
_ACTIVE = Advice("use active mode", ConnectionMode.ACTIVE)
_BY_RULE = {
    "R1": Advice("connect to the server's own address", passive_address=AddressPolicy.SMART),
    "R2": Advice("connect to the server's own address", passive_address=AddressPolicy.PEER),
    "R3": Advice("connect to the announced address", passive_address=AddressPolicy.ANNOUNCED),
    "R4": _ACTIVE,
    "R5": _ACTIVE,
    "R6": Advice("prefer PASV to EPSV", prefer_extended=False),
    "R7": Advice("prefer EPSV and EPRT", prefer_extended=True),
    "R9": _PASSIVE,
    "R10": _PASSIVE,
    "R11": _PASSIVE,
    "R13": _PASSIVE,
    "R21": Advice("prefer EPSV and EPRT", prefer_extended=True),
}


def recommended(finding: Finding) -> Advice | None:
    """What can be set for the site; None where the cure lies elsewhere."""
    if finding.external is not None:
        return Advice(f"announce {finding.external} in active mode", active_address=finding.external)
    return _BY_RULE.get(finding.code)
