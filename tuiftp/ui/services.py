"""Services: all that the screen needs from below, in two stages, each put together whole by the composition root.

The first screen stands on `StartServices`; the engine is loaded once it is shown, and comes as `Services`.

The parts are protocols as narrow as the screen's use of them, so that a test gives fakes and the screen
imports neither sockets nor files.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.diagnosis.findings_index import FindingsAtHand

if TYPE_CHECKING:  # the first screen needs none of them
    from textual.dom import DOMNode

    from tuiftp.choices import ConflictPolicy
    from tuiftp.entries import Entry
    from tuiftp.events import EventBus
    from tuiftp.files.site import Site
    from tuiftp.secret import Secret
    from tuiftp.storage.connect_request import ConnectRequest
    from tuiftp.storage.recents import Recents
    from tuiftp.storage.run_settings import RunSettings
    from tuiftp.storage.settings import Settings
    from tuiftp.storage.sites import SavedSite
    from tuiftp.storage.sites_store import SiteStore
    from tuiftp.transfers.model import (
        Attempt,
        BatchFinished,
        BatchOverview,
        Direction,
        Finished,
        Priority,
        QueueTotals,
        Restored,
        Transfer,
    )
    from tuiftp.ui.bridge import Signals
    from tuiftp.wirelog.records import WireRecord


class Queue(Protocol):
    """The transfer queue (`transfers.queue.TransferQueue`). All calls but the waiting ones return at once."""

    def copy(
        self, source: Site, entries: Sequence[tuple[str, Entry]], target: Site, directory: str, *,
        policy: ConflictPolicy | None = None, move: bool = False, rename_to: str | None = None,
        is_text: bool | None = None, expected: Entry | None = None,
    ) -> int:  # fmt: skip
        """Queues entries (path, entry) of one place for a directory of another; returns the batch."""
        ...

    def transfers(self) -> Sequence[Transfer]:
        """All transfers, in queue order."""
        ...

    def get(self, id: int) -> Transfer | None:
        """One transfer."""
        ...

    def totals(self) -> QueueTotals:
        """The queue in numbers; cheap."""
        ...

    def batch(self, number: int) -> BatchOverview | None:
        """One batch; cheap."""
        ...

    def attempts_log(self, id: int) -> Sequence[Attempt]:
        """Every attempt of a transfer, oldest first."""
        ...

    def transfer_of(self, conn: int, at: datetime) -> int | None:
        """The transfer that had a control connection of the protocol log at a moment."""
        ...

    def throughput(self) -> Sequence[tuple[int, int]]:
        """Bytes that went down and up in each second of the last minutes, oldest first."""
        ...

    async def history(self, limit: int = 200) -> Sequence[Finished]:
        """What has ended, in this run and in earlier ones, the last one first."""
        ...

    async def clear_history(self) -> None:
        """Forgets what has ended."""
        ...

    def sample(self) -> None:
        """Reads the counters of what runs and publishes what moved."""
        ...

    def pause(self, *ids: int) -> None:
        """Holds transfers; what has come stays."""
        ...

    def resume(self, *ids: int) -> None:
        """Lets paused transfers go on."""
        ...

    def cancel(self, *ids: int) -> None:
        """Ends transfers."""
        ...

    def retry(self, *ids: int) -> None:
        """Queues failed or cancelled transfers again."""
        ...

    def retry_now(self, *ids: int) -> None:
        """Tries transfers at once that wait for their next try; all of them if none is named."""
        ...

    def pause_batch(self, *batches: int) -> None:
        """Holds all transfers of batches."""
        ...

    def resume_batch(self, *batches: int) -> None:
        """Lets paused transfers of batches go on."""
        ...

    def cancel_batch(self, *batches: int) -> None:
        """Ends all of batches that has not ended."""
        ...

    def retry_batch(self, *batches: int) -> None:
        """Queues again what failed in batches, was skipped or cancelled."""
        ...

    def set_priority(self, priority: Priority, *ids: int) -> None:
        """Has transfers go before or after others."""
        ...

    def set_batch_priority(self, priority: Priority, *batches: int) -> None:
        """Has all transfers of batches go before or after others."""
        ...

    def set_limit(self, direction: Direction, rate: int | None) -> None:
        """Sets how many bytes a second all transfers of a direction may take; None: no limit."""
        ...

    def set_transfer_limit(self, id: int, rate: int | None) -> None:
        """Sets how many bytes a second one transfer may take; None: no limit of its own."""
        ...

    def retry_failed(self) -> None:
        """Queues all failed transfers again."""
        ...

    def move_up(self, *ids: int) -> None:
        """Puts waiting transfers one place earlier."""
        ...

    def move_down(self, *ids: int) -> None:
        """Puts waiting transfers one place later."""
        ...

    def move_top(self, *ids: int) -> None:
        """Puts waiting transfers first."""
        ...

    def clear_finished(self) -> None:
        """Takes what has ended out of the queue."""
        ...

    def pause_all(self) -> None:
        """Holds the queue."""
        ...

    def resume_all(self) -> None:
        """Lets the queue go on."""
        ...

    def set_parallel(self, count: int) -> None:
        """Sets how many run at once."""
        ...

    async def wait_batch(self, batch: int) -> BatchFinished:
        """Waits until a batch has ended."""
        ...


class Recorder(Protocol):
    """The bounded memory of the protocol log (`wirelog.recorder.Recorder`)."""

    def records(self) -> Sequence[WireRecord]:
        """What is kept, oldest first."""
        ...

    def clear(self) -> None:
        """Forgets all."""
        ...

    def save_text(self, path: Path) -> None:
        """Writes it as a person reads it."""
        ...

    def save_json(self, path: Path) -> None:
        """Writes it as JSON lines."""
        ...


class ThemeSpec(Protocol):
    """A theme as it was read from a file (`storage.themes.ThemeSpec`)."""

    @property
    def name(self) -> str:
        """The name to choose it by."""
        ...

    @property
    def dark(self) -> bool:
        """Whether its background is dark."""
        ...

    @property
    def colours(self) -> Mapping[str, str]:
        """`primary`, `background`, … as `#rrggbb`."""
        ...

    @property
    def variables(self) -> Mapping[str, str]:
        """Variables of our own for the style sheets."""
        ...


def _say_nowhere(line: str) -> None:
    """Where there is no terminal to say it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartServices:
    """What the first screen stands on, which shows the local disk. It is whole before the engine is loaded."""

    disk: Site
    """The local disk."""
    run_settings: RunSettings
    """The settings, and whom to tell when they change."""
    load_engine: Callable[[DOMNode], Awaitable[LoadedEngine]]
    """Loads the engine, whose signals belong to the app that is passed: called once the first screen is shown, unless
    the app was given its services before."""
    themes: Sequence[ThemeSpec] = ()
    """The themes that were found and are valid."""
    problems: Sequence[str] = ()
    """What was wrong with settings and themes, in plain sentences."""
    decider: DeciderSlot = field(default_factory=DeciderSlot)
    """Who answers the engine's questions: the queue is built with this, the app puts its dialogs in."""
    say_at_end: Callable[[str], None] = _say_nowhere
    """Has a line printed once the app has left the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The engine as the screen sees it, and with it what the first screen stands on already."""

    start: StartServices
    """What the first screen stands on."""
    signals: Signals
    """What widgets subscribe to in `on_mount`."""
    bus: EventBus
    """Where the engine tells what happens."""
    queue: Queue
    """The transfer queue."""
    recorder: Recorder
    """The protocol log."""
    open_site: Callable[[ConnectRequest], Site]
    """Makes a site (not yet connected) from what the connect dialog or the command line asks for."""
    recents: Recents
    """The sites of late."""
    sites: SiteStore
    """The sites that the user keeps."""
    find_password: Callable[[ConnectRequest], Secret | None]
    """Finds the password of a user, where one is kept; may wait for a person: run it in a thread."""
    keep_password: Callable[[SavedSite, Secret], None]
    """Keeps the password of a site where the site says; run it in a thread."""
    forget_password: Callable[[SavedSite], None]
    """Forgets the password of a site where the site says that it is; run it in a thread."""
    why_no_keyring: Callable[[], str | None]
    """Why no password can go into a keyring here, in a sentence; run it in a thread."""
    netrc_users: Callable[[], Mapping[str, str]]
    """Who logs in where, by host in small letters, as `~/.netrc` has it; run it in a thread."""
    problems: Sequence[str]
    """What was wrong with the user's files at start-up, those of the first screen too, in plain sentences."""
    warm_up: Callable[[], None]
    """Loads what connecting needs; run in a thread once the first screen is shown."""
    restored: Restored
    """What an earlier run has left undone."""
    missing_logins: Callable[[], Sequence[str]]
    """The sites of transfers whose password nobody has given in this run, or the server has refused."""
    give_login: Callable[[str, Secret, Callable[[], None]], None]
    """Has transfers of a site log in with a password, where they had none or a wrong one; calls the third, perhaps
    more than once, when the server has taken it."""
    refused: set[tuple[str, int, str, Secret]] = field(default_factory=set)
    """Host, port, user and the password that the server has refused in this run."""
    findings: FindingsAtHand = field(default_factory=FindingsAtHand)
    """What was found in this run, by connection."""

    @property
    def disk(self) -> Site:
        """The local disk."""
        return self.start.disk

    @property
    def rules(self) -> Settings:
        """The settings that hold for this run."""
        return self.start.run_settings.in_force

    @property
    def settings(self) -> Settings:
        """The settings as the user keeps them."""
        return self.start.run_settings.stored


@dataclass(frozen=True, slots=True)
class LoadedEngine:
    """What comes of loading the engine."""

    services: Services
    """The engine."""
    request: ConnectRequest | None = None
    """A site to open at once, where the command line names none: the demo's."""


class LogServices(Protocol):
    """What a view of a protocol log stands on: `Services`, or what stands for them where a file is shown."""

    @property
    def recorder(self) -> Recorder:
        """The log."""
        ...

    @property
    def signals(self) -> Signals:
        """What tells of new records."""
        ...

    @property
    def rules(self) -> Settings:
        """The settings that hold for this run."""
        ...

    @property
    def settings(self) -> Settings:
        """The settings as the user keeps them."""
        ...
