"""Answers the engine's questions with dialogs, one at a time, whoever asks and however many ask at once."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from tuiftp.transfers.model import ConflictPolicy
from tuiftp.transfers.policy import Conflict, Decision
from tuiftp.ui.screens.conflict import ConflictDialog


class UiDecider:
    """A `transfers.policy.Decider` for the app. Questions come from the queue's own tasks."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._turn = asyncio.Lock()

    async def resolve_conflict(self, conflict: Conflict) -> Decision:
        """Asks the user; a question whose asker has gone (cancelled) goes too."""
        async with self._turn:
            if not self._app.is_running:
                return Decision(ConflictPolicy.SKIP)
            name = conflict.target.replace("\\", "/").rpartition("/")[2]
            dialog = ConflictDialog(conflict, name)
            answer: asyncio.Future[Decision | None] = asyncio.get_running_loop().create_future()

            def take(decision: Decision | None) -> None:
                if not answer.done():
                    answer.set_result(decision)

            # The queue's tasks are not the app's: the dialog must be opened from within the app.
            self._app.call_later(self._app.push_screen, dialog, take)
            try:
                return await answer or Decision(ConflictPolicy.SKIP)
            except asyncio.CancelledError:
                self._app.call_later(self._close, dialog)
                raise

    def _close(self, dialog: ConflictDialog) -> None:
        if dialog.is_attached and dialog.is_current:
            dialog.dismiss(None)
