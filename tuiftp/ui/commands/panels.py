"""The commands of the panels: the transfers', and those of the protocol log panel."""

from __future__ import annotations

from tuiftp.ui.commands.command import Command, Group, Scope
from tuiftp.ui.commands.transfers import TRANSFER_COMMANDS


class _OfLog(Command):
    group = Group.PANELS
    scope = Scope.LOG


class _LogMove(_OfLog):
    in_palette = False


class LogUp(_LogMove):
    """One record up; the log stands still from then on."""

    id = "log_up"
    keys = "up,k"
    title = "Log: up"


class LogDown(_LogMove):
    """One record down."""

    id = "log_down"
    keys = "down,j"
    title = "Log: down"


class LogPageUp(_LogMove):
    """One page up; the log stands still from then on."""

    id = "log_page_up"
    keys = "pageup,ctrl+b"
    title = "Log: page up"


class LogPageDown(_LogMove):
    """One page down."""

    id = "log_page_down"
    keys = "pagedown,ctrl+f"
    title = "Log: page down"


class LogFirst(_LogMove):
    """To the oldest record; the log stands still from then on."""

    id = "log_first"
    keys = "home,g"
    title = "Log: first"


class LogFollow(_OfLog):
    """Goes to the newest record and keeps it in sight from then on."""

    id = "log_follow"
    keys = "end,G"
    title = "Log: follow"


class LogFreeze(_OfLog):
    """Lets the log stand still while records go on coming, or follow again."""

    id = "log_freeze"
    keys = "f"
    title = "Log: freeze or follow"


class LogOpen(_LogMove):
    """Explains the record under the cursor: what it means, its parts, how long it took, what comes next."""

    id = "log_open"
    keys = "enter"
    title = "Log: explain the record"


class LogExchange(_OfLog):
    """Shows the session as a sequence diagram, from the record under the cursor on."""

    id = "log_exchange"
    keys = "e"
    title = "Exchange view"


class LogReport(_OfLog):
    """Writes a support report as Markdown; passwords, and unless you say so names and addresses, are masked."""

    id = "log_report"
    keys = "r"
    title = "Support report"


class LogRaw(_OfLog):
    """Sends a command as you type it over the pane's connection; a password in it is hidden."""

    id = "log_raw"
    keys = "colon"
    title = "Log: send a raw command"


class LogMark(_OfLog):
    """Marks the record under the cursor, or takes the mark away."""

    id = "log_mark"
    keys = "m,space"
    title = "Log: mark"


class LogNext(_OfLog):
    """Goes to the next marked record; without marks, to the next that answers the last query."""

    id = "log_next"
    keys = "n"
    title = "Log: next mark or match"


class LogPrevious(_OfLog):
    """Goes to the marked record, or the match, before this one."""

    id = "log_previous"
    keys = "N"
    title = "Log: previous mark or match"


class LogTransfer(_OfLog):
    """Goes to the transfer that the record under the cursor belongs to."""

    id = "log_transfer"
    keys = "T"
    title = "Log: go to the transfer"


class LogQueries(_OfLog):
    """Offers the queries that you keep, and keeps the present one."""

    id = "log_queries"
    keys = "Q"
    title = "Log: saved queries"


class LogKinds(_OfLog):
    """Shows other kinds of records: all, commands and replies, data connections, problems, status."""

    id = "log_kinds"
    keys = "t"
    title = "Log: filter by kind"


class LogFilter(_OfLog):
    """Shows only records that answer a query: words, `code:4xx`, `cmd:PASV`, `slower:500ms`. Esc ends it."""

    id = "log_filter"
    keys = "slash"
    title = "Log: filter by a query"


class LogFilterEnd(_LogMove):
    """Ends the query, or the raw command."""

    id = "log_filter_end"
    keys = "escape"
    title = "Log: end the filter"


class LogWrap(_OfLog):
    """Lets long lines go on in the next line, or cuts them at the edge."""

    id = "log_wrap"
    keys = "w"
    title = "Log: wrap long lines"


class LogCopy(_OfLog):
    """Copies the record under the cursor to the clipboard."""

    id = "log_copy"
    keys = "c"
    title = "Log: copy record"


class LogCopyAll(_OfLog):
    """Copies all records that are shown to the clipboard."""

    id = "log_copy_all"
    keys = "C"
    title = "Log: copy all shown"


class LogSave(_OfLog):
    """Saves the log to a file: readable text, or JSON lines where the name ends in `.jsonl`."""

    id = "log_save"
    keys = "s"
    title = "Log: save as text"


class LogSaveJson(_OfLog):
    """Saves the log as JSON lines, which `tuiftp log` and other programs read."""

    id = "log_save_json"
    keys = "S"
    title = "Log: save as JSON lines"


class LogClear(_OfLog):
    """Forgets all records."""

    id = "log_clear"
    keys = "x"
    title = "Log: clear"


PANEL_COMMANDS: tuple[type[Command], ...] = (
    *TRANSFER_COMMANDS,
    LogUp, LogDown, LogPageUp, LogPageDown, LogFirst, LogFollow, LogFreeze, LogOpen, LogExchange,
    LogReport, LogRaw, LogMark, LogNext, LogPrevious, LogQueries, LogKinds, LogFilter,
    LogFilterEnd, LogTransfer, LogWrap, LogCopy, LogCopyAll, LogSave, LogSaveJson, LogClear,
)  # fmt: skip
"""In the order of the help page."""
