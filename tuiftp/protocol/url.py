"""ftp:// ftps:// ftpes:// and bare hosts, into a Target and back. A password goes in and never comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tuiftp.choices import TlsMode
from tuiftp.errors import ConfigurationError
from tuiftp.protocol import paths
from tuiftp.protocol.text import decode_wire, shown
from tuiftp.secret import Secret

DEFAULT_PORT = 21
"""Plain FTP, and TLS by AUTH."""
IMPLICIT_PORT = 990
"""TLS from the first byte."""


def usual_port(tls: TlsMode) -> int:
    """The port where a server is looked for when none is named."""
    return IMPLICIT_PORT if tls is TlsMode.IMPLICIT else DEFAULT_PORT


_SCHEMES = {"ftp": TlsMode.NONE, "ftpes": TlsMode.EXPLICIT, "ftps": TlsMode.IMPLICIT}
_SCHEME_OF = {mode: scheme for scheme, mode in _SCHEMES.items()}


def scheme_of(tls: TlsMode) -> str:
    """`ftp`, `ftpes` or `ftps`."""
    return _SCHEME_OF[tls]


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_TYPE_SUFFIX = re.compile(r";type=[aid]\Z", re.IGNORECASE)
_BAD_HOST = re.compile(r"[\s\x00-\x20\x7f/?#@\\<>\"%\[\]\ud800-\udfff]")
_SAFE_PATH = "/-._~!$&'()*+,=:@"


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL: server, user and path."""

    host: str
    """Name or address; an IPv6 address without its brackets."""
    port: int = DEFAULT_PORT
    """The port of the control connection."""
    user: str | None = None
    """Who to log in as; None where the URL does not say."""
    password: Secret | None = None
    """Only as long as it is needed to log in: `format_url` never gives it back."""
    path: str | None = None
    """Where to go; None stands for the login directory. Relative to it unless it begins with a root."""
    tls: TlsMode = TlsMode.NONE
    """How to encrypt."""

    @property
    def is_absolute(self) -> bool:
        """Whether `path` begins at a root (`ftp://host//x`, `ftp://host/%2Fx`)."""
        return self.path is not None and paths.is_absolute(self.path)

    @property
    def names_directory(self) -> bool:
        """Whether the URL itself says that it means a directory: no path, or one that ends in `/`."""
        return not self.path or self.path.endswith("/")

    def path_from(self, login_directory: str) -> str:
        """The absolute path that is meant, once the server has told where a login begins."""
        if self.path is None:
            return paths.normalize(login_directory)
        if self.is_absolute:
            return paths.normalize(self.path)
        return paths.normalize(f"{login_directory}/{self.path}")


def parse_url(text: str) -> Target:
    """Reads a URL, or a bare `host`, `host:port`, `user@host`, `host/path`.

    The path means what it means to curl: relative to the login directory; `//` or `%2F` make it absolute.
    Percent-escapes are bytes: those that are no UTF-8 are kept by `surrogateescape`.

    Raises:
        ConfigurationError: It is not a URL that we can use. The message never holds the password.
    """
    text = text.strip()
    scheme, rest = _split_scheme(text)
    tls = _SCHEMES[scheme]
    authority, slash, path = rest.partition("/")
    userinfo, at, hostport = authority.rpartition("@")
    user, colon, password = userinfo.partition(":")
    host, port = _split_port(hostport)
    path = _TYPE_SUFFIX.sub("", path)
    return Target(
        host=host,
        port=port or usual_port(tls),
        user=_unquote(user, "user name") if at and user else None,
        password=Secret(_unquote(password, "password")) if colon else None,
        path=_unquote(path, "path") if slash and path else None,
        tls=tls,
    )


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.match(text)
    if match is None:
        return "ftp", text
    scheme = match[1].lower()
    if scheme not in _SCHEMES:
        raise ConfigurationError(f"“{scheme}” is not a scheme of tuiftp", hint="use ftp, ftpes or ftps")
    return scheme, text[match.end() :]


def _split_port(hostport: str) -> tuple[str, int | None]:
    """The host and the port of `host:port`, `[::1]:port`, or a bare IPv6 address."""
    if hostport.startswith("["):
        host, bracket, rest = hostport[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ConfigurationError("an IPv6 address stands in brackets, as in ftp://[2001:db8::1]:21/")
        host = host.replace("%25", "%")
        if not _is_ipv6(host):
            raise ConfigurationError(f"“{shown(host)}” is not an IPv6 address")
        return host, _port(rest[1:])
    if hostport.count(":") > 1:
        if _is_ipv6(hostport):
            return hostport, None
        raise ConfigurationError("there is more than one “:” in the host", hint="IPv6 goes in brackets")
    host, _, port = hostport.partition(":")
    if not host:
        raise ConfigurationError("the URL names no host", hint="write it as ftp://user@host/path")
    if _BAD_HOST.search(host):
        raise ConfigurationError(f"“{shown(host)}” is not a host name")
    return host, _port(port)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return _BAD_HOST.search(text.replace("%", "")) is None


def _port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise ConfigurationError(f"“{shown(text)}” is not a port", hint="a port is 1 to 65535")
    return int(text)


def _unquote(text: str, what: str) -> str:
    try:
        data = unquote_to_bytes(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"the {what} in the URL is no text: “{shown(error.object[error.start])}”"
        ) from None
    if any(byte in data for byte in (b"\r", b"\n", b"\0")):
        raise ConfigurationError(f"the {what} in the URL holds a line break or NUL")
    return decode_wire(data, "utf-8")


def format_url(target: Target, *, path: str | None = None) -> str:
    """Writes a target as a URL, without its password.

    Args:
        target: Where.
        path: An absolute path to name instead of the target's own.
    """
    user = f"{_quote(target.user, safe='')}@" if target.user else ""
    host = f"[{target.host.replace('%', '%25')}]" if ":" in target.host else target.host
    port = "" if target.port == usual_port(target.tls) else f":{target.port}"
    tail = path if path is not None else target.path
    return f"{_SCHEME_OF[target.tls]}://{user}{host}{port}{'' if tail is None else '/' + _quote(tail)}"


def _quote(text: str, safe: str = _SAFE_PATH) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogateescape"), safe=safe)
