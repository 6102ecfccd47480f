"""The protocol log panel: every command, reply and data connection, live, with filters, copying and saving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tuiftp.errors import TuiftpError
from tuiftp.files.site import Site
from tuiftp.protocol.text import shown
from tuiftp.storage.locations import log_dir
from tuiftp.ui.commands.catalogue import bindings
from tuiftp.ui.commands.command import Scope, key_now
from tuiftp.ui.commands.main import OPEN_SITES
from tuiftp.ui.diagnosis.inspector import Inspector, KeepAdvice, keep_nowhere
from tuiftp.ui.log.input_bars import QueryBar, RawBar, problem_of, warning_of
from tuiftp.ui.log.line_model import matcher
from tuiftp.ui.log.rows import LogRow
from tuiftp.ui.log.view import LogView
from tuiftp.ui.services import LogServices
from tuiftp.ui.transfers.log_links import TransferAsked
from tuiftp.wirelog.records import WireRecord
from tuiftp.wirelog.text import render_records

_CONNS_NAMED = 4
_HINT = "  ──  / filter   Enter explain   e exchange"

_SAVED_AS = "A name that ends in .jsonl is saved as JSON lines, any other as text."


class LogPanel(Vertical):
    """Shows what the recorder holds and what the bridge brings."""

    DEFAULT_CSS = """
    LogPanel {
        background: $surface;
        border: round $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        border-subtitle-align: left;
        padding: 0 0 0 1;

        &:focus-within { border: round $border; border-title-color: $primary; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LOG)]

    def __init__(
        self, services: LogServices, *, site: Callable[[], Site | None] = lambda: None,
        keep_advice: KeepAdvice = keep_nowhere, id: str | None = None,
    ) -> None:  # fmt: skip
        """Makes the panel.

        Args:
            services: What it stands on.
            site: The open site, for raw commands and the probe.
            keep_advice: Has the saved site of the open one keep an advice.
            id: The widget's id.
        """
        super().__init__(id=id)
        self._services = services
        self._site = site
        self._keep_advice = keep_advice
        self.is_saved = False
        """Whether the log is a saved one: nothing new comes, so that it neither follows nor is frozen."""
        self._searched = ""
        self._warned = ""
        self._known: set[tuple[object, ...]] = set()
        self._said: tuple[Content, Content] | None = None
        self.border_title = Content("Protocol log")

    def compose(self) -> ComposeResult:
        """Lays out the lines, and under them the query and the raw command."""
        yield LogView()
        yield QueryBar()
        yield RawBar()

    @property
    def view(self) -> LogView:
        """The lines."""
        return self.query_one(LogView)

    def on_mount(self) -> None:
        """Takes what the recorder holds already, and listens for more."""
        earlier = self._services.recorder.records()
        self._known = set(map(_identity, earlier))
        self._keep_limit()
        self.inspector = Inspector(
            self.app, self._services, self.view, site=self._site, keep_advice=self._keep_advice
        )
        """Opens the exchange view, explanations, the probe and the report."""
        self.view.take(earlier)
        self._services.signals.log_records.subscribe(self, self.take)

    def take(self, records: Sequence[WireRecord]) -> None:
        """Takes new records in; those that the recorder gave at the start are not new."""
        if self._known:
            records = [record for record in records if _identity(record) not in self._known]
            self._known = set()
        self._keep_limit()
        self.view.take(records)

    def _keep_limit(self) -> None:
        """Keeps as many records as the settings in force say."""
        self.view.keep(self._services.settings.log_lines)

    # -- title and subtitle

    def on_resize(self) -> None:
        """Says as much in the border as there is room for."""
        self.show_state()

    @on(LogView.Changed)
    def show_state(self) -> None:
        """Says in the border which connections there are, what is shown and whether it follows."""
        lines = self.view.lines
        conns = lines.conns
        named = " ".join(f"#{conn}" for conn in conns[-_CONNS_NAMED:])
        more = "… " if len(conns) > _CONNS_NAMED else ""
        title = Content(f"Protocol log  {more}{named}".rstrip())
        parts = [str(lines.kinds)]
        if lines.text:
            parts.append(f"“{shown(lines.text)}”")
        if lines.shown_count != len(lines):
            parts.append(f"{lines.shown_count:,} of {len(lines):,}")
        if lines.unplaced:
            parts.append(f"choosing, {lines.unplaced:,} to go")
        if lines.marks:
            parts.append(f"{len(lines.marks)} marked")
        if not self.is_saved:
            parts.append(self._follow_state())
        subtitle = Content(" · ".join(parts))
        if subtitle.cell_length + len(_HINT) <= self.size.width:
            subtitle += Content(_HINT)
        if (title, subtitle) != self._said:  # each new text draws the border anew
            self._said = self.border_title, self.border_subtitle = title, subtitle

    def _follow_state(self) -> str:
        if self.view.is_following:
            return "following"
        return f"frozen, {self.view.unseen} new · End follows" if self.view.unseen else "frozen"

    # -- moving, following

    def action_log_up(self) -> None:
        """See `log_up`."""
        self.view.move_cursor(-1)

    def action_log_down(self) -> None:
        """See `log_down`."""
        self.view.move_cursor(1)

    def action_log_page_up(self) -> None:
        """See `log_page_up`."""
        self.view.move_page(-1)

    def action_log_page_down(self) -> None:
        """See `log_page_down`."""
        self.view.move_page(1)

    def action_log_first(self) -> None:
        """See `log_first`."""
        self.view.put_cursor(self.view.lines.first)

    def action_log_follow(self) -> None:
        """See `log_follow`."""
        self.view.follow()

    def action_log_freeze(self) -> None:
        """See `log_freeze`."""
        if self.view.is_following:
            self.view.freeze()
        else:
            self.view.follow()

    # -- what is shown

    def action_log_kinds(self) -> None:
        """See `log_kinds`."""
        self.view.show_kinds(self.view.lines.kinds.following)

    def action_log_wrap(self) -> None:
        """See `log_wrap`."""
        self.view.wrap(not self.view.lines.layout.is_wrapped)

    def action_log_filter(self) -> None:
        """See `log_filter`."""
        bar = self.query_one(QueryBar)
        bar.show(True)
        self.screen.set_focus(bar.field)  # at once: the next key is the first letter

    def action_log_filter_end(self) -> None:
        """See `log_filter_end`."""
        bars = self.query_one(QueryBar), self.query_one(RawBar)
        if not bars[1].is_shown:
            bars[0].field.value = ""
            bars[0].show(False)
        bars[1].field.value = ""
        bars[1].show(False)
        self.screen.set_focus(self.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves Escape to the screen while there is nothing to end."""
        if action == "log_filter_end":
            return any(bar.is_shown for bar in (self.query_one(QueryBar), self.query_one(RawBar)))
        return True

    @on(Input.Changed, "#log-query Input")
    def _filter(self, event: Input.Changed) -> None:
        event.stop()
        self.show_query(event.value)

    def show_query(self, text: str) -> None:
        """Shows only the records that answer a query."""
        text = text.strip()
        if text == self.view.lines.text:
            return
        self._searched = text or self._searched
        self.view.show_text(text)
        self.query_one(QueryBar).say_error(self.view.lines.error)

    def put_query(self, text: str) -> None:
        """Puts a query in force as if it had been typed."""
        bar = self.query_one(QueryBar)
        bar.field.value = text
        bar.show(bool(text))
        self.show_query(text)
        self.screen.set_focus(self.view)

    @on(Input.Submitted, "#log-query Input")
    def _leave_filter(self) -> None:
        bar = self.query_one(QueryBar)
        bar.show(bool(bar.field.value))
        self.screen.set_focus(self.view)

    def action_log_queries(self) -> None:
        """See `log_queries`."""
        from tuiftp.ui.log.saved_queries import QueriesScreen  # only needed when asked for

        def chosen(text: str | None) -> None:
            if text is not None:
                self.put_query(text)

        self.app.push_screen(QueriesScreen(self.view.lines.text or self._searched), chosen)

    # -- marks and matches

    def action_log_mark(self) -> None:
        """See `log_mark`."""
        self.view.toggle_mark()

    def action_log_next(self) -> None:
        """See `log_next`."""
        self._go_to_match(1)

    def action_log_previous(self) -> None:
        """See `log_previous`."""
        self._go_to_match(-1)

    def _go_to_match(self, by: int) -> None:
        lines = self.view.lines
        holds: Callable[[LogRow], bool]
        if lines.marks:
            holds, what = (lambda row: row.number in lines.marks), "marked record"
        elif self._searched:
            holds, what = matcher(self._searched), f"match of “{shown(self._searched)}”"
        else:
            self.notify("Mark records with m, or search with / first.", markup=False)
            return
        if not self.view.find(by, holds):
            self.notify(f"No {what} is shown.", markup=False)

    # -- a raw command

    def action_log_raw(self) -> None:
        """See `log_raw`."""
        site = self._site()
        if site is None or not site.is_connected:
            key = key_now(self, OPEN_SITES)
            self.notify(f"A raw command needs a connection: {key} opens a site.", markup=False)
            return
        bar = self.query_one(RawBar)
        bar.show(True)
        bar.say("")
        self.screen.set_focus(bar.field)

    @on(Input.Changed, "#log-raw Input")
    def _hide_secret(self, event: Input.Changed) -> None:
        event.stop()
        self._warned = ""
        self.query_one(RawBar).mask()

    @on(Input.Submitted, "#log-raw Input")
    def _send_raw(self, event: Input.Submitted) -> None:
        event.stop()
        bar, line = self.query_one(RawBar), event.value.strip(" ")
        problem = problem_of(line)
        if problem is None and self._warned != line:
            problem = warning_of(line)
            self._warned = line if problem else ""
        bar.say(problem or "")
        site = self._site()
        if problem is None and site is not None:
            bar.keep(line)
            bar.field.value = ""
            bar.show(False)
            self.screen.set_focus(self.view)
            self.view.follow()
            self.run_worker(self._send(site, line), group="raw", exit_on_error=False)

    async def _send(self, site: Site, line: str) -> None:
        try:
            if site.diagnostics is not None:
                await site.diagnostics.send_raw(line)
            else:
                self._tell_unsent("This place takes no commands.")
        except TuiftpError as error:
            self._tell_unsent(shown(str(error)))

    def _tell_unsent(self, why: str) -> None:
        """Opens the bar again, which closed when the command went out, and says what became of it."""
        bar = self.query_one(RawBar)
        bar.show(True)
        bar.say(why)
        if self.view.has_focus:
            self.screen.set_focus(bar.field)

    # -- the exchange view, the probe, the report

    def action_log_exchange(self) -> None:
        """See `log_exchange`."""
        row = self.view.cursor
        self.inspector.open_exchange(row.number if row is not None else None)

    def action_log_report(self) -> None:
        """See `log_report`."""
        self.inspector.write_report()

    # -- one record

    def action_log_open(self) -> None:
        """See `log_open`."""
        if (row := self.view.cursor) is not None:
            self.inspector.explain(row.number)

    @on(LogView.Opened)
    def _opened(self, event: LogView.Opened) -> None:
        event.stop()
        self.action_log_open()

    def action_log_transfer(self) -> None:
        """See `log_transfer`."""
        if (row := self.view.cursor) is not None:
            self.post_message(TransferAsked(row.record))

    # -- copy, save, clear

    def action_log_copy(self) -> None:
        """See `log_copy`."""
        if (row := self.view.cursor) is not None:
            self._copy([row.record])

    def action_log_copy_all(self) -> None:
        """See `log_copy_all`."""
        self._copy([row.record for row in self.view.lines.shown_rows()])

    def _copy(self, records: Sequence[WireRecord]) -> None:
        if records:
            self.app.copy_to_clipboard(text_of(records))
            what = "1 record" if len(records) == 1 else f"{len(records)} records"
            self.notify(f"Copied {what}", markup=False)

    def action_log_save(self) -> None:
        """See `log_save`."""
        self._ask_where(".log")

    def action_log_save_json(self) -> None:
        """See `log_save_json`."""
        self._ask_where(".jsonl")

    def _ask_where(self, suffix: str) -> None:
        from tuiftp.ui.dialogs.save_dialog import SaveDialog  # only needed when asked for

        suggestion = log_dir() / f"tuiftp-{datetime.now():%Y%m%d-%H%M%S}{suffix}"
        dialog = SaveDialog("Save protocol log", suggestion, self._write, note=_SAVED_AS)
        self.app.push_screen(dialog, self._saved)

    async def _write(self, path: Path) -> None:
        save = (
            self._services.recorder.save_json
            if path.suffix == ".jsonl"
            else self._services.recorder.save_text
        )
        save(path)

    def _saved(self, path: Path | None) -> None:
        if path is not None:
            self.notify(f"Saved {shown(str(path))}", markup=False)

    def action_log_clear(self) -> None:
        """See `log_clear`."""
        self._services.recorder.clear()
        self.view.clear()


def text_of(records: Sequence[WireRecord]) -> str:
    """Records as lines of text in which nothing acts on a terminal."""
    return "\n".join(render_records(records))


def _identity(record: WireRecord) -> tuple[object, ...]:
    """What tells a record from others; the recorder may hold it with its texts cut."""
    return (record.at, record.conn, record.kind, record.text[:80])
