"""Runs a probe over all that a host offers (IPv4, IPv6, plain, TLS) and puts the report together."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from tuiftp.choices import TlsPolicy
from tuiftp.errors import ConnectionFailed, TuiftpError
from tuiftp.events import EventBus
from tuiftp.ftp.control.secure import TlsGuard
from tuiftp.ftp.errors import connect_error
from tuiftp.ftp.events import WireRecorded
from tuiftp.ftp.options import ConnectionOptions, SiteAddress
from tuiftp.ftp.probe.firewall import whose_firewall
from tuiftp.ftp.probe.lookup import families_of
from tuiftp.ftp.probe.target import Target
from tuiftp.wirelog.findings import Diagnosis, Finding
from tuiftp.wirelog.probing import Family, ProbeReport, ProbeRow
from tuiftp.wirelog.probing.prescribing import Circumstances, advise, prescribe
from tuiftp.wirelog.records import WireRecord
from tuiftp.wirelog.remedies import software_of

LIMIT: Final = 57.0
"""Seconds that the ways may take together; closing adds a second or two."""
PARALLEL: Final = 4
"""How many logins at once, where the server allows them."""

_FAMILIES: Final = {socket.AF_INET: Family.IPV4, socket.AF_INET6: Family.IPV6}
_QUICK: Final = {"timeout": 10.0, "auto_connect_timeout": 5.0, "accept_timeout": 8.0, "stall_timeout": 8.0}
"""Upper bounds of the probe's own: patience is for transfers."""


async def probe_site(
    address: SiteAddress,
    options: ConnectionOptions,
    *,
    bus: EventBus,
    limit: float = LIMIT,
    parallel: int = PARALLEL,
    guard: TlsGuard | None = None,
    on_row: Callable[[ProbeRow], None] = lambda row: None,
) -> ProbeReport:
    """Tries every way to open a data connection, each with a listing of the login directory.

    Args:
        address: Where to, and as whom.
        options: The site's rules; the probe tries all ways whatever their mode, and is less patient.
        bus: Where the log of the probe's control connections is told.
        limit: Seconds for all of it.
        parallel: How many logins at once at most.
        guard: Decides about certificates, as for the site's other sessions; without one, only what verifies
            or has the fingerprint of the options is trusted.
        on_row: Told each row as it comes, for a display.

    Returns:
        The report. A host that cannot be reached or a login that is refused is told in it, and raises nothing.
    """
    probe = _Probe(address, _hurried(options), bus, parallel, guard or TlsGuard(address), on_row)
    started, began = datetime.now(UTC), time.monotonic()
    try:
        await probe.run(limit)
    finally:
        probe.end()
    rows = probe.rows()
    firewall = await whose_firewall(rows, timeout=options.auto_connect_timeout)
    took = (time.monotonic() - began) * 1000
    report = ProbeReport(
        site=address.label, started=started, took_ms=round(took, 1), rows=rows, greeting=probe.greeting,
        software=software_of(probe.greeting or ""), login_error=probe.login_error, problems=probe.problems,
        firewall=firewall, downwards_only=probe.downwards_only,
        findings=_diagnose(probe.records, options),
    )  # fmt: skip
    if report.login_error is not None:
        return report
    known = Circumstances(options.active_ports, address.port, report.software)
    return replace(report, advice=advise(rows), remedies=prescribe(rows, known))


def _diagnose(records: Sequence[WireRecord], options: ConnectionOptions) -> tuple[Finding, ...]:
    diagnosis = Diagnosis(active_ports=options.active_ports)
    for record in records:
        diagnosis.feed(record)
    diagnosis.finish()
    return diagnosis.findings


def _hurried(options: ConnectionOptions) -> ConnectionOptions:
    bounds = {name: min(getattr(options, name), bound) for name, bound in _QUICK.items()}
    # An address that the server names is tried as a way of its own, and nothing is retried in secret.
    return replace(
        options, learn_active_address=False, drain_timeout=min(options.drain_timeout, 2.0), **bounds
    )


class _Probe:
    """One probe under way."""

    def __init__(
        self, address: SiteAddress, options: ConnectionOptions, bus: EventBus, parallel: int, guard: TlsGuard,
        on_row: Callable[[ProbeRow], None],
    ) -> None:  # fmt: skip
        self.records: list[WireRecord] = []
        self._address = address
        self._guard = guard
        self._options = options
        self._on_row = on_row
        # A bus of its own: the app shall not take the probe's sessions for those of a pane.
        self._bus = EventBus()
        self._unsubscribe = self._bus.subscribe(WireRecorded, lambda event: self._take(bus, event))
        self._logins = asyncio.Semaphore(parallel)
        self._targets: list[Target] = []
        self._failure: TuiftpError | None = None

    def _take(self, bus: EventBus, event: WireRecorded) -> None:
        self.records.append(event.record)
        for target in self._targets:
            target.take(event.record)
        bus.publish(event)

    async def run(self, limit: float) -> None:
        """Runs every target, side by side, until all is tried or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                families = await self._families()
                self._targets = [
                    self._target(family, policy) for family in families for policy in self._policies()
                ]
                async with asyncio.TaskGroup() as group:
                    for target in self._targets:
                        group.create_task(target.run())
        for target in self._targets:
            target.give_up("the time for the probe was over")

    async def _families(self) -> list[socket.AddressFamily]:
        host, port = self._address.host, self._address.port
        try:
            found = await families_of(host, port, timeout=self._options.timeout)
        except TimeoutError:
            self._failure = ConnectionFailed(
                f"the address of {host} could not be looked up within {self._options.timeout:g} s",
                hint="your DNS does not answer: try an address instead of a name",
            )
            return []
        except (OSError, UnicodeError) as error:
            self._failure = connect_error(error, host, port, self._options.timeout)
            return []
        wanted = self._options.family
        return [
            family for family in _FAMILIES
            if family in found and wanted in (family, socket.AF_UNSPEC)
        ]  # fmt: skip

    def _policies(self) -> list[TlsPolicy]:
        """Encrypted, plain, or both: a password never goes in clear where the site would like TLS."""
        policy = self._options.tls.policy
        is_secret = self._address.credentials.user not in ("anonymous", "ftp")
        return [policy, TlsPolicy.OFF] if policy is TlsPolicy.IF_OFFERED and not is_secret else [policy]

    def _target(self, family: socket.AddressFamily, policy: TlsPolicy) -> Target:
        options = replace(self._options, family=family, tls=replace(self._options.tls, policy=policy))
        return Target(
            self._address, self._guard, options, _FAMILIES[family],
            bus=self._bus, logins=self._logins, on_row=self._on_row,
        )  # fmt: skip

    def end(self) -> None:
        """Closes whatever is still open."""
        for target in self._targets:
            target.close()
        self._unsubscribe()

    def rows(self) -> tuple[ProbeRow, ...]:
        """All rows, in the order of the targets and the ways."""
        return tuple(row for target in self._targets for row in target.rows())

    @property
    def greeting(self) -> str | None:
        return next((target.greeting for target in self._targets if target.greeting), None)

    @property
    def login_error(self) -> str | None:
        """Why nobody could log in."""
        if self._failure is not None:
            return str(self._failure)
        if any(target.has_logged_in for target in self._targets):
            return None
        whys = (f"{target.name}: {target.login_error}" for target in self._targets if target.login_error)
        return "; ".join(whys) or "no login came about in the time for the probe"

    @property
    def problems(self) -> tuple[str, ...]:
        found = [problem for target in self._targets for problem in target.problems]
        for target in self._targets:
            found += [f"{target.name}: {path} is ours, and could not be deleted" for path in target.left]
        return tuple(found)

    @property
    def downwards_only(self) -> str:
        return next((target.downwards_only for target in self._targets if target.downwards_only), "")
