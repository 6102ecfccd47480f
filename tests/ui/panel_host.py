"""A small app around one panel, and a queue that notes what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, cast

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tests.storage.test_themes import SHIPPED
from tests.support.services import fake_services, no_engine
from tuiftp.storage.run_settings import RunSettings
from tuiftp.storage.settings import Settings
from tuiftp.transfers.model import (
    Attempt,
    BatchOverview,
    Direction,
    Finished,
    QueueTotals,
    Transfer,
    TransferState,
)
from tuiftp.ui.bridge import Signals
from tuiftp.ui.services import Services, StartServices
from tuiftp.ui.settings.themes import install_themes
from tuiftp.wirelog.recorder import Recorder
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord

START = datetime(2026, 11, 24, 14, 3, 9, 4000, tzinfo=UTC)
PATIENCE = 30.0
"""Seconds that a test waits for what takes time."""


def record(
    text: str, kind: str = "reply", *, after: int = 0, conn: int = 1, note: str | None = None,
    event: DataEvent | None = None, title: str | None = None, advice: str | None = None,
) -> WireRecord:  # fmt: skip
    """A record, so many milliseconds after the start."""
    at = START + timedelta(milliseconds=after)
    return WireRecord(at, conn, RecordKind(kind), text, note=note, event=event, title=title, advice=advice)


def transfer(id: int, name: str = "", state: TransferState = TransferState.QUEUED, **more: Any) -> Transfer:
    """A transfer; a download unless told otherwise."""
    name = name or f"file-{id}.bin"
    fields: dict[str, Any] = {"direction": Direction.DOWNLOAD, **more}
    return Transfer(
        id=id, batch=1, source_site="ftp://demo@host", target_site="Local", source=f"/pub/{name}",
        target=f"/home/me/{name}", name=name,
        state=state, **fields,
    )  # fmt: skip


class NotingQueue:
    """Stands for the queue: holds transfers, and notes each call as words."""

    def __init__(self, transfers: Iterable[Transfer] = ()) -> None:
        self.all = {each.id: each for each in transfers}
        self.calls: list[str] = []
        self.now = QueueTotals()
        self.whole_reads = 0
        self.samples = 0
        self.batches: dict[int, BatchOverview] = {}
        self.attempts: dict[int, Sequence[Attempt]] = {}
        self.owners: dict[int, int] = {}
        self.curve: Sequence[tuple[int, int]] = ()
        self.past: list[Finished] = []

    def transfers(self) -> Sequence[Transfer]:
        self.whole_reads += 1
        return list(self.all.values())

    def get(self, id: int) -> Transfer | None:
        return self.all.get(id)

    def totals(self) -> QueueTotals:
        return self.now

    def batch(self, number: int) -> BatchOverview | None:
        return self.batches.get(number)

    def attempts_log(self, id: int) -> Sequence[Attempt]:
        return self.attempts.get(id, ())

    def transfer_of(self, conn: int, at: datetime) -> int | None:
        return self.owners.get(conn)

    def sample(self) -> None:
        """Nothing moves; it is counted apart, as the clock asks and no user."""
        self.samples += 1

    def throughput(self) -> Sequence[tuple[int, int]]:
        return self.curve

    async def history(self, limit: int = 200) -> Sequence[Finished]:
        return self.past[:limit]

    async def clear_history(self) -> None:
        self.past = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        def note(*arguments: object) -> None:
            self.calls.append(" ".join([name, *map(str, arguments)]))

        return note


class PanelHost(App[None]):
    """An app with one panel."""

    CSS = "Screen { layout: vertical; }"

    def __init__(
        self,
        make: Callable[[Services], Widget],
        *,
        queue: NotingQueue | None = None,
        theme: str = "tuiftp-dark",
    ) -> None:
        super().__init__()
        self.install(theme)
        self.queue = queue or NotingQueue()
        self.recorder = Recorder()
        self.copied: list[str] = []
        start = StartServices(
            disk=cast(Any, None), run_settings=RunSettings(Settings()), load_engine=no_engine
        )
        self.services = fake_services(
            start, Signals(self), queue=self.queue, recorder=self.recorder, open_site=None
        )
        self._make = make

    def install(self, theme: str) -> None:
        assert install_themes(self, SHIPPED, theme)

    def compose(self) -> ComposeResult:
        yield self._make(self.services)

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    def send(self, records: Sequence[WireRecord]) -> None:
        """Does what the engine and the bridge do with records."""
        for each in records:
            self.recorder.append(each)
        self.services.signals.log_records.publish(tuple(records))


def lines_of(widget: Widget) -> list[str]:
    """What the lines of a Line API widget say, as they are in sight."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Lets the app work until `condition` holds."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "it did not come about"
        await pilot.pause()


async def sees(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Waits until `condition` holds, where that takes a timer or a disk."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await pilot.pause(0.02)
