"""The commands of the transfers panel and of the protocol log panel."""

from __future__ import annotations

from tuiftp.ui.commands import Command, Group, Scope


class _OfTransfers(Command):
    group = Group.PANELS
    scope = Scope.TRANSFERS


class _TransfersMove(_OfTransfers):
    in_palette = False


class TransfersUp(_TransfersMove):
    """One transfer up."""

    id = "transfers_up"
    keys = "up,k"
    title = "Transfers: up"


class TransfersDown(_TransfersMove):
    """One transfer down."""

    id = "transfers_down"
    keys = "down,j"
    title = "Transfers: down"


class TransfersPageUp(_TransfersMove):
    """One page up."""

    id = "transfers_page_up"
    keys = "pageup,ctrl+b"
    title = "Transfers: page up"


class TransfersPageDown(_TransfersMove):
    """One page down."""

    id = "transfers_page_down"
    keys = "pagedown,ctrl+f"
    title = "Transfers: page down"


class TransfersFirst(_TransfersMove):
    """To the first transfer of the queue."""

    id = "transfers_first"
    keys = "home,g"
    title = "Transfers: first"


class TransfersLast(_TransfersMove):
    """To the last transfer of the queue."""

    id = "transfers_last"
    keys = "end,G"
    title = "Transfers: last"


class TransfersRunning(_OfTransfers):
    """Goes to the first transfer that runs, and keeps what runs in sight once you leave the panel."""

    id = "transfers_running"
    keys = "f"
    title = "Transfers: go to what runs"


class TransfersNextFailed(_OfTransfers):
    """Goes to the next transfer that failed; after the last one, to the first."""

    id = "transfers_next_failed"
    keys = "n"
    title = "Transfers: go to the next that failed"


class TransfersDetails(_TransfersMove):
    """Shows all about a transfer: both paths, sizes, attempts, and the server's words where it failed."""

    id = "transfers_details"
    keys = "enter"
    title = "Transfers: details"


class TransfersPause(_OfTransfers):
    """Holds the transfer under the cursor, or lets it go on. What has come so far is kept."""

    id = "transfers_pause"
    keys = "p,space"
    title = "Transfers: pause or resume"


class TransfersPauseAll(_OfTransfers):
    """Holds the whole queue, or lets it go on."""

    id = "transfers_pause_all"
    keys = "P"
    title = "Transfers: pause or resume all"


class TransfersCancel(_OfTransfers):
    """Ends the transfer under the cursor. The target stays as it was."""

    id = "transfers_cancel"
    keys = "c,delete"
    title = "Transfers: cancel"


class TransfersRetry(_OfTransfers):
    """Queues the failed, skipped or cancelled transfer under the cursor again."""

    id = "transfers_retry"
    keys = "r"
    title = "Transfers: retry"


class TransfersRetryFailed(_OfTransfers):
    """Queues every failed transfer again."""

    id = "transfers_retry_failed"
    keys = "R"
    title = "Transfers: retry all that failed"


class TransfersMoveUp(_OfTransfers):
    """Puts the waiting transfer under the cursor one place earlier."""

    id = "transfers_move_up"
    keys = "shift+up,left_square_bracket"
    title = "Transfers: earlier in the queue"


class TransfersMoveDown(_OfTransfers):
    """Puts the waiting transfer under the cursor one place later."""

    id = "transfers_move_down"
    keys = "shift+down,right_square_bracket"
    title = "Transfers: later in the queue"


class TransfersMoveTop(_OfTransfers):
    """Puts the waiting transfer under the cursor first: it is the next one to run."""

    id = "transfers_move_top"
    keys = "shift+home,t"
    title = "Transfers: next in the queue"


class TransfersClear(_OfTransfers):
    """Takes what is done, skipped, failed or cancelled out of the list."""

    id = "transfers_clear"
    keys = "x"
    title = "Transfers: clear finished"


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
    TransfersUp, TransfersDown, TransfersPageUp, TransfersPageDown, TransfersFirst, TransfersLast,
    TransfersRunning, TransfersNextFailed, TransfersDetails, TransfersPause, TransfersPauseAll,
    TransfersCancel, TransfersRetry, TransfersRetryFailed, TransfersMoveUp, TransfersMoveDown,
    TransfersMoveTop, TransfersClear,
    LogUp, LogDown, LogPageUp, LogPageDown, LogFirst, LogFollow, LogFreeze, LogOpen, LogKinds, LogFilter,
    LogFilterEnd, LogWrap, LogCopy, LogCopyAll, LogSave, LogSaveJson, LogClear,
)  # fmt: skip
"""In the order of the help page."""
