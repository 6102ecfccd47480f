"""The scripted server itself: listens on loopback, remembers every command line, lets quirks change it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias

from tuiftp.demo.lab.changes import all_verbs, says
from tuiftp.demo.lab.faults import Faults
from tuiftp.demo.lab.session import Received, Session
from tuiftp.demo.lab.tree import Content, Tree
from tuiftp.demo.lab.verbs import BEFORE_LOGIN, FEATURES, Handler

Quirk: TypeAlias = Callable[["ScriptedServer"], None]
"""Changes the server once, before it starts: its verbs, its banner or its faults."""

Guard: TypeAlias = Callable[[Session, Received], Awaitable[bool]]
"""Sees every command first; True when it has dealt with it."""

WAIT = 10.0
"""Seconds that a test waits at most for something to happen."""


class ScriptedServer:
    """A small correct FTP server on loopback, as wrong as its quirks make it.

    Use it as `async with ScriptedServer(tree={...}, quirks=[...]) as server:`.
    """

    def __init__(
        self,
        tree: Tree | Mapping[str, Content] | Mapping[bytes, Content] | None = None,
        quirks: Iterable[Quirk] = (),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        users: Mapping[str, str] | None = None,
        data_timeout: float = 5.0,
    ) -> None:
        self.tree = tree if isinstance(tree, Tree) else Tree(tree)
        self.host = host
        self.port = port
        self.users = users
        self.data_timeout = data_timeout
        self.banner = b"220 Scripted server ready.\r\n"
        self.features: tuple[bytes, ...] = FEATURES
        self.faults = Faults()
        self.verbs = all_verbs()
        self.guards: list[Guard] = []
        self.received: list[Received] = []
        self.sessions: list[Session] = []
        self.data_open = 0
        self.bytes_sent = 0
        self.bytes_received = 0
        self.fault_reached = asyncio.Event()
        self.release = asyncio.Event()
        self._changed = asyncio.Condition()
        self._count = 0
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        for quirk in quirks:
            quirk(self)

    async def __aenter__(self) -> ScriptedServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def lines(self) -> list[bytes]:
        """Every command line that came, in order."""
        return [one.line for one in self.received]

    @property
    def commands(self) -> list[str]:
        """The verb of every command that came, in order."""
        return [one.verb for one in self.received]

    def count(self, verb: str) -> int:
        """Return how often a command came."""
        return self.commands.count(verb)

    async def start(self) -> None:
        """Listen; after a stop, on the same port again."""
        self._listening = await asyncio.start_server(self._welcome, self.host, self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, and cut every control connection."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self.drop_sessions()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop_sessions(self, *, reset: bool = False) -> None:
        """Cut every control connection at once, as a router or a restart does."""
        for session in self.sessions:
            if not session.gone.is_set():
                session.cut(reset=reset)

    async def wait_for(self, verb: str, *, times: int = 1, within: float = WAIT) -> None:
        """Return when a command has come so many times; TimeoutError when it does not."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: self.count(verb) >= times)

    async def record(self, received: Received) -> None:
        """Remember a command line and wake who waits for it."""
        async with self._changed:
            self.received.append(received)
            self._changed.notify_all()

    async def dispatch(self, session: Session, command: Received) -> None:
        """Answer one command, unless a guard deals with it."""
        for guard in self.guards:
            if await guard(session, command):
                return
        if not session.logged_in and command.verb not in BEFORE_LOGIN:
            await session.reply(530, "Please login with USER and PASS.")
            return
        with contextlib.suppress(ConnectionError):
            await self.handler(command.verb)(session, command.argument)

    def handler(self, verb: str) -> Handler:
        """Return what answers a command."""
        return self.verbs.get(verb, says(500, "Unknown command."))

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        session = Session(self, reader, writer, self._count)
        self.sessions.append(session)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await session.run()
        finally:
            self._tasks.discard(task)
