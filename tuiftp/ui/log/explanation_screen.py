"""Explains one line of the log, and the lines before and after it key by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tuiftp.protocol.text import fit, human_size, shown
from tuiftp.ui.diagnosis.finding_box import advice_content
from tuiftp.ui.diagnosis.log_inspector import LogInspector
from tuiftp.ui.lines.wrapping import wrap_words
from tuiftp.ui.log.rows import LogRow, sign_of, time_of_day
from tuiftp.wirelog.explain import Explanation
from tuiftp.wirelog.explain.record import explain_record
from tuiftp.wirelog.findings import Finding

_LABEL = 12
_SIGNS = {True: "✓", False: "⚠", None: "·"}
_MOST = 4_000
_LINES = 60
_BEFORE, _AFTER = 4_000, 400


class ExplanationScreen(ModalScreen[int | None]):
    """What a record means. Gives the number of the record that was shown last."""

    DEFAULT_CSS = """
    ExplanationScreen {
        align: center middle;

        & > VerticalScroll {
            width: 94%;
            max-width: 112;
            height: auto;
            max-height: 92%;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        & Static { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "Close", show=False),
        Binding("right,n,j", "step(1)", "Next", show=False),
        Binding("left,p,k", "step(-1)", "Previous", show=False),
        Binding("e", "exchange", "Exchange view", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]

    def __init__(self, inspector: LogInspector, record: int) -> None:
        super().__init__()
        self._inspector = inspector
        self.record = record
        """The number of the record that is shown."""
        self._body = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """One text in a box."""
        with VerticalScroll() as box:
            box.border_subtitle = Content("←→ previous, next   e exchange   c copy   Esc close")
            yield self._body

    def on_mount(self) -> None:
        """Explains the record."""
        self._show()

    def action_step(self, by: int) -> None:
        """Goes to another of the records that the log shows."""
        row = self._inspector.log.lines.step(self.record, by)
        if row is not None and row.number != self.record:
            self.record = row.number
            self._show()
            self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_exchange(self) -> None:
        """Shows the record in the exchange view."""
        self.dismiss(self.record)
        self._inspector.open_exchange(self.record)

    def action_copy(self) -> None:
        """Copies what is shown; everything in it was made visible."""
        self.app.copy_to_clipboard(self._content().plain)
        self.notify("Copied", markup=False)

    def action_close(self) -> None:
        """Leaves."""
        self.dismiss(self.record)

    def _show(self) -> None:
        self._body.update(self._content())

    def _content(self) -> Content:
        kept = self._inspector.log.lines.since(0)
        place = self.record - kept[0].number if kept else -1
        if not 0 <= place < len(kept):
            return Content("This record is no longer kept.")
        row = kept[place]
        # The window around it is enough, and cheap in a log of any length.
        first = max(0, place - _BEFORE)
        records = [one.record for one in kept[first : place + _AFTER]]
        explained = explain_record(records, place - first, findings=())
        title = f"{shown(explained.title)}   record {place + 1:,} of {len(kept):,}"
        self.query_one(VerticalScroll).border_title = Content(title)
        width = (self._body.size.width or min(self.size.width, 110) - 8) - 1
        found = self._inspector.findings_of(self.record)
        return explanation_content(row, explained, found, width, has_times=self._inspector.has_times)

    def on_resize(self) -> None:
        """Wraps the text anew."""
        self._show()


def explanation_content(
    row: LogRow, explained: Explanation, findings: Sequence[Finding], width: int, *, has_times: bool = True
) -> Content:
    """The explanation of a row, label by label, and below it the findings that it belongs to."""
    parts: list[Content | tuple[str, str]] = []
    for label, text, style in _lines(row, explained, has_times=has_times):
        for place, line in enumerate(wrap_words(_visible(text), width - _LABEL, limit=_LINES)):
            parts += [(fit("" if place else label, _LABEL), "$text-muted"), (f"{line}\n", style)]
    for finding in findings:
        head = f"Finding {finding.code}: {shown(finding.title)}   sure: {finding.confidence}\n"
        parts += [("\n", ""), (head, "bold $wire-warning"), advice_content(finding, width), ("\n", "")]
    return Content.assemble(*parts)


def _lines(row: LogRow, explained: Explanation, *, has_times: bool) -> Iterator[tuple[str, str, str]]:
    record = row.record
    yield "Line", f"{sign_of(record)} {record.text}", "bold"
    if has_times:
        yield "Time", f"{record.at.astimezone():%Y-%m-%d} {time_of_day(record)}", ""
    if record.conn:
        yield "Connection", f"#{record.conn}", ""
    yield "Meaning", explained.meaning, ""
    if explained.section:
        yield "Defined in", explained.section, ""
    for argument in explained.arguments:
        yield argument.name.capitalize(), argument.value, "$wire-data"
    if record.note and not explained.arguments:
        yield "Decoded", record.note, "$wire-data"
    for check in explained.checks:
        yield "Check", f"{_SIGNS[check.ok]} {check.text}", "$wire-warning" if check.ok is False else ""
    took = record.ms if record.ms is not None else explained.took_ms
    if took is not None and has_times:
        yield "Took", f"{took:,.1f} ms", ""
    if record.bytes is not None:
        yield "Carried", f"{human_size(record.bytes)} ({record.bytes:,} bytes)", ""
    if record.tls:
        yield "TLS", record.tls, ""
    for place, text in enumerate(explained.usually_next):
        yield "" if place else "Then", text, "$text-muted"
    if explained.known_text:
        yield "Known of it", explained.known_text, ""


def _visible(text: str) -> str:
    visible = shown(text[:_MOST])
    return f"{visible}… ({len(text):,} characters)" if len(text) > _MOST else visible
