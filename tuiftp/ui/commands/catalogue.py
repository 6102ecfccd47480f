"""Every user command: what bindings, palette, help screen and keymap are made from."""

from __future__ import annotations

from textual.binding import Binding

from tuiftp.ui.commands.command import Command, Scope
from tuiftp.ui.commands.exchange import EXCHANGE_COMMANDS
from tuiftp.ui.commands.file_list import LIST_COMMANDS
from tuiftp.ui.commands.log import LOG_COMMANDS
from tuiftp.ui.commands.main import BROWSER_COMMANDS
from tuiftp.ui.commands.sites import SITE_COMMANDS
from tuiftp.ui.commands.transfers import TRANSFER_COMMANDS

COMMANDS: tuple[Command, ...] = (
    *BROWSER_COMMANDS,
    *LIST_COMMANDS,
    *TRANSFER_COMMANDS,
    *LOG_COMMANDS,
    *EXCHANGE_COMMANDS,
    *SITE_COMMANDS,
)
"""In the order of the help page."""

_BY_ID = {command.id: command for command in COMMANDS}


def bindings(scope: Scope) -> list[Binding]:
    """The bindings of one scope, for a `BINDINGS` list."""
    return [command.binding() for command in COMMANDS if command.scope is scope]


def command_by_id(id: str) -> Command | None:
    """The command of that name."""
    return _BY_ID.get(id)
