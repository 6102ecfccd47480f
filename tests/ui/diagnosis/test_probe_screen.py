"""The probe in the app: rows as they come, conclusions, applied with one key, cancelled with another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from tests.ui.diagnosis.test_findings_shown import finding
from tests.ui.hosts import text_of
from tests.ui.panel_host import PanelHost, until
from tuiftp.choices import ConnectionMode
from tuiftp.errors import ConnectionFailed
from tuiftp.ui.diagnosis.probe_screen import ProbeScreen
from tuiftp.ui.log.panel import LogPanel
from tuiftp.wirelog.probing import Advice, Family, ProbeReport, ProbeRow, Security, Way, WayVerdict
from tuiftp.wirelog.remedies import fix_passive_range

ROWS = (
    ProbeRow(Family.IPV4, Security.PLAIN, Way.EPSV, WayVerdict.TIMED_OUT, "no answer from [b]x[/] in 5 s"),
    ProbeRow(
        Family.IPV4, Security.TLS, Way.PORT_LOCAL, WayVerdict.OK, "a listing came", connect_ms=3.2, bytes=302,
        tls_resumed=True,
    ),
    ProbeRow(Family.IPV4, Security.PLAIN, Way.PORT_EXTERNAL, WayVerdict.NOT_TRIED, "none is set"),
)  # fmt: skip
REPORT = ProbeReport(
    "ftp://demo@host", datetime(2026, 11, 24, tzinfo=UTC), 1234.0, ROWS,
    Advice("Only active mode works.", ConnectionMode.ACTIVE), (finding("R4"),), fix_passive_range(),
    greeting="220 (vsFTPd 3.0.3)",
)  # fmt: skip


class Probing:
    """Stands for a site and its probe, which waits at a gate."""

    label = "ftp://demo@host"
    is_connected = True
    mode_summary = "auto"

    def __init__(self, report: ProbeReport | None = REPORT) -> None:
        self.report = report
        self.gate = asyncio.Event()
        self.applied: list[Advice] = []
        self.ended = ""

    @property
    def diagnostics(self) -> Probing:
        return self

    def prefer(self, advice: Advice) -> None:
        self.applied.append(advice)

    async def probe(self, on_row: Callable[[ProbeRow], None]) -> ProbeReport:
        on_row(ROWS[0])
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        if self.report is None:
            raise ConnectionFailed("nobody there")
        return self.report


def host(probing: Probing) -> PanelHost:
    return PanelHost(lambda services: LogPanel(services, site=lambda: cast(Any, probing)))


def is_probing(app: PanelHost) -> bool:
    return isinstance(app.screen, ProbeScreen) and bool(app.screen.size)


async def test_rows_come_one_by_one_and_then_the_conclusions() -> None:
    probing = Probing()
    app = host(probing)
    async with app.run_test(size=(120, 50)) as pilot:
        app.query_one(LogPanel).inspector.open_probe()
        await until(pilot, lambda: is_probing(app) and "1 ways tried" in text_of(app))
        text = text_of(app)
        assert "✗ timed out" in text
        assert "no answer from [b]x[/] in 5 s" in text
        await pilot.press("a")
        assert probing.applied == []
        probing.gate.set()
        await until(pilot, lambda: "Recommendation" in text_of(app))
        text = text_of(app)
        for said in (
            "✓ ok", "3 ms", "resumed", "· not tried", "Only active mode works.", "Finding R4: Title of R4",
            "pasv_min_port=50000", "(vsFTPd 3.0.3)",
        ):  # fmt: skip
            assert said in text, said
        await pilot.press("a")
        assert probing.applied == [REPORT.advice]
        await pilot.press("c")
        assert "Only active mode works." in app.copied[0]
        assert app.query_one(LogPanel).inspector.report == REPORT
        await pilot.press("escape")
        await until(pilot, lambda: not is_probing(app))


async def test_a_row_is_one_line_in_80_columns() -> None:
    probing = Probing()
    probing.gate.set()
    app = host(probing)
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(LogPanel).inspector.open_probe()
        await until(pilot, lambda: is_probing(app) and "Recommendation" in text_of(app))
        [row] = [line for line in text_of(app).splitlines() if "PORT, our local address" in line]
        for said in ("IPv4", "TLS", "✓ ok", "3 ms", "resumed"):
            assert said in row, said


async def test_leaving_cancels_it() -> None:
    probing = Probing()
    app = host(probing)
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(LogPanel).inspector.open_probe()
        await until(pilot, lambda: is_probing(app) and "timed out" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: probing.ended == "cancelled")


async def test_a_failure_is_told() -> None:
    probing = Probing(None)
    probing.gate.set()
    app = host(probing)
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(LogPanel).inspector.open_probe()
        await until(pilot, lambda: is_probing(app) and "✗ nobody there" in text_of(app))


async def test_without_a_site_there_is_nothing_to_probe() -> None:
    app = PanelHost(LogPanel)
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(LogPanel).inspector.open_probe()
        await pilot.pause()
        assert not is_probing(app)


async def test_where_no_way_works_there_is_nothing_to_apply() -> None:
    report = ProbeReport("ftp://h", REPORT.started, 5.0, ROWS[:1], Advice("No data connection comes about."))
    probing = Probing(report)
    probing.gate.set()
    app = host(probing)
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(LogPanel).inspector.open_probe()
        await until(pilot, lambda: is_probing(app) and "Recommendation" in text_of(app))
        await pilot.press("a")
        assert probing.applied == []
