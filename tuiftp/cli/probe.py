"""`tuiftp probe`: tries every way to open a data connection to a site, and prints what came of it."""

from __future__ import annotations

import asyncio
import json

from tuiftp.choices import TlsMode
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.console import Console, print_lines
from tuiftp.cli.passwords import find_credentials, prompt_on_terminal
from tuiftp.cli.tls_rules import CommandTrust, site_address
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.control.secure import TlsGuard
from tuiftp.ftp.options import SiteAddress
from tuiftp.ftp.probe import probe_site
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.wirelog.probing import ProbeReport, ProbeRow
from tuiftp.wirelog.probing.text import render_report, report_fields

NO_LOGIN = 4
"""The exit status when nobody could connect or log in."""


def run_probe(arguments: Arguments) -> int:
    """Probes, prints the report to stdout, and returns the exit status.

    Raises:
        LocalFileError: The log or the results cannot be written.
    """
    console = Console(is_quiet=arguments.is_quiet, draws=arguments.log != "-")
    (target,) = arguments.targets
    try:
        credentials = find_credentials(target, user=arguments.user, prompt=prompt_on_terminal)
    except ConfigurationError as error:
        console.fail(shown(str(error)))
        return NO_LOGIN
    engine = Engine(arguments, say=console.line)
    engine.trust_decider = CommandTrust(console)
    for problem in engine.problems:
        console.note(f"tuiftp: {shown(problem)}")
    try:
        report = asyncio.run(_probe(engine, site_address(target, credentials), target.tls, console))
    finally:
        console.clear()
        engine.close()
    if arguments.as_json:
        print_lines([json.dumps(report_fields(report))])
    else:
        print_lines(render_report(report))
    if report.login_error is not None:
        console.fail(f"{shown(report.site)}: {shown(report.login_error)}")
    return report.status


async def _probe(engine: Engine, address: SiteAddress, tls: TlsMode, console: Console) -> ProbeReport:
    done: list[ProbeRow] = []

    def show(row: ProbeRow) -> None:
        done.append(row)
        console.draw([f"{len(done)} ways tried; last: {row.family} {row.way}: {row.verdict}"])

    console.draw([f"probing {shown(address.label)}"])
    guard = TlsGuard(address, engine.trust, engine.trust_decider)
    options = engine.options(ConnectRequest(Target(address.host, tls=tls)))
    return await probe_site(address, options, bus=engine.bus, guard=guard, on_row=show)
