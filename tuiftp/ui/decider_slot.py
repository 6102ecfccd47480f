"""A place for whoever answers the engine's questions: it exists before the engine does, and before the app does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer, TrustDecider
    from tuiftp.transfers.conflict_decider import Conflict, Decider, Decision

    class FullDecider(Decider, TrustDecider, Protocol):
        """Answers the questions of the queue and those about trust."""


class DeciderSlot:
    """A decider that hands each question to whoever was put in; it exists before the app does."""

    def __init__(self) -> None:
        self.decider: FullDecider | None = None
        """Who answers; None: nobody yet. An existing target is left alone then, and nobody new is trusted."""

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        """Passes the question on."""
        if self.decider is None:
            from tuiftp.ftp.tls.trust import TrustAnswer  # whoever asks has loaded it

            return TrustAnswer.REFUSE
        return await self.decider.resolve_certificate(problem)

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        """Passes the question on."""
        return self.decider is not None and await self.decider.allow_plain(problem)

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Passes the question on."""
        if self.decider is None:
            from tuiftp.choices import ConflictPolicy  # whoever asks has loaded them
            from tuiftp.transfers.conflict_decider import Decision

            return Decision(ConflictPolicy.SKIP)
        return await self.decider.resolve_conflict(conflict)
