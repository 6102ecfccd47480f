"""The commands of the transfers panel."""

from __future__ import annotations

from functools import partial

from tuiftp.ui.commands.command import Command, Group, Scope

_command = partial(Command, group=Group.PANELS, scope=Scope.TRANSFERS)
_move = partial(Command, group=Group.PANELS, scope=Scope.TRANSFERS, in_palette=False)


TRANSFER_COMMANDS: tuple[Command, ...] = (
    _move("transfers_up", "up,k", "Transfers: up", "One transfer up."),
    _move("transfers_down", "down,j", "Transfers: down", "One transfer down."),
    _move("transfers_page_up", "pageup,ctrl+b", "Transfers: page up", "One page up."),
    _move("transfers_page_down", "pagedown,ctrl+f", "Transfers: page down", "One page down."),
    _move("transfers_first", "home,g", "Transfers: first", "To the first row: what runs is there."),
    _move("transfers_last", "end,G", "Transfers: last", "To the last row."),
    _command(
        "transfers_running",
        "f",
        "Transfers: go to what runs",
        "Goes to the first transfer that runs, and keeps what runs in sight once you leave the panel.",
    ),
    _command(
        "transfers_next_failed",
        "n",
        "Transfers: go to the next that failed",
        "Goes to the next transfer that failed; after the last one, to the first.",
    ),
    _command(
        "transfers_group",
        "b",
        "Transfers: group by batch",
        "Shows the queue batch by batch, or what runs, failed and waits first. What you copied at once is a batch.",
    ),
    _move(
        "transfers_fold",
        "left",
        "Transfers: fold the batch",
        "Folds the batch under the cursor: hides what has ended of it, or grouped by batch all of it.",
    ),
    _move(
        "transfers_unfold",
        "right",
        "Transfers: unfold the batch",
        "Unfolds the batch under the cursor: shows what has ended of it.",
    ),
    _command(
        "transfers_filter",
        "v",
        "Transfers: show others",
        "Shows other transfers: all, those that run, wait, failed, or are done.",
    ),
    _move(
        "transfers_details",
        "enter",
        "Transfers: details",
        "Shows all about a transfer: both paths, sizes, every attempt with the server's words; or about a batch.",
    ),
    _command(
        "transfers_log",
        "o",
        "Transfers: show in the protocol log",
        "Shows the lines of the protocol log that belong to the last attempt of the transfer under the cursor.",
    ),
    _command(
        "transfers_history",
        "h",
        "Transfers: history",
        "Shows what has ended lately, in earlier runs too, with times and average speeds.",
    ),
    _command(
        "transfers_pause",
        "p,space",
        "Transfers: pause or resume",
        "Holds the transfer or batch under the cursor, or lets it go on. What has come so far is kept.",
    ),
    _command(
        "transfers_pause_all",
        "P",
        "Transfers: pause or resume all",
        "Holds the whole queue, or lets it go on.",
    ),
    _command(
        "transfers_cancel",
        "c,delete",
        "Transfers: cancel",
        "Ends the transfer or batch under the cursor; asks where something has come over. Targets stay as they were.",
    ),
    _command(
        "transfers_retry",
        "r",
        "Transfers: retry",
        "Queues the failed, skipped or cancelled transfer under the cursor again, or all such of the batch.",
    ),
    _command(
        "transfers_retry_failed",
        "R",
        "Transfers: retry all that failed",
        "Queues every failed transfer again.",
    ),
    _command(
        "transfers_retry_now",
        "N",
        "Transfers: try again now",
        "Tries at once what waits for its next try: the transfer under the cursor, or else all that wait so.",
    ),
    _command(
        "transfers_move_up",
        "shift+up,left_square_bracket",
        "Transfers: earlier in the queue",
        "Puts the waiting transfer under the cursor one place earlier.",
    ),
    _command(
        "transfers_move_down",
        "shift+down,right_square_bracket",
        "Transfers: later in the queue",
        "Puts the waiting transfer under the cursor one place later.",
    ),
    _command(
        "transfers_move_top",
        "shift+home,t",
        "Transfers: next in the queue",
        "Puts the waiting transfer under the cursor first: it is the next one to run.",
    ),
    _command(
        "transfers_higher",
        "plus",
        "Transfers: higher priority",
        "Gives the transfer or batch under the cursor a higher priority: it goes before others, whatever its place.",
    ),
    _command(
        "transfers_lower",
        "minus",
        "Transfers: lower priority",
        "Gives the transfer or batch under the cursor a lower priority.",
    ),
    _command(
        "transfers_limit",
        "l",
        "Transfers: limit the speed of one",
        "Limits the speed of the transfer under the cursor, also while it runs.",
    ),
    _command(
        "transfers_limit_all",
        "L",
        "Transfers: limit the speed of all",
        "Limits the speed of all downloads and all uploads together, for as long as the program runs.",
    ),
    _command(
        "transfers_clear",
        "x",
        "Transfers: clear finished",
        "Takes what has ended out of the list; asks where something has come over of what failed.",
    ),
)
"""In the order of the help page."""
