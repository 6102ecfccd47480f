"""The commands of the main screen and of the program: files, connection, panels, help."""

from __future__ import annotations

from functools import partial

from tuiftp.ui.commands.command import Command, Group, Scope

_file = partial(Command, group=Group.FILES)
_connection = partial(Command, group=Group.CONNECTION)
_panel = partial(Command, group=Group.PANELS)
_program = partial(Command, group=Group.PROGRAM, scope=Scope.APP)

HELP = _program(
    "help",
    "f1,question_mark",
    "Help",
    "Shows the keys and what they do, and the connection modes in short.",
    label="Help",
)
OPEN_SITES = _connection(
    "open_sites",
    "f2",
    "Site manager",
    "Opens the site manager: connects to a saved site, and keeps sites in folders.",
    label="Sites",
    short="Site",
)
MAKE_DIRECTORY = _file(
    "make_directory",
    "f7",
    "Make directory",
    "Makes a directory in the directory that is shown, with all that are missing above it: `new/nested`.",
    label="Mkdir",
    short="Mkd",
)
OPEN_SETTINGS = _program(
    "open_settings",
    "f9",
    "Settings",
    "Opens the settings: connection modes, addresses, timeouts, transfers, look.",
    label="Settings",
    short="Set",
)
QUIT = _program(
    "quit", "f10,ctrl+q", "Quit", "Leaves the program; asks first while transfers run.", label="Quit"
)
CONNECT = _connection(
    "connect",
    "ctrl+n",
    "Quick connect",
    "Asks for a server, or offers one of late, and opens it in the remote pane.",
)
RECONNECT = _connection(
    "reconnect",
    "alt+c",
    "Reconnect",
    "Logs in again, in the same directory; also to the site that was left or could not be reached last.",
)
SHOW_AS_GUESSED = _connection(
    "show_as_guessed",
    "alt+n",
    "Show names as they look like",
    "Shows the names of this server in the encoding that they look like, and keeps that for the site.",
)
CHOOSE_ENCODING = _connection(
    "choose_encoding",
    "alt+e",
    "Choose the encoding of names",
    "Chooses the encoding that this server's names are shown in, with some names as each would show them.",
)

BROWSER_COMMANDS: tuple[Command, ...] = (
    HELP,
    OPEN_SITES,
    _file(
        "view",
        "f3",
        "View file",
        "Shows the file under the cursor as text or in hexadecimal, reading only the part on the screen.",
        label="View",
    ),
    _file(
        "edit",
        "f4",
        "Edit file",
        "Opens the file in $VISUAL or $EDITOR. A remote file is fetched, and sent back if you changed it.",
        label="Edit",
    ),
    _file(
        "copy",
        "f5",
        "Copy to the other pane",
        "Queues what is marked, or the entry under the cursor, for a copy to the other pane's directory.",
        label="Copy",
    ),
    _file(
        "move",
        "f6",
        "Move or rename",
        "Like copy, and removes each source once it has arrived whole. A new name alone renames in place.",
        label="Move",
    ),
    _file(
        "rename",
        "shift+f6",
        "Rename, or move within this side",
        "Gives the entry under the cursor another name; a path with “/” moves it within the same side.",
    ),
    MAKE_DIRECTORY,
    _file(
        "delete",
        "f8,delete",
        "Delete",
        "Deletes what is marked, or the entry under the cursor. Counts first, and never follows a link.",
        label="Delete",
        short="Del",
    ),
    _file(
        "change_permissions",
        "c",
        "Change permissions",
        "Changes the permissions (chmod) of what is marked, or of the entry under the cursor.",
    ),
    OPEN_SETTINGS,
    QUIT,
    _program(
        "interrupt",
        "ctrl+c",
        "Cancel",
        "Cancels what is under way where the focus is, as Escape does; in a field it copies what is selected.",
        in_palette=False,
    ),
    _program(
        "command_palette",
        "ctrl+p",
        "Command palette",
        "Finds any command by a part of its name.",
        label="Palette",
        short="Cmd",
        in_palette=False,
    ),
    _program("change_theme", "alt+t", "Change theme", "Shows the themes and changes the look at once."),
    Command(
        "switch_pane",
        "tab,shift+tab",
        "Switch pane",
        "Goes to the other pane.",
        group=Group.MOVING,
        in_palette=False,
    ),
    CONNECT,
    _connection(
        "save_site",
        "alt+s",
        "Save this connection as a site",
        "Keeps the connection as a site, with mode, encryption and both directories, or brings its site up to date.",
    ),
    _connection(
        "synchronize_browsing",
        "alt+y",
        "Browse both sides together",
        "Has both panes enter and leave directories together, or ends that.",
    ),
    _connection(
        "disconnect",
        "alt+d",
        "Disconnect",
        "Closes the connection to the server; what is queued keeps its own connections.",
    ),
    RECONNECT,
    _connection(
        "forget_mode",
        "alt+m",
        "Forget the remembered mode",
        "Forgets which way of opening data connections worked here, so that the next listing tries them anew.",
    ),
    SHOW_AS_GUESSED,
    CHOOSE_ENCODING,
    _connection(
        "why_mode",
        "alt+w",
        "Why this mode",
        "Shows what was tried to open data connections here, when, and what came of it; `f` forgets it.",
    ),
    _connection(
        "probe_site",
        "alt+p",
        "Probe this site",
        "Tries every way to open a data connection to this site, and says what is wrong and what would mend it.",
    ),
    _connection(
        "open_finding", "alt+i", "Open the finding", "Opens what the banner says in the exchange view."
    ),
    _connection(
        "dismiss_finding",
        "alt+x",
        "Dismiss the finding",
        "Takes the banner away; the finding stays in the log.",
    ),
    _panel("focus_transfers", "ctrl+t", "Go to the transfers", "Goes to the transfers, or back to the pane."),
    _panel("focus_log", "ctrl+l", "Go to the protocol log", "Goes to the protocol log, or back to the pane."),
    _panel(
        "toggle_panels",
        "ctrl+o",
        "Show or hide the panels",
        "Hides the panels below the panes, or shows them again.",
    ),
    _panel("grow_panels", "ctrl+up", "Higher panels", "Makes the panels below the panes higher."),
    _panel("shrink_panels", "ctrl+down", "Lower panels", "Makes the panels below the panes lower."),
    _connection(
        "import_sites",
        "alt+o",
        "Import sites of another program",
        "Takes over the sites of FileZilla, lftp or WinSCP, or of a netrc; shows first what would be taken.",
        scope=Scope.APP,
    ),
    _connection(
        "export_sites",
        "alt+u",
        "Export sites for FileZilla",
        "Writes all saved sites, without passwords, into a file that FileZilla imports.",
        scope=Scope.APP,
    ),
)
"""In the order of the footer and the help page."""
