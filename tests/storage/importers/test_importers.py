"""Sites of other programs: what is taken of each, what is left out and said so, and files that are traps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.storage.importers.samples import FILEZILLA, LFTP, NETRC, hidden, winscp
from tuiftp.choices import ConnectionMode, TlsPolicy, TlsVersion
from tuiftp.errors import ConfigurationError
from tuiftp.secret import Secret
from tuiftp.storage.importers import parse_sites
from tuiftp.storage.importers.filezilla_path import decode_directory, encode_directory
from tuiftp.storage.importers.model import FoundSite, SiteSource
from tuiftp.storage.importers.winscp_password import is_protected, reveal
from tuiftp.storage.sites import PasswordFrom, SavedSite, SiteColour


def found(data: bytes, source: SiteSource, *, with_passwords: bool = True) -> dict[str, FoundSite]:
    return {one.site.name: one for one in parse_sites(data, source, with_passwords=with_passwords).found}


def test_a_filezilla_site_with_everything() -> None:
    one = found(FILEZILLA, SiteSource.FILEZILLA)["Büro & Co"]
    assert one.site == SavedSite(
        "Büro & Co", "Work/Clients - old", "ftp.example.com", 2121, TlsPolicy.REQUIRED, "bob", PasswordFrom.ASK,
        SiteColour.GREEN, "call first / then write", "/home/bob & c", "/home/me/my pub", True, ConnectionMode.ACTIVE,
        connections=2, encoding="shift_jis", time_offset="+02:00",
    )  # fmt: skip
    assert one.password == Secret("pässwörd")
    assert "password" not in "".join(one.notes)
    assert [note.split(" left")[0] for note in one.notes] == [
        "that it bypasses the proxy is",
        "its bookmarks are",
    ]


def test_other_filezilla_sites() -> None:
    sites = found(FILEZILLA, SiteSource.FILEZILLA)
    anonymous = sites["anonymous one"].site
    assert (anonymous.tls, anonymous.port, anonymous.mode, anonymous.encoding) == (
        TlsPolicy.IMPLICIT, 990, ConnectionMode.PASSIVE, "utf-8",
    )  # fmt: skip
    assert anonymous.password is PasswordFrom.ANONYMOUS
    protected = sites["protected"]
    assert (protected.site.host, protected.site.tls) == ("2001:db8::1", TlsPolicy.OFF)
    assert protected.password is None
    assert not protected.has_password
    assert any("master password" in note for note in protected.notes)
    assert any("C:\\Users\\eve is none on this system" in note for note in protected.notes)
    assert sites["old"].password == Secret("as it is")
    assert sites["old"].site.port == 21
    assert sites["old"].notes == ("its account (ACCT) is left out",)


def test_filezilla_sites_of_other_protocols_are_skipped_with_the_reason() -> None:
    skipped = parse_sites(FILEZILLA, SiteSource.FILEZILLA).skipped
    assert [(one.name, one.reason, one.is_broken) for one in skipped[:2]] == [
        ("by ssh", "SFTP", False), ("bucket", "Amazon S3", False),
    ]  # fmt: skip
    assert (skipped[2].name, skipped[2].is_broken) == ("broken", True)


@pytest.mark.parametrize(
    ("data", "source"),
    [(FILEZILLA, SiteSource.FILEZILLA), (LFTP, SiteSource.LFTP), (NETRC, SiteSource.NETRC),
     (winscp(), SiteSource.WINSCP)],
)  # fmt: skip
def test_passwords_are_read_only_on_request(data: bytes, source: SiteSource) -> None:
    without = parse_sites(data, source)
    assert all(one.password is None for one in without.found)
    assert without.passwords >= 1
    asked = parse_sites(data, source, with_passwords=True)
    taken = [one.password for one in asked.found if one.password is not None]
    assert taken
    assert not any(password.reveal() in repr(asked) for password in taken if len(password.reveal()) > 2)


def test_lftp_bookmarks() -> None:
    sites = found(LFTP, SiteSource.LFTP)
    assert sites["srv"].site == SavedSite(
        "srv", host="127.0.0.1", port=2121, user="bob", remote_directory="/pub/日"
    )
    assert sites["srv"].password == Secret("p@s s")
    assert (sites["sec"].site.tls, sites["sec"].site.port) == (TlsPolicy.IMPLICIT, 990)
    assert (sites["v6"].site.host, sites["v6"].site.port) == ("::1", 99)
    assert sites["v6"].site.remote_directory == "rel/dir"
    skipped = parse_sites(LFTP, SiteSource.LFTP).skipped
    assert [(one.name, one.reason, one.is_broken) for one in skipped] == [
        ("ss", "SFTP", False), ("odd", "there is no URL behind the name", True),
    ]  # fmt: skip


def test_netrc_logins() -> None:
    imported = parse_sites(NETRC, SiteSource.NETRC, with_passwords=True)
    assert [(one.site.name, one.site.user, one.password) for one in imported.found] == [
        ("bob@ftp.example.com", "bob", Secret("s e c")),
        ("eve@ftp.example.com", "eve", Secret("x")),
        ("other.example.com", "", None),
    ]
    assert [one.name for one in imported.skipped] == ["default"]


def test_winscp_sessions() -> None:
    sites = found(winscp(), SiteSource.WINSCP)
    one = sites["My Clü"]
    assert one.site == SavedSite(
        "My Clü", "Work", "ftp.example.com", 21, TlsPolicy.REQUIRED, "bob", note="one / two",
        remote_directory="/pub/100%", synchronized=True, mode=ConnectionMode.ACTIVE, tls_minimum=TlsVersion.TLS_1_3,
    )  # fmt: skip
    assert one.password == Secret("pä ss")
    assert any("time difference" in note for note in one.notes)
    implicit = sites["implicit"].site
    assert (implicit.tls, implicit.port, implicit.is_anonymous) == (TlsPolicy.IMPLICIT, 990, True)
    assert sites["plain"].site.tls is TlsPolicy.OFF
    assert sites["plain"].password is None
    assert any("the password is left out" in note for note in sites["plain"].notes)
    skipped = parse_sites(winscp(), SiteSource.WINSCP).skipped
    assert [(one.name, one.reason) for one in skipped] == [("ssh", "SFTP"), ("dav", "WebDAV")]


def test_a_winscp_file_in_utf_16_reads_the_same() -> None:
    again = winscp().decode("utf-8-sig").encode("utf-16")
    assert parse_sites(again, SiteSource.WINSCP) == parse_sites(winscp(), SiteSource.WINSCP)


@given(st.text(max_size=300), st.text(max_size=20), st.integers(0, 50))
def test_winscp_passwords_come_back(password: str, user: str, filling: int) -> None:
    assert reveal(hidden(user, "h", password, filling=filling), user, "h") == Secret(password)


def test_a_winscp_password_of_another_login_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="another user"):
        reveal(hidden("bob", "h", "secret"), "eve", "h")


def test_a_winscp_master_password_is_noticed() -> None:
    # A flag of 0xFF, then 1: what follows is encrypted by the master password.
    written = f"{~0xFF & 0xFF ^ 0xA3:02X}{~0x01 & 0xFF ^ 0xA3:02X}0123ABCD"
    assert is_protected(written)
    assert not is_protected(hidden("u", "h", "p"))
    data = winscp().replace(b"Password=A35DAAAA", f"Password={written}".encode())
    plain = found(data, SiteSource.WINSCP)["plain"]
    assert plain.password is None
    assert plain.notes == ("the password is left out: WinSCP's master password protects it",)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("", ""),
        ("1 0", "/"),
        ("1 0 4 home 3 bob", "/home/bob"),
        ("1 0 5 a b c 2 日本", "/a b c/日本"),
        ("1 0 2 \U0001f600 1 x", "/\U0001f600/x"),
        ("1 0 2 \U0001f600", "/\U0001f600"),  # written on Windows: two units
        ("1 0 1 \U0001f600", "/\U0001f600"),
        ("2 5 DISK: 3 USR 3 BOB", "DISK:[USR.BOB]"),
        ("3 0 2 C: 3 pub", "C:\\pub"),
        ("1 0 40 home", None),
        ("1 0 4home", None),
        ("home", None),
        ("1 0 0 ", None),
    ],
)
def test_filezilla_directories(written: str, path: str | None) -> None:
    assert decode_directory(written) == path


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1), max_size=5
    )
)
def test_filezilla_directories_come_back(parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    assert decode_directory(encode_directory(path)) == path


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><FileZilla3><Servers><Server><Name>&c;</Name></Server>
</Servers></FileZilla3>"""
OUTSIDE = b"""<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><FileZilla3><Servers><Server><Host>h</Host>
<Name>&x;</Name></Server></Servers></FileZilla3>"""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (b"<FileZilla3><!DOCTYPE x></FileZilla3>", "not well-formed"),
        (b"<FileZilla3>&x;</FileZilla3>", "not well-formed"),
        (b"<a>" * 100_000, "too deep"),
        (b"<FileZilla3>" + b"<Folder>x" * 64, "too deep"),
        (b"<html></html>", "none of FileZilla's"),
        (b"", "not well-formed"),
        (b"<FileZilla3>\xff</FileZilla3>", "not well-formed"),
    ],
)
def test_xml_that_is_a_trap_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_sites(data, SiteSource.FILEZILLA)


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (b"a ftp://h\n", SiteSource.LFTP),
        (b"a sftp://h\n", SiteSource.LFTP),
        (b"machine h\n", SiteSource.NETRC),
        (b"[Sessions\\a]\nFSProtocol=5\nHostName=/\n", SiteSource.WINSCP),
    ],
)
def test_sites_without_end_are_refused(line: bytes, source: SiteSource) -> None:
    assert parse_sites(line * 3, source)
    with pytest.raises(ConfigurationError, match="more than 10,000 sites"):
        parse_sites(line * 10_001, source)


def test_names_and_notes_are_made_harmless() -> None:
    xml = (
        "<FileZilla3><Servers><Folder>a\u202eb<Server><Host>h</Host><Name>[red]x\u009b31m</Name>"
        "<Comments>l1&#13;&#10;l2\u200b</Comments><RemoteDir>1 0 2 a&#10;</RemoteDir></Server></Folder></Servers>"
        "</FileZilla3>"
    )
    [one] = parse_sites(xml.encode(), SiteSource.FILEZILLA).found
    assert one.site.name == "[red]x\\x9b31m"
    assert one.site.folder == "a⟨U+202E⟩b"
    assert any(note.startswith("the remote directory is left out") for note in one.notes)


@given(
    st.sampled_from([FILEZILLA, LFTP, NETRC, winscp()]),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=8))),
)
@settings(max_examples=300)
def test_damaged_files_give_sites_or_our_error(sample: bytes, edits: list[tuple[int, bytes]]) -> None:
    for place, piece in edits:
        sample = sample[:place] + piece + sample[place + len(piece) :]
    for source in SiteSource:
        try:
            imported = parse_sites(sample, source, with_passwords=True)
        except ConfigurationError:
            continue
        for one in imported.found:
            assert one.site.name.isprintable()
            assert one.site.host
