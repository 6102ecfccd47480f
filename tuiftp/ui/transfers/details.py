"""One transfer or batch, told as a whole for the detail window."""

from __future__ import annotations

from collections.abc import Iterator

from tuiftp.protocol.text import human_left, human_rate, human_size
from tuiftp.transfers.model import BatchOverview, BatchState, Priority, Transfer, TransferState
from tuiftp.ui.dialogs.details import Detail
from tuiftp.ui.transfers.rows import done_text, percent

_TONES = {TransferState.DONE: "done", TransferState.FAILED: "error", TransferState.PAUSED: "warning"}


def details_of(transfer: Transfer) -> list[Detail]:
    """What there is to know of a transfer, label by label."""
    return [*_where(transfer), *_how_far(transfer), *_why(transfer)]


def _where(transfer: Transfer) -> Iterator[Detail]:
    yield Detail("Name", transfer.name)
    yield Detail("Direction", transfer.direction.route(transfer.source_site, transfer.target_site))
    yield Detail("From", transfer.source)
    yield Detail("To", transfer.target)


def _how_far(transfer: Transfer) -> Iterator[Detail]:
    done = transfer.state is TransferState.DONE
    yield Detail(
        "State", done_text(transfer) if done else transfer.state.value, _TONES.get(transfer.state, "")
    )
    yield Detail("Size", "not known" if transfer.size is None else _size(transfer.size))
    if not done:
        part = percent(transfer)
        yield Detail("Moved", _size(transfer.transferred) + ("" if part is None else f", {part} %"))
    if transfer.state is TransferState.RUNNING:
        left = human_left(transfer.eta)
        yield Detail("Speed", human_rate(transfer.speed) + (f", {left} left" if left else ""))
    elif transfer.average_speed is not None:
        yield Detail("Speed", f"{human_rate(transfer.average_speed)} on average")
    if transfer.limit:
        yield Detail("Limit", human_rate(transfer.limit))
    if transfer.priority is not Priority.NORMAL:
        yield Detail("Priority", transfer.priority.name.lower())
    if transfer.retry_in is not None:
        yield Detail("Next try", f"in {transfer.retry_in} s; N in the panel tries now", "warning")
    yield Detail("Attempts", str(transfer.attempts))
    if transfer.started_at is not None:
        yield Detail("Started", f"{transfer.started_at.astimezone():%Y-%m-%d %H:%M:%S}")
    if transfer.finished_at is not None:
        yield Detail("Ended", f"{transfer.finished_at.astimezone():%Y-%m-%d %H:%M:%S}")


def _why(transfer: Transfer) -> Iterator[Detail]:
    if transfer.error:
        yield Detail(
            "Reason", transfer.error, "error" if transfer.state is TransferState.FAILED else "warning"
        )
    if transfer.hint:
        yield Detail("What to try", transfer.hint)


_BATCH_TONES = {BatchState.DONE: "done", BatchState.FAILED: "error", BatchState.PAUSED: "warning"}


def batch_details_of(batch: BatchOverview) -> list[Detail]:
    """What there is to know of a batch, label by label."""
    counts = [
        (batch.done, "done"), (batch.failed, "failed"), (batch.skipped, "skipped"), (batch.waiting, "to do"),
    ]  # fmt: skip
    return [
        Detail("Name", batch.title or batch.target),
        Detail("Direction", batch.direction.route(batch.source_site, batch.target_site)),
        Detail("To", batch.target),
        Detail("State", batch.state.value, _BATCH_TONES.get(batch.state, "")),
        Detail("Files", f"{batch.files:,}: " + ", ".join(f"{n:,} {name}" for n, name in counts if n)),
        Detail("Moved", f"{_size(batch.transferred)} of {_size(batch.size)}"),
    ]


def _size(size: int) -> str:
    return human_size(size) if size < 1000 else f"{human_size(size)} ({size:,} bytes)"
