"""The commands of the log panel."""

from __future__ import annotations

from functools import partial

from tuiftp.ui.commands.command import Command, Group, Scope

_command = partial(Command, group=Group.PANELS, scope=Scope.LOG)
_move = partial(Command, group=Group.PANELS, scope=Scope.LOG, in_palette=False)


LOG_COMMANDS: tuple[Command, ...] = (
    _move("log_up", "up,k", "Log: up", "One record up; the log stands still from then on."),
    _move("log_down", "down,j", "Log: down", "One record down."),
    _move("log_page_up", "pageup,ctrl+b", "Log: page up", "One page up; the log stands still from then on."),
    _move("log_page_down", "pagedown,ctrl+f", "Log: page down", "One page down."),
    _move("log_first", "home,g", "Log: first", "To the oldest record; the log stands still from then on."),
    _command(
        "log_follow", "end,G", "Log: follow", "Goes to the newest record and keeps it in sight from then on."
    ),
    _command(
        "log_freeze",
        "f",
        "Log: freeze or follow",
        "Lets the log stand still while records go on coming, or follow again.",
    ),
    _move(
        "log_open",
        "enter",
        "Log: explain the record",
        "Explains the record under the cursor: what it means, its parts, how long it took, what comes next.",
    ),
    _command(
        "log_exchange",
        "e",
        "Exchange view",
        "Shows the session as a sequence diagram, from the record under the cursor on.",
    ),
    _command(
        "log_report",
        "r",
        "Support report",
        "Writes a support report as Markdown; passwords, and unless you say so names and addresses, are masked.",
    ),
    _command(
        "log_raw",
        "colon",
        "Log: send a raw command",
        "Sends a command as you type it over the pane's connection; a password in it is hidden.",
    ),
    _command(
        "log_mark", "m,space", "Log: mark", "Marks the record under the cursor, or takes the mark away."
    ),
    _command(
        "log_next",
        "n",
        "Log: next mark or match",
        "Goes to the next marked record; without marks, to the next that answers the last query.",
    ),
    _command(
        "log_previous",
        "N",
        "Log: previous mark or match",
        "Goes to the marked record, or the match, before this one.",
    ),
    _command(
        "log_queries",
        "Q",
        "Log: saved queries",
        "Offers the queries that you keep, and keeps the present one.",
    ),
    _command(
        "log_kinds",
        "t",
        "Log: filter by kind",
        "Shows other kinds of records: all, commands and replies, data connections, problems, status.",
    ),
    _command(
        "log_filter",
        "slash",
        "Log: filter by a query",
        "Shows only records that answer a query: words, `code:4xx`, `cmd:PASV`, `slower:500ms`. Esc ends it.",
    ),
    _move("log_filter_end", "escape", "Log: end the filter", "Ends the query, or the raw command."),
    _command(
        "log_transfer",
        "T",
        "Log: go to the transfer",
        "Goes to the transfer that the record under the cursor belongs to.",
    ),
    _command(
        "log_wrap",
        "w",
        "Log: wrap long lines",
        "Lets long lines go on in the next line, or cuts them at the edge.",
    ),
    _command("log_copy", "c", "Log: copy record", "Copies the record under the cursor to the clipboard."),
    _command(
        "log_copy_all", "C", "Log: copy all shown", "Copies all records that are shown to the clipboard."
    ),
    _command(
        "log_save",
        "s",
        "Log: save as text",
        "Saves the log to a file: readable text, or JSON lines where the name ends in `.jsonl`.",
    ),
    _command(
        "log_save_json",
        "S",
        "Log: save as JSON lines",
        "Saves the log as JSON lines, which `tuiftp log` and other programs read.",
    ),
    _command("log_clear", "x", "Log: clear", "Forgets all records."),
)
"""In the order of the help page."""
