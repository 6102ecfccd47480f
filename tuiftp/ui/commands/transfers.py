"""The commands of the transfers panel."""

from __future__ import annotations

from tuiftp.ui.commands.command import Command, Group, Scope


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
    """To the first row: what runs is there."""

    id = "transfers_first"
    keys = "home,g"
    title = "Transfers: first"


class TransfersLast(_TransfersMove):
    """To the last row."""

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
    """Shows all about a transfer: both paths, sizes, every attempt with the server's words; or about a batch."""

    id = "transfers_details"
    keys = "enter"
    title = "Transfers: details"


class TransfersPause(_OfTransfers):
    """Holds the transfer or batch under the cursor, or lets it go on. What has come so far is kept."""

    id = "transfers_pause"
    keys = "p,space"
    title = "Transfers: pause or resume"


class TransfersPauseAll(_OfTransfers):
    """Holds the whole queue, or lets it go on."""

    id = "transfers_pause_all"
    keys = "P"
    title = "Transfers: pause or resume all"


class TransfersCancel(_OfTransfers):
    """Ends the transfer or batch under the cursor; asks where something has come over. Targets stay as they were."""

    id = "transfers_cancel"
    keys = "c,delete"
    title = "Transfers: cancel"


class TransfersRetry(_OfTransfers):
    """Queues the failed, skipped or cancelled transfer under the cursor again, or all such of the batch."""

    id = "transfers_retry"
    keys = "r"
    title = "Transfers: retry"


class TransfersRetryFailed(_OfTransfers):
    """Queues every failed transfer again."""

    id = "transfers_retry_failed"
    keys = "R"
    title = "Transfers: retry all that failed"


class TransfersRetryNow(_OfTransfers):
    """Tries at once what waits for its next try: the transfer under the cursor, or else all that wait so."""

    id = "transfers_retry_now"
    keys = "N"
    title = "Transfers: try again now"


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


class TransfersHigher(_OfTransfers):
    """Gives the transfer or batch under the cursor a higher priority: it goes before others, whatever its place."""

    id = "transfers_higher"
    keys = "plus"
    title = "Transfers: higher priority"


class TransfersLower(_OfTransfers):
    """Gives the transfer or batch under the cursor a lower priority."""

    id = "transfers_lower"
    keys = "minus"
    title = "Transfers: lower priority"


class TransfersGroup(_OfTransfers):
    """Shows the queue batch by batch, or what runs, failed and waits first. What you copied at once is a batch."""

    id = "transfers_group"
    keys = "b"
    title = "Transfers: group by batch"


class TransfersFold(_TransfersMove):
    """Folds the batch under the cursor: hides what has ended of it, or grouped by batch all of it."""

    id = "transfers_fold"
    keys = "left"
    title = "Transfers: fold the batch"


class TransfersUnfold(_TransfersMove):
    """Unfolds the batch under the cursor: shows what has ended of it."""

    id = "transfers_unfold"
    keys = "right"
    title = "Transfers: unfold the batch"


class TransfersFilter(_OfTransfers):
    """Shows other transfers: all, those that run, wait, failed, or are done."""

    id = "transfers_filter"
    keys = "v"
    title = "Transfers: show others"


class TransfersHistory(_OfTransfers):
    """Shows what has ended lately, in earlier runs too, with times and average speeds."""

    id = "transfers_history"
    keys = "h"
    title = "Transfers: history"


class TransfersLimit(_OfTransfers):
    """Limits the speed of the transfer under the cursor, also while it runs."""

    id = "transfers_limit"
    keys = "l"
    title = "Transfers: limit the speed of one"


class TransfersLimitAll(_OfTransfers):
    """Limits the speed of all downloads and all uploads together, for as long as the program runs."""

    id = "transfers_limit_all"
    keys = "L"
    title = "Transfers: limit the speed of all"


class TransfersLog(_OfTransfers):
    """Shows the lines of the protocol log that belong to the last attempt of the transfer under the cursor."""

    id = "transfers_log"
    keys = "o"
    title = "Transfers: show in the protocol log"


class TransfersClear(_OfTransfers):
    """Takes what has ended out of the list; asks where something has come over of what failed."""

    id = "transfers_clear"
    keys = "x"
    title = "Transfers: clear finished"


TRANSFER_COMMANDS: tuple[type[Command], ...] = (
    TransfersUp, TransfersDown, TransfersPageUp, TransfersPageDown, TransfersFirst, TransfersLast,
    TransfersRunning, TransfersNextFailed, TransfersGroup, TransfersFold, TransfersUnfold, TransfersFilter,
    TransfersDetails, TransfersLog, TransfersHistory, TransfersPause, TransfersPauseAll, TransfersCancel,
    TransfersRetry, TransfersRetryFailed, TransfersRetryNow, TransfersMoveUp, TransfersMoveDown,
    TransfersMoveTop, TransfersHigher, TransfersLower, TransfersLimit, TransfersLimitAll,
    TransfersClear,
)  # fmt: skip
"""In the order of the help page."""
