"""The report of a probe as plain text, aligned, and as one JSON object. Everything in the text is made visible."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from tuiftp.protocol.text import cell_width, fit, human_size, shown
from tuiftp.wirelog.findings.model import Finding
from tuiftp.wirelog.probing.judging import PLAIN_SUCCESS
from tuiftp.wirelog.probing.model import ProbeReport, ProbeRow, WayVerdict
from tuiftp.wirelog.remedies import Remedy

WIDTH: Final = 100
"""Where sentences are wrapped; commands to paste never are."""
_REPLY: Final = 44
_HEADINGS: Final = ("way", "verdict", "connect", "bytes", "TLS", "reply")
_RIGHT: Final = (2, 3)


def report_fields(report: ProbeReport) -> dict[str, Any]:
    """The report as plain values for JSON: every field, and the exit status."""
    plain = _plain(report)
    assert isinstance(plain, dict)
    return {**plain, "status": report.status}


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def render_report(report: ProbeReport) -> Iterator[str]:
    """Writes the report, line by line, without ends of lines."""
    software = f", {report.software}" if report.software else ""
    yield f"{shown(report.site)}{software}: probed in {report.took_ms / 1000:.1f} s"
    if report.greeting:
        yield f"  {shown(report.greeting)}"
    for (family, security), rows in groupby(report.rows, lambda row: (row.family, row.security)):
        yield ""
        yield f"{family}, {security}"
        yield from _matrix(list(rows))
    if report.login_error is not None:
        yield from _section("No login", _wrapped(report.login_error))
        return
    yield from _section("Moved", _wrapped(moved_text(report)))
    yield from _section("Problems", (line for problem in report.problems for line in _wrapped(problem)))
    yield from _section("Whose firewall", (line for text in report.firewall for line in _wrapped(text)))
    yield from _section("Findings", _findings(report))
    yield from _section("Recommendation", _wrapped(report.advice.text))
    yield from _section("What would mend it", _remedies(report.remedies))


def moved_text(report: ProbeReport) -> str:
    """What went over the ways that work beside the listings; empty where nothing works."""
    good = [row for row in report.rows if row.verdict is WayVerdict.OK]
    if not good:
        return ""
    up, down = sum(row.sent or 0 for row in good), sum(row.fetched or 0 for row in good)
    told = f"Over the ways that work {human_size(up)} were sent and {human_size(down)} fetched beside the listings."
    if report.downwards_only:
        told += f" No file may be written here ({report.downwards_only}): they were tried downwards only."
    if not down:
        told += " Whether they carry full packets was not seen: there was no file of 64 KiB to read."
    return told


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    written = list(lines)
    if written:
        yield ""
        yield title
        yield from written


def _matrix(rows: Sequence[ProbeRow]) -> Iterator[str]:
    table = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(cell_width(cells[place]) for cells in table) for place in range(len(_HEADINGS))]
    reasons = [None, *(row for row in rows)]
    for cells, row in zip(table, reasons, strict=True):
        padded = (
            fit(cell, width, align="right" if place in _RIGHT else "left")
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        yield f"  {'  '.join(padded).rstrip()}"
        if row is not None and (row.verdict is not WayVerdict.OK or _is_odd(row)):
            yield from _wrapped(row.reason, indent="      ")


def _is_odd(row: ProbeRow) -> bool:
    return row.reason != PLAIN_SUCCESS


def _cells(row: ProbeRow) -> tuple[str, ...]:
    tls = {True: "resumed", False: "new", None: ""}[row.tls_resumed]
    return (
        row.way.value,
        row.verdict.value,
        "" if row.connect_ms is None else f"{row.connect_ms:.1f} ms",
        "" if row.bytes is None else f"{row.bytes:,}",
        tls,
        _short(shown(row.reply or "")),
    )


def _short(text: str) -> str:
    return text if cell_width(text) <= _REPLY else fit(text, _REPLY).rstrip()


def _wrapped(text: str, *, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        shown(text), WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _findings(report: ProbeReport) -> Iterator[str]:
    # The lines to paste stand further down, once; here the sentences are enough.
    most = 1 if report.remedies else None
    for finding in report.findings:
        yield from _finding(finding, most)


def _finding(finding: Finding, most: int | None) -> Iterator[str]:
    yield f"  {finding.code}  {shown(finding.title)} ({finding.confidence} confidence)"
    yield from _wrapped(finding.verdict, indent="      ")
    for where, lines in (
        ("client", finding.client),
        ("server", finding.server),
        ("firewall", finding.firewall),
    ):
        # What only leads over to the lines that stand further down says nothing by itself.
        for line in [line for line in lines if not (most and line.endswith(":"))][:most]:
            yield f"      {where}: {shown(line)}"


def _remedies(remedies: Sequence[Remedy]) -> Iterator[str]:
    for (where, purpose), group in groupby(remedies, lambda remedy: (remedy.where, remedy.purpose)):
        yield f"  {where}: {shown(purpose)}"
        for remedy in group:
            yield f"    {shown(remedy.product)}"
            yield from (f"      {shown(line)}" for line in remedy.lines)
