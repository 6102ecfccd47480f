"""Named ways in which the control connection goes wrong; each changes a ScriptedServer before it starts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tuiftp.demo.lab.server import Quirk, ScriptedServer
from tuiftp.demo.lab.session import IDLE_WORDS, Session
from tuiftp.demo.lab.transfer import pour_payload, send_payload
from tuiftp.demo.lab.verbs import Handler

ENDLESS = 64 * 1024 * 1024
"""Bytes after which even an endless answer ends: a careless client fails and fills no memory."""


def features(*names: bytes) -> Quirk:
    """Name other features in FEAT; without MLSD among them, MLSD is unknown too."""

    def apply(server: ScriptedServer) -> None:
        server.features = names
        if not any(name.startswith(b"MLST") for name in names):
            server.verbs.pop("MLSD", None)
            server.verbs.pop("MLST", None)

    return apply


def raw_listing(payload: bytes, *verbs: str) -> Quirk:
    """Send these bytes as the listing, whatever the directory."""

    async def handler(session: Session, _: bytes) -> None:
        await send_payload(session, payload)

    def apply(server: ScriptedServer) -> None:
        server.verbs.update(dict.fromkeys(verbs or ("LIST", "MLSD"), handler))

    return apply


def endless_listing(line: bytes = b"-rw-r--r-- 1 ftp ftp 12 Nov 23 2026 again.txt") -> Quirk:
    """Send the same line as a listing that does not end."""

    async def handler(session: Session, _: bytes) -> None:
        block = (line + b"\r\n") * 1024
        await pour_payload(session, block, times=4 * ENDLESS // len(block))

    def apply(server: ScriptedServer) -> None:
        # Only LIST: the line is none of MLSD.
        features(b"EPSV", b"EPRT", b"SIZE", b"UTF8")(server)
        server.verbs["LIST"] = handler

    return apply


def cuts_control(verb: str, *, answered: bool = False, reset: bool = False, times: int = 1) -> Quirk:
    """Cut the control connection at a command, before it is done or when it was done and answered."""

    async def cutting(session: Session, argument: bytes, usual: Handler) -> None:
        if answered:
            await usual(session, argument)
        session.cut(reset=reset)

    return once_around(verb, times, cutting)


def idle_timer_strikes(*verbs: str) -> Quirk:
    """Let the idle timer run out at the first of these transfers, as one that does not count transfers."""

    def apply(server: ScriptedServer) -> None:
        is_first = True

        def around(usual: Handler) -> Handler:
            async def handler(session: Session, argument: bytes) -> None:
                nonlocal is_first
                if not is_first:
                    await usual(session, argument)
                    return
                is_first = False
                await session.reply(421, IDLE_WORDS)
                session.cut()

            return handler

        for verb in verbs:
            server.verbs[verb] = around(server.handler(verb))

    return apply


def idle_drop(seconds: float) -> Quirk:
    """Close a control connection that says nothing for so long, and say so."""

    def apply(server: ScriptedServer) -> None:
        server.faults.idle_drop = seconds

    return apply


def too_many(limit: int, code: int = 421, text: str = "Too many connections from your address.") -> Quirk:
    """Refuse the login of every connection above a number of open ones."""

    def apply(server: ScriptedServer) -> None:
        usual = server.verbs["USER"]

        async def handler(session: Session, argument: bytes) -> None:
            if sum(not one.gone.is_set() for one in server.sessions) <= limit:
                await usual(session, argument)
                return
            await session.reply(code, text)
            session.cut()

        server.verbs["USER"] = handler

    return apply


def once_around(verb: str, times: int, around: Callable[[Session, bytes, Handler], Awaitable[None]]) -> Quirk:
    """Handle a command by `around` so many times in all, which is given the usual handler."""

    def apply(server: ScriptedServer) -> None:
        usual = server.handler(verb)
        left = times

        async def handler(session: Session, argument: bytes) -> None:
            nonlocal left
            if left <= 0:
                await usual(session, argument)
                return
            left -= 1
            await around(session, argument, usual)

        server.verbs[verb] = handler

    return apply
