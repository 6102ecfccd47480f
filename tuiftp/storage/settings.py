"""The settings: one field each, with the description that screen, file and check are made from."""

# `setting` returns a dataclasses.field; that is what a dataclass default may call.
# ruff: noqa: RUF009

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tuiftp.choices import AddressPolicy, ConflictPolicy, ConnectionMode, TemporaryUpload, Verification
from tuiftp.errors import ConfigurationError
from tuiftp.storage.checks import (
    check_address,
    check_command,
    check_encoding,
    check_ports,
    check_theme_name,
    parse_ports,
)
from tuiftp.storage.choices import (
    ADDRESS_POLICIES,
    EXISTING_TARGETS,
    FINISH_NOTICES,
    MODES,
    UPLOAD_NAMES,
    VERIFICATIONS,
    FinishNotice,
)
from tuiftp.storage.fields import Overruled, SettingKind, SettingSpec, setting

DEFAULT_THEME = "tuiftp-dark"
"""The theme of a fresh installation, and of one whose theme is gone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. A changed setting is a new value; see `changed`."""

    mode: ConnectionMode = setting(
        ConnectionMode.AUTO,
        "Connection mode",
        "Who opens the data connection, over which listings and files travel. A site may override this.",
        group="Connection",
        box="Connection mode",
        choices=MODES,
    )
    """Who opens the data connection."""
    allow_fallback: bool = setting(
        False,
        "Allow falling back to the other mode",
        "Whether Passive may try PORT, and Active PASV, before giving up. Auto always does.",
        group="Connection",
        box="Falling back",
        overruled=Overruled("mode", "auto", "on in Auto"),
    )
    """Whether a pinned mode may go over to the other one."""
    prefer_extended: bool = setting(
        False,
        "Prefer EPSV and EPRT on IPv4",
        "Tries the newer commands first. Off is safer: many routers know only PASV and PORT.",
        group="Connection",
        box="Falling back",
    )
    """Whether EPSV and EPRT come before PASV and PORT."""
    auto_connect_timeout: float = setting(
        5.0,
        "Connect timeout in Auto",
        "How long Auto waits for a passive data connection before it tries the next way.",
        group="Connection",
        box="Falling back",
        low=1,
        high=60,
    )
    """Seconds for a passive data connect while there are other ways."""
    accept_timeout: float = setting(
        10.0,
        "Wait for the server's connection",
        "How long active mode waits for the server to connect to us.",
        group="Connection",
        box="Falling back",
        low=1,
        high=120,
    )
    """Seconds for the server's connection to our listener."""
    timeout: float = setting(
        20.0,
        "Wait for a reply",
        "How long to wait for a server to be reached, and for each of its replies.",
        group="Connection",
        box="Patience",
        low=1,
        high=600,
    )
    """Seconds for the control connect and for each reply."""
    stall_timeout: float = setting(
        45.0,
        "Give up a silent transfer after",
        "How long a data connection may carry nothing before the transfer counts as broken.",
        group="Connection",
        box="Patience",
        low=5,
        high=3600,
    )
    """Seconds that a data connection may be silent."""
    listing_timeout: float = setting(
        600.0,
        "Cut a listing after",
        "How long one directory may take in all. What came until then is shown, and said to be cut.",
        group="Connection",
        box="Patience",
        low=10,
        high=86_400,
    )
    """Seconds that a listing may take, however steadily it comes."""
    passive_address: AddressPolicy = setting(
        AddressPolicy.SMART,
        "Address in the server's reply",
        "Servers behind NAT often announce an address that only they can reach. Whom to believe?",
        group="Passive",
        choices=ADDRESS_POLICIES,
    )
    """Which address to connect to after 227."""
    active_address: str = setting(
        "",
        "Address to announce",
        "The address or host name under which the server reaches this machine: behind NAT, your router's.",
        group="Active",
        empty="ask the system",
        example="203.0.113.7",
        check=check_address,
    )
    """What to announce in PORT and EPRT; empty: the control connection's own address."""
    learn_active_address: bool = setting(
        False,
        "Announce what the server names",
        "A server that refuses PORT may name the address that it would accept. Off: it is offered (Alt+W). "
        "On: it is announced without asking.",
        group="Active",
    )
    """Whether to announce at once the address that the server itself named in a refusal."""
    active_ports: str = setting(
        "",
        "Ports to listen on",
        "The ports that your router or firewall lets in, as 50000-50100.",
        group="Active",
        empty="any",
        example="50000-50100",
        check=check_ports,
    )
    """The range of ports to listen on; see `port_range`."""
    announced_port_offset: int = setting(
        0,
        "Announced port, moved by",
        "Added to the port that the server is told, for a router that forwards other ports than ours.",
        group="Active",
        low=-65534,
        high=65534,
    )
    """What is added to the announced port."""
    parallel_transfers: int = setting(
        3,
        "Transfers at once",
        "How many files travel at the same time. Two to four use a fast line up; more help a slow one.",
        group="Transfers",
        low=1,
        high=32,
    )
    """How many transfers run at once."""
    connections: int = setting(
        4,
        "Connections to one site",
        "How many transfer connections one server is asked for. Many servers limit them.",
        group="Transfers",
        low=1,
        high=32,
    )
    """How many transfer sessions a site may have."""
    segments: int = setting(
        1,
        "Connections for one large file",
        "Fetches files from 16 MiB on in so many segments at once: for far servers. 1 is off.",
        group="Transfers",
        low=1,
        high=8,
    )
    """Over how many connections a large file is fetched."""
    overwrite_downloads: ConflictPolicy = setting(
        ConflictPolicy.ASK,
        "When a download's target exists",
        "What happens to a local file of the same name.",
        group="Transfers",
        choices=EXISTING_TARGETS,
    )
    """What to do when a local file is in the way."""
    overwrite_uploads: ConflictPolicy = setting(
        ConflictPolicy.ASK,
        "When an upload's target exists",
        "What happens to a file of the same name on the server.",
        group="Transfers",
        choices=EXISTING_TARGETS,
    )
    """What to do when a remote file is in the way."""
    verify: Verification = setting(
        Verification.SIZE,
        "Verify transfers by",
        "What is compared before a transfer counts as verified.",
        group="Transfers",
        box="Safety",
        choices=VERIFICATIONS,
    )
    """What is compared when a transfer has ended."""
    upload_temporary: TemporaryUpload = setting(
        TemporaryUpload.AUTO,
        "Upload under a temporary name",
        "The file grows under a hidden name and is renamed when it is whole: the old one stays until then.",
        group="Transfers",
        box="Safety",
        choices=UPLOAD_NAMES,
    )
    """Whether an upload goes to a temporary name first."""
    keep_times: bool = setting(
        True,
        "Keep the time of a file",
        "Whether a copy gets the modification time of its source, where the server can tell or set it.",
        group="Transfers",
        box="What is kept",
    )
    """Whether a file gets the time of its source."""
    keep_modes: bool = setting(
        True,
        "Keep the permissions of a file",
        "Whether a new copy gets the permissions of its source, within your umask.",
        group="Transfers",
        box="What is kept",
    )
    """Whether a new file gets the permission bits of its source."""
    ascii_extensions: str = setting(
        "",
        "Convert line ends of",
        "Files with these endings travel as text. They are not resumed, and not verified by their size.",
        group="Transfers",
        box="What is kept",
        empty="none",
        example="txt, csv",
    )
    """The endings of files that are transferred as text."""
    finish_notice: FinishNotice = setting(
        FinishNotice.BELL,
        "Tell it by",
        "How the terminal is told that all transfers have ended, if they took ten seconds or more.",
        group="Transfers",
        box="When all is done",
        choices=FINISH_NOTICES,
    )
    """How it is told that all transfers have ended."""
    finish_command: str = setting(
        "",
        "Then run",
        "A program of yours. TUIFTP_DONE, _FAILED, _SKIPPED, _BYTES and _SECONDS tell it how it went.",
        group="Transfers",
        box="When all is done",
        empty="nothing",
        example="notify-send tuiftp done",
        check=check_command,
    )
    """The command that is run, without a shell, when all transfers have ended."""
    show_hidden: bool = setting(
        False, "Show hidden files", "Whether names that begin with a dot are listed.", group="Panes"
    )
    """Whether dot files are listed."""
    directories_first: bool = setting(
        True,
        "Directories first",
        "Whether directories stand above files, however the list is sorted.",
        group="Panes",
    )
    """Whether directories stand above files."""
    confirm_delete: bool = setting(
        True, "Ask before deleting", "Whether F8 says what will go, and waits for a yes.", group="Panes"
    )
    """Whether deleting asks first."""
    log_lines: int = setting(
        5000,
        "Records kept",
        "How many records of the protocol log stay in memory; the oldest go first.",
        group="Protocol log",
        low=100,
        high=100_000,
    )
    """How many log records stay in memory."""
    theme: str = setting(
        DEFAULT_THEME,
        "Theme",
        "The colours. Your own themes go into the directory `themes` beside this file.",
        group="Look",
        kind=SettingKind.THEME,
        check=check_theme_name,
    )
    """The name of the theme."""
    encoding: str = setting(
        "utf-8",
        "Encoding of names",
        "How the bytes of remote names are shown, on sites opened from now on. UTF-8 is asked for where it is known.",
        group="Names",
        example="cp1252",
        check=check_encoding,
    )
    """How the bytes of remote names are read."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Command id → key, for the commands that the user gave another key."""

    @property
    def port_range(self) -> tuple[int, int] | None:
        """The ports to listen on, both ends included; None: any."""
        return parse_ports(self.active_ports)


SPECS: Mapping[str, SettingSpec] = {
    entry.name: entry.metadata["spec"] for entry in fields(Settings) if "spec" in entry.metadata
}
"""The description of each setting, by name, in the order of the screen and of the file."""


def validate(name: str, value: object) -> Any:
    """Turns what was typed or read into a value of the setting `name`.

    Raises:
        ConfigurationError: There is no such setting, or it cannot be that.
    """
    if name not in SPECS:
        raise ConfigurationError(f"There is no setting called {name!r}.")
    return SPECS[name].validate(value)


def changed(settings: Settings, name: str, value: object) -> Settings:
    """Returns `settings` with one of them set to what was typed, checked alone and together with the others.

    Raises:
        ConfigurationError: It cannot be that.
    """
    result = replace(settings, **{name: validate(name, value)})
    ports, offset = result.port_range, result.announced_port_offset
    if offset and ports and not (ports[0] + offset >= 1 and ports[1] + offset <= 65535):
        raise ConfigurationError(
            f"Ports {ports[0]}-{ports[1]} moved by {offset} leave the range from 1 to 65535."
        )
    return result
