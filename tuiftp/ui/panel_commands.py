"""The commands of the panels: the transfers', and those of the protocol log panel."""

from __future__ import annotations

from tuiftp.ui.commands import Command, Group, Scope
from tuiftp.ui.transfer_commands import TRANSFER_COMMANDS


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
    """Shows the record under the cursor as a whole, with its decoded meaning."""

    id = "log_open"
    keys = "enter"
    title = "Log: show the whole record"


class LogKinds(_OfLog):
    """Shows other kinds of records: all, commands and replies, data connections, problems, status."""

    id = "log_kinds"
    keys = "t"
    title = "Log: filter by kind"


class LogFilter(_OfLog):
    """Shows only records that contain the words you type; `#2` is the second connection. Esc ends it."""

    id = "log_filter"
    keys = "slash"
    title = "Log: filter by text"


class LogFilterEnd(_LogMove):
    """Ends the filter by text."""

    id = "log_filter_end"
    keys = "escape"
    title = "Log: end the filter"


class LogTransfer(_OfLog):
    """Goes to the transfer that the record under the cursor belongs to."""

    id = "log_transfer"
    keys = "T"
    title = "Log: go to the transfer"


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
    LogUp, LogDown, LogPageUp, LogPageDown, LogFirst, LogFollow, LogFreeze, LogOpen, LogKinds, LogFilter,
    LogFilterEnd, LogTransfer, LogWrap, LogCopy, LogCopyAll, LogSave, LogSaveJson, LogClear,
)  # fmt: skip
"""In the order of the help page."""
