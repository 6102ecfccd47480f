"""Findings as they arise: a banner that never takes the focus, why this mode, and the failed transfer's details."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready, tree
from tests.ui.exchange_host import active_blocked, is_open
from tests.ui.hosts import text_of
from tests.ui.panel_host import START, NotingQueue, PanelHost, record, transfer, until
from tuiftp.ftp.data.mode_memory import StepOutcome
from tuiftp.ftp.events import FindingArose, WireRecorded
from tuiftp.ftp.live_diagnosis import LiveDiagnosis
from tuiftp.protocol.modes import DataCommand
from tuiftp.protocol.url import parse_url
from tuiftp.transfers.model import Attempt, TransferState
from tuiftp.ui.diagnosis.banner import FindingBanner
from tuiftp.ui.diagnosis.findings_index import FindingsAtHand
from tuiftp.ui.diagnosis.inspector import recommended
from tuiftp.ui.diagnosis.why_mode_screen import WhyModeScreen
from tuiftp.ui.exchange.screen import ExchangeScreen
from tuiftp.ui.transfers.attempts_screen import AttemptsScreen
from tuiftp.ui.transfers.panel import TransfersPanel
from tuiftp.wirelog.findings import RULES, Confidence, Finding
from tuiftp.wirelog.findings.texts import TEXTS
from tuiftp.wirelog.probing import Advice

SITE = "ftp://demo@host"
NO_DATA = "no data connection came about"


def finding(code: str = "R4", **changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "code": code, "title": f"Title of {code}", "verdict": "It is so.", "confidence": Confidence.HIGH,
        "evidence": (1,), "client": ("Do this.",), "site": "host:21", "conn": 3,
    }  # fmt: skip
    return Finding(**(fields | changes))


async def test_a_finding_of_the_engine_is_said_and_opened_and_dismissed() -> None:
    app = BrowserHost(FakeSite(), tree("a.txt"))
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local, app.remote)
        focused = app.focused
        LiveDiagnosis(app.services.bus)
        app.services.bus.subscribe(WireRecorded, lambda event: app.services.recorder.append(event.record))  # type: ignore[attr-defined]
        for record in active_blocked():
            app.services.bus.publish(WireRecorded(record))
        banner = app.main.query_one(FindingBanner)
        await until(pilot, lambda: banner.has_class("-shown"))
        assert app.focused is focused
        assert "⚠ A NAT is in the way of active mode: Use passive mode" in text_of(app)
        await pilot.press("alt+i")
        await until(pilot, lambda: is_open(app, ExchangeScreen))
        await pilot.pause()
        assert "sure: high" in text_of(app)
        await pilot.press("escape", "q")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("alt+x")
        await until(pilot, lambda: not banner.has_class("-shown"))


async def test_what_was_dismissed_is_not_said_again_and_a_guess_never() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local)
        banner = app.main.query_one(FindingBanner)
        banner.tell(finding("R9", confidence=Confidence.LOW))
        assert not banner.has_class("-shown")
        banner.tell(finding("R4"))
        banner.tell(finding("R5"))
        assert banner.finding == finding("R5")
        banner.dismiss_one()
        banner.tell(finding("R5"))
        assert banner.finding == finding("R4")
        banner.tell(finding("R5", site="b:21"))
        assert banner.finding is not None
        assert banner.finding.site == "b:21"
        for number in range(500):
            banner.tell(finding("R4", site=f"{number}:21"))
        assert len(banner._waiting) <= 50


async def test_a_hostile_title_is_text() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.main.query_one(FindingBanner).tell(finding(title="[bold]x[/] \x1b[2J", client=()))
        await pilot.pause()
        assert "⚠ [bold]x[/] ␛[2J" in text_of(app)


def attempt(conn: int | None = 3, *, reason: str = NO_DATA, begins: int = 0, lasts: int = 10) -> Attempt:
    """An attempt that failed, so many seconds after the start."""
    at = START + timedelta(seconds=begins)
    return Attempt(at, at + timedelta(seconds=lasts), reason, conn)


def arisen(found: Finding, after: int = 5) -> FindingArose:
    return FindingArose(found, (record("425 no", after=after * 1000, conn=found.conn),))


def test_an_attempt_has_the_finding_that_arose_in_it() -> None:
    kept = FindingsAtHand()
    kept.take(arisen(finding("R18"), 15))
    assert kept.of_attempt(attempt(begins=10, reason="the control connection broke"), SITE) == finding("R18")
    for other in (attempt(begins=0), attempt(4, begins=10), attempt(None, begins=10), attempt(begins=20)):
        assert kept.of_attempt(other, SITE) is None


def test_what_was_found_once_explains_the_later_ones_of_that_site() -> None:
    kept = FindingsAtHand()
    kept.take(arisen(finding("R4", conn=1, confidence=Confidence.MEDIUM)))
    kept.take(arisen(finding("R11", conn=1)))
    kept.take(arisen(finding("R24", conn=1)))
    later = attempt(9, begins=100)
    assert kept.of_attempt(later, SITE) == finding("R11", conn=1)
    assert kept.of_attempt(later, "ftp://demo@elsewhere") is None


def test_a_missing_file_is_not_explained_by_what_auto_gets_around() -> None:
    kept = FindingsAtHand()
    kept.take(arisen(finding("R1")))
    kept.take(arisen(finding("R4")))
    refused = attempt(9, begins=100, reason="550 No such file (RETR a)")
    assert kept.of_attempt(refused, SITE) is None
    kept = FindingsAtHand()
    kept.take(arisen(finding("R1")))
    assert kept.of_attempt(attempt(reason="550 No such file (RETR a)"), SITE) is None


def test_findings_are_bounded() -> None:
    kept = FindingsAtHand()
    for number in range(2000):
        kept.take(arisen(finding(conn=number)))
    assert kept.of_attempt(attempt(1999), SITE) == finding(conn=1999)
    assert len(kept._kept) <= 200


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_failed_transfer_says_its_finding_and_enter_tells_more(size: tuple[int, int]) -> None:
    why = f"{NO_DATA}: PASV: no answer; PORT: no connection arrived"
    failed = transfer(1, "image.iso", TransferState.FAILED, error=why)
    queue = NotingQueue([failed, transfer(2, "b.txt", TransferState.FAILED, error="550 No such file")])
    queue.attempts = {1: [attempt(reason=why)], 2: [attempt(3, begins=20, reason="550 No such file")]}
    app = PanelHost(TransfersPanel, queue=queue)
    async with app.run_test(size=size) as pilot:
        assert "⚠" not in text_of(app)
        found = finding("R4", title="The server's [b]firewall[/b] drops it", site="host:21")
        app.services.findings.take(arisen(found))
        app.services.signals.findings.publish((arisen(found),))
        await until(pilot, lambda: "⚠ R4 The server's [b]firewall" in text_of(app))
        lines = text_of(app).splitlines()
        (row,) = (line for line in lines if "image.iso" in line)
        assert "✗ image.iso" in row
        assert "· Enter why" in row
        assert ("r retry" in row) == (size[0] == 120)
        (other,) = (line for line in lines if "b.txt" in line)
        assert "⚠" not in other
        await pilot.press("home", "enter")
        await until(pilot, lambda: is_open(app, AttemptsScreen))
        await pilot.pause()
        assert "It is so." in text_of(app)
        assert "Do this." in text_of(app)


def test_an_address_that_the_server_named_is_offered_for_its_site_alone() -> None:
    kept = FindingsAtHand()
    offer = finding("R9", site="ftp.example.com:21", external="203.0.113.9")
    kept.take(FindingArose(offer, ()))
    kept.take(FindingArose(finding("R4", site="ftp.example.com:21"), ()))
    assert kept.offer_of("ftp://demo@ftp.example.com") == offer
    assert kept.offer_of("ftp://demo@ftp.example.com:2121") is None
    assert recommended(offer) == Advice("announce 203.0.113.9 in active mode", active_address="203.0.113.9")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_why_this_mode_offers_it_and_one_key_takes_it(size: tuple[int, int]) -> None:
    app = BrowserHost(FakeSite(), tree("a.txt"))
    applied = app.site.applied
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app.local, app.remote)
        await pilot.press("alt+w")
        await until(pilot, lambda: is_open(app, WhyModeScreen))
        await pilot.press("a", "escape")
        await until(pilot, lambda: app.screen is app.main)
        assert applied == []
        target = parse_url(app.site.label)
        offer = finding("R9", site=f"{target.host}:{target.port}", external="203.0.113.9")
        app.services.findings.take(FindingArose(offer, ()))
        await pilot.press("alt+w")
        await until(pilot, lambda: is_open(app, WhyModeScreen))
        await pilot.pause()
        assert "The server names 203.0.113.9 as our address" in " ".join(text_of(app).split())
        await pilot.press("a")
        await until(pilot, lambda: app.screen is app.main)
        assert [advice.active_address for advice in applied] == ["203.0.113.9"]


def test_what_a_finding_recommends_belongs_to_a_rule_and_sets_something() -> None:
    codes = {rule.code for rule in RULES}
    found = {code: advice for code in codes if (advice := recommended(finding(code)))}
    assert "R11" in found
    assert "R18" not in found
    assert set(found) < set(TEXTS)
    for advice in found.values():
        values = (advice.mode, advice.prefer_extended, advice.passive_address, advice.active_address)
        assert any(value is not None for value in values)


async def test_why_this_mode_lists_what_was_tried_and_forgets_it() -> None:
    app = BrowserHost(FakeSite(), tree("a.txt"))
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    steps = [
        StepOutcome(at=at, command=DataCommand.PASV, ok=False, reason="no answer in 5 s", ms=5000.0),
        StepOutcome(at=at, command=DataCommand.PORT, ok=True, reason="the server connected", ms=3.0),
    ]
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.local, app.remote)
        app.site.mode_history = lambda: steps if "forget" not in app.site.calls else []  # type: ignore[method-assign]
        await pilot.press("alt+w")
        await until(pilot, lambda: is_open(app, WhyModeScreen))
        await pilot.pause()
        text = text_of(app)
        assert "✗ PASV" in text
        assert "no answer in 5 s" in text
        assert "✓ PORT" in text
        await pilot.press("f")
        await until(pilot, lambda: "Nothing is remembered" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_the_notice_wraps_where_a_line_has_no_room_for_it() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        banner = app.main.query_one(FindingBanner)
        advice = (
            "Let it connect to the passive ports: nft list ruleset shows the rule that is in the way of it."
        )
        banner.tell(
            finding("R4", title="This machine's own firewall blocks the passive ports", client=(advice,))
        )
        await until(pilot, lambda: banner.size.height == 3)
        assert "is in the way of it." in text_of(app)
        assert banner.hint in text_of(app)
