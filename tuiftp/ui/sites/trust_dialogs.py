"""Questions about trust: a certificate that cannot be verified, and TLS that a server had and has no more."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer
from tuiftp.protocol.certificates import show_fingerprint
from tuiftp.protocol.text import shown
from tuiftp.ui.dialogs.basic import Confirm, Dialog

_WIDTH = 70
_MOST_NAMES = 5


class CertificateDialog(Dialog[TrustAnswer]):
    """Shows whose certificate it is and what is wrong with it; Escape refuses it, and so does Enter."""

    DEFAULT_CSS = """
    CertificateDialog {
        & > .dialog { width: 78; max-height: 100%; padding: 0 2; }
        & .certificate--story { height: auto; max-height: 18; scrollbar-size-vertical: 1; }
        & .certificate--stop { color: $error; text-style: bold; height: auto; margin: 0 0 1 0; }
        & .certificate--facts { height: auto; margin: 1 0; }
        & .dialog--text { max-height: 20; }
        & Button { min-width: 9; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "answer('once')", "Trust once", show=False),
        Binding("a", "answer('always')", "Trust always", show=False),
        Binding("pagedown", "read_on(1)", show=False),
        Binding("pageup", "read_on(-1)", show=False),
        Binding("r", "answer('refuse')", "Refuse", show=False),
    ]

    def __init__(self, problem: CertificateProblem) -> None:
        super().__init__("The certificate has CHANGED" if problem.has_changed else "Unknown certificate")
        self._problem = problem
        self.set_class(problem.has_changed, "-danger")

    def compose_body(self) -> ComposeResult:
        """What is wrong, what it says of itself, the answers."""
        problem = self._problem
        with VerticalScroll(classes="certificate--story", can_focus=False):
            if problem.has_changed:
                yield Static(Content(_STOP), classes="certificate--stop", markup=False)
            yield Static(Content(_capital(problem.sentence) + "."), classes="dialog--text", markup=False)
            yield Static(Content("\n".join(_facts(problem))), classes="certificate--facts", markup=False)
            yield Static(Content(_advice(problem)), classes="dialog--text", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button("Refuse (r)", id="refuse", variant="primary", compact=True)
            yield Button("Trust once (o)", id="once", compact=True)
            always = "Trust the new one (a)" if problem.has_changed else "Trust always (a)"
            yield Button(
                always, id="always", variant="error" if problem.has_changed else "default", compact=True
            )

    def on_mount(self) -> None:
        """Puts the focus on what harms nothing."""
        self.query_one("#refuse").focus()

    @on(Button.Pressed)
    def _on_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id or TrustAnswer.REFUSE.value)

    def action_answer(self, answer: str) -> None:
        """Closes with an answer."""
        self.dismiss(TrustAnswer(answer))

    def action_read_on(self, by: int) -> None:
        """Scrolls the story, where it is longer than the screen."""
        story = self.query_one(VerticalScroll)
        story.scroll_relative(y=by * max(1, story.size.height - 1), animate=False)

    def action_cancel(self) -> None:
        """Refuses."""
        self.dismiss(TrustAnswer.REFUSE)


_STOP = (
    "STOP. This is not the certificate that you trusted. Somebody may stand between you and the server, "
    "to read your password and your files."
)


def _advice(problem: CertificateProblem) -> str:
    if problem.has_changed:
        return (
            "Refuse, and ask the server's owner by another way whether the certificate was renewed, and for "
            "its fingerprint. No password was sent."
        )
    return (
        "Trust it only if the fingerprint is the one that the server's owner tells you. No password was sent. "
        "“Always” holds for this host and port; a change later stops the connection."
    )


def _facts(problem: CertificateProblem) -> Iterator[str]:
    certificate = problem.certificate
    yield from _fact("Subject", shown(certificate.subject) or "unreadable")
    yield from _fact("Issuer", shown(certificate.issuer) or "unreadable")
    names = ", ".join(shown(name) for name in certificate.names[:_MOST_NAMES])
    more = len(certificate.names) - _MOST_NAMES
    yield from _fact("Names", (names or "none") + (f" and {more} more" if more > 0 else ""))
    yield from _fact("Valid", f"{_day(certificate.not_before)} to {_day(certificate.not_after)}")
    yield from _fingerprint("SHA-256", certificate.fingerprint)
    if problem.known:
        yield from _fingerprint("Trusted was", problem.known)


def _fact(title: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH - 13, max_lines=2, placeholder=" …") or [""]
    for place, line in enumerate(lines):
        yield f"{title if not place else '':<12} {line}"


def _fingerprint(title: str, fingerprint: str) -> Iterator[str]:
    """In two halves of sixteen pairs, so that a person can compare them."""
    pairs = show_fingerprint(fingerprint).removeprefix("SHA-256 ")
    yield f"{title:<12} {pairs[:48]}"
    yield f"{'':<12} {pairs[48:]}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else "?"


class PlainTextDialog(Confirm):
    """Asks whether to log in without TLS at a server that had it before."""

    def __init__(self, problem: PlainTextProblem) -> None:
        was_refused = problem.answer and not problem.is_memory_lost
        lines = [*textwrap.wrap(_capital(problem.sentence) + ".", 62), ""]
        if was_refused:
            lines.append("Somebody may stand between you and the server and take TLS away.")
        lines.append("No password was sent.")
        title = "The server does not encrypt any more" if was_refused else "The password would go in clear"
        super().__init__(title, lines, yes="Log in unencrypted", is_dangerous=True)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
