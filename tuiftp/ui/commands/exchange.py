"""The commands of the exchange view."""

from __future__ import annotations

from functools import partial

from tuiftp.ui.commands.command import Command, Group, Scope

_command = partial(Command, group=Group.EXCHANGE, scope=Scope.EXCHANGE)
_move = partial(Command, group=Group.EXCHANGE, scope=Scope.EXCHANGE, in_palette=False)


EXCHANGE_COMMANDS: tuple[Command, ...] = (
    _move("exchange_up", "up,k", "Exchange: up", "One line up."),
    _move("exchange_down", "down,j", "Exchange: down", "One line down."),
    _move("exchange_page_up", "pageup,ctrl+b", "Exchange: page up", "One page up."),
    _move("exchange_page_down", "pagedown,ctrl+f", "Exchange: page down", "One page down."),
    _move("exchange_first", "home,g", "Exchange: first", "To the first thing that passed."),
    _move(
        "exchange_follow",
        "end,G",
        "Exchange: follow",
        "Goes to the newest and keeps it in sight from then on.",
    ),
    _move(
        "exchange_open",
        "enter",
        "Exchange: open or explain",
        "Opens the operation under the cursor, or closes it; on an arrow, explains what passed.",
    ),
    _move(
        "exchange_toggle",
        "space",
        "Exchange: close or open",
        "Closes the operation that the cursor is in, or opens it.",
    ),
    _command(
        "exchange_open_all", "o", "Exchange: open or close all", "Opens every operation, or closes them all."
    ),
    _command(
        "exchange_conn",
        "c",
        "Exchange: one connection alone",
        "Shows the connection under the cursor alone, or all again.",
    ),
    _command(
        "exchange_log",
        "l",
        "Exchange: log in step",
        "Shows the protocol log beside the diagram; moving in one moves in the other.",
    ),
    _command(
        "exchange_waterfall",
        "w",
        "Exchange: waterfall",
        "Shows where the time of the operation under the cursor went.",
    ),
    _command("exchange_finding", "f", "Exchange: next finding", "Goes to what the next finding rests on."),
    _command(
        "exchange_apply",
        "a",
        "Exchange: apply the finding",
        "Applies what the finding recommends to this site.",
    ),
    _move(
        "exchange_probe", "p", "Exchange: probe", "Tries every way to open a data connection to this site."
    ),
    _move(
        "exchange_report",
        "r",
        "Exchange: support report",
        "Writes a support report: the exchange, the settings that matter, the findings.",
    ),
    _move(
        "exchange_close",
        "escape,q",
        "Exchange: close",
        "Dismisses the finding, then leaves the exchange view.",
    ),
)
"""In the order of the help page."""
