"""Answers the engine's questions with dialogs, one at a time, whoever asks and however many ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App

from tuiftp.transfers.model import ConflictPolicy
from tuiftp.transfers.policy import Conflict, Decision
from tuiftp.ui.screens.conflict import ConflictDialog, Stop


class UiDecider:
    """A `transfers.policy.Decider` for the app. Questions come from the queue's own tasks."""

    def __init__(self, app: App[Any], *, cancel_batch: Callable[[int], None] = lambda batch: None) -> None:
        """Prepares to ask.

        Args:
            app: Where the dialogs open.
            cancel_batch: Ends a whole batch, where the user wants that.
        """
        self._app = app
        self._cancel_batch = cancel_batch
        self._turn = asyncio.Lock()

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Asks the user; a question whose asker has gone (cancelled) goes too."""
        async with self._turn:
            if not self._app.is_running:
                return Decision(ConflictPolicy.SKIP)
            name = conflict.target.replace("\\", "/").rpartition("/")[2]
            dialog = ConflictDialog(conflict, name)
            answer: asyncio.Future[Decision | Stop | None] = asyncio.get_running_loop().create_future()

            def take(decision: Decision | Stop | None) -> None:
                if not answer.done():
                    answer.set_result(decision)

            # The queue's tasks are not the app's: the dialog must be opened from within the app.
            self._app.call_later(self._app.push_screen, dialog, take)
            try:
                decision = await answer or Decision(ConflictPolicy.SKIP)
            except asyncio.CancelledError:
                self._app.call_later(self._close, dialog)
                raise
            if not isinstance(decision, Stop):
                return decision
            if conflict.batch is not None:
                self._cancel_batch(conflict.batch)
            # Nobody is asked about what is still on its way to be cancelled.
            return Decision(ConflictPolicy.SKIP, for_all=True)

    def _close(self, dialog: ConflictDialog) -> None:
        if dialog.is_attached and dialog.is_current:
            dialog.dismiss(None)
