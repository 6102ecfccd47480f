"""Targets that other programs wrote: their sites, and their logs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import tomlkit

from tests.fuzz.target import Target, text_of
from tests.storage.importers.samples import FILEZILLA, LFTP, NETRC, hidden, winscp
from tests.wirelog.foreign import samples
from tuiftp.errors import ConfigurationError
from tuiftp.storage.exporting import encode_filezilla
from tuiftp.storage.importers import parse_sites
from tuiftp.storage.importers.filezilla_path import decode_directory, encode_directory
from tuiftp.storage.importers.model import SiteSource
from tuiftp.storage.importers.winscp_password import is_protected, reveal
from tuiftp.storage.importing import find_source
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import decode_site, site_row
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.foreign import load_any
from tuiftp.wirelog.text import render_records


def _sites(source: SiteSource) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            imported = parse_sites(data, source, with_passwords=True)
        except ConfigurationError:
            return
        for skipped in imported.skipped:
            assert skipped.name.isprintable()
            assert skipped.reason
        for one in imported.found:
            assert one.site.name
            assert one.site.host
            assert one.password is None or one.has_password
            assert all(note.isprintable() for note in one.notes)
        _keep_and_give([one.site for one in imported.found][:20])

    return run


def _keep_and_give(sites: list[SavedSite]) -> None:
    """What was found can be kept, read again, and given to FileZilla."""
    if not sites:
        return
    for site in sites:
        [row] = tomllib.loads(tomlkit.dumps({"site": [site_row(site)]}))["site"]
        assert decode_site(row) == site
    given = parse_sites(encode_filezilla(sites).encode(), SiteSource.FILEZILLA, with_passwords=True)
    assert not given.skipped
    assert len(given.found) == len(sites)


def whose(data: bytes) -> None:
    try:
        source = find_source(data)
        parse_sites(data, source)
    except ConfigurationError:
        pass


def directory(data: bytes) -> None:
    path = decode_directory(text_of(data))
    if path is not None and path.startswith("/"):
        again = encode_directory(path)
        assert encode_directory(decode_directory(again) or "") == again


def password(data: bytes) -> None:
    written = text_of(data)
    is_protected(written)
    try:
        found = reveal(written, "bob", "h")
    except ConfigurationError:
        return
    assert repr(found) == "********"


def log(data: bytes) -> None:
    loaded = load_any(data)
    for _ in render_records(loaded.records):
        pass
    diagnose(loaded.records)


_XML = [
    b"<FileZilla3><Servers>", b"</Servers></FileZilla3>", b"<Server>", b"</Server>", b"<Folder>", b"</Folder>",
    b"<Host>h</Host>", b"<Port>99999</Port>", b"<Protocol>4</Protocol>", b"<Pass>", b"</Pass>", b"&amp;", b"&#10;",
    b'<Pass encoding="base64">', b"<TimezoneOffset>-1441</TimezoneOffset>", b"<RemoteDir>1 0 3 abc</RemoteDir>",
    b"<EncodingType>Custom</EncodingType><CustomEncoding>", b"</CustomEncoding>", b"<!DOCTYPE x [", b"<![CDATA[",
    b"<!ENTITY a 'b'>", b"&a;", b"]]>", b"<?xml version='1.0' encoding='", b"<Logontype>0</Logontype>", b"&#x202e;",
]  # fmt: skip
_INI = [
    b"[Sessions\\", b"]", b"\r\n", b"\n", b"=", b"%EF%BB%BF", b"%00", b"%", b"FSProtocol=5\n", b"HostName=h\n",
    b"Ftps=", b"Password=A35C", b"UserName=", b"PortNumber=", b"/", b"\\", b";",
    b"\xff\xfe", b"Note=%0D%0A", b"MinTlsVersion=",
]  # fmt: skip
_URL_WORDS = b"ftp:// ftps:// sftp:// @ : / // % %40 %00 %0A %FF [ ::1 ] ? # ;type=a".split()
_LOGS = [
    text.encode() for name, text in sorted(vars(samples).items()) if name.isupper() and isinstance(text, str)
]
_LOG_WORDS = [
    b"\n", b"\r\n", b"\t", b"Status:", b"Response:\t", b"Command:\t", b"Error:\t", b"<--- ", b"---> ", b"**** ",
    b"< ", b"> ", b"* ", b". ", b"227 Entering Passive Mode (10,0,0,5,195,203)", b"229 (|||1|)", b"PASV",
    b"PORT 1,2,3,4,5,6", b"PASS x", b"425 ", b"2026-03-02 10:00:00", b"12:59:60", b"9999-12-31", b"0000-00-00",
    b"FTP response: Client",
    b"\xff\xfe", b"{",
]  # fmt: skip

TARGETS = (
    Target("filezilla", _sites(SiteSource.FILEZILLA), [FILEZILLA], _XML),
    Target("lftp", _sites(SiteSource.LFTP), [LFTP], [b"\t", b"\n", b" ", b"name", *_URL_WORDS]),
    Target(
        "logins",
        _sites(SiteSource.NETRC),
        [NETRC],
        b"machine login password default macdef account h".split(),
    ),
    Target("winscp", _sites(SiteSource.WINSCP), [winscp()], _INI),
    Target("whose", whose, [FILEZILLA, LFTP, NETRC, winscp()], [*_XML, *_INI, *_URL_WORDS, b"machine "]),
    Target(
        "directory",
        directory,
        [b"1 0 4 home 3 bob", b"2 5 DISK: 3 USR"],
        b"0 1 2 3 4 8 99999 / \xf0\x9f\x98\x80".split(),
    ),
    Target("password", password, [hidden("bob", "h", "x").encode()], b"A35C A35D A35E FF 00 5C zz".split()),
    Target("foreign", log, _LOGS, _LOG_WORDS),
)
"""What other programs leave on disks."""
