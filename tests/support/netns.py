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
from collections.abc import Callable, Coroutine, Iterator
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
        place.shell("ip", "address", "add", f"{own}/24", "dev", device)
        place.shell("ip", "link", "set", device, "up")
    return right


def _masquerade(device: str) -> str:
    return (
        "add table ip tuiftp_nat\n"
        "add chain ip tuiftp_nat post { type nat hook postrouting priority 100; }\n"
        f"add rule ip tuiftp_nat post oifname {device} masquerade\n"
    )


def _run(*argv: str, text: str | None = None) -> str:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=True, timeout=20)
    return done.stdout
