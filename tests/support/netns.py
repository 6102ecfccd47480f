"""Networks on one machine: namespaces, veth pairs, firewalls and NAT, for what loopback cannot show.

The addresses are of the documentation range 203.0.113.0/24, which counts as public, and of a private one
behind the NAT. Everything is removed again, whatever happens.
"""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

CLONE_NEWNET = 0x40000000
"""The kind of namespace, for setns(2)."""

SERVER_ADDRESS = "203.0.113.7"
"""Where the server is."""

CLIENT_ADDRESS = "203.0.113.20"
"""Where a client is that has a public address."""

ROUTER_ADDRESS = "203.0.113.77"
"""The outside address of the NAT router."""

INSIDE_ADDRESS = "192.168.7.2"
"""Where a client is that stands behind the router."""

INSIDE_ROUTER_ADDRESS = "192.168.7.1"
"""The inside address of the router."""

INSIDE_SERVER_ADDRESS = "10.20.30.2"
"""Where a server is that stands behind a router; it is reached at ROUTER_ADDRESS."""

INSIDE_SERVER_ROUTER_ADDRESS = "10.20.30.1"
"""The address of that router on the server's side."""

SERVER_ADDRESS_6 = "2001:db8::7"
"""Where the server is in a network of IPv6."""

CLIENT_ADDRESS_6 = "2001:db8::20"
"""Where the client is there."""

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Namespace:
    """One network namespace."""

    name: str
    """Its name for `ip netns`."""

    def shell(self, *argv: str, text: str | None = None) -> str:
        """Run a command inside and return what it printed; CalledProcessError when it fails."""
        return _run("ip", "netns", "exec", self.name, *argv, text=text)

    def call(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a thread inside; threads that it starts are inside too."""
        return in_namespace(self.name, work)

    def run(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Run a coroutine inside, on an event loop of its own; for tests that are not async themselves."""
        return self.call(lambda: asyncio.run(work()))

    def rules(self, *rules: str, hook: str = "input") -> None:
        """Add nftables rules to a chain of this namespace: `input`, `output` or `forward`."""
        head = (
            f"add table inet tuiftp\nadd chain inet tuiftp {hook} {{ type filter hook {hook} priority 0; }}\n"
        )
        body = "".join(f"add rule inet tuiftp {hook} {rule}\n" for rule in rules)
        self.shell("nft", "-f", "-", text=head + body)

    def drop_ports(self, first: int, last: int) -> None:
        """Drop what comes to these ports, as a firewall does that says nothing."""
        self.rules(f"tcp dport {first}-{last} drop")

    def reject_ports(self, first: int, last: int) -> None:
        """Answer what comes to these ports with a reset."""
        self.rules(f"tcp dport {first}-{last} reject with tcp reset")

    def drop_incoming(self) -> None:
        """Drop every connection that somebody else begins, as a host firewall or a NAT does."""
        self.rules("tcp flags & (syn | ack) == syn drop")

    def follow_ftp(self, port: int) -> None:
        """Have the kernel's FTP helper follow control connections to this port, as many routers do."""
        self.shell("nft", "-f", "-", text=_FTP_HELPER.replace("PORT", str(port)))

    def open_up(self) -> None:
        """Take all our rules away again."""
        self.shell("nft", "delete", "table", "inet", "tuiftp")


@dataclass(frozen=True, slots=True)
class Network:
    """A client, a server, and what stands between them."""

    client: Namespace
    """Where the client's code runs."""
    server: Namespace
    """Where the server runs."""
    router: Namespace | None
    """The NAT router between them, if there is one."""
    client_address: str
    """The client's own address."""
    server_address: str
    """The server's address."""


@contextmanager
def network(*, nat: bool = False) -> Iterator[Network]:
    """Build a client and a server that reach each other, behind a masquerading router when `nat` is set."""
    with ExitStack() as cleanup:
        number = next(_numbers)
        client, server = (_namespace(cleanup, f"{number}{end}") for end in "cs")
        if not nat:
            _join(client, CLIENT_ADDRESS, server, SERVER_ADDRESS, number=f"{number}a")
            yield Network(client, server, None, CLIENT_ADDRESS, SERVER_ADDRESS)
            return
        router = _namespace(cleanup, f"{number}r")
        _join(client, INSIDE_ADDRESS, router, INSIDE_ROUTER_ADDRESS, number=f"{number}a")
        outside = _join(server, SERVER_ADDRESS, router, ROUTER_ADDRESS, number=f"{number}b")
        client.shell("ip", "route", "add", "default", "via", INSIDE_ROUTER_ADDRESS)
        router.shell("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        router.shell("nft", "-f", "-", text=_masquerade(outside))
        yield Network(client, server, router, INSIDE_ADDRESS, SERVER_ADDRESS)


@contextmanager
def network_of_nat_server(ports: Sequence[tuple[int, int]]) -> Iterator[Network]:
    """Build a client with a public address, and a server behind a router that forwards it some ports."""
    with ExitStack() as cleanup:
        number = next(_numbers)
        client, server, router = (_namespace(cleanup, f"{number}{end}") for end in "csr")
        _join(client, CLIENT_ADDRESS, router, ROUTER_ADDRESS, number=f"{number}a")
        _join(server, INSIDE_SERVER_ADDRESS, router, INSIDE_SERVER_ROUTER_ADDRESS, number=f"{number}b")
        server.shell("ip", "route", "add", "default", "via", INSIDE_SERVER_ROUTER_ADDRESS)
        router.shell("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        router.shell("nft", "-f", "-", text=_forwarding(ports))
        yield Network(client, server, router, CLIENT_ADDRESS, INSIDE_SERVER_ADDRESS)


@contextmanager
def network_of_ipv6() -> Iterator[Network]:
    """Build a client and a server that reach each other by IPv6 alone."""
    with ExitStack() as cleanup:
        number = next(_numbers)
        client, server = (_namespace(cleanup, f"{number}{end}") for end in "cs")
        _join(client, CLIENT_ADDRESS_6, server, SERVER_ADDRESS_6, number=f"{number}a")
        yield Network(client, server, None, CLIENT_ADDRESS_6, SERVER_ADDRESS_6)


def why_impossible() -> str | None:
    """Return why no network can be built here, or None when it can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "network namespaces need root"
    missing = [program for program in ("ip", "nft") if shutil.which(program) is None]
    if missing:
        return f"{' and '.join(missing)} not installed"
    try:
        with network() as built:
            built.server.drop_ports(1, 2)
    except subprocess.CalledProcessError as error:
        return f"this machine has no network namespaces: {error.stderr}"
    return None


def in_namespace(name: str | None, work: Callable[[], Result]) -> Result:
    """Run `work` in a fresh thread inside a namespace, or just here; its result or exception comes back."""
    if name is None:
        return work()
    outcome: list[Result] = []
    failure: list[BaseException] = []

    def inside() -> None:
        try:
            _enter(Path("/run/netns") / name)
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=inside, name=f"netns-{name}")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _enter(path: Path) -> None:
    # os.setns came with Python 3.12. It moves the calling thread only, which ends soon after.
    libc = ctypes.CDLL(None, use_errno=True)
    with path.open("rb") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))


def _namespace(cleanup: ExitStack, suffix: str) -> Namespace:
    made = Namespace(f"tuiftp-{os.getpid()}-{suffix}")
    _run("ip", "netns", "add", made.name)
    # A veth pair goes with either of its ends, so that removing the namespaces removes everything.
    cleanup.callback(_run, "ip", "netns", "delete", made.name)
    made.shell("ip", "link", "set", "lo", "up")
    return made


def _join(one: Namespace, address: str, other: Namespace, other_address: str, *, number: str) -> str:
    left, right = (f"tf{os.getpid()}{number}{end}" for end in "lr")
    peer = ("peer", "name", right, "netns", other.name)
    _run("ip", "link", "add", left, "netns", one.name, "type", "veth", *peer)
    for place, device, own in ((one, left, address), (other, right, other_address)):
        # An IPv6 address may not be used before the kernel knows that nobody else has it, unless told so.
        is_ipv6 = ":" in own
        place.shell(
            "ip",
            "address",
            "add",
            f"{own}/{64 if is_ipv6 else 24}",
            "dev",
            device,
            *(["nodad"] if is_ipv6 else []),
        )
        place.shell("ip", "link", "set", device, "up")
    return right


def _masquerade(device: str) -> str:
    return (
        "add table ip tuiftp_nat\n"
        "add chain ip tuiftp_nat post { type nat hook postrouting priority 100; }\n"
        f"add rule ip tuiftp_nat post oifname {device} masquerade\n"
    )


def _forwarding(ports: Sequence[tuple[int, int]]) -> str:
    """What a router does with ports that are forwarded to an inside server, and with what that server sends."""
    rules = "".join(
        f"add rule ip tuiftp_nat pre ip daddr {ROUTER_ADDRESS} tcp dport {first}-{last} "
        f"dnat to {INSIDE_SERVER_ADDRESS}\n"
        for first, last in ports
    )
    return (
        "add table ip tuiftp_nat\n"
        "add chain ip tuiftp_nat pre { type nat hook prerouting priority -100; }\n"
        "add chain ip tuiftp_nat post { type nat hook postrouting priority 100; }\n"
        f"{rules}"
        f"add rule ip tuiftp_nat post ip saddr {INSIDE_SERVER_ADDRESS} masquerade\n"
    )


_FTP_HELPER = """\
table inet tuiftp_helper {
    ct helper ftp { type "ftp" protocol tcp; }
    chain pre {
        type filter hook prerouting priority filter;
        tcp dport PORT ct helper set "ftp"
    }
}
"""


def _run(*argv: str, text: str | None = None) -> str:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=True, timeout=20)
    return done.stdout
