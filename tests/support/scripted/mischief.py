"""Faults of the control connection: those of the lab, and more that only tests use. Each changes a ScriptedServer."""

from __future__ import annotations

import asyncio

from tuiftp.demo.lab.mischief import (
    ENDLESS,
    cuts_control,
    endless_listing,
    features,
    idle_drop,
    once_around,
    raw_listing,
    too_many,
)
from tuiftp.demo.lab.server import Quirk, ScriptedServer
from tuiftp.demo.lab.session import Received, Session
from tuiftp.demo.lab.verbs import Handler

__all__ = [
    "banner",
    "closes_with_421",
    "cuts_at_command",
    "cuts_control",
    "dies_at",
    "drip_replies",
    "endless_line",
    "endless_listing",
    "endless_reply",
    "features",
    "idle_drop",
    "loses_reply",
    "on",
    "raw_listing",
    "says_raw",
    "silent",
    "stale_reply",
    "too_many",
]


def on(verb: str, handler: Handler) -> Quirk:
    """Answer a command with a handler of the test's own."""

    def apply(server: ScriptedServer) -> None:
        server.verbs[verb] = handler

    return apply


def banner(data: bytes) -> Quirk:
    """Greet with these bytes, line ends and all."""

    def apply(server: ScriptedServer) -> None:
        server.banner = data

    return apply


def says_raw(verb: str, data: bytes) -> Quirk:
    """Answer a command with exactly these bytes: several replies, multi-line, latin-1, nonsense."""

    async def handler(session: Session, _: bytes) -> None:
        await session.raw(data)

    return on(verb, handler)


def stale_reply(verb: str, data: bytes = b"226 Transfer complete.\r\n", *, before: bool = False) -> Quirk:
    """Send a reply that nobody asked for behind the answer to a command (or before it), once."""

    async def extra(session: Session, argument: bytes, usual: Handler) -> None:
        if before:
            await session.raw(data)
        await usual(session, argument)
        if not before:
            await session.raw(data)

    return once_around(verb, 1, extra)


def endless_line(verb: str) -> Quirk:
    """Answer a command with a line that does not end."""

    async def handler(session: Session, _: bytes) -> None:
        await session.raw(b"200 ")
        await _pour(session, b"x" * 65536)

    return on(verb, handler)


def endless_reply(verb: str) -> Quirk:
    """Answer a command with a multi-line reply that does not end."""

    async def handler(session: Session, _: bytes) -> None:
        await session.raw(b"200-And\r\n")
        await _pour(session, b" and another line\r\n" * 4096)

    return on(verb, handler)


def drip_replies() -> Quirk:
    """Write every reply byte by byte."""

    def apply(server: ScriptedServer) -> None:
        server.faults.drip = True

    return apply


def silent(verb: str) -> Quirk:
    """Never answer a command; the connection stays open."""

    async def handler(session: Session, _: bytes) -> None:
        await session.gone.wait()

    return on(verb, handler)


def closes_with_421(verb: str, text: bytes = b"Timeout.", *, times: int = 1) -> Quirk:
    """Answer a command with 421 and close, so many times in all."""

    async def closing(session: Session, _: bytes, __: Handler) -> None:
        await session.reply(421, text)
        session.cut()

    return once_around(verb, times, closing)


def dies_at(*verbs: str, code: int = 500, text: str = "Internal error.") -> Quirk:
    """Refuse these commands, and cut the control connection at whatever comes next, without a word."""

    def apply(server: ScriptedServer) -> None:
        dying: set[Session] = set()

        async def guard(session: Session, command: Received) -> bool:
            if session in dying:
                session.cut()
                return True
            if command.verb in verbs:
                dying.add(session)
                await session.reply(code, text)
                return True
            return False

        server.guards.append(guard)

    return apply


def loses_reply(verb: str, *, times: int = 1) -> Quirk:
    """Do what the command says, and cut the control connection instead of answering."""

    async def losing(session: Session, argument: bytes, usual: Handler) -> None:
        session.muted = True
        await usual(session, argument)
        session.cut()

    return once_around(verb, times, losing)


def cuts_at_command(number: int, *, with_421: bool = False, reset: bool = False) -> Quirk:
    """Cut the control connection at the n-th command line of the server's life, counted from 1."""

    def apply(server: ScriptedServer) -> None:
        async def guard(session: Session, command: Received) -> bool:
            if server.received.index(command) + 1 != number:
                return False
            if with_421:
                await session.reply(421, "Service not available, closing control connection.")
            session.cut(reset=reset)
            return True

        server.guards.append(guard)

    return apply


async def _pour(session: Session, block: bytes) -> None:
    for _ in range(ENDLESS // len(block)):
        if session.gone.is_set():
            return
        await session.raw(block)
        await asyncio.sleep(0)
