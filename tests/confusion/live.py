"""Real exchanges for the confusion table: real servers and firewalls, each fresh and with a remembered mode.

`python -m tests.confusion --live` (as root) builds every situation anew and writes its records beside this module.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.confusion.recorded import FOLDER
from tests.support import netns
from tests.support.servers import Place, RunningServer, make_server
from tests.support.sites import open_site, rules
from tuiftp.errors import TuiftpError
from tuiftp.ftp.data.mode_memory import ModeMemory, StepOutcome
from tuiftp.ftp.options import ConnectionOptions
from tuiftp.protocol.modes import DataCommand
from tuiftp.wirelog.records import RecordKind, WireRecord

OPTIONS = ConnectionOptions(
    timeout=4.0, auto_connect_timeout=0.7, accept_timeout=1.0, stall_timeout=2.0, drain_timeout=1.0
)
MIDDLE_PORT = 9_999
MANY_FILES = 3_000


@dataclass(slots=True)
class Stage:
    """What a situation is played on."""

    client: netns.Namespace
    """Where the client runs."""
    host: str
    """Where it reaches the server."""
    port: int
    """The control port there."""
    blocks: list[Callable[[], object]] = field(default_factory=list)
    """What makes the fault; until then everything works."""
    pause: float = 0.0
    """Seconds of silence between two listings."""


@dataclass(frozen=True, slots=True)
class Live:
    """One situation that real parts make."""

    name: str
    """Its name, and that of its files."""
    remembers: DataCommand
    """The way that is remembered, and has ceased to work."""
    build: Callable[[ExitStack], Stage]
    """Builds it."""
    mode: str = "auto"
    """The connection mode."""


def record(situation: Live, *, is_remembered: bool) -> list[WireRecord]:
    """Plays a situation and returns what the client recorded."""
    with ExitStack() as cleanup:
        stage = situation.build(cleanup)
        if not is_remembered:
            for block in stage.blocks:
                block()
        return stage.client.run(lambda: _play(situation, stage, is_remembered=is_remembered))


async def _play(situation: Live, stage: Stage, *, is_remembered: bool) -> list[WireRecord]:
    memory = ModeMemory()
    reached = _Reached(stage.host, stage.port)
    async with open_site(
        reached, OPTIONS, memory=memory, rules=rules(situation.mode), connect=False
    ) as opened:
        with contextlib.suppress(TuiftpError):
            await opened.site.connect()
            if is_remembered:
                await _remember(situation, stage, memory, opened)
            for _ in range(2):
                await asyncio.sleep(stage.pause)
                with contextlib.suppress(TuiftpError):
                    await opened.names()
    return list(opened.records)


async def _remember(situation: Live, stage: Stage, memory: ModeMemory, opened: object) -> None:
    outcome = StepOutcome(datetime.now(UTC), situation.remembers, ok=True, reason="it worked", ms=5.0)
    for local in (netns.CLIENT_ADDRESS, netns.INSIDE_ADDRESS):
        memory.record(f"{stage.host}:{stage.port}", local, outcome)
    if stage.blocks:
        await opened.names()  # type: ignore[attr-defined]
        for block in stage.blocks:
            block()


@dataclass(slots=True)
class _Reached:
    host: str
    port: int


# -- what stages are made of ----------------------------------------------------------------------------------


def _public(
    cleanup: ExitStack, *options: str, kind: str = "vsftpd", files: int = 1
) -> tuple[netns.Network, Stage, RunningServer]:
    return _on(cleanup, cleanup.enter_context(netns.network()), options, kind, files)


def _behind_nat(
    cleanup: ExitStack, *options: str, kind: str = "vsftpd"
) -> tuple[netns.Network, Stage, RunningServer]:
    return _on(cleanup, cleanup.enter_context(netns.network(nat=True)), options, kind, 1)


def _on(
    cleanup: ExitStack, network: netns.Network, options: Sequence[str], kind: str, files: int
) -> tuple[netns.Network, Stage, RunningServer]:
    place = Place(host=network.server_address, netns=network.server.name)
    server = _start(cleanup, kind, place, options, files)
    return network, Stage(network.client, server.host, server.port), server


def _start(
    cleanup: ExitStack, kind: str, place: Place, options: Sequence[str], files: int = 1
) -> RunningServer:
    server = make_server(kind, place, list(options))
    cleanup.callback(server.discard)
    for number in range(files):
        (server.home / f"file-{number:05}.txt").write_bytes(b"x")
    server.own()
    server.start()
    return server


def _healthy(cleanup: ExitStack) -> Stage:
    return _public(cleanup)[1]


def _healthy_nat(cleanup: ExitStack) -> Stage:
    return _behind_nat(cleanup)[1]


def _routed(cleanup: ExitStack) -> Stage:
    """A private network that is routed, not translated: the server sees the client's own address."""
    network, stage, _ = _behind_nat(cleanup)
    assert network.router is not None
    network.router.shell("nft", "delete", "table", "ip", "tuiftp_nat")
    network.server.shell("ip", "route", "add", "192.168.7.0/24", "via", netns.ROUTER_ADDRESS)
    return stage


def _routed_dropped(cleanup: ExitStack) -> Stage:
    stage = _routed(cleanup)
    stage.blocks.append(lambda: stage.client.rules(f"{_SYN} drop"))
    return stage


def _with_rules(
    where: str, hook: str, *rules: str, nat: bool = False, **options: int
) -> Callable[[ExitStack], Stage]:
    """Adds firewall rules; `RANGE` stands for the passive ports, `PORT` for the control port."""

    def build(cleanup: ExitStack) -> Stage:
        network, stage, server = (
            _behind_nat(cleanup) if nat else _public(cleanup, files=options.get("files", 1))
        )
        first, last = server.place.passive_ports
        place: netns.Namespace | None = getattr(network, where)
        assert place is not None
        lines = [rule.replace("RANGE", f"{first}-{last}").replace("PORT", str(server.port)) for rule in rules]
        stage.blocks.append(lambda: place.rules(*lines, hook=hook))
        return stage

    return build


def _server_option(*options: str, kind: str = "vsftpd", nat: bool = False) -> Callable[[ExitStack], Stage]:
    def build(cleanup: ExitStack) -> Stage:
        return (_behind_nat if nat else _public)(cleanup, *options, kind=kind)[1]

    return build


def _server_behind_nat(*options: str) -> Callable[[ExitStack], Stage]:
    def build(cleanup: ExitStack) -> Stage:
        place = Place(host=netns.INSIDE_SERVER_ADDRESS)
        ports = [(place.port, place.port), place.passive_ports]
        network = cleanup.enter_context(netns.network_of_nat_server(ports))
        inside = Place(place.host, place.port, place.passive_ports, network.server.name)
        server = _start(cleanup, "vsftpd", inside, options)
        return Stage(network.client, netns.ROUTER_ADDRESS, server.port)

    return build


def _no_port_free(cleanup: ExitStack) -> Stage:
    """A range of one port, which another program holds."""
    first = Place().passive_ports[0]
    network, stage, _ = _public(cleanup, f"pasv_min_port={first}", f"pasv_max_port={first}")

    def hold() -> None:
        held = network.server.call(lambda: socket.create_server((netns.SERVER_ADDRESS, first)))
        cleanup.callback(held.close)

    stage.blocks.append(hold)
    return stage


def _middlebox(behave: Callable[[socket.socket], None]) -> Callable[[ExitStack], Stage]:
    """Something before the server takes connections to the passive ports, and does not hand them on."""

    def build(cleanup: ExitStack) -> Stage:
        network, stage, server = _public(cleanup)
        first, last = server.place.passive_ports
        listener = network.server.call(lambda: socket.create_server((netns.SERVER_ADDRESS, MIDDLE_PORT)))
        cleanup.callback(listener.close)
        kept: list[socket.socket] = []
        cleanup.callback(lambda: _close_all(kept))

        def accept() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                kept.append(sock)
                with contextlib.suppress(OSError):
                    behave(sock)

        threading.Thread(target=accept, daemon=True).start()
        text = (
            "add table ip tuiftp_mid\n"
            "add chain ip tuiftp_mid pre { type nat hook prerouting priority -100; }\n"
            f"add rule ip tuiftp_mid pre tcp dport {first}-{last} redirect to :{MIDDLE_PORT}\n"
        )
        stage.blocks.append(lambda: network.server.shell("nft", "-f", "-", text=text))
        return stage

    return build


def _close_all(socks: list[socket.socket]) -> None:
    for sock in socks:
        sock.close()


def _reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def _says(text: bytes) -> Callable[[socket.socket], None]:
    def behave(sock: socket.socket) -> None:
        sock.sendall(text)
        sock.shutdown(socket.SHUT_WR)

    return behave


def _idle(cleanup: ExitStack) -> Stage:
    """A server that ends silent sessions."""
    stage = _public(cleanup, "idle_session_timeout=2")[1]
    stage.pause = 3.5
    return stage


def _stalls(cleanup: ExitStack) -> Stage:
    """Each data connection is dropped once it has carried 60 kB."""
    network, stage, server = _public(cleanup, files=MANY_FILES)
    first, last = server.place.passive_ports
    network.server.shell("sh", "-c", "echo 1 > /proc/sys/net/netfilter/nf_conntrack_acct")
    network.server.rules("ct state new,established accept", hook="input")
    rule = f"tcp sport {first}-{last} ct bytes > 60000 drop"
    stage.blocks.append(lambda: network.server.rules(rule, hook="output"))
    return stage


_P, _A = DataCommand.PASV, DataCommand.PORT
_PROHIBIT = "reject with icmpx type admin-prohibited"
_FULL = "tcp sport RANGE meta length > 1200 drop"
_FEW = "tcp dport != { 80, 443, PORT } tcp flags & (syn | ack) == syn drop"
_HTTP = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
_SYN = "tcp flags & (syn | ack) == syn"

LIVE = (
    Live("healthy", _P, _healthy),
    Live("healthy-active", _A, _healthy, "active"),
    Live("healthy-nat", _P, _healthy_nat),
    Live("routed-active", _A, _routed, "active"),
    Live("routed-active-dropped", _A, _routed_dropped, "active"),
    Live("range-dropped", _P, _with_rules("server", "input", "tcp dport RANGE drop")),
    Live("range-rejected", _P, _with_rules("server", "input", "tcp dport RANGE reject with tcp reset")),
    Live("range-prohibited", _P, _with_rules("server", "input", f"tcp dport RANGE {_PROHIBIT}")),
    Live("own-output-dropped", _P, _with_rules("client", "output", "tcp dport RANGE drop")),
    Live("own-output-prohibited", _P, _with_rules("client", "output", f"tcp dport RANGE {_PROHIBIT}")),
    Live("site-lets-few-out", _P, _with_rules("router", "forward", _FEW, nat=True)),
    Live("active-dropped", _A, _with_rules("client", "input", f"{_SYN} drop"), "auto"),
    Live("active-dropped-pinned", _A, _with_rules("client", "input", f"{_SYN} drop"), "active"),
    Live("active-rejected-pinned", _A, _with_rules("client", "input", f"{_SYN} reject with tcp reset"), "active"),
    Live("server-egress-dropped", _A, _with_rules("server", "output", f"{_SYN} drop"), "active"),
    Live("server-egress-prohibited", _A, _with_rules("server", "output", f"{_SYN} {_PROHIBIT}"), "active"),
    Live("nat-vsftpd", _A, _server_option(nat=True), "active"),
    Live("nat-proftpd", _A, _server_option(kind="proftpd", nat=True), "active"),
    Live("nat-pureftpd", _A, _server_option(kind="pureftpd", nat=True), "active"),
    Live("nat-pureftpd-auto", _A, _server_option(kind="pureftpd", nat=True)),
    Live("server-announces-inside", _P, _server_behind_nat()),
    Live("server-announces-stale", _P, _server_behind_nat("pasv_address=203.0.113.99")),
    Live("no-port-free", _P, _no_port_free),
    Live("passive-switched-off", _P, _server_option("pasv_enable=NO")),
    Live("active-switched-off", _A, _server_option("port_enable=NO"), "active"),
    Live("proftpd-limits-passive", _P, _server_option("<Limit PASV EPSV>", "  DenyAll", "</Limit>", kind="proftpd")),
    Live("both-dropped", _P, _with_rules("server", "input", f"tcp dport != PORT {_SYN} drop", files=1)),
    Live("idle-ended", _P, _idle),
    Live("middlebox-silent", _P, _middlebox(lambda sock: None)),
    Live("middlebox-resets", _P, _middlebox(_reset)),
    Live("middlebox-ssh", _P, _middlebox(_says(b"SSH-2.0-OpenSSH_9.6\r\n"))),
    Live("middlebox-http", _P, _middlebox(_says(_HTTP))),
    Live("middlebox-ftp", _P, _middlebox(_says(b"220 Service ready\r\n"))),
    Live("full-packets-dropped", _P, _with_rules("server", "output", _FULL, files=MANY_FILES)),
    Live("stalls", _P, _stalls),
)  # fmt: skip
"""All that real parts make."""


def record_all(names: Sequence[str] = ()) -> Iterator[tuple[str, list[WireRecord]]]:
    """Plays all situations, or those that are named, and writes their records."""
    FOLDER.mkdir(exist_ok=True)
    for situation in LIVE:
        if names and situation.name not in names:
            continue
        for is_remembered in (False, True):
            name = f"{situation.name}.{'remembered' if is_remembered else 'fresh'}"
            records = thinned(record(situation, is_remembered=is_remembered))
            (FOLDER / f"{name}.jsonl").write_text("".join(f"{one.to_json()}\n" for one in records))
            yield name, records


def thinned(records: Sequence[WireRecord]) -> list[WireRecord]:
    """Leaves out the inner lines of long replies, and notes, which no rule reads."""
    kept = []
    for one in records:
        is_inner = one.kind is RecordKind.REPLY and one.text[:1] == " "
        if not is_inner:
            kept.append(replace(one, note=None))
    return kept
