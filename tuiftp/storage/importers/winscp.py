"""WinSCP's sites: the `[Sessions\\…]` sections of a `WinSCP.ini`, names and texts with %XX in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from tuiftp.choices import ConnectionMode, TlsPolicy, TlsVersion
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.importers.model import Collector, Draft, FoundSite, Imported, SiteSource
from tuiftp.storage.importers.winscp_password import is_protected, reveal

_PREFIX = "sessions\\"
_DEFAULTS = "Default Settings"
_FTP = "5"
_OTHERS = {"0": "SCP", "1": "SFTP", "2": "SFTP", "6": "WebDAV", "7": "Amazon S3"}
"""The numbers of `FSProtocol`; what is not written is 1."""
_TLS = {"0": TlsPolicy.OFF, "1": TlsPolicy.IMPLICIT, "2": TlsPolicy.REQUIRED, "3": TlsPolicy.REQUIRED}
"""The numbers of `Ftps`: none, implicit, explicit SSL, explicit TLS."""
_MINIMUM = {
    "10": TlsVersion.TLS_1_0, "11": TlsVersion.TLS_1_1, "12": TlsVersion.TLS_1_2, "13": TlsVersion.TLS_1_3,
}  # fmt: skip
_BOM = "\ufeff"


def parse_winscp(data: bytes, *, with_passwords: bool) -> Imported:
    """Reads the sessions of a `WinSCP.ini`.

    Raises:
        ConfigurationError: It has no sections, so it is no such file.
    """
    collector = Collector(SiteSource.WINSCP)
    sections = [*_sections(_text(data))]
    if not sections:
        raise ConfigurationError("it is no WinSCP.ini: there are no sections in it")
    for title, values in sections:
        if title.lower().startswith(_PREFIX):
            path = _plain(title[len(_PREFIX) :])
            if path != _DEFAULTS:
                _read_session(path, values, collector, with_passwords)
    return collector.result()


def _text(data: bytes) -> str:
    """The file as text: UTF-16 or UTF-8 by its mark, else UTF-8 or what Western Windows writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each section with its values; of a value that is there twice, the last."""
    values: dict[str, str] | None = None
    title = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            if values is not None:
                yield title, values
            title, values = line[1:-1], {}
        elif values is not None and "=" in line and not line.startswith(";"):
            name, _, value = line.partition("=")
            values[name.strip()] = value.strip()
    if values is not None:
        yield title, values


def _plain(written: str) -> str:
    """Takes the %XX away. WinSCP marks UTF-8 by its byte order mark; without one it is the system's encoding."""
    data = unquote_to_bytes(written.encode("utf-8", "surrogateescape"))
    try:
        return data.decode().removeprefix(_BOM)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read_session(path: str, values: Mapping[str, str], collector: Collector, with_passwords: bool) -> None:
    folder, _, name = path.rpartition("/")
    protocol = values.get("FSProtocol", "1")
    if protocol != _FTP:
        collector.skip(path, _OTHERS.get(protocol, "an unknown protocol"))
        return
    try:
        collector.take(_site(Draft.begin(name, folder), values, with_passwords))
    except ConfigurationError as error:
        collector.skip(path, shown(error.message), is_broken=True)


def _site(draft: Draft, values: Mapping[str, str], with_passwords: bool) -> FoundSite:
    texts = {name: _plain(value) for name, value in values.items()}
    draft.set_host(texts.get("HostName", "").strip("[]"))
    draft.set("tls", _TLS.get(values.get("Ftps", "0"), TlsPolicy.IF_OFFERED), "the encryption")
    if "PortNumber" in values:
        draft.set("port", values["PortNumber"], "the port")
    if "FtpPasvMode" in values:
        draft.set(
            "mode",
            ConnectionMode.ACTIVE if values["FtpPasvMode"] == "0" else ConnectionMode.PASSIVE,
            "the mode",
        )
    draft.set_login(texts.get("UserName", ""))
    draft.set("remote_directory", texts.get("RemoteDirectory", ""), "the remote directory")
    draft.set_local_directory(texts.get("LocalDirectory", ""))
    draft.set("synchronized", values.get("SynchronizeBrowsing") == "1", "browsing both sides together")
    draft.set("note", " / ".join(texts.get("Note", "").splitlines()), "the note")
    if version := _MINIMUM.get(values.get("MinTlsVersion", "")):
        draft.set("tls_minimum", version, "the oldest TLS version")
    _note_what_is_left(draft, values)
    return _with_password(draft, values, texts, with_passwords)


def _note_what_is_left(draft: Draft, values: Mapping[str, str]) -> None:
    for name, words in _LEFT_OUT.items():
        if values.get(name, "0") not in ("", "0"):
            draft.notes.append(f"{words} left out")


_LEFT_OUT = {
    "ProxyMethod": "its proxy is",
    "TimeDifference": "its time difference is",
    "FtpAccount": "its account (ACCT) is",
    "PostLoginCommands": "its commands after login are",
    "TlsCertificateFile": "its client certificate is",
    "Color": "its colour is",
}


def _with_password(
    draft: Draft, values: Mapping[str, str], texts: Mapping[str, str], with_passwords: bool
) -> FoundSite:
    written = values.get("Password", "")
    if not written:
        plain = texts.get("PasswordPlain", "")
        return draft.finish(bool(plain), Secret(plain) if with_passwords else None)
    if is_protected(written):
        draft.notes.append("the password is left out: WinSCP's master password protects it")
        return draft.finish()
    if not with_passwords:
        return draft.finish(True)
    try:
        return draft.finish(True, reveal(written, texts.get("UserName", ""), texts.get("HostName", "")))
    except ConfigurationError as error:
        draft.notes.append(f"the password is left out: {error.message}")
        return draft.finish(True)
