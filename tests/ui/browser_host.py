"""The whole app on fakes: a site in memory for each pane, and a queue that notes what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from textual.pilot import Pilot
from textual.screen import Screen

from tests.storage.test_themes import SHIPPED
from tests.support.fake_endpoint import FakeEndpoint, FakePool, FakeSite
from tests.support.services import fake_services, no_engine
from tests.ui.panel_host import NotingQueue, until
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import TuiftpError
from tuiftp.events import EventBus
from tuiftp.files.endpoint import Capabilities
from tuiftp.protocol.url import Target
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.run_settings import RunSettings
from tuiftp.storage.settings import Settings
from tuiftp.transfers.job import direction_of
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.bridge import Signals
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.main.screen import Browser
from tuiftp.ui.panes.pane import Pane
from tuiftp.ui.services import StartServices
from tuiftp.wirelog.probing import Advice


class FakeLocal(FakeEndpoint):
    """A local disk in memory."""

    @property
    def label(self) -> str:
        return "Local"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(has_local_paths=True, looks_are_cheap=True, tells_links=True, has_free_space=True)

    async def free_space(self, path: str) -> int | None:
        return 80_100_000_000


class FakeDisk:
    """The disk in memory, as a place."""

    label = "Local"
    diagnostics = None
    is_connected = True

    def __init__(self, tree: FakeSite) -> None:
        self.endpoint = FakeLocal(tree)
        self.pool = FakePool(tree)

    async def close(self) -> None:
        """The disk stays."""


@dataclass
class OpenSite:
    """A site that connects at once, or fails as told."""

    tree: FakeSite
    failure: TuiftpError | None = None
    gate: asyncio.Event | None = None
    calls: list[str] = field(default_factory=list)
    is_connected: bool = False
    mode_summary: str = "auto"
    label: str = "ftp://demo@ftp.example.com"
    encryption: str = ""
    protects_data: bool = False
    preferred: Advice = field(default_factory=lambda: Advice(""))
    applied: list[Advice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.endpoint = FakeEndpoint(self.tree)
        self.pool = FakePool(self.tree)

    @property
    def diagnostics(self) -> OpenSite:
        return self

    def prefer(self, advice: Advice) -> None:
        self.applied.append(advice)

    async def connect(self) -> None:
        self.calls.append("connect")
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        self.is_connected = True

    async def reconnect(self) -> None:
        await self.connect()

    def mode_history(self) -> Sequence[Any]:
        return ()

    def forget_mode(self) -> None:
        self.calls.append("forget")

    async def close(self) -> None:
        self.calls.append("close")
        self.is_connected = False


class BatchQueue(NotingQueue):
    """Notes what is queued, and gives it a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.last_batch = 0
        self.options: dict[str, Any] = {}

    def copy(self, source: Any, entries: Any, target: Any, directory: str, **options: Any) -> int:
        verb = direction_of(source, target).value
        self.calls.append(f"{verb} {[path for path, _ in entries]} {directory}")
        self.options = options
        self.last_batch += 1
        return self.last_batch


class BrowserHost(TuiftpApp):
    """The app with `here` on the disk and `there` on the server."""

    def __init__(self, here: FakeSite, there: FakeSite | None = None, **settings: Any) -> None:
        self.here, self.there = here, there or FakeSite()
        self.site = OpenSite(self.there)
        self.queue = BatchQueue()
        bus, decider = EventBus(), DeciderSlot()
        start = StartServices(
            disk=cast(Any, FakeDisk(here)), run_settings=RunSettings(Settings(**settings)),
            load_engine=no_engine, themes=SHIPPED, decider=decider,
        )  # fmt: skip
        super().__init__(
            start, ConnectRequest(Target("ftp.example.com", user="demo")) if there is not None else None
        )
        queue = self.make_queue(bus, decider)
        self.attach(
            fake_services(start, Signals(self), bus=bus, queue=queue, open_site=lambda request: self.site)
        )

    def make_queue(self, bus: EventBus, decider: DeciderSlot) -> Any:
        """The queue that the screen stands on."""
        return self.queue

    @property
    def main(self) -> Browser:
        return self.browser

    @property
    def local(self) -> Pane:
        return self.browser.left_pane

    @property
    def remote(self) -> Pane:
        return self.browser.right_pane


async def ready(pilot: Pilot[Any], *panes: Pane) -> None:
    """Waits until the panes show a directory."""
    for pane in panes:
        await until(pilot, lambda pane=pane: pane.directory is not None and not pane.is_loading)  # type: ignore[misc]
    await pilot.pause()


def takes_keys(app: TuiftpApp, kind: type[Screen[Any]]) -> bool:
    """Whether a dialog of this kind is uppermost and, where nobody has asked for it, was seen."""
    return isinstance(app.screen, kind) and not app.keys.is_deaf


def names(pane: Pane) -> list[str]:
    """The names in a pane, from the top."""
    rows = pane.list.rows
    return [".." if place < 0 else rows.entries[place].name for place in rows.order]


def many(count: int) -> list[Entry]:
    """So many entries."""
    return [
        Entry(f"file-{(number * 7919) % count:06}.dat", EntryKind.FILE, number % 9973)
        for number in range(count)
    ]


def tree(*paths: str) -> FakeSite:
    """A site with files of ten bytes, and directories for what ends in `/`."""
    site = FakeSite()
    for path in paths:
        if path.endswith("/"):
            site.add_directory(path.rstrip("/"))
        else:
            site.add(path, b"x" * 10)
    return site


def verbs(site: FakeSite) -> list[tuple[str, str]]:
    return [asked for asked in site.asked if asked[0] not in ("LIST", "MLST")]
