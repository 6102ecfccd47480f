"""How a batch becomes a line of cells over its transfers: fold sign, name, and how far it is. No Textual."""

from __future__ import annotations

from tuiftp.protocol.text import fit, human_size, shown
from tuiftp.transfers.model import BatchOverview, BatchState, Direction
from tuiftp.ui.widgets.transfer_rows import NAME_LIMIT, Part, Span, fit_path

_WORDS = {
    BatchState.SCANNING: (Part.QUIET, "reading…"),
    BatchState.RUNNING: (Part.QUIET, ""),
    BatchState.QUEUED: (Part.QUIET, "queued"),
    BatchState.PAUSED: (Part.WARNING, "paused"),
    BatchState.DONE: (Part.DONE, "done"),
    BatchState.FAILED: (Part.FAILED, ""),
    BatchState.CANCELLED: (Part.QUIET, "cancelled"),
}
_LEAST_NAME = 12
_GONE = "batch"
"""What a batch is called that nobody knows any more."""


def compose_batch(overview: BatchOverview | None, is_folded: bool, width: int) -> list[Span]:
    """The line of a batch, `width` cells wide."""
    fold = "▸ " if is_folded else "▾ "
    if overview is None:
        return [(Part.BATCH, fit(fold + _GONE, max(2, width)))]
    is_up = overview.direction is Direction.UPLOAD
    room = max(8, width - 4)
    name_width = min(40, max(_LEAST_NAME, room * 2 // 5), room)
    name = shown((overview.title or overview.target)[:NAME_LIMIT])
    return [
        (Part.BATCH, fold),
        (Part.UP if is_up else Part.DOWN, "↑ " if is_up else "↓ "),
        (Part.BATCH, fit_path(name, name_width)),
        *_numbers(overview, room - name_width),
    ]


def _numbers(overview: BatchOverview, room: int) -> list[Span]:
    """How far it is, then what failed, in as much room as there is."""
    part, word = _WORDS[overview.state]
    if overview.state is BatchState.DONE and not overview.done and overview.skipped:
        part, word = Part.QUIET, ""  # the number says that all of it was left out
    failed = f" {overview.failed:,} failed" if overview.failed else ""
    for text in _texts(overview):
        whole = "  " + " ".join(filter(None, (word, text)))
        if len(whole) + len(failed) <= room:
            break
    # What failed stays in sight however little room there is.
    whole = fit(whole, max(0, min(len(whole), room - len(failed))))
    return [(part, whole), (Part.FAILED, fit(failed, max(0, room - len(whole))))]


def _texts(overview: BatchOverview) -> tuple[str, ...]:
    """The numbers, from the most to the fewest words."""
    count = _count(overview.files)
    ended = overview.done + overview.skipped + overview.failed
    if not overview.waiting and overview.state is not BatchState.SCANNING:
        words = _outcome(overview) or count
        return (f"{words}  {human_size(overview.transferred)}", words)
    of = f"{ended:,} of {count}"
    part = f"  {100 * overview.transferred // overview.size} %" if overview.size else ""
    return (
        f"{of}{part}  {human_size(overview.transferred)} of {human_size(overview.size)}",
        f"{of}{part}",
        of,
    )


def _outcome(overview: BatchOverview) -> str:
    """What became of its files but for those that failed, in the words of the end of all transfers."""
    if overview.state is BatchState.CANCELLED:
        return ""
    done = _count(overview.done) if overview.state is BatchState.DONE else f"{overview.done:,} done"
    words = [done] if overview.done else []
    words += [f"{overview.skipped:,} left out"] if overview.skipped else []
    return ", ".join(words)


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files:,} files"
