"""How a batch becomes a line of cells over its transfers: fold sign, name, and how far it is. No Textual."""

from __future__ import annotations

from itertools import product

from tuiftp.protocol.text import cell_width, fit, human_left, human_rate, human_size, shown
from tuiftp.transfers.model import BatchOverview, BatchState
from tuiftp.ui.transfers.rows import NAME_LIMIT, Part, Span, fit_path

_WORDS = {
    BatchState.SCANNING: (Part.QUIET, "reading…"),
    BatchState.RUNNING: (Part.QUIET, ""),
    BatchState.QUEUED: (Part.QUIET, "queued"),
    BatchState.PAUSED: (Part.WARNING, "paused"),
    BatchState.DONE: (Part.DONE, "done"),
    BatchState.FAILED: (Part.FAILED, ""),
    BatchState.CANCELLED: (Part.QUIET, "cancelled"),
}
_ENDED = (BatchState.DONE, BatchState.FAILED, BatchState.CANCELLED)
_LEAST_NAME = 10
_GONE = "batch"
"""What a batch is called that nobody knows any more."""


def compose_batch(overview: BatchOverview | None, is_folded: bool, width: int) -> list[Span]:
    """The line of a batch, `width` cells wide."""
    fold = "▸ " if is_folded else "▾ "
    if overview is None:
        return [(Part.BATCH, fit(fold + _GONE, max(2, width)))]
    way = overview.direction
    room = max(8, width - 4)
    name = shown((overview.title or overview.target)[:NAME_LIMIT])
    least = min(cell_width(name), _LEAST_NAME)
    numbers = _numbers(overview, max(0, room - least), room * 3 // 5)
    told = sum(len(text) for _, text in numbers)
    if overview.state in _ENDED:  # in one column with how transfers ended
        name_width = max(min(room - told, 40), 0)
    else:  # in one column with the speeds of transfers
        name_width = room - told
    return [
        (Part.BATCH, fold),
        (Part.DOWN if way.is_to_disk else Part.UP, f"{way.sign} "),
        (Part.BATCH, fit_path(name, name_width)),
        *numbers,
    ]


def _numbers(overview: BatchOverview, room: int, usual: int) -> list[Span]:
    """What failed, and how far it is, in as many words as there is room for.

    Args:
        overview: The batch.
        room: Cells that there are at most.
        usual: Cells that leave the name as much as it usually has.
    """
    part, word = _WORDS[overview.state]
    if overview.state is BatchState.DONE and not overview.done and overview.skipped:
        part, word = Part.QUIET, ""  # the number says that all of it was left out
    count = f"{overview.failed:,}"
    for text, failed in product(_texts(overview), (f"  {count} failed", f"  ✗ {count}")):
        whole = "  " + " ".join(filter(None, (word, text)))
        failed = failed if overview.failed else ""
        if len(whole) + len(failed) <= (usual if "files" in text else room):
            break
    # What failed stays in sight however little room there is.
    whole = fit(whole, max(0, min(len(whole), room - len(failed))))
    return [(Part.FAILED, fit(failed, min(len(failed), room))), (part, whole)]


def _texts(overview: BatchOverview) -> tuple[str, ...]:
    """The numbers, from the most to the fewest words."""
    count = _count(overview.files)
    if not overview.waiting and overview.state is not BatchState.SCANNING:
        words = _outcome(overview) or count
        return (f"{words}  {human_size(overview.transferred)}", words)
    ended = f"{overview.files - overview.waiting:,}"
    # What failed or was left out is behind us as well: at the end stand 100 %.
    over = max(0, overview.size - overview.left)
    part = f"  {100 * over // overview.size:>2} %" if overview.size else ""
    bytes_ = f"  {human_size(over)} of {human_size(overview.size)}"
    pace = short_pace = ""
    if overview.running:
        speed, left = human_rate(overview.speed), human_left(overview.eta)
        pace, short_pace = f"  {speed:>9}  {left:>5}", f" {speed} {left}".rstrip()
    of = f"{ended} of {overview.files:,}"
    return (
        f"{ended} of {count}{part}{bytes_}{pace}",
        f"{of}{part}{bytes_}{pace}",
        f"{of}{part}{pace}",
        f"{ended}/{overview.files:,}{part[1:]}{short_pace}",
        f"{of}{part}",
        of,
    )


def _outcome(overview: BatchOverview) -> str:
    """What became of its files but for those that failed, in the words of the end of all transfers."""
    if overview.state is BatchState.CANCELLED:
        return ""
    done = _count(overview.done) if overview.state is BatchState.DONE else f"{overview.done:,} done"
    words = [done] if overview.done else []
    words += [f"{overview.skipped:,} skipped"] if overview.skipped else []
    return ", ".join(words)


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files:,} files"
