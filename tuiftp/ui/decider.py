"""Answers the engine's questions with dialogs, one at a time, whoever asks and however many ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App

from tuiftp.choices import ConflictPolicy
from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer
from tuiftp.transfers.conflict_decider import Conflict, Decision
from tuiftp.ui.dialogs.basic import Dialog

if TYPE_CHECKING:
    from tuiftp.ui.key_gate import KeyGate

Answer = TypeVar("Answer")


class UiDecider:
    """Answers for the app what `transfers.conflict_decider` and `ftp.tls.trust` ask, from tasks of the engine."""

    def __init__(
        self, app: App[Any], keys: KeyGate, *, cancel_batch: Callable[[int], None] = lambda batch: None
    ) -> None:  # fmt: skip
        """Prepares to ask.

        Args:
            app: Where the dialogs open.
            keys: Opens them between two keys, so that they take none that was typed before they were seen.
            cancel_batch: Ends a whole batch, where the user wants that.
        """
        self._app = app
        self._keys = keys
        self._cancel_batch = cancel_batch
        self._turn = asyncio.Lock()

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Asks what to do with a target that exists; it is left alone when the dialog is closed."""
        from tuiftp.ui.transfers.conflict_dialog import ConflictDialog, Stop  # only needed when asked for

        name = conflict.free_name or conflict.target.replace("\\", "/").rpartition("/")[2]
        async with self._turn:
            decision = await self._ask(lambda: ConflictDialog(conflict, name))
            if not isinstance(decision, Stop):
                return decision or Decision(ConflictPolicy.SKIP)
            if conflict.batch is not None:
                self._cancel_batch(conflict.batch)
            # Nobody is asked about what is still on its way to be cancelled.
            return Decision(ConflictPolicy.SKIP, for_all=True)

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        """Asks whether to trust a certificate; it is refused when the dialog is closed."""
        from tuiftp.ui.sites.trust_dialogs import CertificateDialog  # only needed when asked for

        async with self._turn:
            return await self._ask(lambda: CertificateDialog(problem)) or TrustAnswer.REFUSE

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        """Asks whether to log in without TLS where there was TLS before."""
        from tuiftp.ui.sites.trust_dialogs import PlainTextDialog  # only needed when asked for

        async with self._turn:
            return await self._ask(lambda: PlainTextDialog(problem)) or False

    async def _ask(self, make: Callable[[], Dialog[Answer]]) -> Answer | None:
        """Asks the user; a question whose asker has gone (cancelled) goes too."""
        if not self._app.is_running:
            return None
        dialog = make()
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        showing: list[asyncio.Task[None]] = []

        async def show() -> None:
            given = await self._keys.ask(dialog)
            if not answer.done():
                answer.set_result(given)

        # The engine's tasks are not the app's: the dialog must be opened from within the app.
        self._app.call_later(lambda: showing.append(asyncio.create_task(show())))
        try:
            return await answer
        except asyncio.CancelledError:
            self._app.call_later(lambda: [task.cancel() for task in showing])
            raise
