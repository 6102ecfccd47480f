"""The commands of the site manager. Letters search there, so that these are on function keys, as in other panes."""

from __future__ import annotations

from tuiftp.ui.commands.command import Command, Group, Scope


class _SiteCommand(Command):
    group = Group.SITES
    scope = Scope.SITES


class QuickConnect(_SiteCommand):
    """Asks for a server, or offers one of late, without saving it."""

    id = "site_quick_connect"
    keys = "f2,ctrl+n"
    title = "Quick connect"
    label = "Quick"


class NewSite(_SiteCommand):
    """Makes a site in the folder under the cursor."""

    id = "site_new"
    keys = "f3,insert"
    title = "New site"
    label = "New"


class EditSite(_SiteCommand):
    """Shows all that is kept of a site, to be changed; a folder gets another name."""

    id = "site_edit"
    keys = "f4"
    title = "Edit site"
    label = "Edit"


class DuplicateSite(_SiteCommand):
    """Makes a second site like the one under the cursor, and opens it to be changed."""

    id = "site_duplicate"
    keys = "f5"
    title = "Duplicate site"
    label = "Copy"


class MoveSite(_SiteCommand):
    """Gives a site or a folder another name, or puts it into another folder."""

    id = "site_move"
    keys = "f6"
    title = "Rename or move"
    label = "Move"


class NewSiteFolder(_SiteCommand):
    """Makes a folder in the one under the cursor."""

    id = "site_new_folder"
    keys = "f7"
    title = "New folder"
    label = "Folder"
    short = "Fold"


class DeleteSite(_SiteCommand):
    """Forgets a site and the password that is kept for it, or a folder with all that is in it. Asks first."""

    id = "site_delete"
    keys = "f8,delete"
    title = "Delete site or folder"
    label = "Delete"
    short = "Del"


class ImportIntoSites(_SiteCommand):
    """Takes over the sites of FileZilla, lftp or WinSCP, or of a netrc; shows first what would be taken."""

    id = "site_import"
    keys = "alt+o"
    title = "Import sites of another program"
    label = "Import from FileZilla, lftp, WinSCP, netrc"
    short = "Import"
    in_palette = False


class ExportFromSites(_SiteCommand):
    """Writes all saved sites, without passwords, into a file that FileZilla imports."""

    id = "site_export"
    keys = "alt+u"
    title = "Export sites for FileZilla"
    label = "Export for FileZilla"
    short = "Export"
    in_palette = False


class CloseSites(_SiteCommand):
    """Ends the search; without one, closes the site manager."""

    id = "site_close"
    keys = "escape"
    title = "Close the site manager"
    label = "Close"
    in_palette = False


KEEPING_COMMANDS: tuple[type[Command], ...] = (
    QuickConnect, NewSite, EditSite, DuplicateSite, MoveSite, NewSiteFolder, DeleteSite, CloseSites,
)  # fmt: skip
"""What is done with one site, in the order of the footer."""

ALL_SITES_COMMANDS: tuple[type[Command], ...] = (ImportIntoSites, ExportFromSites)
"""What is done with all of them, on the line above the footer."""

SITE_COMMANDS: tuple[type[Command], ...] = (*KEEPING_COMMANDS, *ALL_SITES_COMMANDS)
"""In the order of the help page."""
