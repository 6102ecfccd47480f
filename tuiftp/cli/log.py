"""`tuiftp log`: opens a saved log offline, ours or another program's, or compares two; or prints it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.console import print_lines
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.wirelog.compare import Comparison, Pair, Step, compare
from tuiftp.wirelog.findings import Finding, diagnose
from tuiftp.wirelog.foreign import ForeignLog, load_file
from tuiftp.wirelog.text import render_records

if TYPE_CHECKING:
    from tuiftp.ui.log.app import LogApp


def run_log(arguments: Arguments) -> int:
    """Opens the log, or prints it where there is no terminal or text was asked for.

    Raises:
        LocalFileError: A log cannot be read, or the results cannot be written.
        ConfigurationError: A file is no log that can be read.
    """
    logs = [_load(Path(path)) for path in arguments.paths]
    if arguments.is_text or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print_lines(log_text(logs[0]) if len(logs) == 1 else comparison_text(arguments.paths, logs))
        return 0
    return _open(arguments.paths, logs)


def _load(path: Path) -> ForeignLog:
    log = load_file(path)
    if not log.records:
        raise ConfigurationError(
            f"{path} holds no record of a log that can be read",
            hint="it reads its own logs and those of FileZilla, lftp, curl, WinSCP and vsftpd",
        )
    return log


def _open(paths: Sequence[str], logs: Sequence[ForeignLog]) -> int:
    from tuiftp.storage.locations import config_dir
    from tuiftp.storage.settings_store import SettingsStore
    from tuiftp.storage.themes import load_themes
    from tuiftp.ui.log.app import LogApp, OpenedLog

    themes, _ = load_themes(config_dir() / "themes")
    opened = [
        OpenedLog(Path(path).name, note_of(log), log.records, log.has_times)
        for path, log in zip(paths, logs, strict=True)
    ]
    return asyncio.run(_run(LogApp(opened, settings=SettingsStore().load(), themes=themes)))


async def _run(app: LogApp) -> int:
    from tuiftp.cli.ending import Ending

    with Ending(lambda status: app.exit(return_code=status)) as ending:
        await app.run_async()
    return ending.status or app.return_code or 0


def note_of(log: ForeignLog) -> str:
    """Who wrote a log, how long it is, and what was odd about it."""
    parts = [f"{log.source} log", f"{len(log.records):,} records"]
    if log.broken_lines:
        lines = "1 line" if log.broken_lines == 1 else f"{log.broken_lines:,} lines"
        parts.append(f"{lines} not understood")
    if not log.has_times:
        parts.append("without times")
    return " · ".join(parts)


def log_text(log: ForeignLog) -> Iterator[str]:
    """A log and what the rules find in it, line by line."""
    yield f"{note_of(log)}"
    yield from render_records(log.records)
    yield ""
    findings = diagnose(log.records)
    yield "Findings" if findings else "Nothing was found."
    for finding in findings:
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  {finding.code}  {shown(finding.title)}   sure: {finding.confidence}"
    yield f"      {shown(finding.verdict)}"
    places = (("you", finding.client), ("firewall", finding.firewall), ("server", finding.server))
    for name, lines in places:
        for place, line in enumerate(lines):
            yield f"      {name + ':' if place == 0 else '':<10}{shown(line)}"


def comparison_text(paths: Sequence[str], logs: Sequence[ForeignLog]) -> Iterator[str]:
    """Two logs compared, line by line: the sentence first, then the pairs that differ."""
    names = (Path(paths[0]).name, Path(paths[1]).name)
    compared: Comparison = compare(logs[0].records, logs[1].records, names=names)
    yield shown(compared.sentence)
    yield ""
    for place, pair in enumerate(compared.pairs):
        yield f"{'▸' if place == compared.first else ' '} {_pair(pair)}"
    for name, codes in zip(names, (compared.only_left, compared.only_right), strict=True):
        if codes:
            yield f"Only in {shown(name)}: {', '.join(codes)}"


def _pair(pair: Pair) -> str:
    left, right = _step(pair.left), _step(pair.right)
    if left == right:
        return f"  {left}"
    return f"{'≠' if pair.differs else ' '} {left}   |   {right}"


def _step(step: Step | None) -> str:
    if step is None:
        return "(not there)"
    outcome = f"{step.outcome}, {step.data}" if step.data else step.outcome
    return f"{shown(step.line)} → {shown(outcome)}"
