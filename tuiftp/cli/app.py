"""Starts the app: the screen on top of the engine, with a server of its own for `--demo`."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.ending import Ending
from tuiftp.cli.signals import end_with_terminal
from tuiftp.errors import ConfigurationError, TuiftpError
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.storage.locations import config_dir
from tuiftp.storage.run_settings import RunSettings
from tuiftp.storage.themes import load_themes
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.services import LoadedEngine, StartServices

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tuiftp.cli.compose import Engine
    from tuiftp.demo import DemoServer
    from tuiftp.demo.lab.serving import LabServer
    from tuiftp.storage.connect_request import ConnectRequest
    from tuiftp.transfers.queue import TransferQueue

_SETTLED = 1.0
"""Seconds after which the first screen is there, on nearly any machine."""


def run_app(arguments: Arguments) -> int:
    """Opens the app and returns the exit status when it is left.

    Raises:
        ConfigurationError: There is no terminal, or no password for the user; or the demo server cannot start.
        LocalFileError: The log cannot be written.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigurationError(
            "the app needs a terminal", hint="for scripts there are tuiftp ls, get, put and cp"
        )
    end_with_terminal()
    late: list[str] = []
    try:
        return asyncio.run(Run(arguments, _first_request(arguments), say=late.append).run())
    finally:
        # What came up while the app had the terminal.
        for line in late:
            print(line, file=sys.stderr)


def _first_request(arguments: Arguments) -> ConnectRequest | None:
    """The site to begin with, its password asked for while there is still a plain terminal."""
    if not arguments.targets:
        return None
    from tuiftp.cli.passwords import find_credentials, prompt_on_terminal  # only needed with a site
    from tuiftp.storage.connect_request import ConnectRequest

    target = arguments.targets[0]
    login = find_credentials(target, user=arguments.user, prompt=prompt_on_terminal)
    return ConnectRequest(replace(target, user=login.user, password=login.password))


def _demo_server(arguments: Arguments) -> DemoServer | LabServer | None:
    """The server of `--demo` or `--demo-fault`, not yet started. Blocks: its parts are heavy."""
    if arguments.scenario:
        from tuiftp.demo.lab.serving import LabServer

        return LabServer(arguments.scenario)
    if arguments.is_demo:
        from tuiftp.demo import DemoServer

        return DemoServer()
    return None


class Run:
    """One run of the app: its first screen, then the engine, and in the end the closing of both."""

    def __init__(
        self, arguments: Arguments, request: ConnectRequest | None = None, *, say: Callable[[str], None]
    ) -> None:
        """Reads what the first screen needs.

        Args:
            arguments: The command line.
            request: A site to open at once.
            say: Writes a line to stderr, once the terminal is free.

        Raises:
            LocalFileError: The log cannot be written.
        """
        self._arguments, self._request, self._say = arguments, request, say
        settings = RunSettings.load()
        self._disk = LocalSite(LocalEndpoint())
        themes, problems = load_themes(config_dir() / "themes")
        self.start = StartServices(
            disk=self._disk, run_settings=settings, load_engine=self._load_engine, themes=themes,
            problems=[*settings.problems, *(one.message for one in problems)],
            say_at_end=say,
        )  # fmt: skip
        """What the first screen stands on."""
        self._queue: TransferQueue | None = None
        self._server: DemoServer | LabServer | None = None
        self._app: TuiftpApp | None = None
        self._failure: TuiftpError | None = None
        # A log that cannot be written is told while there is still a plain terminal.
        self._engine = self._make_engine() if arguments.log else None

    async def run(self) -> int:
        """Runs the app and returns its exit status.

        Raises:
            ConfigurationError: The demo server cannot start.
        """
        app = self._app = TuiftpApp(self.start, self._request, local_directory=_working_directory())
        asyncio.get_running_loop().call_later(_SETTLED, _collect_garbage)
        with Ending(app.leave) as ending:
            try:
                await app.run_async()
            finally:
                await self._close()
        if self._failure is not None:
            raise self._failure
        return ending.status or app.return_code or 0

    async def _load_engine(self, owner: DOMNode) -> LoadedEngine:
        """Loads the engine and starts it (see `StartServices.load_engine`)."""
        try:
            return await self._start_engine(owner)
        except TuiftpError as error:
            assert self._app is not None, "it is the app that asks for the engine"
            self._failure = error
            self._app.exit()
            await asyncio.Event().wait()  # until the end of the app ends this too
            raise

    async def _start_engine(self, owner: DOMNode) -> LoadedEngine:
        await asyncio.to_thread(importlib.import_module, "tuiftp.cli.app_services")
        from tuiftp.cli.app_services import AppServices, demo_request

        start = self.start
        engine = self._engine = self._engine or self._make_engine()
        engine.trust_decider = start.decider
        self._server = await asyncio.to_thread(_demo_server, self._arguments)
        # The servers of the demo are gone with it: nothing is left to go on with.
        queue = self._queue = engine.make_queue(start.decider, is_stored=self._server is None)
        parts = AppServices(engine, queue)
        await queue.start()
        services = parts.for_screen(start, owner, await parts.restore())
        if self._server is None:
            return LoadedEngine(services)
        url = await asyncio.to_thread(self._server.start)
        return LoadedEngine(services, demo_request(url, self._server.scenario))

    def _make_engine(self) -> Engine:
        from tuiftp.cli.compose import Engine  # heavy: the first screen does without it

        return Engine(self._arguments, say=self._say, run_settings=self.start.run_settings, disk=self._disk)

    async def _close(self) -> None:
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
        if self._queue is not None:
            await self._queue.close()
        if self._engine is None:
            self._disk.endpoint.close()
        else:
            await self._engine.close_restored()
            self._engine.close()


def _collect_garbage() -> None:
    """Begins to collect garbage. What is there by now stays: to walk over it would hold up the loop."""
    gc.freeze()
    gc.enable()


def _working_directory() -> str | None:
    """Where the user stands in the shell; None if that directory is gone."""
    try:
        return os.getcwd()
    except OSError:
        return None
