"""The command palette: offers every command that can be run where the user is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tuiftp.ui.commands.catalogue import COMMANDS
from tuiftp.ui.commands.command import Command, Scope, keys_of
from tuiftp.ui.key_gate import Chosen, KeyGate


@runtime_checkable
class CommandTargets(Protocol):
    """What a screen offers so that the palette finds where each scope's actions live."""

    def command_target(self, scope: Scope) -> DOMNode | None:
        """The node that has the actions of `scope`; None: they cannot be run here."""

    @property
    def keymap(self) -> dict[str, str]:
        """The user's own keys."""


@runtime_checkable
class HasKeys(Protocol):
    """An app whose commands wait for what the earlier ones do."""

    keys: KeyGate
    """Where they wait."""


_BY_HELP = 0.01
"""The score of a command that only its help tells of: behind every title."""
_WORD_FROM = 3
"""Characters from which on the help is looked through; fewer are in every sentence."""


class CommandsProvider(Provider):
    """Finds commands by a part of their title, with their keys beside them."""

    async def discover(self) -> Hits:
        """All commands, before anything is typed."""
        for command, target in self._offered():
            yield DiscoveryHit(self._display(command), partial(self._run, command, target), command.title)

    async def search(self, query: str) -> Hits:
        """The commands whose titles match, and behind them those whose help holds what is typed."""
        matcher = self.matcher(query)
        is_word = len(query) >= _WORD_FROM
        for command, target in self._offered():
            score = matcher.match(command.title)
            if score > 0:
                display = self._display(command, matcher.highlight(command.title))
            elif is_word and query.casefold() in command.help.casefold():
                score, display = _BY_HELP, self._display(command)
            else:
                continue
            run = partial(self._run, command, target)
            yield Hit(score, display, run, command.title, command.help)

    def _offered(self) -> Iterator[tuple[Command, DOMNode]]:
        screen = self.screen
        for command in COMMANDS:
            if not command.in_palette:
                continue
            target: DOMNode | None = self.app if command.scope is Scope.APP else None
            if target is None and isinstance(screen, CommandTargets):
                target = screen.command_target(command.scope)
            if target is not None:
                yield command, target

    def _display(self, command: Command, title: Content | None = None) -> Content:
        keymap = self.screen.keymap if isinstance(self.screen, CommandTargets) else {}
        keys = ", ".join(keys_of(command, keymap))
        return Content.assemble(command.title if title is None else title, (f"   {keys}", "dim"))

    async def _run(self, command: Command, target: DOMNode) -> None:
        if isinstance(self.app, HasKeys):  # it waits for what its key would wait for
            await self.app.keys.take(Chosen(command.action, target))
        else:
            await self.app.run_action(command.action, default_namespace=target)
