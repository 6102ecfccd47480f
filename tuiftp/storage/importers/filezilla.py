"""FileZilla's sites: `sitemanager.xml`, and what its Export writes (`FileZilla.xml`)."""

from __future__ import annotations

import base64
import binascii
from xml.etree.ElementTree import Element

from tuiftp.choices import ConnectionMode, TlsPolicy
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.importers.filezilla_path import decode_directory
from tuiftp.storage.importers.model import Collector, Draft, FoundSite, Imported, SiteSource
from tuiftp.storage.importers.xml_tree import number_of, own_text, parse_xml, text_of
from tuiftp.storage.sites import PasswordFrom, SiteColour

PROTOCOLS = {0: TlsPolicy.IF_OFFERED, 3: TlsPolicy.IMPLICIT, 4: TlsPolicy.REQUIRED, 6: TlsPolicy.OFF}
"""The numbers of `<Protocol>` that are FTP."""
_OTHERS = {
    1: "SFTP", 2: "HTTP", 5: "HTTPS", 7: "Amazon S3", 8: "Storj", 9: "WebDAV", 10: "Azure Files",
    11: "Azure Blob", 12: "OpenStack Swift", 13: "Google Cloud Storage", 14: "Google Drive", 15: "Dropbox",
    16: "OneDrive", 17: "Backblaze B2", 18: "Box", 19: "WebDAV", 20: "Rackspace", 21: "Storj", 22: "Amazon S3",
    23: "Google Cloud Storage", 24: "Cloudflare R2",
}  # fmt: skip
COLOURS = {
    1: SiteColour.RED, 2: SiteColour.GREEN, 3: SiteColour.BLUE, 4: SiteColour.YELLOW, 5: SiteColour.BLUE,
    6: SiteColour.PURPLE, 7: SiteColour.YELLOW,
}  # fmt: skip
"""The numbers of `<Colour>`; cyan (5) and orange (7) become their neighbours."""
MODES = {"MODE_ACTIVE": ConnectionMode.ACTIVE, "MODE_PASSIVE": ConnectionMode.PASSIVE}
"""The words of `<PasvMode>`."""
_ANONYMOUS, _ACCOUNT = 0, 4
_SECTIONS = ("Servers", "RecentServers")


def parse_filezilla(data: bytes, *, with_passwords: bool) -> Imported:
    """Reads the sites of a `sitemanager.xml`.

    Raises:
        ConfigurationError: It is no XML that can be read safely, or none of FileZilla's.
    """
    root = parse_xml(data)
    if not root.tag.startswith("FileZilla"):
        raise ConfigurationError("it is XML, but none of FileZilla's")
    collector = Collector(SiteSource.FILEZILLA)
    for section in root:
        if section.tag in _SECTIONS:
            _read_folder(section, "", collector, with_passwords)
    return collector.result()


def _read_folder(folder: Element, path: str, collector: Collector, with_passwords: bool) -> None:
    """Reads the sites of a folder, and of those in it. The tree's depth is bounded."""
    for child in folder:
        if child.tag == "Folder":
            name = own_text(child).strip().replace("/", "-")
            _read_folder(child, f"{path}/{name}", collector, with_passwords)
        elif child.tag == "Server":
            _read_server(child, path, collector, with_passwords)


def _read_server(server: Element, folder: str, collector: Collector, with_passwords: bool) -> None:
    name = text_of(server, "Name").strip() or own_text(server).strip() or text_of(server, "Host").strip()
    protocol = number_of(server, "Protocol") if server.find("Protocol") is not None else 0
    if protocol not in PROTOCOLS:
        collector.skip(name, _OTHERS.get(protocol if protocol is not None else -1, "an unknown protocol"))
        return
    try:
        collector.take(_site(server, Draft.begin(name, folder), PROTOCOLS[protocol], with_passwords))
    except ConfigurationError as error:
        collector.skip(name, shown(error.message), is_broken=True)


def _site(server: Element, draft: Draft, tls: TlsPolicy, with_passwords: bool) -> FoundSite:
    draft.set_host(text_of(server, "Host").strip().strip("[]"))
    draft.set("tls", tls, "the encryption")
    if server.find("Port") is not None:
        draft.set("port", text_of(server, "Port").strip(), "the port")
    _read_connection(server, draft)
    _read_directories(server, draft)
    draft.set("note", " / ".join(text_of(server, "Comments").split("\n")).strip(" /"), "the note")
    if colour := COLOURS.get(number_of(server, "Colour") or 0):
        draft.set("colour", colour, "the colour")
    return _with_login(server, draft, with_passwords)


def _read_connection(server: Element, draft: Draft) -> None:
    draft.set("mode", MODES.get(text_of(server, "PasvMode").strip()), "the mode")
    draft.set(
        "connections", number_of(server, "MaximumMultipleConnections") or 0, "the number of connections"
    )
    if text_of(server, "EncodingType").strip() == "Custom":
        draft.set("encoding", text_of(server, "CustomEncoding").strip(), "the encoding")
    elif text_of(server, "EncodingType").strip() == "UTF-8":
        draft.set("encoding", "utf-8", "the encoding")
    if minutes := number_of(server, "TimezoneOffset"):
        # FileZilla adds it to the listed time to get UTC: the clock is as far off on the other side.
        draft.set("time_offset", _offset(-minutes), "the time offset")
    if number_of(server, "BypassProxy"):
        draft.notes.append("that it bypasses the proxy is left out: tuiftp uses no proxy")
    if server.find("PostLoginCommands") is not None:
        draft.notes.append("its commands after login are left out")


def _read_directories(server: Element, draft: Draft) -> None:
    draft.set_local_directory(text_of(server, "LocalDir").strip())
    written = text_of(server, "RemoteDir").strip("\r\n\t")
    directory = decode_directory(written)
    if directory is None:
        draft.notes.append("the remote directory is left out: it cannot be read")
    else:
        draft.set("remote_directory", directory, "the remote directory")
    draft.set("synchronized", number_of(server, "SyncBrowsing") == 1, "browsing both sides together")
    count = len(server.findall("Bookmark"))
    if count:
        draft.notes.append(f"its bookmarks are left out: {count:,}")


def _with_login(server: Element, draft: Draft, with_passwords: bool) -> FoundSite:
    logon = number_of(server, "Logontype")
    if logon == _ANONYMOUS:
        draft.set("password", PasswordFrom.ANONYMOUS, "the login")
        return draft.finish()
    draft.set_login(text_of(server, "User"))
    if logon == _ACCOUNT and text_of(server, "Account"):
        draft.notes.append("its account (ACCT) is left out")
    written = server.find("Pass")
    if written is None or not own_text(written):
        return draft.finish()
    if written.get("encoding") == "crypt":
        draft.notes.append("the password is left out: FileZilla's master password protects it")
        return draft.finish()
    password = _password(written, draft) if with_passwords else None
    return draft.finish(True, password)


def _password(written: Element, draft: Draft) -> Secret | None:
    """The password: in base64, or as it is, as versions before 3.10 wrote it."""
    encoding = written.get("encoding", "")
    if not encoding:
        return Secret(own_text(written))
    try:
        if encoding != "base64":
            raise ValueError
        return Secret(base64.b64decode(own_text(written).strip(), validate=True).decode())
    except (ValueError, binascii.Error):
        draft.notes.append("the password is left out: it cannot be read")
        return None


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
