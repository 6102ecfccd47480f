"""Exchange screen: a session as a live sequence diagram, in sync with the log, with the findings."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tuiftp.protocol.text import shown
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope
from tuiftp.ui.diagnosis.finding_box import FindingBox
from tuiftp.ui.diagnosis.log_inspector import LogInspector
from tuiftp.ui.exchange.line_model import LadderLines, Spot
from tuiftp.ui.exchange.rows import legend
from tuiftp.ui.exchange.view import LadderView
from tuiftp.ui.exchange.waterfall_screen import WaterfallScreen
from tuiftp.ui.log.view import LogView
from tuiftp.wirelog.findings import Finding

_HINTS = "↑↓ step  Enter open  l log  w waterfall  f finding  p probe  r report"
_SHORT_HINTS = "↑↓ step  Enter open  l log  w time  f finding  r report"


class ExchangeScreen(Screen[int | None]):
    """Shows a log as arrows between two lifelines. Gives the number of the record under the cursor when left."""

    DEFAULT_CSS = """
    ExchangeScreen {
        background: $background;

        & #exchange-body { height: 1fr; }
        & #exchange {
            width: 1fr;
            height: 1fr;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
            border-subtitle-align: left;
            padding: 0;
        }
        & #exchange-legend { height: 1; color: $text-muted; }
        & #exchange-log {
            width: 1fr;
            height: 1fr;
            display: none;
            border: round $border-blurred;
            border-title-color: $foreground;
            &:focus { border: round $border; border-title-color: $primary; }
        }
        &.-log #exchange-log { display: block; }
        &.-narrow #exchange-body { layout: vertical; }
        &.-low.-log FindingBox { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.EXCHANGE)]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]  # noqa: RUF012 (Textual's own declaration)

    def __init__(self, inspector: LogInspector, lines: LadderLines, *, record: int | None = None) -> None:
        """Makes the screen.

        Args:
            inspector: What it stands on: the log, the site, and what can be done about them.
            lines: The diagram, which may hold what was read before.
            record: The number of the record to begin at; None: the newest.
        """
        super().__init__()
        self._inspector = inspector
        self._source = inspector.log
        self._record = record
        self._dismissed: set[tuple[str, str]] = set()
        self.view = LadderView(lines, id="exchange-ladder")
        """The diagram."""
        self.view.has_times = inspector.has_times
        self._legend = Static("", id="exchange-legend", markup=False)
        self._box = FindingBox()
        self._log: LogView | None = None

    def compose(self) -> ComposeResult:
        """The diagram, the log where it is asked for, and the finding."""
        with Horizontal(id="exchange-body"), Vertical(id="exchange"):
            yield self._legend
            yield self.view
        yield self._box

    def on_mount(self) -> None:
        """Reads what the log holds, and goes on reading as it grows."""
        self._source.grown.subscribe(self, self._take)
        self._take()
        self.view.focus()
        self._show_state()

    def _take(self, _: object = None) -> None:
        self.view.take(self._source.lines.since(self.view.next))
        if self._log is not None:
            self._log.take([row.record for row in self._source.lines.since(self._log_next())])

    def _begin(self) -> None:
        """Goes to the record to begin at, as soon as it has been read; from a finding's line to its evidence."""
        record, lines = self._record, self.view.lines
        if record is None or (lines.next <= record and self.view.unread):
            return
        self._record = None
        told = self._source.lines.since(record)[:1]
        code = told[0].record.code if told else None
        for finding in lines.diagnosis.findings if code else ():
            if finding.code == code and finding.conn in (0, told[0].record.conn) and finding.evidence:
                record = finding.evidence[0]
        self.view.show_record(record)

    # -- what it says -------------------------------------------------------------------------------------

    @property
    def finding(self) -> Finding | None:
        """The finding that is shown: the cursor's, else the newest, unless it was dismissed."""
        spot, lines = self.view.cursor, self.view.lines
        if spot is not None:
            for finding in lines.findings_of(spot.item):
                if self._key(finding) not in self._dismissed:
                    return finding
        newest = (
            found for found in reversed(lines.diagnosis.findings) if self._key(found) not in self._dismissed
        )
        return next(newest, None)

    @staticmethod
    def _key(finding: Finding) -> tuple[str, str]:
        return finding.site, finding.code

    @on(LadderView.Moved)
    @on(LadderView.Changed)
    def _show_state(self) -> None:
        self._begin()
        box = self.query_one("#exchange", Vertical)
        box.border_title = self._title()
        width = self.size.width
        box.border_subtitle = Content(_HINTS if width >= len(_HINTS) + 6 else _SHORT_HINTS)
        spans = legend(*self._ends(), self.view.layout_of)
        self._legend.update(Content("".join(text for _, text in spans)))
        finding = self.finding
        keys = ["a apply"] if finding is not None and self._can_apply(finding) else []
        self._box.show(finding, hint="  ·  ".join([*keys, "Esc dismiss"]))

    def _title(self) -> Content:
        lines, spot = self.view.lines, self.view.cursor
        parts = ["Exchange"]
        if self.view.unread:
            parts.append(f"reading, {self.view.unread:,} to go")
        if lines.conn is not None:
            parts.append(f"#{lines.conn} alone")
        if spot is not None:
            parts += self._title_of(spot)
        return Content("  ".join(parts))

    def _title_of(self, spot: Spot) -> list[str]:
        lines = self.view.lines
        task = lines.task_of(spot.item) or [spot.item]
        conn = [f"#{spot.item.conn}"] if spot.item.conn and lines.conn is None else []
        if self.view.has_times:
            began, ended = (f"{row.at.astimezone():%H:%M:%S}" for row in (task[0].rows[0], task[-1].rows[-1]))
            conn.append(began if began == ended else f"{began} – {ended}")
        operations = [operation for item in task if (operation := lines.operation(item)) is not None]
        what = next((one.transfer or one.command for one in reversed(operations)), "")
        return [*conn, shown(what)]

    def _ends(self) -> tuple[str, str]:
        spot = self.view.cursor
        local, peer = self.view.lines.ladder.ends_of(spot.item.conn) if spot is not None else (None, None)
        return local or "", peer or ""

    def _can_apply(self, finding: Finding) -> bool:
        return self._inspector.recommended(finding) is not None and self._inspector.can_apply

    # -- moving -------------------------------------------------------------------------------------------

    @property
    def _mover(self) -> LadderView | LogView:
        return self._log if self._log is not None and self._log.has_focus else self.view

    def action_exchange_up(self) -> None:
        """See `exchange_up`."""
        self._mover.move_cursor(-1)

    def action_exchange_down(self) -> None:
        """See `exchange_down`."""
        self._mover.move_cursor(1)

    def action_exchange_page_up(self) -> None:
        """See `exchange_page_up`."""
        self._mover.move_page(-1)

    def action_exchange_page_down(self) -> None:
        """See `exchange_page_down`."""
        self._mover.move_page(1)

    def action_exchange_first(self) -> None:
        """See `exchange_first`."""
        if isinstance(self._mover, LogView):
            self._mover.put_cursor(self._mover.lines.first)
        else:
            self.view.put_cursor(self.view.lines.first)

    def action_exchange_follow(self) -> None:
        """See `exchange_follow`."""
        self._mover.follow()

    def action_exchange_open(self) -> None:
        """See `exchange_open`."""
        spot = self.view.cursor
        if spot is None:
            return
        if spot.row is None:
            self.view.toggle()
        else:
            self._inspector.explain(spot.record)

    def action_exchange_toggle(self) -> None:
        """See `exchange_toggle`."""
        self.view.toggle()

    def action_exchange_open_all(self) -> None:
        """See `exchange_open_all`."""
        spot = self.view.cursor
        if spot is not None:
            self.view.lines.set_all_open(not spot.item.is_open)
            self.view.show_record(spot.record, opens=False)

    def action_exchange_conn(self) -> None:
        """See `exchange_conn`."""
        spot = self.view.cursor
        is_alone = self.view.lines.conn is not None
        self.view.show_conn(None if is_alone or spot is None else spot.item.conn or None)

    # -- the log in step ----------------------------------------------------------------------------------

    async def action_exchange_log(self) -> None:
        """See `exchange_log`."""
        if self._log is None:
            kept = self._source.lines.since(0)
            first, limit = kept[0].number if kept else 0, self._source.lines.limit
            self._log = LogView(limit=limit, id="exchange-log", first=first)
            self._log.border_title = Content("Protocol log")
            await self.query_one("#exchange-body").mount(self._log)
            self._log.take([row.record for row in kept])
            self.toggle_class("-log")
            self.call_after_refresh(self._lead_log)
            return
        self.toggle_class("-log")
        self.set_focus(self.view)

    def _log_next(self) -> int:
        assert self._log is not None
        return self._log.lines.next_number + self._log.unread

    @on(LadderView.Moved)
    def _lead_log(self) -> None:
        spot = self.view.cursor
        if self._log is None or spot is None or self._log.has_focus:
            return
        if self.view.is_following:
            self._log.follow()
        else:
            self._log.show_record(spot.record)

    @on(LogView.Moved)
    def _follow_log(self) -> None:
        if self._log is not None and self._log.has_focus and (row := self._log.cursor) is not None:
            self.view.show_record(row.number)

    # -- what can be done ---------------------------------------------------------------------------------

    def action_exchange_waterfall(self) -> None:
        """See `exchange_waterfall`."""
        spot, lines = self.view.cursor, self.view.lines
        tries = [lines.operation(item) for item in lines.task_of(spot.item)] if spot is not None else []
        operations = [operation for operation in tries if operation is not None]
        if not self.view.has_times:
            self.notify("This log tells no times.", markup=False)
        elif operations:
            self.app.push_screen(WaterfallScreen(operations))
        else:
            self.notify("This belongs to no data connection and no login.", markup=False)

    def action_exchange_finding(self) -> None:
        """See `exchange_finding`."""
        spot = self.view.cursor
        found = [one for one in self.view.lines.diagnosis.findings if one.evidence]
        if not found:
            self.notify("No finding so far.", markup=False)
            return
        at = spot.record if spot is not None and not self.view.is_following else -1
        found.sort(key=lambda one: one.evidence[0])
        ahead = (one for one in found if one.evidence[0] > at)
        self._dismissed.clear()
        self.view.show_record(next(ahead, found[0]).evidence[0])

    def action_exchange_apply(self) -> None:
        """See `exchange_apply`."""
        finding = self.finding
        if finding is not None and (advice := self._inspector.recommended(finding)) is not None:
            self._inspector.apply(advice)

    def action_exchange_probe(self) -> None:
        """See `exchange_probe`."""
        self._inspector.open_probe()

    def action_exchange_report(self) -> None:
        """See `exchange_report`."""
        self._inspector.write_report()

    def action_exchange_close(self) -> None:
        """See `exchange_close`."""
        finding = self.finding
        if finding is not None:
            self._dismissed |= {self._key(found) for found in self.view.lines.diagnosis.findings}
            self._show_state()
            return
        spot = self.view.cursor
        self.dismiss(spot.record if spot is not None and not self.view.is_following else None)

    # -- for the palette ----------------------------------------------------------------------------------

    def command_target(self, scope: Scope) -> DOMNode | None:
        """The exchange view's own commands, and the app's."""
        return self if scope is Scope.EXCHANGE else None

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""
        return self._inspector.keymap
