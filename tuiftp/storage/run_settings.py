"""The settings of a run: what the user keeps, and what holds with the flags of the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tuiftp.choices import ConflictPolicy, ConnectionMode, TlsMode, Verification
from tuiftp.storage.settings import Settings
from tuiftp.storage.settings_store import SettingsStore


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says of connections and transfers, for this run only."""

    mode: ConnectionMode | None = None
    """The connection mode."""
    timeout: float | None = None
    """Seconds to wait for the server."""
    connections: int | None = None
    """How many transfers at once."""
    overwrite: ConflictPolicy | None = None
    """What to do when a target exists."""
    has_checksums: bool = False
    """Whether checksums are compared."""
    segments: int | None = None
    """Over how many connections a large file is fetched."""
    tls: TlsMode | None = None
    """The encryption, in place of what URLs say; the targets have it already."""
    ca_file: str = ""
    """The authorities to believe, in place of the system's."""
    fingerprint: str = ""
    """SHA-256 of the only certificate to accept."""
    command: str = ""
    """The command that runs; empty: the app."""
    is_extended_first: bool = False
    """Whether EPSV and EPRT come before PASV and PORT."""

    def on(self, settings: Settings) -> Settings:
        """The settings as they hold for this run."""
        changes: dict[str, object] = {}
        if self.mode is not None:
            changes["mode"] = self.mode
        if self.is_extended_first:
            changes["prefer_extended"] = True
        if self.timeout is not None:
            changes["timeout"] = self.timeout
            changes["auto_connect_timeout"] = min(settings.auto_connect_timeout, self.timeout)
            changes["accept_timeout"] = min(settings.accept_timeout, self.timeout)
            changes["stall_timeout"] = min(settings.stall_timeout, self.timeout)
        if self.segments is not None:
            # Each takes a connection: there are enough of them, unless it was said how many there may be.
            room = max(settings.connections, self.segments)
            changes |= {"segments": self.segments, "connections": room}
        if self.connections is not None:
            changes |= {"connections": self.connections, "parallel_transfers": self.connections}
        if self.overwrite is not None:
            changes |= {"overwrite_downloads": self.overwrite, "overwrite_uploads": self.overwrite}
        if self.has_checksums:
            changes["verify"] = Verification.CHECKSUM
        return replace(settings, **changes)  # type: ignore[arg-type]

    def yielding(self, before: Settings, after: Settings) -> Flags:
        """Drops the flags whose settings the user has just changed."""
        connections = (before.connections, before.parallel_transfers)
        overwrite = (before.overwrite_downloads, before.overwrite_uploads)
        return replace(
            self,
            mode=self.mode if before.mode == after.mode else None,
            is_extended_first=self.is_extended_first and before.prefer_extended == after.prefer_extended,
            timeout=self.timeout if before.timeout == after.timeout else None,
            connections=self.connections
            if connections == (after.connections, after.parallel_transfers)
            else None,
            overwrite=self.overwrite
            if overwrite == (after.overwrite_downloads, after.overwrite_uploads)
            else None,
            has_checksums=self.has_checksums and before.verify == after.verify,
            segments=self.segments if before.segments == after.segments else None,
        )


class RunSettings:
    """Holds the settings of a run, for the screen and the engine: nobody else keeps a copy."""

    def __init__(self, stored: Settings, store: SettingsStore | None = None) -> None:
        """Begins without flags.

        Args:
            stored: The settings as the user keeps them.
            store: Their file; None: there is none.
        """
        self.store = store
        """The file, for whoever writes them."""
        self._stored = self._in_force = stored
        self._flags = Flags()
        self._callbacks: list[Callable[[], None]] = []

    @classmethod
    def load(cls) -> RunSettings:
        """Reads the settings file; what could not be used is told in `problems`."""
        store = SettingsStore()
        return cls(store.load(), store)

    @property
    def problems(self) -> list[str]:
        """What in the file could not be used, in sentences."""
        return [problem.message for problem in self.store.problems] if self.store is not None else []

    @property
    def stored(self) -> Settings:
        """The settings as the user keeps them."""
        return self._stored

    @property
    def in_force(self) -> Settings:
        """The settings as they hold: a flag goes before them until the user changes what it is about."""
        return self._in_force

    @property
    def flags(self) -> Flags:
        """The flags that still hold."""
        return self._flags

    @flags.setter
    def flags(self, flags: Flags) -> None:
        self._flags = flags
        self._in_force = flags.on(self._stored)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Has a function called after each change, in the order of the subscriptions."""
        self._callbacks.append(callback)

    def change(self, settings: Settings) -> None:
        """Puts changed settings in force; writing them is up to the caller, who must not wait for the disk here."""
        self._flags = self._flags.yielding(self._stored, settings)
        self._stored = settings
        self._in_force = self._flags.on(settings)
        for callback in self._callbacks:
            callback()
