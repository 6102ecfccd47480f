"""The questions about trust: what a person is told, each answer, and what the status bar says afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready, takes_keys, tree
from tests.ui.hosts import text_of
from tests.ui.panel_host import lines_of, until
from tuiftp.ftp.tls.options import TlsFacts
from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer
from tuiftp.protocol.certificates import Certificate, CertificateReason
from tuiftp.ui.sites.trust_dialogs import CertificateDialog, PlainTextDialog

NEW, OLD = "ab" * 32, "cd" * 32
CERTIFICATE = Certificate(
    NEW, "CN=[red]ftp\x1b[2J", "O=Nobody", ("ftp.example.com", "b", "c", "d", "e", "f", "g"),
    datetime(2026, 1, 2, tzinfo=UTC), datetime(2027, 3, 4, tzinfo=UTC),
)  # fmt: skip
UNKNOWN = CertificateProblem("ftp.example.com", 21, CERTIFICATE, (CertificateReason.SELF_SIGNED,))
CHANGED = CertificateProblem(
    "ftp.example.com", 21, CERTIFICATE, (CertificateReason.CHANGED, CertificateReason.EXPIRED), OLD
)
PLAIN = PlainTextProblem("ftp.example.com", 21, "500 [b]no[/b]")


def flat(app: BrowserHost) -> str:
    """What the dialog says, without its frame and its line breaks."""
    return " ".join(text_of(app).translate(dict.fromkeys(map(ord, "│╭╮╰╯─"), " ")).split())


async def asked(
    app: BrowserHost, pilot: Pilot[Any], problem: CertificateProblem
) -> asyncio.Task[TrustAnswer]:
    task = asyncio.create_task(app.start.decider.resolve_certificate(problem))
    await until(pilot, lambda: takes_keys(app, CertificateDialog))
    return task


@pytest.mark.parametrize("problem", [UNKNOWN, CHANGED], ids=["unknown", "changed"])
@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("o", TrustAnswer.ONCE),
        ("a", TrustAnswer.ALWAYS),
        ("r", TrustAnswer.REFUSE),
        ("enter", TrustAnswer.REFUSE),
        ("escape", TrustAnswer.REFUSE),
    ],
)
async def test_each_answer_has_its_key_and_the_safe_one_the_focus(
    problem: CertificateProblem, key: str, answer: TrustAnswer
) -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, problem)
        await pilot.press(key)
        assert await asyncio.wait_for(task, 5) is answer


@pytest.mark.parametrize("button", ["refuse", "once", "always"])
async def test_the_mouse_answers_too(button: str) -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, UNKNOWN)
        await pilot.click(f"#{button}")
        assert await asyncio.wait_for(task, 5) == button


async def test_whose_it_is_and_what_is_wrong_fits_80_by_24() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, UNKNOWN)
        said = flat(app)
        for words in (
            "is signed by itself, so that nobody vouches for", "ftp.example.com:21", "CN=[red]ftp␛[2J",
            "O=Nobody", "ftp.example.com, b, c, d, e and 2 more", "2026-01-02 to 2027-03-04",
            ":".join(["AB"] * 16) + ":", "No password was sent", "Refuse (r)", "Trust once (o)", "Trust always (a)",
        ):  # fmt: skip
            assert words in said
        assert "STOP" not in said
        await pilot.press("r")
        await task


@pytest.mark.parametrize(
    ("reason", "detail", "words"),
    [
        (CertificateReason.WEAK_KEY, "", "has a key that is too short to be safe."),
        (CertificateReason.NOT_FOR_SERVERS, "", "made for another purpose than to prove who a server is."),
        (CertificateReason.MALFORMED, "Missing Subject Key Identifier",
         "does not follow the rules for certificates: Missing Subject Key Identifier."),
        (CertificateReason.OTHER, "[b]no[/b] idea", "cannot be verified: [b]no[/b] idea."),
    ],
)  # fmt: skip
async def test_every_kind_of_refusal_has_its_reason(
    reason: CertificateReason, detail: str, words: str
) -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, replace(UNKNOWN, reasons=(reason,), detail=detail))
        assert words in flat(app)
        await pilot.press("r")
        await task


async def test_the_rest_of_a_long_story_is_a_page_further_down() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, replace(CHANGED, reasons=tuple(CertificateReason)[:8]))
        await pilot.pause()
        assert "No password was sent." not in flat(app)
        await pilot.press("pagedown")
        await until(pilot, lambda: "No password was sent." in flat(app))
        await pilot.press("pageup", "enter")
        assert await asyncio.wait_for(task, 5) is TrustAnswer.REFUSE


async def test_a_changed_certificate_is_a_loud_stop_with_both_fingerprints() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, CHANGED)
        said = flat(app)
        for words in (
            "The certificate has CHANGED", "STOP. This is not the certificate that you trusted.",
            "expired on 2027-03-04",
            ":".join(["AB"] * 16), "Trusted was", ":".join(["CD"] * 16), "Refuse, and ask the server's owner",
            "Refuse (r)", "Trust the new one (a)",
        ):  # fmt: skip
            assert words in said
        assert app.screen.has_class("-danger")
        await pilot.press("r")
        await task


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("enter", False), ("escape", False), ("n", False)])
async def test_tls_that_is_gone_is_asked_about(key: str, answer: bool) -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = asyncio.create_task(app.start.decider.allow_plain(PLAIN))
        await until(pilot, lambda: takes_keys(app, PlainTextDialog))
        said = flat(app)
        assert "spoke TLS before and now refuses it" in said
        assert "[b]no[/b]):" in said
        await pilot.press(key)
        assert await asyncio.wait_for(task, 5) is answer


async def test_who_connects_no_more_is_asked_no_more() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = await asked(app, pilot, UNKNOWN)
        task.cancel()
        await until(pilot, lambda: app.screen is app.main)


async def test_before_there_is_an_app_nobody_is_trusted() -> None:
    app = BrowserHost(FakeSite())
    assert await app.start.decider.resolve_certificate(UNKNOWN) is TrustAnswer.REFUSE
    assert await app.start.decider.allow_plain(PLAIN) is False


@pytest.mark.parametrize(
    ("facts", "protects_data", "said", "unsaid"),
    [
        (None, False, "⚠ plain text", "🔒"),
        (TlsFacts("TLS 1.3", "AES", False, CERTIFICATE), True, "🔒 TLS 1.3", "plain text"),
        (TlsFacts("TLS 1.2", "AES", False, CERTIFICATE), False, "🔒 TLS 1.2  ⚠ files in plain text", "1.3"),
    ],
)
async def test_the_status_bar_shows_what_is_protected(
    facts: TlsFacts | None, protects_data: bool, said: str, unsaid: str
) -> None:
    app = BrowserHost(tree("/a"), tree("/b"))
    app.site.encryption, app.site.protects_data = facts.version if facts else "", protects_data
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app.remote)
        line = lines_of(app.main.status)[0]
        assert said in line
        assert unsaid not in line


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            replace(PLAIN, answer=""),
            "Ftp.example.com:21 spoke TLS before, and this connection is not encrypted",
        ),
        (replace(PLAIN, is_memory_lost=True), "Whether ftp.example.com:21 spoke TLS before is not known"),
    ],
)
async def test_a_password_that_would_go_in_clear_is_asked_about(
    problem: PlainTextProblem, words: str
) -> None:
    """The server has not refused anything: nobody is accused."""
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        task = asyncio.create_task(app.start.decider.allow_plain(problem))
        await until(pilot, lambda: takes_keys(app, PlainTextDialog))
        assert "The password would go in clear" in flat(app)
        assert words in flat(app)
        assert "Somebody may stand" not in flat(app)
        await pilot.press("escape")
        assert await asyncio.wait_for(task, 5) is False
