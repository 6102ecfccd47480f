"""A saved site: a field for each thing that a person may say of it, described for the form and the file."""

# `setting` returns a dataclasses.field; that is what a dataclass default may call.
# ruff: noqa: RUF009

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta, timezone
from enum import StrEnum
from typing import Any

from tuiftp.choices import AddressPolicy, ConnectionMode, TlsMode, TlsPolicy, TlsVersion
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.url import IMPLICIT_PORT, Target, parse_url
from tuiftp.storage.checks import check_address, check_encoding
from tuiftp.storage.choices import ADDRESS_POLICIES, MODES
from tuiftp.storage.fields import Choice, SettingSpec, setting

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?([0-5]\d))?")
_MOST_TEXT = 4096


class PasswordFrom(StrEnum):
    """Where the password of a site comes from."""

    ASK = "ask"
    KEYRING = "keyring"
    FILE = "file"
    ANONYMOUS = "anonymous"


class SiteColour(StrEnum):
    """A mark in the list of sites."""

    NONE = "none"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"


_TLS = (
    Choice(
        TlsPolicy.IF_OFFERED,
        "If offered",
        "Encrypts where the server can. One that could before is asked about.",
    ),
    Choice(TlsPolicy.REQUIRED, "Required", "AUTH TLS, or no login (ftpes://)."),
    Choice(TlsPolicy.IMPLICIT, "Implicit", "TLS from the first byte, usually on port 990 (ftps://)."),
    Choice(TlsPolicy.OFF, "Off", "Everybody on the way can read passwords and files."),
)
_MINIMUM = tuple(
    Choice(version, version.value, "Old and weak: only for a server that has nothing newer.")
    if version < TlsVersion.TLS_1_2
    else Choice(version, version.value, "Safe.")
    for version in TlsVersion
)
_PASSWORD = (
    Choice(PasswordFrom.ASK, "Ask", "TUIFTP_PASSWORD and ~/.netrc first, then a question. Nothing is kept."),
    Choice(PasswordFrom.KEYRING, "Keyring", "Kept by the system, which locks it with your session."),
    Choice(PasswordFrom.FILE, "File", "Kept in a file that only you can read, but unencrypted."),
    Choice(PasswordFrom.ANONYMOUS, "Anonymous", "No name and no password."),
)
_AS_IN_SETTINGS = Choice(None, "Default", "As in the settings.", "default")
_MODES = (_AS_IN_SETTINGS, *MODES)
_ORDERS = (
    _AS_IN_SETTINGS,
    Choice(True, "First", "EPSV and EPRT before PASV and PORT.", "first"),
    Choice(False, "Last", "PASV and PORT first: many routers know no others.", "last"),
)
_PASSIVE = (_AS_IN_SETTINGS, *ADDRESS_POLICIES)
_COLOURS = tuple(Choice(colour, colour.value.capitalize(), "A mark in the list.") for colour in SiteColour)


def check_folder(text: str) -> str:
    """Accepts names with `/` between them, and writes them in one form.

    Raises:
        ConfigurationError: There is a control character in it, or it is endless.
    """
    return "/".join(part.strip() for part in _check_text(text).split("/") if part.strip())


def check_host(text: str) -> str:
    """Accepts a host name or an address, or nothing (a site that is not finished yet).

    Raises:
        ConfigurationError: It is neither.
    """
    if not text:
        return text
    target = parse_url(f"ftp://[{text}]" if ":" in text else f"ftp://{text}")
    if target.host != text:
        raise ConfigurationError("Only the server's name or address, please; the rest has fields of its own.")
    return text


def check_offset(text: str) -> str:
    """Accepts how far the server's clock is from UTC, as in `+02:00` or `-5`; or nothing.

    Raises:
        ConfigurationError: It is no such offset.
    """
    if not text:
        return text
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[2]) > 14:
        raise ConfigurationError("Write how far the clock is from UTC, as in +02:00 or -5.")
    return f"{match[1]}{int(match[2]):02}:{match[3] or '00'}"


def _check_text(text: str) -> str:
    if len(text) > _MOST_TEXT:
        raise ConfigurationError("That is too long.")
    return text


@dataclass(frozen=True, slots=True)
class SavedSite:
    """A site that the user keeps. Its name is unique within its folder."""

    name: str = setting("", "Name", "What you call it.", group="Site", example="Backup", check=_check_text)
    """What the user calls it."""
    folder: str = setting(
        "", "Folder", "Where it stands in the list; / between folders.", group="Site", empty="none",
        example="Work/Clients", check=check_folder,
    )  # fmt: skip
    """Folders above it, with `/` between them."""
    host: str = setting(
        "", "Server", "Its name or address.", group="Site", example="ftp.example.com", check=check_host
    )
    """Host name or address; an IPv6 address without brackets."""
    port: int = setting(21, "Port", "21, or 990 for implicit TLS.", group="Site", low=1, high=65535)
    """The control port."""
    tls: TlsPolicy = setting(
        TlsPolicy.IF_OFFERED,
        "Encryption",
        "Whether and how connections are encrypted.",
        group="Site",
        choices=_TLS,
    )
    """Whether and how it is encrypted."""
    user: str = setting("", "User", "Who logs in.", group="Site", empty="anonymous", check=_check_text)
    """Who logs in; empty: anonymous."""
    password: PasswordFrom = setting(
        PasswordFrom.ASK, "Password from", "Where the password comes from.", group="Site", choices=_PASSWORD
    )
    """Where the password comes from; never the password."""
    colour: SiteColour = setting(
        SiteColour.NONE, "Colour", "A mark in the list of sites.", group="Site", choices=_COLOURS
    )
    """A mark in the list."""
    note: str = setting(
        "", "Note", "Whatever you want to remember.", group="Site", empty="none", check=_check_text
    )
    """What the user wants to remember."""
    remote_directory: str = setting(
        "", "Directory there", "Where the remote pane begins.", group="Directories",
        empty="where the login begins", check=_check_text,
    )  # fmt: skip
    """Where the pane of the site begins; empty: the login directory."""
    local_directory: str = setting(
        "", "Directory here", "Where the local pane goes.", group="Directories",
        empty="as it is", check=_check_text,
    )  # fmt: skip
    """Where the other pane goes on this machine; empty: it stays."""
    synchronized: bool = setting(
        False, "Browse both sides together",
        "Whether entering or leaving a directory in one pane does the same in the other, where it exists.",
        group="Directories",
    )  # fmt: skip
    """Whether both panes are browsed together."""
    mode: ConnectionMode | None = setting(
        None,
        "Connection mode",
        "Who opens the data connection.",
        group="Connection",
        choices=_MODES,
    )
    """The connection mode; None: as in the settings."""
    extended: bool | None = setting(
        None, "EPSV and EPRT on IPv4", "Whether the newer commands are tried before the old ones.",
        group="Connection", choices=_ORDERS,
    )  # fmt: skip
    """Whether EPSV and EPRT come before PASV and PORT on IPv4; None: as in the settings."""
    passive_address: AddressPolicy | None = setting(
        None, "Address in the server's reply", "Whom to believe after a 227 reply.",
        group="Connection", choices=_PASSIVE,
    )  # fmt: skip
    """Which address to connect to after a 227 reply; None: as in the settings."""
    active_address: str = setting(
        "", "Address to announce", "For active mode behind a router: its outer address or name.",
        group="Connection", empty="as in the settings", check=check_address,
    )  # fmt: skip
    """What PORT and EPRT announce; empty: as in the settings."""
    connections: int = setting(
        0,
        "Connections at most",
        "For transfers; 0: as in the settings.",
        group="Connection",
        low=0,
        high=20,
        empty="as in the settings",
    )
    """How many transfer connections; 0: as in the settings."""
    encoding: str = setting(
        "", "Encoding of names", "How the bytes of its names are shown.", group="Connection",
        empty="as in the settings", example="cp1252", check=lambda text: check_encoding(text) if text else text,
    )  # fmt: skip
    """How names are read; empty: as in the settings."""
    time_offset: str = setting(
        "", "Server's clock", "How far it is from UTC, where listings show local times.", group="Connection",
        empty="unknown", example="+02:00", check=check_offset,
    )  # fmt: skip
    """How far the server's clock is from UTC, `+02:00`; empty: unknown."""
    tls_minimum: TlsVersion = setting(
        TlsVersion.TLS_1_2, "Oldest TLS version", "What is older is refused.", group="TLS", choices=_MINIMUM
    )
    """The oldest version that is spoken."""
    ca_file: str = setting(
        "", "Authorities to believe", "A PEM file, in place of the system's.", group="TLS",
        empty="the system's", check=_check_text,
    )  # fmt: skip
    """PEM file with authorities; empty: the system's."""
    client_certificate: str = setting(
        "", "Client certificate", "A PEM file to show to the server, if it wants one.", group="TLS",
        empty="none", check=_check_text,
    )  # fmt: skip
    """PEM file with our certificate."""
    client_key: str = setting(
        "", "Key of the client certificate", "A PEM file, if the key is not in the same one.", group="TLS",
        empty="in the same file", check=_check_text,
    )  # fmt: skip
    """PEM file with its key."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others: folder and name."""
        return self.folder, self.name

    @property
    def scheme(self) -> TlsMode:
        """How its URL begins."""
        return self.tls.scheme

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody in particular logs in."""
        return self.password is PasswordFrom.ANONYMOUS or not self.user

    @property
    def login(self) -> tuple[str, int, str]:
        """Who logs in where: host in small letters, port, and the user; empty: nobody in particular."""
        return self.host.casefold(), self.port, "" if self.is_anonymous else self.user

    @property
    def target(self) -> Target:
        """Where it is, without a password."""
        return Target(
            self.host, self.port, None if self.is_anonymous else self.user,
            path=self.remote_directory or None, tls=self.scheme,
        )  # fmt: skip

    @property
    def zone(self) -> timezone | None:
        """The zone of the server's clock, if it is known."""
        match = _OFFSET.fullmatch(self.time_offset)
        if match is None:
            return None
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


SITE_SPECS: Mapping[str, SettingSpec] = {entry.name: entry.metadata["spec"] for entry in fields(SavedSite)}
"""The description of each field, in the order of the form and of the file."""


def changed_site(site: SavedSite, name: str, value: object) -> SavedSite:
    """Returns `site` with one field set to what was typed or read. The usual port changes along with TLS.

    Raises:
        ConfigurationError: There is no such field, or it cannot be that.
    """
    if name not in SITE_SPECS:
        raise ConfigurationError(f"A site has no field called {name!r}.")
    checked: Any = SITE_SPECS[name].validate(value)
    result = replace(site, **{name: checked})
    if name == "tls" and site.port in (21, IMPLICIT_PORT):
        result = replace(result, port=IMPLICIT_PORT if result.tls is TlsPolicy.IMPLICIT else 21)
    return result


def check_site(site: SavedSite) -> None:
    """Says whether a site can be kept.

    Raises:
        ConfigurationError: It has no name or no server.
    """
    if not site.name:
        raise ConfigurationError("What is the site's name?")
    if not site.host:
        raise ConfigurationError("Which server? A name or an address.")
