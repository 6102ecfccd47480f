"""A finding with all that belongs to it: how sure it is, what to change here, on the firewall, on the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tuiftp.protocol.text import shown
from tuiftp.ui.lines.wrapping import wrap_words
from tuiftp.wirelog.findings import Finding

_WHERE = 10
_LINES = 8


def places_of(finding: Finding) -> Iterator[tuple[str, Sequence[str]]]:
    """Who has something to change, and what."""
    for name, lines in (("You", finding.client), ("Firewall", finding.firewall), ("Server", finding.server)):
        if lines:
            yield name, lines


def advice_content(finding: Finding, width: int) -> Content:
    """The verdict, and under it what to do, place by place; what goes on in the next line is indented."""
    parts: list[Content | tuple[str, str]] = []
    for place, line in enumerate(_wrapped(finding.verdict, width)):
        parts.append(("\n" * bool(place) + line, "$foreground"))
    for name, lines in places_of(finding):
        wrapped = [piece for line in lines for piece in _wrapped(line, width - _WHERE)]
        for place, line in enumerate(wrapped):
            label = name if place == 0 else ""
            parts += [("\n", ""), (f"{label:<{_WHERE}}", "bold $accent"), (line, "$text-muted")]
    return Content.assemble(*parts)


def _wrapped(text: str, width: int) -> list[str]:
    return wrap_words(shown(text), max(20, width), limit=_LINES)


class FindingBox(VerticalScroll, can_focus=False):
    """Shows one finding; hidden while there is none."""

    DEFAULT_CSS = """
    FindingBox {
        height: auto;
        max-height: 40%;
        display: none;
        background: $surface;
        border: round $border-blurred;
        border-title-color: $wire-warning;
        border-subtitle-color: $text-muted;
        border-subtitle-align: left;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &.-shown { display: block; }
        & Static { height: auto; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.finding: Finding | None = None
        """What is shown."""
        self._words = Static("", markup=False)

    def compose(self) -> Iterator[Static]:
        """One text."""
        yield self._words

    def show(self, finding: Finding | None, *, hint: str = "") -> None:
        """Shows a finding; None hides the box.

        Args:
            finding: What to show.
            hint: The keys that do something about it.
        """
        self.set_class(finding is not None, "-shown")
        if finding is None:
            self.finding = None
            return
        count = len(finding.evidence)
        records = "1 record" if count == 1 else f"{count} records"
        self.border_title = Content(f"Finding  {shown(finding.title)}   sure: {finding.confidence}")
        self.border_subtitle = Content("  ·  ".join(part for part in (f"evidence: {records}", hint) if part))
        if finding is not self.finding:
            self.finding = finding
            self._fill()
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Wraps the text anew."""
        self._fill()

    def _fill(self) -> None:
        if self.finding is not None:
            self._words.update(advice_content(self.finding, (self.size.width or 78) - 1))
