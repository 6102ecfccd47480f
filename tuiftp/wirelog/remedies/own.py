"""What to set in tuiftp itself."""

from __future__ import annotations

from tuiftp.wirelog.remedies.model import USUAL_PORTS, PortRange, Remedy, Where


def set_active_address(address: str, ports: PortRange = USUAL_PORTS) -> tuple[Remedy, ...]:
    """Makes tuiftp announce the address that servers can reach, on ports that can be forwarded."""
    lines = (f'active_address = "{address}"', f'active_ports = "{ports[0]}-{ports[1]}"')
    return (Remedy(Where.CLIENT, "tuiftp", f"announce {address} in active mode", lines),)


def set_active_ports(ports: PortRange = USUAL_PORTS) -> tuple[Remedy, ...]:
    """Makes tuiftp listen in a range that a firewall can open."""
    lines = (f'active_ports = "{ports[0]}-{ports[1]}"',)
    return (Remedy(Where.CLIENT, "tuiftp", f"listen on ports {ports[0]}-{ports[1]} in active mode", lines),)
