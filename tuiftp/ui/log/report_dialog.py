"""Support report dialog: asks for the file and whether to redact names and addresses, and writes Markdown."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from tuiftp import __version__
from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.files.site import mode_summary_of
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import parse_url
from tuiftp.storage.locations import log_dir
from tuiftp.storage.settings import Settings
from tuiftp.ui.diagnosis.log_inspector import LogInspector
from tuiftp.ui.dialogs.save_dialog import SaveDialog
from tuiftp.wirelog.probing import ProbeReport
from tuiftp.wirelog.recorder import open_private
from tuiftp.wirelog.report import ReportParts, write_report

SETTINGS = (
    "mode", "allow_fallback", "prefer_extended", "passive_address", "active_address", "active_ports",
    "announced_port_offset", "learn_active_address", "encoding", "timeout", "auto_connect_timeout",
    "accept_timeout", "stall_timeout", "listing_timeout", "connections", "parallel_transfers",
)  # fmt: skip
"""The settings that a report tells."""


class ReportScreen(SaveDialog):
    """Asks for the report's file; `^N` tells names and addresses, or hides them again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+n", "toggle_names", "Names", show=False)]
    KEYS_TEXT = "Enter write   ^N names   Esc cancel"

    is_anonymous = True
    """Whether names, paths and addresses are replaced by tokens."""

    @property
    def note(self) -> str:
        """What the report will tell."""
        if self.is_anonymous:
            return (
                "Passwords are masked; user names, paths, hosts and addresses become tokens. ^N tells them."
            )
        return "⚠ Passwords are masked; user names, paths, hosts and addresses are told. ^N hides them."

    def action_toggle_names(self) -> None:
        """Tells names and addresses, or hides them."""
        self.is_anonymous = not self.is_anonymous
        self.say(self.note, is_warning=not self.is_anonymous)


def ask_and_write(inspector: LogInspector) -> None:
    """Asks where to, and writes the report there."""

    async def write(path: Path) -> None:
        _save(path, write_report(parts_of(inspector), anonymous=screen.is_anonymous))

    def tell(path: Path | None) -> None:
        if path is not None:
            inspector.app.notify(f"Written: {shown(str(path))}", markup=False)

    screen = ReportScreen(
        "Support report", log_dir() / f"tuiftp-report-{datetime.now():%Y%m%d-%H%M%S}.md", write
    )
    inspector.app.push_screen(screen, tell)


def parts_of(inspector: LogInspector) -> ReportParts:
    """What goes into the report of a log."""
    site = inspector.site
    users, hosts = _names(site.label) if site is not None else ((), ())
    return ReportParts(
        records=[row.record for row in inspector.log.lines.since(0)],
        versions=_versions(inspector.note, mode_summary_of(site)),
        settings=_settings(inspector.services.rules),
        findings=inspector.findings(),
        matrix=matrix_of(inspector.report) if inspector.report is not None else (),
        users=users,
        hosts=hosts,
    )


def _versions(note: str, mode: str) -> Mapping[str, str]:
    found = {
        "tuiftp": __version__,
        "Python": platform.python_version(),
        "Textual": version("textual"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "log": note,
        "mode in use": mode,
    }
    return {name: text for name, text in found.items() if text}


def _settings(rules: Settings) -> Mapping[str, object]:
    return {name: getattr(rules, name) for name in SETTINGS}


def _names(label: str) -> tuple[Sequence[str], Sequence[str]]:
    try:
        target = parse_url(label)
    except ConfigurationError:
        return (), ()
    return ([target.user] if target.user else []), [target.host]


def matrix_of(report: ProbeReport) -> list[list[str]]:
    """The probe's table: headings, and a row for each way."""
    rows = [["address", "security", "way", "verdict", "connect", "bytes", "TLS", "reason"]]
    for row in report.rows:
        tls = {True: "resumed", False: "anew", None: ""}[row.tls_resumed]
        connect = "" if row.connect_ms is None else f"{row.connect_ms:.0f} ms"
        size = "" if row.bytes is None else f"{row.bytes:,}"
        rows.append([row.family, row.security, row.way, row.verdict, connect, size, tls, row.reason])
    return rows


def _save(path: Path, text: str) -> None:
    try:
        with open_private(path) as file:
            file.write(text)
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {error.strerror}", path=str(path)) from error
