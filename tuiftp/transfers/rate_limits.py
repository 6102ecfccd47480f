"""The speed limits of the queue: one for each direction, and one for each transfer that has its own."""

from __future__ import annotations

from tuiftp.files.rate_limiter import RateLimiter
from tuiftp.transfers.job import Job
from tuiftp.transfers.model import Direction


class RateLimits:
    """Says which limits hold for a transfer. All may be changed while it runs."""

    def __init__(self) -> None:
        self._shared = {direction: RateLimiter() for direction in Direction}

    def rate(self, direction: Direction) -> int | None:
        """Bytes a second for all transfers of a direction together; None: no limit."""
        return self._shared[direction].rate

    def set_rate(self, direction: Direction, rate: int | None) -> None:
        """Sets the limit for all transfers of a direction together; None or 0: no limit."""
        self._shared[direction].rate = rate or None

    def set_own(self, job: Job, rate: int | None) -> None:
        """Sets the limit of one transfer, also under way; None or 0: no limit of its own."""
        if job.limiter is None:
            if not rate:
                return
            job.limiter = RateLimiter(rate)
        else:
            job.limiter.rate = rate or None
        if job.progress is not None:
            job.progress.limiters = self.of(job)

    def of(self, job: Job) -> tuple[RateLimiter, ...]:
        """The limits that hold for a transfer."""
        way = job.transfer.direction
        if way is Direction.RELAY:
            way = Direction.DOWNLOAD if job.is_fetching else Direction.UPLOAD
        shared = self._shared[way]
        return (shared,) if job.limiter is None else (shared, job.limiter)
