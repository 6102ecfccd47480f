"""The commands of a pane and its file list: moving, marks, search, sort, directories."""

from __future__ import annotations

from functools import partial

from tuiftp.ui.commands.command import Command, Group, Scope

_move = partial(Command, group=Group.MOVING, scope=Scope.LIST, in_palette=False)
_in_pane = partial(Command, group=Group.MOVING, scope=Scope.PANE)
_mark = partial(Command, group=Group.MARKS, scope=Scope.LIST)
_sort = partial(Command, group=Group.LOOK, scope=Scope.LIST)

REFRESH = _in_pane(
    "refresh_listing", "ctrl+r", "Refresh", "Reads the directory again; the cursor and the marks stay."
)
SHOW_NOTICE = _in_pane(
    "show_notice",
    "alt+a",
    "Show the whole message",
    "Shows all of what a pane says at its foot, where that has no room for it.",
)

LIST_COMMANDS: tuple[Command, ...] = (
    _move("cursor_up", "up,k", "Up", "One entry up."),
    _move("cursor_down", "down,j", "Down", "One entry down."),
    _move("page_up", "pageup,ctrl+b", "Page up", "One page up."),
    _move("page_down", "pagedown,ctrl+f", "Page down", "One page down."),
    _move("cursor_home", "home,g", "First entry", "To the first entry."),
    _move("cursor_end", "end,G", "Last entry", "To the last entry."),
    _move("open_entry", "enter,l,right", "Open", "Enters the directory under the cursor, or views the file."),
    _in_pane(
        "parent_directory",
        "backspace,h,left",
        "Directory above",
        "Goes to the directory above, with the cursor on the one that you came from.",
    ),
    _in_pane("go_back", "alt+left", "Back", "Goes back to the directory before this one."),
    _in_pane("go_forward", "alt+right", "Forward", "Goes forward again after going back."),
    _in_pane(
        "go_to_path", "ctrl+g", "Go to path", "Asks for a path and goes there; `~` and paths from here work."
    ),
    REFRESH,
    SHOW_NOTICE,
    _in_pane(
        "cancel_loading",
        "escape",
        "Cancel",
        (
            "Ends the reading of a directory, a connection or a command that takes long; "
            "the pane stays where it was.\n\n"
            "Keys wait for what they depend on: those of a pane for its listing. "
            "Escape drops those that wait when it cancels."
        ),
        in_palette=False,
    ),
    _mark(
        "toggle_mark", "space,insert", "Mark", "Marks the entry, or takes its mark away, and goes one down."
    ),
    _mark(
        "mark_pattern", "plus", "Mark by pattern", "Marks all entries that match a pattern such as `*.txt`."
    ),
    _mark(
        "unmark_pattern",
        "minus",
        "Unmark by pattern",
        "Takes the marks from all entries that match a pattern.",
    ),
    _mark(
        "invert_marks",
        "asterisk",
        "Invert marks",
        "Marks what is not marked, and the other way round; directories are left alone.",
    ),
    _mark("mark_all", "ctrl+a", "Mark all", "Marks all entries, or takes all marks away if all are marked."),
    _mark(
        "search",
        "slash",
        "Search as you type",
        "Goes to the next entry whose name holds what you type. ↑ and ↓ find others, Esc or Enter ends it.",
    ),
    _sort("sort_by_name", "1", "Sort by name", "Sorts by name; once more turns the order round."),
    _sort(
        "sort_by_size",
        "2",
        "Sort by size",
        "Sorts by size, the biggest first; once more turns the order round.",
    ),
    _sort(
        "sort_by_modified",
        "3",
        "Sort by time",
        "Sorts by time, the newest first; once more turns the order round.",
    ),
    _sort(
        "sort_by_permissions",
        "4",
        "Sort by permissions",
        "Sorts by permissions; once more turns the order round.",
    ),
    _in_pane(
        "toggle_hidden",
        "full_stop,ctrl+h",
        "Hidden files",
        "Shows or hides the entries whose names begin with a dot.",
        group=Group.LOOK,
    ),
)
"""In the order of the help page."""
