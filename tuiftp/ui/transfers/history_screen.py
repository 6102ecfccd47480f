"""What has ended lately, in this run and in earlier ones: when, what, how much, how fast. `x` forgets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiftp.protocol.text import cell_width, fit, human_duration, human_rate, human_size, shown
from tuiftp.transfers.model import Finished, TransferState
from tuiftp.ui.dialogs.basic import Confirm
from tuiftp.ui.dialogs.details import Detail, DetailsScreen
from tuiftp.ui.services import Queue
from tuiftp.ui.transfers.rows import fit_path

LIMIT = 500
"""How many of the past are shown."""
_PATH_LIMIT = 1024

Span = tuple[str, str]
"""A piece of a line: `name`, `quiet`, `done`, `failed`, `warning`, `up` or `down`; and its text."""


def compose_finished(each: Finished, width: int) -> list[Span]:
    """The line of one that has ended, `width` cells wide."""
    when = f"{each.finished_at.astimezone():%m-%d %H:%M} " if each.finished_at is not None else " " * 12
    way = ("down" if each.direction.is_to_disk else "up", f"{each.direction.sign} ")
    room = max(8, width - len(when) - 4)
    name_width = min(44, max(8, room * 2 // 5))
    name = fit_path(shown(_source_name(each)), name_width)
    sign = ("done", "✓ ") if each.state is TransferState.DONE else ("failed", "✗ ")
    return [sign, ("quiet", when), way, ("name", name), *_outcome(each, room - name_width)]


def _source_name(each: Finished) -> str:
    path = each.source if each.direction.is_to_disk else each.target
    return path[-_PATH_LIMIT:]


def _outcome(each: Finished, room: int) -> list[Span]:
    if each.state is not TransferState.DONE:
        return [("failed", fit(f" {shown((each.error or 'failed')[:_PATH_LIMIT])}", room))]
    size = "" if each.size is None else human_size(each.size)
    speed = "" if each.average_speed is None else human_rate(each.average_speed)
    text = f" {size:>8} {_took(each):>8} {speed:>10}"
    why = f": {shown(each.error[:_PATH_LIMIT])}" if each.error else ""
    note = "" if each.is_verified else f"  not verified{why}"
    text = text if cell_width(text) <= room else f" {size:>8}"
    rest = max(0, room - cell_width(text))
    return [("quiet", fit(text, min(room, cell_width(text)))), ("warning", fit(note, rest))]


def _took(each: Finished) -> str:
    if each.started_at is None or each.finished_at is None:
        return ""
    seconds = max(0.0, (each.finished_at - each.started_at).total_seconds())
    return f"{seconds:.1f} s" if seconds < 60 else human_duration(seconds)


def summary_of(past: Sequence[Finished]) -> str:
    """All of it in a line: `120 done, 3.4 GB at 12.0 MB/s on average · 2 failed`."""
    done = [each for each in past if each.state is TransferState.DONE]
    timed = [each for each in done if each.average_speed and each.size]
    seconds = sum((each.size or 0) / (each.average_speed or 1) for each in timed)
    moved = sum(each.size or 0 for each in timed)
    text = f"{len(done):,} done, {human_size(sum(each.size or 0 for each in done))}"
    if seconds > 0:
        text += f" at {human_rate(moved / seconds)} on average"
    failed = len(past) - len(done)
    return f"{text} · {failed:,} failed" if failed else text


class HistoryList(ScrollView, can_focus=True):
    """The lines, the newest first; only those in sight are drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"history--{part}" for part in ("name", "quiet", "done", "failed", "warning", "up", "down", "cursor")
    }
    DEFAULT_CSS = """
    HistoryList {
        height: 1fr;
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .history--name { color: $foreground; }
        & > .history--quiet { color: $text-muted; }
        & > .history--done { color: $transfer-done; }
        & > .history--failed { color: $transfer-failed; }
        & > .history--warning { color: $wire-warning; }
        & > .history--up { color: $transfer-running; }
        & > .history--down { color: $wire-command; }
        & > .history--cursor { background: $cursor; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("home,g", "move(-1000000)", show=False),
        Binding("end,G", "move(1000000)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.past: Sequence[Finished] = ()
        """What is shown."""
        self.row = 0
        """Where the cursor is."""

    def take(self, past: Sequence[Finished]) -> None:
        """Shows something else."""
        self.past, self.row = past, 0
        self.virtual_size = Size(self.size.width, len(past))
        self.refresh()

    @property
    def current(self) -> Finished | None:
        """What is under the cursor."""
        return self.past[self.row] if self.past else None

    def action_move(self, by: int) -> None:
        """Moves the cursor."""
        if not self.past:
            return
        self.row = min(max(0, self.row + by), len(self.past) - 1)
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.row < top:
            top = self.row
        elif self.row >= top + height:
            top = self.row - height + 1
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def action_page(self, by: int) -> None:
        """Moves the cursor by so many screens."""
        self.action_move(by * max(1, self.size.height - 1))

    def render_line(self, y: int) -> Strip:
        """Draws one line."""
        width, row = self.scrollable_content_region.width, self.scroll_offset.y + y
        if row >= len(self.past):
            words = "Nothing has ended yet." if not self.past and y == 0 else ""
            return Strip([Segment(words, self.rich_style)]).adjust_cell_length(width, self.rich_style)
        is_cursor = row == self.row
        base = self.get_component_rich_style("history--cursor") if is_cursor else self.rich_style
        segments = [
            Segment(text, base + self.get_component_rich_style(f"history--{part}", partial=True))
            for part, text in compose_finished(self.past[row], width)
        ]
        return Strip(segments).adjust_cell_length(width, base)


class HistoryScreen(ModalScreen[None]):
    """Enter shows all about one, `x` forgets everything, Esc closes."""

    DEFAULT_CSS = """
    HistoryScreen {
        align: center middle;
        & > Vertical {
            width: 96%; max-width: 130; height: 90%;
            background: $surface; border: round $border; padding: 0 1;
            border-title-color: $primary; border-subtitle-color: $text-muted;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h", "close", "Close", show=False),
        Binding("enter", "open", "Details", show=False),
        Binding("x", "forget", "Forget", show=False),
    ]

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue

    def compose(self) -> ComposeResult:
        """A frame with the lines."""
        with Vertical() as box:
            box.border_title = Content("Transfers that have ended")
            box.border_subtitle = Content("Enter details   x forget all   Esc close")
            yield HistoryList()

    def on_mount(self) -> None:
        """Reads it."""
        self.set_focus(self.query_one(HistoryList))
        self._read()

    @work(exclusive=True, group="history")
    async def _read(self) -> None:
        past = await self._queue.history(LIMIT)
        self.query_one(HistoryList).take(past)
        title = "Transfers that have ended"
        self.query_one(Vertical).border_title = Content(f"{title} · {summary_of(past)}" if past else title)

    def action_open(self) -> None:
        """Shows all about the one under the cursor."""
        if (each := self.query_one(HistoryList).current) is not None:
            self.app.push_screen(DetailsScreen("Transfer", past_details_of(each)))

    @work(exclusive=True, group="forget")
    async def action_forget(self) -> None:
        """Asks, and forgets all."""
        question = Confirm("Forget the history?", ["The files stay as they are."], yes="Forget")
        if await self.app.push_screen_wait(question):
            await self._queue.clear_history()
            self._read()

    def action_close(self) -> None:
        """Closes the window."""
        self.dismiss(None)


def past_details_of(each: Finished) -> list[Detail]:
    """What there is to know of one that has ended, label by label."""
    is_done = each.state is TransferState.DONE
    verified = ", verified" if each.is_verified else ", not verified"
    details = [
        Detail("Direction", each.direction.route(each.source_site, each.target_site)),
        Detail("From", each.source),
        Detail("To", each.target),
        Detail("State", each.state.value + (verified if is_done else ""), "done" if is_done else "error"),
        Detail("Size", "not known" if each.size is None else f"{each.size:,} bytes"),
        Detail("Attempts", str(each.attempts)),
    ]
    for label, moment in (("Started", each.started_at), ("Ended", each.finished_at)):
        if moment is not None:
            details.append(Detail(label, f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"))
    if each.average_speed is not None:
        details.append(Detail("Speed", f"{human_rate(each.average_speed)} on average"))
    if each.error:
        details.append(Detail("Reason", each.error, "warning" if is_done else "error"))
    return details
