"""Taking the sites of other programs over, and giving ours away: files, passwords, what is there already."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.importers.samples import FILEZILLA, LFTP, NETRC, winscp
from tests.storage.test_sites import FULL
from tuiftp.choices import ConnectionMode, TlsPolicy
from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.secret import Secret
from tuiftp.storage.exporting import encode_filezilla, export_filezilla
from tuiftp.storage.importers import parse_sites
from tuiftp.storage.importers.model import SiteSource
from tuiftp.storage.importing import LARGEST, find_source, new_sites, read_sites, take_sites, usual_places
from tuiftp.storage.secrets import FileStore, KeyringStore
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore


class FakeKeyring:
    """A keyring that takes as many passwords as it is told."""

    def __init__(self, room: int = 100) -> None:
        self.kept: dict[str, str] = {}
        self._room = room

    def get_password(self, _service: str, name: str, /) -> str | None:
        return self.kept.get(name)

    def set_password(self, _service: str, name: str, password: str, /) -> None:
        if len(self.kept) >= self._room:
            raise RuntimeError("locked")
        self.kept[name] = password

    def delete_password(self, _service: str, name: str, /) -> None:
        del self.kept[name]


@pytest.fixture
def store(tmp_path: Path) -> SiteStore:
    """Return an empty store."""
    return SiteStore(tmp_path / "sites.toml")


@pytest.mark.parametrize(
    ("data", "source"),
    [(FILEZILLA, SiteSource.FILEZILLA), (LFTP, SiteSource.LFTP), (NETRC, SiteSource.NETRC),
     (winscp(), SiteSource.WINSCP), (winscp().decode("utf-8-sig").encode("utf-16"), SiteSource.WINSCP),
     (b"\xef\xbb\xbf" + FILEZILLA, SiteSource.FILEZILLA)],
)  # fmt: skip
def test_whose_file_it_is_is_seen_from_its_content(data: bytes, source: SiteSource) -> None:
    assert find_source(data) is source


@pytest.mark.parametrize("data", [b"", b"hello\n", b"\x00\x01"])
def test_a_file_that_is_nobodys_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match="not known whose"):
        read_sites(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="No such file"):
        read_sites(tmp_path / "missing")
    with pytest.raises(LocalFileError, match="is no file"):
        read_sites(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LocalFileError, match="is no file"):
        read_sites(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(LocalFileError, match="too large"):
        read_sites(tmp_path / "large")


def test_a_netrc_that_others_can_read_gives_no_passwords(tmp_path: Path) -> None:
    path = tmp_path / ".netrc"
    path.write_bytes(NETRC)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others than you can read it") as caught:
        read_sites(path, with_passwords=True)
    assert caught.value.hint == f"chmod 600 {path}"
    assert len(read_sites(path).found) == 3
    path.chmod(0o600)
    assert read_sites(path, with_passwords=True).passwords == 2


def test_the_usual_places_are_those_that_exist(fake_home: Path) -> None:
    assert usual_places() == []
    for name in (".config/filezilla/sitemanager.xml", ".lftp/bookmarks", ".netrc"):
        (fake_home / name).parent.mkdir(parents=True, exist_ok=True)
        (fake_home / name).write_bytes(b"x")
    assert [place.name for place in usual_places()] == ["sitemanager.xml", "bookmarks", ".netrc"]


def test_passwords_go_into_the_keyring(store: SiteStore) -> None:
    imported = parse_sites(FILEZILLA, SiteSource.FILEZILLA, with_passwords=True)
    keyring = FakeKeyring()
    taken = take_sites(imported, store, KeyringStore(keyring))
    assert taken.passwords == 2
    assert keyring.kept == {"bob@ftp.example.com:2121": "pässwörd", "u@old.example.com:21": "as it is"}
    assert {site.name: site.password for site in store.sites()} == {
        "Büro & Co": PasswordFrom.KEYRING, "old": PasswordFrom.KEYRING, "anonymous one": PasswordFrom.ANONYMOUS,
        "protected": PasswordFrom.ASK,
    }  # fmt: skip
    assert "pässwörd" not in store.path.read_text()


def test_passwords_go_into_the_file_if_that_is_wanted(store: SiteStore, tmp_path: Path) -> None:
    imported = parse_sites(LFTP, SiteSource.LFTP, with_passwords=True)
    keeper = FileStore(tmp_path / "passwords.toml")
    take_sites(imported, store, keeper)
    assert keeper.get("bob@127.0.0.1:2121") == Secret("p@s s")
    assert next(s for s in store.sites() if s.name == "srv").password is PasswordFrom.FILE


def test_a_keyring_that_refuses_halfway_is_told_and_the_sites_ask(store: SiteStore) -> None:
    imported = parse_sites(FILEZILLA, SiteSource.FILEZILLA, with_passwords=True)
    taken = take_sites(imported, store, KeyringStore(FakeKeyring(room=1)))
    assert taken.passwords == 1
    assert "did not take the password" in taken.problem
    assert sorted(site.password for site in taken.sites) == ["anonymous", "ask", "ask", "keyring"]


def test_what_is_there_is_not_taken_twice(store: SiteStore) -> None:
    imported = parse_sites(LFTP, SiteSource.LFTP)
    assert take_sites(imported, store).known == 0
    again = take_sites(imported, store)
    assert (again.sites, again.known) == ((), 3)
    assert new_sites(imported, store) == []
    store.put(SavedSite("x", host="other"))
    other = parse_sites(b"x ftp://h/\n", SiteSource.LFTP)
    assert len(take_sites(other, store).sites) == 1
    assert [site.name for site in store.sites() if site.name.startswith("x")] == ["x", "x 2"]


SITES = [
    SavedSite("a", host="h"),
    SavedSite("<b> & \"c\"", "W/x", "2001:db8::1", 990, TlsPolicy.IMPLICIT, "bob", remote_directory="/p/日 本"),
    SavedSite("m", "W", "h2", tls=TlsPolicy.REQUIRED, user="u", mode=ConnectionMode.PASSIVE, time_offset="-05:30"),
    SavedSite("n", "W/x/y", "h3", tls=TlsPolicy.OFF, user="u", encoding="gb18030", note="a / b", connections=3),
    replace(FULL, password=PasswordFrom.ASK, **{
        name: getattr(SavedSite(), name) for name in (
            "active_address", "passive_address", "extended", "tls_minimum", "ca_file", "client_certificate",
            "client_key",
        )
    }),
]  # fmt: skip


def test_what_is_exported_comes_back(tmp_path: Path, store: SiteStore) -> None:
    path = tmp_path / "out.xml"
    exported = export_filezilla(path, SITES)
    assert (exported.count, exported.notes) == (5, ())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    imported = read_sites(path)
    assert (imported.source, imported.skipped) == (SiteSource.FILEZILLA, ())
    assert all(not one.notes for one in imported.found)
    expected = [
        replace(site, password=PasswordFrom.ANONYMOUS) if site.is_anonymous else site for site in SITES
    ]
    assert sorted((one.site for one in imported.found), key=lambda site: site.key) == sorted(
        expected, key=lambda site: site.key
    )


def test_an_export_names_what_filezilla_cannot_hold_and_has_no_password(tmp_path: Path) -> None:
    FileStore().put("bob@ftp.example.com:990", Secret("hunter2"))
    exported = export_filezilla(tmp_path / "o.xml", [replace(FULL, remote_directory="rel")])
    assert len(exported.notes) == 7
    text = (tmp_path / "o.xml").read_text()
    assert "hunter2" not in text
    assert "<Pass" not in text
    assert "<Logontype>2<" in text


def test_an_export_replaces_nothing_unasked(tmp_path: Path) -> None:
    path = tmp_path / "sitemanager.xml"
    path.write_text("mine")
    with pytest.raises(LocalFileError, match="exists already"):
        export_filezilla(path, SITES)
    assert path.read_text() == "mine"
    export_filezilla(path, SITES, replaces=True)
    assert path.read_text() == encode_filezilla(SITES)
    with pytest.raises(LocalFileError, match="directory does not exist"):
        export_filezilla(tmp_path / "no" / "x.xml", SITES)


def test_folders_without_end_can_be_exported(tmp_path: Path) -> None:
    export_filezilla(tmp_path / "o.xml", [SavedSite("a", "/".join("x" * 2000), "h")])
    [one] = read_sites(tmp_path / "o.xml").found
    assert one.site.name == "a"
