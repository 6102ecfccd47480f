"""Starts a server of the lab by the name of its fault: in the foreground, or in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Final

from tuiftp.demo.lab.samples import make_tree
from tuiftp.demo.lab.scenarios import SCENARIOS, Scenario, find_scenario
from tuiftp.demo.lab.server import ScriptedServer
from tuiftp.errors import ConfigurationError

USER: Final = "demo"
"""The user of the URL; every other is let in too."""
PASSWORD: Final = "demo"
"""The password of the URL; every other will do."""


def get_scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        ConfigurationError: There is none.
    """
    scenario = find_scenario(name)
    if scenario is None:
        known = ", ".join(one.name for one in SCENARIOS)
        raise ConfigurationError(f"there is no scenario “{name}” in the lab", hint=f"there are: {known}")
    return scenario


async def start_server(scenario: Scenario, port: int = 0) -> ScriptedServer:
    """Starts the server of a scenario on loopback.

    Raises:
        ConfigurationError: The port cannot be had.
    """
    server = ScriptedServer(make_tree(), scenario.quirks, port=port, data_timeout=30.0)
    try:
        await server.start()
    except OSError as error:
        raise ConfigurationError(f"the lab cannot listen on port {port}: {error.strerror}") from error
    return server


def url_of(server: ScriptedServer) -> str:
    """The URL of a server of the lab, with user and password."""
    return f"ftp://{USER}:{PASSWORD}@{server.host}:{server.port}/"


class LabServer:
    """A server of the lab in a thread, for a program whose own event loop does something else."""

    def __init__(self, name: str) -> None:
        """Names the fault.

        Raises:
            ConfigurationError: There is no such scenario.
        """
        self.scenario = get_scenario(name)
        """What it shows."""
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> str:
        """Starts it and returns its URL, with user and password.

        Raises:
            ConfigurationError: It cannot listen.
        """
        ready: Future[str] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="lab-server", daemon=True
        )
        self._thread.start()
        return ready.result(timeout=10)

    def stop(self) -> None:
        """Cuts every connection and ends the thread; harmless when it does not run."""
        if self._thread is not None and self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self, ready: Future[str]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await start_server(self.scenario)
        except ConfigurationError as error:
            ready.set_exception(error)
            return
        ready.set_result(url_of(server))
        try:
            await self._stopping.wait()
        finally:
            await server.stop()
