"""The confusion table: which findings each situation brings, a row a situation, a column a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.confusion.situations import NOTHING, Situation
from tuiftp.wirelog.findings import RULES, Finding, diagnose

_FALSE, _MISSING, _RIGHT, _SILENT = "X", "o", "#", "."


def render(rows: Sequence[Situation]) -> Iterator[str]:
    """Writes the table: `#` rightly told, `.` rightly silent, `X` told falsely, `o` not told though it should be."""
    codes = sorted({rule.code for rule in RULES}, key=lambda code: int(code[1:]))
    width = max(len(row.name) for row in rows)
    yield f"{'':{width}}  {'cause':7}  {' '.join(f'{code[1:]:>2}' for code in codes)}"
    for row in rows:
        told = {finding.code for finding in diagnose(row.records)}
        marks = " ".join(f"{_mark(code, told, row.expected):>2}" for code in codes)
        note = f"  says: {row.both}" if row.both else ""
        yield f"{row.name:{width}}  {row.cause if row.cause != NOTHING else '-':7}  {marks}{note}"


def _mark(code: str, told: set[str], expected: frozenset[str]) -> str:
    if code in expected:
        return _RIGHT if code in told else _MISSING
    return _FALSE if code in told else _SILENT


def wrong(row: Situation) -> str:
    """What is wrong with a row, in a sentence; empty where nothing is."""
    findings = diagnose(row.records)
    told = {finding.code for finding in findings}
    if told != row.expected:
        return f"{row.name}: told {sorted(told) or NOTHING}, not {sorted(row.expected) or NOTHING}"
    if row.both and not _names(findings, row.both):
        return f"{row.name}: no verdict says “{row.both}”"
    return ""


def _names(findings: Sequence[Finding], words: str) -> bool:
    return any(words in finding.verdict for finding in findings)
