"""Support report: one Markdown text with all that a helper needs, and nothing that is nobody's business."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Final

from tuiftp.protocol.text import MASK, shown
from tuiftp.wirelog.findings import Finding
from tuiftp.wirelog.records import RecordKind, WireRecord
from tuiftp.wirelog.text import render_record
from tuiftp.wirelog.tokens import Tokens

MOST_RECORDS: Final = 1_000
"""Records that a report holds: the last ones."""
_SECRET_SETTING = re.compile(r"password|secret|token|passphrase", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportParts:
    """What goes into a report."""

    records: Sequence[WireRecord]
    """The exchange."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Programs and systems, with their versions."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Settings that matter."""
    findings: Sequence[Finding] = ()
    """What the diagnosis found."""
    matrix: Sequence[Sequence[str]] = ()
    """The probe's table: a row of headings, then its rows."""
    secrets: Sequence[str] = ()
    """Texts that are masked wherever they stand: the password, if it is known."""
    users: Sequence[str] = ()
    """User names that are known."""
    hosts: Sequence[str] = ()
    """Host names that are known."""


def write_report(parts: ReportParts, *, anonymous: bool = True) -> str:
    """Writes the report.

    Args:
        parts: What goes into it.
        anonymous: Whether user names, paths, host names and addresses are replaced by tokens that keep their class
            (`private-1`, `public-2`, `user-1`, `path-3`, `host-1`). Passwords are masked in any case.
    """
    hiding = _Hiding(parts, anonymous=anonymous)
    sections = [
        "# tuiftp report",
        _note(anonymous),
        _pairs("Versions", parts.versions, hiding),
        _pairs("Settings", parts.settings, hiding),
        _findings(parts.findings, hiding),
        _matrix(parts.matrix, hiding),
        _exchange(parts.records, hiding),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


class _Hiding:
    """Redacts texts: removes what must not be published."""

    def __init__(self, parts: ReportParts, *, anonymous: bool) -> None:
        self._anonymous = anonymous
        self._secrets = [secret for secret in parts.secrets if len(secret) >= 3]
        self._tokens = Tokens(secrets=self._secrets, users=parts.users, hosts=parts.hosts)
        if anonymous:
            for record in parts.records[-MOST_RECORDS:]:
                self._tokens.learn(record)

    def text(self, text: str) -> str:
        """A sentence."""
        if self._anonymous:
            return self._tokens.hide(text)
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def record(self, record: WireRecord) -> WireRecord:
        """A record, all of its texts."""
        if record.kind is RecordKind.COMMAND:
            text = self._tokens.hide_command(record.text) if self._anonymous else self.text(record.text)
        elif record.kind is RecordKind.REPLY and self._anonymous:
            text = self._tokens.hide_reply(record.text, record.conn)
        else:
            text = self.text(record.text)
        others = {
            name: self.text(value)
            for name in ("note", "local", "remote", "title", "advice", "tls")
            if (value := getattr(record, name)) is not None
        }
        return replace(record, text=text, **others)  # type: ignore[arg-type]


def _note(anonymous: bool) -> str:
    if not anonymous:
        return "Passwords are masked. User names, paths and addresses are as they are."
    return (
        "Passwords are masked. User names, paths, host names, e-mail addresses, addresses and what greetings say of "
        "their owner are replaced by tokens; the same token stands for the same thing, and that of an address tells "
        "its class."
    )


def _pairs(title: str, pairs: Mapping[str, object], hiding: _Hiding) -> str:
    if not pairs:
        return ""
    lines = [
        f"- {_inline(str(name))}: {_inline(_setting(str(name), value, hiding))}"
        for name, value in pairs.items()
    ]
    return "\n".join([f"## {title}", "", *lines])


def _setting(name: str, value: object, hiding: _Hiding) -> str:
    if _SECRET_SETTING.search(name) and value:
        return MASK
    return hiding.text("" if value is None else str(value))


def _findings(findings: Iterable[Finding], hiding: _Hiding) -> str:
    found = [line for finding in findings for line in _finding(finding, hiding)]
    return "\n".join(["## Findings", "", *(found or ["None."])])


def _finding(finding: Finding, hiding: _Hiding) -> list[str]:
    lines = [
        f"### {finding.code} {_inline(hiding.text(finding.title))} (sure: {finding.confidence})",
        "",
        _inline(hiding.text(finding.verdict)),
        "",
    ]
    for where, advice in (
        ("client", finding.client),
        ("server", finding.server),
        ("firewall", finding.firewall),
    ):
        lines += [f"- {where}: {_inline(hiding.text(line))}" for line in advice]
    return [*lines, ""]


def _matrix(rows: Sequence[Sequence[str]], hiding: _Hiding) -> str:
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    cells = [
        [_inline(hiding.text(cell)).replace("|", "\\|") for cell in row] + [""] * (width - len(row))
        for row in rows
    ]
    head, *body = (f"| {' | '.join(row)} |" for row in cells)
    return "\n".join(["## Probe", "", head, f"|{' --- |' * width}", *body])


def _exchange(records: Sequence[WireRecord], hiding: _Hiding) -> str:
    kept = records[-MOST_RECORDS:]
    lines = [line for record in kept for line in render_record(hiding.record(record), zone=UTC)]
    left = len(records) - len(kept)
    fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
    notes = [f"The last {len(kept):,} lines; {left:,} before them are left out.", ""] if left else []
    return "\n".join(["## Exchange (times in UTC)", "", *notes, f"{fence}text", *lines, fence])


def _inline(text: str) -> str:
    """One line that Markdown takes as plain text, and HTML as no tag."""
    return re.sub(r"([\\`*_<>\[\]])", r"\\\1", shown(" ".join(text.split())))
