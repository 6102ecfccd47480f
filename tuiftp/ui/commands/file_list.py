"""The commands of a pane and its file list: moving, marks, search, sort, directories."""

from __future__ import annotations

from tuiftp.ui.commands.command import Command, Group, Scope


class _Move(Command):
    group = Group.MOVING
    scope = Scope.LIST
    in_palette = False


class CursorUp(_Move):
    """One entry up."""

    id = "cursor_up"
    keys = "up,k"
    title = "Up"


class CursorDown(_Move):
    """One entry down."""

    id = "cursor_down"
    keys = "down,j"
    title = "Down"


class PageUp(_Move):
    """One page up."""

    id = "page_up"
    keys = "pageup,ctrl+b"
    title = "Page up"


class PageDown(_Move):
    """One page down."""

    id = "page_down"
    keys = "pagedown,ctrl+f"
    title = "Page down"


class CursorHome(_Move):
    """To the first entry."""

    id = "cursor_home"
    keys = "home,g"
    title = "First entry"


class CursorEnd(_Move):
    """To the last entry."""

    id = "cursor_end"
    keys = "end,G"
    title = "Last entry"


class OpenEntry(_Move):
    """Enters the directory under the cursor, or views the file."""

    id = "open_entry"
    keys = "enter,l,right"
    title = "Open"


class _InPane(Command):
    group = Group.MOVING
    scope = Scope.PANE


class ParentDirectory(_InPane):
    """Goes to the directory above, with the cursor on the one that you came from."""

    id = "parent_directory"
    keys = "backspace,h,left"
    title = "Directory above"


class GoBack(_InPane):
    """Goes back to the directory before this one."""

    id = "go_back"
    keys = "alt+left"
    title = "Back"


class GoForward(_InPane):
    """Goes forward again after going back."""

    id = "go_forward"
    keys = "alt+right"
    title = "Forward"


class GoToPath(_InPane):
    """Asks for a path and goes there; `~` and paths from here work."""

    id = "go_to_path"
    keys = "ctrl+g"
    title = "Go to path"


class Refresh(_InPane):
    """Reads the directory again; the cursor and the marks stay."""

    id = "refresh_listing"
    keys = "ctrl+r"
    title = "Refresh"


class ShowNotice(_InPane):
    """Shows all of what a pane says at its foot, where that has no room for it."""

    id = "show_notice"
    keys = "alt+a"
    title = "Show the whole message"


class CancelLoading(_InPane):
    """Ends the reading of a directory, a connection or a command that takes long; the pane stays where it was.

    Keys wait for what the ones before have begun. Escape drops those that wait when it cancels.
    """

    id = "cancel_loading"
    keys = "escape"
    title = "Cancel"
    in_palette = False


class ToggleHidden(_InPane):
    """Shows or hides the entries whose names begin with a dot."""

    id = "toggle_hidden"
    keys = "full_stop,ctrl+h"  # most terminals send Backspace for Ctrl+H
    title = "Hidden files"
    group = Group.LOOK


class _Mark(Command):
    group = Group.MARKS
    scope = Scope.LIST


class ToggleMark(_Mark):
    """Marks the entry, or takes its mark away, and goes one down."""

    id = "toggle_mark"
    keys = "space,insert"
    title = "Mark"


class MarkPattern(_Mark):
    """Marks all entries that match a pattern such as `*.txt`."""

    id = "mark_pattern"
    keys = "plus"
    title = "Mark by pattern"


class UnmarkPattern(_Mark):
    """Takes the marks from all entries that match a pattern."""

    id = "unmark_pattern"
    keys = "minus"
    title = "Unmark by pattern"


class InvertMarks(_Mark):
    """Marks what is not marked, and the other way round; directories are left alone."""

    id = "invert_marks"
    keys = "asterisk"
    title = "Invert marks"


class MarkAll(_Mark):
    """Marks all entries, or takes all marks away if all are marked."""

    id = "mark_all"
    keys = "ctrl+a"
    title = "Mark all"


class Search(_Mark):
    """Goes to the next entry whose name holds what you type. ↑ and ↓ find others, Esc or Enter ends it."""

    id = "search"
    keys = "slash"
    title = "Search as you type"


class _Sort(Command):
    group = Group.LOOK
    scope = Scope.LIST


class SortByName(_Sort):
    """Sorts by name; once more turns the order round."""

    id = "sort_by_name"
    keys = "1"
    title = "Sort by name"


class SortBySize(_Sort):
    """Sorts by size, the biggest first; once more turns the order round."""

    id = "sort_by_size"
    keys = "2"
    title = "Sort by size"


class SortByModified(_Sort):
    """Sorts by time, the newest first; once more turns the order round."""

    id = "sort_by_modified"
    keys = "3"
    title = "Sort by time"


class SortByPermissions(_Sort):
    """Sorts by permissions; once more turns the order round."""

    id = "sort_by_permissions"
    keys = "4"
    title = "Sort by permissions"


LIST_COMMANDS: tuple[type[Command], ...] = (
    CursorUp, CursorDown, PageUp, PageDown, CursorHome, CursorEnd, OpenEntry, ParentDirectory, GoBack,
    GoForward, GoToPath, Refresh, ShowNotice, CancelLoading, ToggleMark, MarkPattern, UnmarkPattern, InvertMarks,
    MarkAll, Search, SortByName, SortBySize, SortByModified, SortByPermissions, ToggleHidden,
)  # fmt: skip
"""In the order of the help page."""
