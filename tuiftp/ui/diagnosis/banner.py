"""The notice that says that a finding has come up: it can be opened and dismissed, and never takes the focus."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tuiftp.protocol.text import cell_width, fit, shown
from tuiftp.ui.lines.wrapping import wrap_words

if TYPE_CHECKING:
    from tuiftp.wirelog.findings import Finding

_MOST = 50
_MOST_LINES = 3
_LEAST = 30


class FindingBanner(Static):
    """Shows the finding that explains most of the site where something was found last, but for dismissed ones."""

    DEFAULT_CSS = """
    FindingBanner {
        display: none;
        height: auto;
        max-height: 3;
        padding: 0 1;
        background: $panel;
        color: $wire-warning;
        &.-shown { display: block; }
    }
    """

    class Pressed(Message):
        """The banner was clicked."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._waiting: OrderedDict[tuple[str, str], Finding] = OrderedDict()
        self._dismissed: set[tuple[str, str]] = set()
        self.hint = "Alt+I opens   Alt+X dismisses"
        """The keys."""

    @property
    def finding(self) -> Finding | None:
        """What it says; None: it is hidden."""
        newest = next(reversed(self._waiting.values()), None)
        if newest is None:
            return None
        from tuiftp.wirelog.findings import ranked  # loaded with the first record of the log

        return ranked(finding for finding in self._waiting.values() if finding.site == newest.site)[0]

    def tell(self, finding: Finding) -> None:
        """Says a finding, unless it is a mere guess, or the same one of this site was dismissed."""
        from tuiftp.wirelog.findings import Confidence  # loaded with the first record of the log

        key = (finding.site, finding.code)
        if finding.confidence is Confidence.LOW or key in self._dismissed:
            return
        self._waiting.pop(key, None)
        self._waiting[key] = finding
        while len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)
        self._show()

    def dismiss_one(self) -> None:
        """Takes the finding away, and does not say it again for this site."""
        finding = self.finding
        if finding is not None:
            key = (finding.site, finding.code)
            del self._waiting[key]
            self._dismissed.add(key)
        self._show()

    def on_resize(self) -> None:
        """Says as much as there is room for."""
        self._show()

    def _show(self) -> None:
        finding = self.finding
        self.set_class(finding is not None, "-shown")
        if finding is None:
            return
        more = f"  (+{len(self._waiting) - 1})" if len(self._waiting) > 1 else ""
        width = max(20, self.size.width - 2)
        text = f"⚠ {shown(finding.title)}{more}"
        if finding.advice:
            text += f": {shown(finding.advice)}"
        self.update(Content("\n".join(self._lines(text, width))))

    def _lines(self, text: str, width: int) -> list[str]:
        """The text on as many lines as it needs, up to three; the keys stand at the end of the last one."""
        hint, room = self.hint, width - cell_width(self.hint) - 3
        if room < _LEAST:
            hint, room = "", width
        lines = wrap_words(text, width, limit=_MOST_LINES + 1)
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :])]
        if cell_width(lines[-1]) > room and len(lines) < _MOST_LINES:
            lines.append("")
        last = fit(lines[-1], room)
        lines[-1] = f"{last}   {hint}" if hint else last
        return lines

    def on_click(self, event: events.Click) -> None:
        """Opens it."""
        event.stop()
        self.post_message(self.Pressed())
