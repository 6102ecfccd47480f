"""What each rule says: title, verdict and advice, with places to fill in. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What a setting of the server is to achieve."""

    ADDRESS = "address"
    """Announce the outside address, in a fixed range of ports."""
    RANGE = "range"
    REUSE = "reuse"
    TWO_ADDRESSES = "two addresses"
    IDLE = "idle"
    LIMIT = "limit"
    FOREIGN = "foreign"
    ALLOW_PASSIVE = "allow passive"
    ALLOW_ACTIVE = "allow active"


class Opening(StrEnum):
    """Which ports a firewall has to open."""

    ACTIVE = "active"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True)
class RuleText:
    """The words of one rule."""

    title: str
    """A heading."""
    verdict: str
    """What is wrong."""
    client: tuple[str, ...] = ()
    """What to change here."""
    server: tuple[str, ...] = ()
    """What to change there."""
    purposes: tuple[Purpose, ...] = ()
    """Which lines of server configuration belong to it."""
    firewall: tuple[str, ...] = ()
    """What to change between."""
    opening: Opening | None = None
    """Which ports to open on a firewall."""


_P = Purpose

TEXTS: Final[Mapping[str, RuleText]] = {
    "R1": RuleText(
        "The server announces its inside address",
        "The reply to PASV names {announced} ({kind}), but the server is reached at {peer} ({peer_kind}). "
        "It stands behind a NAT and does not know its outside address.",
        client=("Connect to the server's own address: passive address “smart” does it already.",),
        server=("Tell the server its outside address.",),
        purposes=(_P.ADDRESS,),
        firewall=("Forward the passive range to the server.",),
    ),
    "R2": RuleText(
        "The passive address is out of date",
        "The reply to PASV names {announced}, which {tried}; the server's own address {peer} works. Its setting is "
        "old, or its name stands for several hosts.",
        client=("Connect to the server's own address: passive address “smart” or “peer”.",),
        server=("Set the passive address anew, or let the server find it.",),
        purposes=(_P.ADDRESS,),
    ),
    "R3": RuleText(
        "A balancer stands before the server",
        "The control connection goes to {peer}, but data has to go to {announced}, as the server announces: it "
        "stands behind a balancer, and data goes direct.",
        client=("Use the announced address: passive address “announced” for this site.",),
        firewall=("Let data connections out to {announced} as well.",),
    ),
    "R4": RuleText(
        "{title}",
        "The server agreed to {commands} ({ports}), and {seen}, while port {control_port} is let through. {cause}",
        client=("{cure}",),
        server=("Fix a small passive range, and open it.",),
        purposes=(_P.RANGE,),
        firewall=("Where it is the server's, open the passive range there:",),
        opening=Opening.PASSIVE,
    ),
    "R5": RuleText(
        "The passive port is closed",
        "The connect to {remote} was refused at once: a host answers there, but nothing listens. A NAT that forwards "
        "nothing, a server that listens in the other address family, or a port that something else holds.",
        client=("Try the other passive command than {command}, or active mode.",),
        server=("See that the server listens where it says, and that its range is forwarded whole.",),
        purposes=(_P.RANGE,),
        firewall=("Forward the passive range from the router to the server, port by port the same.",),
    ),
    "R6": RuleText(
        "A firewall knows PASV but not EPSV",
        "The connect after EPSV met silence, the one after PASV worked: a firewall reads 227 to open the port and "
        "does not know 229.",
        client=("Prefer PASV for this site.",),
        purposes=(_P.RANGE,),
        firewall=("Open the passive range for good, instead of by a helper.",),
        opening=Opening.PASSIVE,
    ),
    "R7": RuleText(
        "Something rewrites the reply to PASV",
        "The 227 cannot be read. A router's FTP helper changes replies on the way, and does it wrong.",
        client=("Use EPSV, or TLS, which no helper can read.",),
        firewall=("Switch the FTP helper (ALG) of the router off.",),
    ),
    "R8": RuleText(
        "A firewall cuts the connection at {command}",
        "The control connection broke right after {command}, instead of an answer: a firewall that looks into FTP "
        "blocks this command.",
        client=(
            "Use another form ({others}), or TLS, which it cannot read; a port other than 21 often helps too.",
        ),
        firewall=("Allow {command} in its FTP inspection, or switch the inspection off.",),
    ),
    "R9": RuleText(
        "The server refuses our address",
        "We announced {announced} ({kind}), and the server refuses it: “{says}”.{right}",
        client=(
            "Announce {external} (the setting active_address) and forward the active ports, or use passive mode.",
        ),
        purposes=(_P.FOREIGN,),
    ),
    "R10": RuleText(
        "{title}",
        "The server accepted our address ({announced}, port {port}) and could not connect to it: refused at once. "
        "{cause}",
        client=("{cure}",),
        firewall=("{where}",),
        opening=Opening.ACTIVE,
    ),
    "R11": RuleText(
        "{title}",
        "The server accepted our address ({announced}, {kind}; port {ports}), and its connection never arrived. "
        "{cause}",
        client=("{cure}",),
        server=("Nothing to change, if it may connect to clients from port 20.",),
        firewall=("{where}",),
        opening=Opening.ACTIVE,
    ),
    "R12": RuleText(
        "Only {works} works, {fails} does not",
        "{works} works and {fails} does not, with the same address. From here two causes look alike: an FTP helper "
        "on the way that follows one of them alone, or a server that has {fails} wrong. TLS tells: no helper can "
        "read it, so that {works} fails too if it was the helper.",
        client=("Use {works} for this site.",),
        firewall=("Where it is a helper, open and forward the active ports for good instead:",),
        opening=Opening.ACTIVE,
    ),
    "R13": RuleText(
        "A connection came from a stranger",
        "{says}. The server has several addresses or stands behind a NAT of its own, or someone tries to get in "
        "between.",
        client=("Allow it for this site only if you know that address; passive mode has not this problem.",),
        server=("Let the server connect from the address that it is reached at.",),
    ),
    "R14": RuleText(
        "It works in plain text but not under TLS",
        "{command} works without TLS and fails with it: a router's FTP helper opens ports by reading commands, and "
        "cannot read them under TLS.",
        client=("Active mode: fix a range of ports, forward it, and announce the external address.",),
        server=("Passive mode: fix the range and announce the outside address.",),
        purposes=(_P.ADDRESS,),
        firewall=("Open the fixed ranges for good.",),
        opening=Opening.PASSIVE,
    ),
    "R15": RuleText(
        "The server demands TLS session reuse",
        "“{says}”: the data connection has to resume the TLS session of the control connection. This is not a "
        "firewall's doing.",
        client=("Resume the session on data connections, as tuiftp does where the TLS library lets it.",),
        purposes=(_P.REUSE,),
    ),
    "R16": RuleText(
        "The server sees us come from two addresses",
        "“{says}”: the data connection reached the server from another address than the control connection. A "
        "proxy, a second line or a balancer stands on our side.",
        client=("Let both connections leave the same way: no proxy for one of them, one line of several.",),
        purposes=(_P.TWO_ADDRESSES,),
        firewall=("Pin connections to one server to one outgoing address.",),
    ),
    "R17": RuleText(
        "The passive port belongs to a router's helper",
        "The connection to the passive port {port} failed where others work: {flag}.",
        client=("Ask again: the next port will be another.",),
        server=("Leave such ports out of the passive range.",),
        purposes=(_P.RANGE,),
        firewall=("Switch that helper (ALG) of the router off.",),
    ),
    "R18": RuleText(
        "An idle timer ended the connection",
        "After {silence} the control connection ended. {who} ends connections that are idle.",
        client=("Keep it alive more often than that.",),
        purposes=(_P.IDLE,),
        firewall=("Raise the time limit of idle TCP connections (7,440 s by RFC 5382).",),
    ),
    "R19": RuleText(
        "The control connection died during the transfer",
        "All data of {verb} went over, but the control connection was dead ({silence}) when the final reply was due: "
        "a NAT forgot it while only data moved.",
        client=("Compare the size, and reconnect: the file is most likely whole. Keep alive by TCP.",),
        firewall=("Raise the time limit of idle TCP connections (7,440 s by RFC 5382).",),
    ),
    "R20": RuleText(
        "The server allows fewer connections",
        "Connection {nth} was turned away: “{says}”.",
        client=("Use at most {limit} for this site.",),
        purposes=(_P.LIMIT,),
    ),
    "R21": RuleText(
        "The command does not fit the address family",
        "{command} cannot express the addresses of this connection: “{says}”.",
        client=("Use EPSV or EPRT over IPv6, PASV or PORT over IPv4.",),
    ),
    "R22": RuleText(
        "We announce an address that leads nowhere",
        "{announced} ({kind}) was sent to a server at {peer}, which cannot connect to it.",
        client=("Clear the active address in the settings: the control connection's own address serves.",),
    ),
    "R23": RuleText(
        "TLS was begun too early",
        "The TLS handshake on the data connection began before the server had said 1yz, and hung: servers begin it "
        "only after that.",
        client=("Begin TLS on the data connection after the 1yz reply.",),
    ),
    "R24": RuleText(
        "The server answers as if to another command",
        "{command} was answered with {code}. The server departs from RFC 2428, or something between "
        "changed the command.",
        client=("Nothing: the answer is accepted as it is.",),
    ),
    "R25": RuleText(
        "The server leaves a reply out",
        "{verb} went well, but the server never said 125 or 150 before the data (RFC 959 section 5.4).",
        client=("Nothing: it is accepted.",),
    ),
    "R26": RuleText(
        "{title}",
        "{command} was answered “{says}”.{died} {cause}",
        client=("{what}",),
        server=("{cure}",),
    ),
    "R27": RuleText(
        "The server refuses {mode} mode",
        "The answer to {commands} was “{says}”. {cause}",
        client=("Use {other} mode.",),
        server=("Where {mode} mode is wanted, it has to be allowed in the server's settings.",),
    ),
    "R28": RuleText(
        "The data connection stands, and the server knows nothing of it",
        "After {commands} our connect was answered, and the server began no transfer over it. {cause}",
        client=("Use active mode, or leave out the proxy or security program that is between.",),
        firewall=("Hand connections to the passive range on to the server itself, port by port the same.",),
    ),
    "R29": RuleText(
        "The data connection is reset as soon as it stands",
        "After {command} our connect was answered, and the connection reset before a byte came. {cause}",
        client=("Use active mode; or TLS, where a firewall looks into the data.",),
        firewall=("Hand connections to the passive range on to the server itself, and exempt them from inspection.",),
    ),
    "R30": RuleText(
        "Something else answers at the passive port",
        "{what} came from {remote} for {verb}, and the server began no transfer: another program or another host "
        "stands there than the FTP server.",
        client=("Use active mode; what came is no listing and no file.",),
        server=("See that nothing else listens in the passive range.",),
        purposes=(_P.RANGE,),
        firewall=("Let router and balancer hand the passive range to the same host as port {control_port}.",),
    ),
    "R31": RuleText(
        "The transfer begins, and nothing comes",
        "The server began {verb} over {command}, and not one byte came.{seen} From here two causes look alike: a "
        "server that hangs, or full packets that are dropped where small ones pass, because a link on the way is "
        "narrower and does not say so (path MTU). This tells them apart: `ping -M do -s 1472 {peer}` is not answered "
        "while `ping -s 500 {peer}` is, where it is the packets.",
        client=("Where it is the packets: `ip link set dev DEVICE mtu 1400` until the way is mended.",),
        firewall=(
            "Let ICMP “fragmentation needed” pass, or lower the segment size: "
            "nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu",
        ),
    ),
    "R32": RuleText(
        "The transfer stands still after {count} bytes",
        "{count} bytes of {verb} {sent}, then nothing any more, with both connections open. {cause}",
        client=("Retry: it goes on from where it stopped.",),
        server=("Its log tells whether it stopped by itself.",),
        firewall=("Look for a limit of bytes or of time a connection, and for an inspection that gives up.",),
    ),
}  # fmt: skip
"""The words, by the rule's id."""
