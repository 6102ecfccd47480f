"""Mode memory: which data connection mode worked, per server and local network, and its history.

The second listing must never pay for the first one's timeout. Nothing here touches a file: who composes the
program loads and saves the plain dictionary.
"""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from tuiftp.protocol.modes import DataCommand

_KEEP = timedelta(days=7)
_LEDGER = 50


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One line of the mode history: a mode that was tried, and its result."""

    at: datetime
    """When, aware, UTC."""
    command: DataCommand
    """The way."""
    ok: bool
    """Whether a data connection came about."""
    reason: str
    """What happened, in a sentence."""
    ms: float
    """How long it took, in milliseconds."""


class ModeMemory:
    """Which of the four commands worked, by server and local network; forgotten after seven days."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._worked: dict[str, tuple[DataCommand, datetime]] = {}
        self._ledgers: dict[str, deque[StepOutcome]] = {}
        self._doubted: dict[str, list[DataCommand]] = {}
        self.on_change: Callable[[], None] | None = None
        """Called when something that should be saved has changed."""

    def recall(self, server: str, local_host: str) -> DataCommand | None:
        """What worked last time for `server` (`host:port`) from the network of `local_host`."""
        found = self._worked.get(_key(server, local_host))
        if found is None or self._now() - found[1] > _KEEP or found[0] in self.doubted(server, local_host):
            return None
        return found[0]

    def doubted(self, server: str, local_host: str) -> Sequence[DataCommand]:
        """The ways that are tried last until the program ends: see `doubt`."""
        return tuple(self._doubted.get(_key(server, local_host), ()))

    def doubt(self, server: str, local_host: str, outcome: StepOutcome) -> None:
        """Notes that a way which seemed to work did not: the server says that it had no data connection.

        That each new connection stands at our end is no evidence any more, so that no success takes it back.
        """
        self._ledgers.setdefault(server, deque(maxlen=_LEDGER)).append(outcome)
        doubted = self._doubted.setdefault(_key(server, local_host), [])
        if outcome.command in doubted:
            doubted.remove(outcome.command)
        doubted.append(outcome.command)

    def record(self, server: str, local_host: str, outcome: StepOutcome) -> None:
        """Records the result of a step; a mode that worked is tried first from now on."""
        mode_history = self._ledgers.setdefault(server, deque(maxlen=_LEDGER))
        if not (
            mode_history
            and mode_history[-1].ok
            and outcome.ok
            and mode_history[-1].command is outcome.command
        ):
            mode_history.append(outcome)
        key = _key(server, local_host)
        before = self._worked.get(key)
        if outcome.ok:
            self._worked[key] = (outcome.command, outcome.at)
            # Saved when it changes, and once a day so that it does not grow old while it is used.
            is_news = before is None or before[0] is not outcome.command
            if (is_news or (before and outcome.at - before[1] > timedelta(days=1))) and self.on_change:
                self.on_change()

    def mode_history(self, server: str) -> Sequence[StepOutcome]:
        """What was tried with `server`, oldest first. Repeated successes of the same way are one line."""
        return tuple(self._ledgers.get(server, ()))

    def forget(self, server: str) -> None:
        """Forgets all of `server`, from every network."""
        self._ledgers.pop(server, None)
        for key in [key for key in self._worked if key.rpartition("|")[0] == server]:
            del self._worked[key]
        for key in [key for key in self._doubted if key.rpartition("|")[0] == server]:
            del self._doubted[key]
        if self.on_change:
            self.on_change()

    def to_dict(self) -> dict[str, Any]:
        """What should outlive the program, as plain values."""
        return {key: [command.value, at.isoformat()] for key, (command, at) in self._worked.items()}

    def load_dict(self, values: Mapping[str, Any]) -> bool:
        """Takes what `to_dict` gave; what cannot be read is left out, it is only a memory.

        Returns:
            Whether all of it could be read.
        """
        is_whole = True
        for key, value in values.items():
            try:
                command, at = value
                moment = datetime.fromisoformat(at)
                if moment.tzinfo is None:
                    raise ValueError("a time without its zone")
                self._worked[str(key)] = (DataCommand(command), moment)
            except (TypeError, ValueError):
                is_whole = False
        return is_whole


def _key(server: str, local_host: str) -> str:
    return f"{server}|{_network(local_host)}"


@lru_cache(maxsize=256)
def _network(host: str) -> str:
    """The local network that an address belongs to, near enough: /24, and /64 for IPv6."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    bits = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
