"""Which servers are trusted: kept as state; and who is asked before a password goes in clear."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tuiftp.cli.console import Console
from tuiftp.errors import LocalFileError, TlsFailed
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.ftp.tls.trust import HeadlessTrust, PlainTextProblem, TrustStore
from tuiftp.protocol.url import Target, scheme_of
from tuiftp.storage.state import StateFile

if TYPE_CHECKING:
    from tuiftp.cli.decider import Ask

_STATE = "trust"


class CommandTrust(HeadlessTrust):
    """Answers for a command: a password goes in clear only if a person on the terminal says so."""

    def __init__(self, console: Console, ask: Ask | None = None) -> None:
        """Prepares to be asked.

        Args:
            console: Draws nothing while a question waits.
            ask: Asks a person; None: on the terminal, if there is one.
        """
        super().__init__()
        self._console = console
        self._ask = ask

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        """Asks.

        Raises:
            TlsFailed: Nobody can be asked, or the answer is no; with what to do instead.
        """
        from tuiftp.cli.decider import terminal_asker  # only needed when asked for

        ask = self._ask or terminal_asker()
        if ask is not None and await self._says_yes(problem, ask):
            return True
        raise TlsFailed(
            problem.sentence,
            hint="no password was sent; ftpes:// or --tls explicit encrypts it, --tls none sends it in clear",
        )

    async def _says_yes(self, problem: PlainTextProblem, ask: Ask) -> bool:
        self._console.clear()
        self._console.is_held = True
        try:
            answer = await ask(f"tuiftp: {problem.sentence}\nSend it in clear? [y/N] ")
        finally:
            self._console.is_held = False
        return (answer or "").strip().lower() in ("y", "yes")


def site_address(target: Target, credentials: Credentials) -> SiteAddress:
    """Where a target is, and who we are there."""
    return SiteAddress(target.host, target.port, credentials, scheme_of(target.tls))


def load_trust() -> tuple[TrustStore, str]:
    """What is trusted, saved whenever it changes; and what was wrong with the file, in a sentence.

    As long as one that could not be used lies beside, nobody knows which servers had TLS: all may have.
    """
    trust, file, hint = TrustStore(), StateFile(_STATE, dict), ""
    stored = file.load()
    if stored is not None and not trust.load_dict(stored):
        file.reject("is broken in part")
    trust.is_memory_lost = file.is_lost
    if file.problem:
        hint = " Every server counts as one that had TLS, until you mend that file or remove it."

    def save() -> None:
        with suppress(LocalFileError):  # the next run asks again
            file.save(trust.to_dict())

    trust.on_change = save
    return trust, file.problem + hint
