"""The commands of the main screen and of the program: files, connection, panels, help."""

from __future__ import annotations

from tuiftp.ui.commands.command import Command, Group, Scope


class Help(Command):
    """Shows the keys and what they do, and the connection modes in short."""

    id = "help"
    keys = "f1,question_mark"
    title = "Help"
    group = Group.PROGRAM
    scope = Scope.APP
    label = "Help"


class OpenSites(Command):
    """Opens the site manager: connects to a saved site, and keeps sites in folders."""

    id = "open_sites"
    keys = "f2"
    title = "Site manager"
    group = Group.CONNECTION
    label = "Sites"
    short = "Site"


class Connect(Command):
    """Asks for a server, or offers one of late, and opens it in the remote pane."""

    id = "connect"
    keys = "ctrl+n"
    title = "Quick connect"
    group = Group.CONNECTION


class SaveSite(Command):
    """Keeps the connection as a site, with mode, encryption and both directories, or brings its site up to date."""

    id = "save_site"
    keys = "alt+s"
    title = "Save this connection as a site"
    group = Group.CONNECTION


class SynchronizeBrowsing(Command):
    """Has both panes enter and leave directories together, or ends that."""

    id = "synchronize_browsing"
    keys = "alt+y"
    title = "Browse both sides together"
    group = Group.CONNECTION


class View(Command):
    """Shows the file under the cursor as text or in hexadecimal, reading only the part on the screen."""

    id = "view"
    keys = "f3"
    title = "View file"
    group = Group.FILES
    label = "View"


class Edit(Command):
    """Opens the file in $VISUAL or $EDITOR. A remote file is fetched, and sent back if you changed it."""

    id = "edit"
    keys = "f4"
    title = "Edit file"
    group = Group.FILES
    label = "Edit"


class Copy(Command):
    """Queues what is marked, or the entry under the cursor, for a copy to the other pane's directory."""

    id = "copy"
    keys = "f5"
    title = "Copy to the other pane"
    group = Group.FILES
    label = "Copy"


class Move(Command):
    """Like copy, and removes each source once it has arrived whole. A new name alone renames in place."""

    id = "move"
    keys = "f6"
    title = "Move or rename"
    group = Group.FILES
    label = "Move"


class Rename(Command):
    """Gives the entry under the cursor another name; a path with “/” moves it within the same side."""

    id = "rename"
    keys = "shift+f6"
    title = "Rename, or move within this side"
    group = Group.FILES


class MakeDirectory(Command):
    """Makes a directory in the directory that is shown, with all that are missing above it: `new/nested`."""

    id = "make_directory"
    keys = "f7"
    title = "Make directory"
    group = Group.FILES
    label = "Mkdir"
    short = "Mkd"


class Delete(Command):
    """Deletes what is marked, or the entry under the cursor. Counts first, and never follows a link."""

    id = "delete"
    keys = "f8,delete"
    title = "Delete"
    group = Group.FILES
    label = "Delete"
    short = "Del"


class ChangePermissions(Command):
    """Changes the permissions (chmod) of what is marked, or of the entry under the cursor."""

    id = "change_permissions"
    keys = "c"
    title = "Change permissions"
    group = Group.FILES


class OpenSettings(Command):
    """Opens the settings: connection modes, addresses, timeouts, transfers, look."""

    id = "open_settings"
    keys = "f9"
    title = "Settings"
    group = Group.PROGRAM
    scope = Scope.APP
    label = "Settings"
    short = "Set"


class Quit(Command):
    """Leaves the program; asks first while transfers run."""

    id = "quit"
    keys = "f10,ctrl+q"
    title = "Quit"
    group = Group.PROGRAM
    scope = Scope.APP
    label = "Quit"


class Interrupt(Command):
    """Cancels what is under way where the focus is, as Escape does; in a field it copies what is selected."""

    id = "interrupt"
    keys = "ctrl+c"
    title = "Cancel"
    group = Group.PROGRAM
    scope = Scope.APP
    in_palette = False


class Palette(Command):
    """Finds any command by a part of its name."""

    id = "command_palette"
    keys = "ctrl+p"
    title = "Command palette"
    group = Group.PROGRAM
    scope = Scope.APP
    label = "Palette"
    short = "Cmd"
    in_palette = False


class ChooseTheme(Command):
    """Shows the themes and changes the look at once."""

    id = "change_theme"
    keys = "alt+t"
    title = "Change theme"
    group = Group.PROGRAM
    scope = Scope.APP


class SwitchPane(Command):
    """Goes to the other pane."""

    id = "switch_pane"
    keys = "tab,shift+tab"
    title = "Switch pane"
    group = Group.MOVING
    in_palette = False


class Disconnect(Command):
    """Closes the connection to the server; what is queued keeps its own connections."""

    id = "disconnect"
    keys = "alt+d"
    title = "Disconnect"
    group = Group.CONNECTION


class Reconnect(Command):
    """Logs in again, in the same directory; also to the site that was left or could not be reached last."""

    id = "reconnect"
    keys = "alt+c"
    title = "Reconnect"
    group = Group.CONNECTION


class ForgetMode(Command):
    """Forgets which way of opening data connections worked here, so that the next listing tries them anew."""

    id = "forget_mode"
    keys = "alt+m"
    title = "Forget the remembered mode"
    group = Group.CONNECTION


class ShowAsGuessed(Command):
    """Shows the names of this server in the encoding that they look like, and keeps that for the site."""

    id = "show_as_guessed"
    keys = "alt+n"
    title = "Show names as they look like"
    group = Group.CONNECTION


class ChooseEncoding(Command):
    """Chooses the encoding that this server's names are shown in, with some names as each would show them."""

    id = "choose_encoding"
    keys = "alt+e"
    title = "Choose the encoding of names"
    group = Group.CONNECTION


class WhyMode(Command):
    """Shows what was tried to open data connections here, when, and what came of it; `f` forgets it."""

    id = "why_mode"
    keys = "alt+w"
    title = "Why this mode"
    group = Group.CONNECTION


class ProbeSite(Command):
    """Tries every way to open a data connection to this site, and says what is wrong and what would mend it."""

    id = "probe_site"
    keys = "alt+p"
    title = "Probe this site"
    group = Group.CONNECTION


class OpenFinding(Command):
    """Opens what the banner says in the exchange view."""

    id = "open_finding"
    keys = "alt+i"
    title = "Open the finding"
    group = Group.CONNECTION


class DismissFinding(Command):
    """Takes the banner away; the finding stays in the log."""

    id = "dismiss_finding"
    keys = "alt+x"
    title = "Dismiss the finding"
    group = Group.CONNECTION


class FocusTransfers(Command):
    """Goes to the transfers, or back to the pane."""

    id = "focus_transfers"
    keys = "ctrl+t"
    title = "Go to the transfers"
    group = Group.PANELS


class FocusLog(Command):
    """Goes to the protocol log, or back to the pane."""

    id = "focus_log"
    keys = "ctrl+l"
    title = "Go to the protocol log"
    group = Group.PANELS


class TogglePanels(Command):
    """Hides the panels below the panes, or shows them again."""

    id = "toggle_panels"
    keys = "ctrl+o"
    title = "Show or hide the panels"
    group = Group.PANELS


class ImportSites(Command):
    """Takes over the sites of FileZilla, lftp or WinSCP, or of a netrc; shows first what would be taken."""

    id = "import_sites"
    keys = "alt+o"
    title = "Import sites of another program"
    group = Group.CONNECTION
    scope = Scope.APP


class ExportSites(Command):
    """Writes all saved sites, without passwords, into a file that FileZilla imports."""

    id = "export_sites"
    keys = "alt+u"
    title = "Export sites for FileZilla"
    group = Group.CONNECTION
    scope = Scope.APP


class GrowPanels(Command):
    """Makes the panels below the panes higher."""

    id = "grow_panels"
    keys = "ctrl+up"
    title = "Higher panels"
    group = Group.PANELS


class ShrinkPanels(Command):
    """Makes the panels below the panes lower."""

    id = "shrink_panels"
    keys = "ctrl+down"
    title = "Lower panels"
    group = Group.PANELS


BROWSER_COMMANDS: tuple[type[Command], ...] = (
    Help, OpenSites, View, Edit, Copy, Move, Rename, MakeDirectory, Delete, ChangePermissions, OpenSettings,
    Quit, Interrupt, Palette, ChooseTheme, SwitchPane, Connect, SaveSite, SynchronizeBrowsing,
    Disconnect, Reconnect, ForgetMode, ShowAsGuessed, ChooseEncoding, WhyMode, ProbeSite,
    OpenFinding, DismissFinding, FocusTransfers, FocusLog,
    TogglePanels, GrowPanels, ShrinkPanels, ImportSites, ExportSites,
)  # fmt: skip
"""In the order of the footer and the help page."""
