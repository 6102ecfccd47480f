"""What becomes of a transfer that failed: tried again after a while, given up, or its side held. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuiftp.errors import (
    CommandRefused,
    ConnectionFailed,
    ConnectionLost,
    DiskFull,
    LoginRefused,
    StorageFull,
    TlsFailed,
    TuiftpError,
)


class Verdict(StrEnum):
    """What to do after a failure."""

    RETRY = "retry"
    GIVE_UP = "give up"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How patient the queue is. The waits double: 1, 2, 4 … seconds."""

    attempts: int = 5
    """Retries of one transfer in a row that bring nothing new; each byte that does begins the count anew."""
    connection_attempts: int = 8
    """The same where the server cannot be reached at all; then its site is held, for all would fail."""
    longest_wait: float = 60.0
    """Seconds between two tries, at most."""

    def wait(self, failures: int) -> float:
        """How many seconds to wait after so many failures in a row."""
        return min(self.longest_wait, 2.0 ** max(0, min(failures, 16) - 1))

    def judge(self, error: TuiftpError, failures: int) -> Verdict:
        """Decides after a failure.

        Args:
            error: What went wrong.
            failures: How many times in a row nothing new was gained, this one included.
        """
        is_crowded = isinstance(error, LoginRefused) and error.is_limit
        if isinstance(error, DiskFull | StorageFull | LoginRefused | TlsFailed) and not is_crowded:
            return Verdict.HOLD  # every other transfer would meet the same
        if isinstance(error, ConnectionFailed) or is_crowded:
            return Verdict.RETRY if failures <= self.connection_attempts else Verdict.HOLD
        return Verdict.RETRY if may_pass(error) and failures <= self.attempts else Verdict.GIVE_UP


def is_connection_trouble(error: TuiftpError) -> bool:
    """Whether it is the site that failed and not this one file."""
    is_crowded = isinstance(error, LoginRefused) and error.is_limit
    return is_crowded or isinstance(error, ConnectionFailed | ConnectionLost)


def may_pass(error: TuiftpError) -> bool:
    """Whether the same may work a little later: what the server answers with 4yz, and broken connections."""
    return error.is_transient if isinstance(error, CommandRefused) else error.transient
