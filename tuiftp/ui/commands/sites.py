"""The commands of the site manager. Letters search there, so that these are on function keys, as in other panes."""

from __future__ import annotations

from functools import partial

from tuiftp.ui.commands.command import Command, Group, Scope

_command = partial(Command, group=Group.SITES, scope=Scope.SITES)

QUICK_CONNECT = _command(
    "site_quick_connect",
    "f2,ctrl+n",
    "Quick connect",
    "Asks for a server, or offers one of late, without saving it.",
    label="Quick",
)
NEW_SITE = _command(
    "site_new", "f3,insert", "New site", "Makes a site in the folder under the cursor.", label="New"
)
IMPORT_INTO_SITES = _command(
    "site_import",
    "alt+o",
    "Import sites of another program",
    "Takes over the sites of FileZilla, lftp or WinSCP, or of a netrc; shows first what would be taken.",
    label="Import from FileZilla, lftp, WinSCP, netrc",
    short="Import",
    in_palette=False,
)

KEEPING_COMMANDS: tuple[Command, ...] = (
    QUICK_CONNECT,
    NEW_SITE,
    _command(
        "site_edit",
        "f4",
        "Edit site",
        "Shows all that is kept of a site, to be changed; a folder gets another name.",
        label="Edit",
    ),
    _command(
        "site_duplicate",
        "f5",
        "Duplicate site",
        "Makes a second site like the one under the cursor, and opens it to be changed.",
        label="Copy",
    ),
    _command(
        "site_move",
        "f6",
        "Rename or move",
        "Gives a site or a folder another name, or puts it into another folder.",
        label="Move",
    ),
    _command(
        "site_new_folder",
        "f7",
        "New folder",
        "Makes a folder in the one under the cursor.",
        label="Folder",
        short="Fold",
    ),
    _command(
        "site_delete",
        "f8,delete",
        "Delete site or folder",
        "Forgets a site and the password that is kept for it, or a folder with all that is in it. Asks first.",
        label="Delete",
        short="Del",
    ),
    _command(
        "site_close",
        "escape",
        "Close the site manager",
        "Ends the search; without one, closes the site manager.",
        label="Close",
        in_palette=False,
    ),
)
"""What is done with one site, in the order of the footer."""

ALL_SITES_COMMANDS: tuple[Command, ...] = (
    IMPORT_INTO_SITES,
    _command(
        "site_export",
        "alt+u",
        "Export sites for FileZilla",
        "Writes all saved sites, without passwords, into a file that FileZilla imports.",
        label="Export for FileZilla",
        short="Export",
        in_palette=False,
    ),
)
"""What is done with all of them, on the line above the footer."""

SITE_COMMANDS: tuple[Command, ...] = (*KEEPING_COMMANDS, *ALL_SITES_COMMANDS)
"""In the order of the help page."""
