"""The connect dialog: a server, who to be there, and the mode; or a whole URL; or a site of late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList

from tuiftp.choices import ConnectionMode, TlsMode, TlsPolicy, policy_of
from tuiftp.errors import ConfigurationError, TuiftpError
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import DEFAULT_PORT, Target, parse_url, usual_port
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.sites import SavedSite
from tuiftp.ui.dialogs.choice_line import ChoiceLine
from tuiftp.ui.sites.recent import RecentList, option_of, request_of_kept, users_of

MODES: tuple[ConnectionMode | None, ...] = (None, *ConnectionMode)
"""The modes to choose from; None: as in the settings."""

TLS_CHOICES = (TlsPolicy.IF_OFFERED, TlsPolicy.REQUIRED, TlsPolicy.IMPLICIT, TlsPolicy.OFF)
"""The choices about TLS, in the order of the line."""
_TLS_LABELS = ("If offered", "Required", "Implicit", "Off")

_URL_SIGNS = frozenset("/@:")
_KEPT = "empty: as it is kept, or asked for"
_SMALL = (70, 22)
_MOST_LINES = 3
_HINT = "Enter connects · Esc closes"


class ConnectScreen(ModalScreen[ConnectRequest | None]):
    """Asks where to connect to; gives a `ConnectRequest`, or None when it is left."""

    CSS_PATH = "connect_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("enter", "connect", show=False),
        Binding("space", "press_button", show=False),
        Binding("delete", "forget", "Forget the site", show=False),
    ]

    def __init__(
        self, recents: RecentList, *, default_mode: ConnectionMode, request: ConnectRequest | None = None,
        saved: Sequence[SavedSite] = (), find_users: Callable[[], Mapping[str, str]] = dict,
        problem: str = "",
    ) -> None:  # fmt: skip
        """Makes the dialog.

        Args:
            recents: The sites of late.
            default_mode: What the settings say, to be named.
            request: What the fields begin with.
            saved: The saved sites: a site of late that is one of them is opened as that one is kept.
            find_users: Finds who logs in where, by host in small letters; run in a thread.
            problem: Why what the fields begin with was not reached.
        """
        super().__init__()
        self._recents = recents
        self._saved_sites = saved
        self._default_mode = default_mode
        self._request = request
        self._problem = problem
        self._host_length = 0
        self._find_users = find_users
        self._users: dict[str, str] = {}
        self._offered: str | None = None
        self._is_chosen = False

    def compose(self) -> ComposeResult:
        """The fields from top to bottom, the recent sites below."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Connect to a server"
            if self._problem:
                lines = [shown(line) for line in self._problem.splitlines() if line.strip()]
                yield Label(Content("\n".join(lines[:_MOST_LINES])), id="connect-problem")
            yield from _field(
                "Server", Input(id="host", placeholder="ftp.example.com, or a whole ftp:// URL")
            )
            yield from _field("Port", Input(str(DEFAULT_PORT), id="port", max_length=5))
            yield from _field("TLS", ChoiceLine(_TLS_LABELS, id="tls"))
            yield from _field("Log in", ChoiceLine(["Anonymous", "As a user"], id="login"))
            yield from _field("User", Input(id="user"))
            yield from _field("Password", Input(id="password", password=True))
            yield from _field("Directory", Input(id="directory", placeholder="where the login begins"))
            yield from _field("Mode", ChoiceLine([self._mode_label(mode) for mode in MODES], id="mode"))
            with Horizontal(id="connect-buttons"):
                yield Label(_HINT, id="connect-hint", markup=False)
                yield Button("Connect", id="connect", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
            yield Label("Recent sites · Enter takes one · Del forgets it", id="recents-title")
            yield OptionList(id="recents", compact=True)

    def on_mount(self) -> None:
        """Fills in what is known, and puts the cursor where a person begins to type."""
        for field in self.query(Input):
            field.compact = True
        self._list_recents()
        target = self._request.target if self._request is not None else None
        if self._request is not None:
            self._fill(self._request.target)
            self._line("mode").chosen = MODES.index(self._request.mode)
            self._tls = self._request.tls or self._tls
        self._load_users()
        lacks_password = target is not None and target.user and not target.password
        self.set_focus(self._input("password" if lacks_password else "host"))

    def on_resize(self, event: events.Resize) -> None:
        """Leaves out what is only comfortable on a small terminal."""
        self.set_class(event.size.width < _SMALL[0] or event.size.height < _SMALL[1], "-small")

    def _mode_label(self, mode: ConnectionMode | None) -> str:
        """A mode; the first one is that of the settings, and goes along when they change."""
        return f"As in settings ({self._default_mode.capitalize()})" if mode is None else mode.capitalize()

    # Who logs in

    @work(exclusive=True, group="users")
    async def _load_users(self) -> None:
        """Finds who is known to log in where: a visit of late goes before `~/.netrc`."""
        kept = await asyncio.to_thread(self._find_users)
        self._users = {**kept, **users_of(self._recents.sites())}
        self._offer_user()

    def _offer_user(self) -> None:
        """Fills in, in sight and to be changed, who logs in to the server; unless somebody has chosen."""
        known = self._users.get(self._input("host").value.strip().casefold())
        if self._is_chosen or known == self._offered:
            return
        self._offered = known
        with self.prevent(Input.Changed, ChoiceLine.Changed):
            self._input("user").value = known or ""
            self._line("login").chosen = int(known is not None)
        self._input("password").placeholder = _KEPT if known is not None else ""

    # The recent sites

    def _list_recents(self) -> None:
        recents = self.query_one("#recents", OptionList)
        recents.clear_options()
        sites = self._recents.sites()
        recents.add_options([option_of(site) for site in sites])
        recents.display = self.query_one("#recents-title").display = bool(sites)

    @on(OptionList.OptionSelected, "#recents")
    def _choose_recent(self, event: OptionList.OptionSelected) -> None:
        """Connects at once to a saved site, and where no password is needed; else fills the fields."""
        event.stop()
        site = self._recents.sites()[event.option_index]
        if (request := request_of_kept(site, self._saved_sites)) is not None:
            self.dismiss(request)
            return
        try:
            self._fill(parse_url(site.url), directory=site.remote_directory)
        except ConfigurationError as error:
            self._complain("host", error)
            return
        chosen = next((place for place, mode in enumerate(MODES) if mode == site.mode), 0)
        self._line("mode").chosen = chosen
        if site.tls in TLS_CHOICES:
            self._tls = TlsPolicy(site.tls)
        if self.is_anonymous:
            self.action_connect()
        else:
            self.set_focus(self._input("password"))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Puts the cursor of the recent sites on the last one visited, so that Enter takes it."""
        if isinstance(event.widget, OptionList) and event.widget.highlighted is None:
            event.widget.highlighted = 0

    def action_forget(self) -> None:
        """Takes the site under the cursor off the list."""
        recents = self.query_one("#recents", OptionList)
        place, sites = recents.highlighted, self._recents.sites()
        if not recents.has_focus or place is None or place >= len(sites):
            return
        self._recents.forget(sites[place].url)
        # Of the app, so that a dialog that is closed at once does not keep the file as it was.
        self.app.run_worker(self._write_recents(), group="recent sites")
        self._list_recents()
        if recents.option_count:
            recents.highlighted = min(place, recents.option_count - 1)
        else:
            self.set_focus(self._input("host"))

    async def _write_recents(self) -> None:
        try:
            await asyncio.to_thread(self._recents.write)
        except TuiftpError as error:
            self.app.notify(shown(str(error)), severity="warning", markup=False)

    # The fields

    def _input(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _line(self, name: str) -> ChoiceLine:
        return self.query_one(f"#{name}", ChoiceLine)

    @property
    def _tls(self) -> TlsPolicy:
        return TLS_CHOICES[self._line("tls").chosen]

    @_tls.setter
    def _tls(self, policy: TlsPolicy) -> None:
        with self.prevent(ChoiceLine.Changed):  # the port is set beside it, and meant as it is
            self._line("tls").chosen = TLS_CHOICES.index(policy)

    @on(ChoiceLine.Changed, "#tls")
    def _change_port(self, event: ChoiceLine.Changed) -> None:
        """The usual port changes along; another one is meant as it is."""
        event.stop()
        usual = {str(usual_port(TlsMode.IMPLICIT)), str(DEFAULT_PORT)}
        if self._input("port").value in usual:
            self._input("port").value = str(usual_port(self._tls.scheme))

    @property
    def is_anonymous(self) -> bool:
        """Whether no name and no password are needed."""
        return self._line("login").chosen == 0

    def _fill(self, target: Target, *, directory: str = "") -> None:
        self._is_chosen = True
        self._tls = policy_of(target.tls)
        self._input("host").value = target.host
        self._input("port").value = str(target.port)
        self._input("directory").value = directory or target.path or ""
        self._input("user").value = target.user or ""
        self._input("password").value = target.password.reveal() if target.password else ""
        self._line("login").chosen = int(target.user is not None)

    @on(Input.Changed)
    def _forget_complaint(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id:
            self._complain(event.input.id, None)
        if event.input.id == "host":
            self._notice_paste(event.value)
            self._offer_user()
        if event.input.id in ("user", "password"):
            self._is_chosen = True
            if event.value:
                self._line("login").chosen = 1

    def _notice_paste(self, text: str) -> None:
        """Spreads a pasted URL over the fields at once, so that its password is not left in sight."""
        grown, self._host_length = len(text) - self._host_length, len(text)
        if grown > 1 and _URL_SIGNS & set(text):
            self._spread()

    @on(ChoiceLine.Changed, "#login")
    def _be_anonymous(self, event: ChoiceLine.Changed) -> None:
        event.stop()
        self._complain("user", None)
        self._is_chosen = True
        if self.is_anonymous:
            self._input("user").value = self._input("password").value = ""

    @on(Input.Blurred, "#host")
    def _leave_host(self) -> None:
        self._spread()

    def _spread(self) -> bool:
        """Puts the parts of a URL in the field of the server into the fields where they belong."""
        text = self._input("host").value.strip()
        try:
            if not _URL_SIGNS & set(text):
                return True
            target = parse_url(text)
        except ConfigurationError as error:
            self._complain("host", error)
            return False
        self._input("host").value = target.host
        if "://" in text:
            self._tls = policy_of(target.tls)
        if target.host != text:
            self._take_parts(target, has_port="://" in text or target.port != DEFAULT_PORT)
        return True

    def _take_parts(self, target: Target, *, has_port: bool) -> None:
        if has_port:
            self._input("port").value = str(target.port)
        if target.user is not None:
            self._input("user").value = target.user
            self._input("password").value = target.password.reveal() if target.password else ""
        if target.path is not None:
            self._input("directory").value = target.path

    # Connecting

    @on(Input.Submitted)
    @on(Button.Pressed, "#connect")
    def _connect_wanted(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.action_connect()

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Closes without connecting."""
        self.dismiss(None)

    def action_press_button(self) -> None:
        """Presses the button that has the focus: Textual's buttons know Enter only."""
        if isinstance(self.focused, Button):
            self.focused.press()

    def action_connect(self) -> None:
        """Checks what was typed, and closes with it if it is good."""
        if not self._spread():
            self.set_focus(self._input("host"))
            return
        checks = {"host": self._check_host, "port": self._check_port, "user": self._check_user}
        for name, check in checks.items():
            try:
                check()
            except ConfigurationError as error:
                self._complain(name, error)
                self.set_focus(self._input(name))
                return
        tls = TlsPolicy.OFF if self._tls is TlsPolicy.OFF else None
        target = self._read()
        self.dismiss(ConnectRequest(target, MODES[self._line("mode").chosen], tls, self._saved(target)))

    def _saved(self, target: Target) -> SavedSite | None:
        """The site that the dialog began with, as long as server and user are the same."""
        saved = self._request.saved if self._request is not None else None
        login = (target.host.casefold(), target.port, target.user or "")
        return saved if saved is not None and saved.login == login else None

    def _read(self) -> Target:
        return Target(
            host=self._input("host").value.strip(),
            port=int(self._input("port").value or DEFAULT_PORT),
            user=None if self.is_anonymous else self._input("user").value,
            password=self._password(),
            path=self._input("directory").value.strip() or None,
            tls=self._tls.scheme,
        )

    def _password(self) -> Secret | None:
        typed = self._input("password")
        return Secret(typed.value) if typed.value and not self.is_anonymous else None

    def _check_host(self) -> None:
        host = self._input("host").value.strip()
        if not host:
            raise ConfigurationError("Which server? A name or an address, or a whole URL.")
        parse_url(f"ftp://[{host}]" if ":" in host else host)

    def _check_port(self) -> None:
        text = self._input("port").value.strip()
        if text and not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            raise ConfigurationError("A port is a number from 1 to 65535.")

    def _check_user(self) -> None:
        user = self._input("user").value
        if not user and not self.is_anonymous:
            raise ConfigurationError("Who logs in? Or choose Anonymous.")
        if not user.isprintable() or not self._input("password").value.isprintable():
            raise ConfigurationError("There are control characters in the user name or the password.")

    def _complain(self, name: str, error: ConfigurationError | None) -> None:
        label = self.query(f"#{name}-error").first(Label) if self.query(f"#{name}-error") else None
        if label is not None:
            label.update(Content(f"✗ {shown(str(error))}" if error else ""))
            label.set_class(error is not None, "-some")


def _field(title: str, field: Input | ChoiceLine) -> ComposeResult:
    with Horizontal(classes="connect-field"):
        yield Label(title, classes="connect-label", markup=False)
        yield field
    yield Label("", id=f"{field.id}-error", classes="connect-error", markup=False)
