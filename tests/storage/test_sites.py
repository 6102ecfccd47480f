"""Saved sites: what is kept, what a file may hold, and what becomes of one that is broken."""

from __future__ import annotations

import stat
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuiftp.choices import AddressPolicy, ConnectionMode, TlsMode, TlsPolicy, TlsVersion
from tuiftp.errors import ConfigurationError, LocalFileError
from tuiftp.protocol.url import Target
from tuiftp.storage.sites import SITE_SPECS, PasswordFrom, SavedSite, SiteColour, changed_site
from tuiftp.storage.sites_store import SiteStore, decode_site, site_row

FULL = SavedSite(
    "Büro \"1\"", "Work/Clients", "ftp.example.com", 990, TlsPolicy.IMPLICIT, "bob", PasswordFrom.KEYRING,
    SiteColour.RED, "call first", "/pub", "/home/me/pub", True, ConnectionMode.ACTIVE, True,
    AddressPolicy.PEER, "203.0.113.7", 2, "cp1251", "+02:00", TlsVersion.TLS_1_3, "/ca.pem", "/me.pem", "/key.pem",
)  # fmt: skip


def store(folder: Path) -> SiteStore:
    return SiteStore(folder / "sites.toml", now=lambda: datetime(2026, 11, 24, 10))


def test_every_field_survives(tmp_path: Path) -> None:
    assert all(getattr(FULL, f.name) != getattr(SavedSite(), f.name) for f in fields(SavedSite))
    store(tmp_path).put(FULL)
    assert list(store(tmp_path).sites()) == [FULL]
    assert stat.S_IMODE((tmp_path / "sites.toml").stat().st_mode) == 0o600


def test_what_is_as_usual_is_not_written(tmp_path: Path) -> None:
    store(tmp_path).put(SavedSite("a", host="h"))
    assert (tmp_path / "sites.toml").read_text().endswith('[[site]]\nname = "a"\nhost = "h"\n')


def test_sites_are_changed_renamed_moved_and_deleted(tmp_path: Path) -> None:
    kept = store(tmp_path)
    one, two = SavedSite("one", host="h"), SavedSite("two", "Work", "h2")
    kept.put(one)
    kept.put(two)
    moved = replace(one, name="first", folder="Work")
    kept.put(moved, instead_of=one)
    assert [site.key for site in store(tmp_path).sites()] == [("Work", "first"), ("Work", "two")]
    kept.delete(two)
    assert list(store(tmp_path).sites()) == [moved]


def test_a_name_is_unique_in_its_folder(tmp_path: Path) -> None:
    kept = store(tmp_path)
    one = SavedSite("one", host="h")
    kept.put(one)
    kept.put(replace(one, folder="Work"))
    with pytest.raises(ConfigurationError, match="“one” in this folder already"):
        kept.put(replace(one, host="other"))
    with pytest.raises(ConfigurationError, match="in this folder already"):
        kept.put(replace(one, folder="Work"), instead_of=one)
    assert kept.add_all([one, one]) == 2
    assert [site.name for site in kept.sites() if not site.folder] == ["one", "one 2", "one 3"]


@pytest.mark.parametrize("site", [SavedSite(host="h"), SavedSite("a")])
def test_a_site_has_a_name_and_a_server(site: SavedSite, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        store(tmp_path).put(site)


def test_two_programs_do_not_take_each_others_sites(tmp_path: Path) -> None:
    mine, theirs = store(tmp_path), store(tmp_path)
    mine.put(SavedSite("a", host="h"))
    theirs.put(SavedSite("b", host="h"))
    assert [site.name for site in store(tmp_path).sites()] == ["a", "b"]


def test_a_broken_file_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text("[[site]\nname = ")
    kept = store(tmp_path)
    assert "not valid TOML" in kept.problems[0]
    assert path.exists()
    kept.put(SavedSite("a", host="h"))
    assert (tmp_path / "sites.toml.broken-20261124-100000").read_text() == "[[site]\nname = "
    assert [site.name for site in store(tmp_path).sites()] == ["a"]


def test_an_entry_that_cannot_be_used_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text(
        '[[site]]\nname = "a"\nhost = "h"\nport = 99999\n[[site]]\nname = "b"\nhost = "h"\nnews = [1]\n'
    )
    kept = store(tmp_path)
    assert "“a” in sites.toml is left out: Port must be within" in kept.problems[0]
    kept.put(SavedSite("c", host="h"))
    kept.put(SavedSite("d", host="h"), instead_of=SavedSite("b", host="h"))
    text = path.read_text()
    assert "port = 99999" in text
    assert 'name = "d"\nhost = "h"\nnews = [1]' in text


def test_a_file_that_cannot_be_read_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").mkdir()
    kept = store(tmp_path)
    assert "could not be read" in kept.problems[0]
    with pytest.raises(LocalFileError):
        kept.put(SavedSite("a", host="h"))


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("folder", " Work // Clients/", "Work/Clients"),
        ("host", "2001:db8::1", "2001:db8::1"),
        ("time_offset", "-5", "-05:00"),
        ("time_offset", "+5:30", "+05:30"),
        ("encoding", "latin-1", "iso8859-1"),
        ("encoding", "", ""),
        ("tls", "if offered", TlsPolicy.IF_OFFERED),
    ],
)
def test_what_is_typed_is_kept_in_one_form(name: str, typed: str, value: object) -> None:
    assert getattr(changed_site(SavedSite(), name, typed), name) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("host", "a b"), ("host", "bob@h"), ("host", "h/x"), ("time_offset", "noon"), ("time_offset", "+25"),
        ("encoding", "utf-16"), ("port", "0"), ("connections", "-1"), ("tls", "maybe"), ("name", "a\nb"),
        ("active_address", "1.2.3"), ("note", "x" * 5000), ("nothing", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(name: str, typed: str) -> None:
    with pytest.raises(ConfigurationError):
        changed_site(SavedSite(), name, typed)


def test_the_usual_port_goes_along_with_the_encryption() -> None:
    implicit = changed_site(SavedSite(), "tls", "implicit")
    assert implicit.port == 990
    assert changed_site(implicit, "tls", "required").port == 21
    assert changed_site(replace(implicit, port=2121), "tls", "off").port == 2121


def test_what_the_engine_gets_of_it() -> None:
    assert FULL.target == Target("ftp.example.com", 990, "bob", None, "/pub", TlsMode.IMPLICIT)
    assert replace(FULL, password=PasswordFrom.ANONYMOUS).target.user is None
    assert FULL.mode is ConnectionMode.ACTIVE
    assert SavedSite().mode is None
    assert FULL.zone == timezone(timedelta(hours=2))
    assert replace(FULL, time_offset="-03:30").zone == timezone(timedelta(hours=-3.5))
    assert SavedSite().zone is None


def test_a_site_is_found_by_where_it_is(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.put(FULL)
    assert kept.find("FTP.example.com", 990, "bob") == FULL
    assert kept.find("ftp.example.com", 990, "") is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda more: st.lists(more),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine says nothing of the code
@given(st.dictionaries(st.sampled_from([*SITE_SPECS, "other"]), VALUES))
def test_any_table_is_a_site_or_an_error_of_ours(row: dict[str, object]) -> None:
    try:
        site = decode_site(row)
    except ConfigurationError:
        return
    import tomllib

    import tomlkit

    again = tomllib.loads(tomlkit.dumps({"site": [site_row(site)]}))["site"][0]
    assert decode_site(again) == site


def test_folders_stay_though_nothing_is_in_them(tmp_path: Path) -> None:
    kept = store(tmp_path)
    assert kept.add_folder(" Work /Clients/ ") == "Work/Clients"
    kept.put(SavedSite("a", "Home", "h"))
    again = store(tmp_path)
    assert again.folders() == ["Home", "Work", "Work/Clients"]
    assert again.problems == ()
    for wrong in ("", " / ", "a\nb", "Work/Clients"):
        with pytest.raises(ConfigurationError):
            kept.add_folder(wrong)


def test_a_folder_is_moved_with_all_that_is_in_it(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add_folder("Work/Empty")
    for site in (
        SavedSite("a", "Work", "h"),
        SavedSite("b", "Work/Clients", "h"),
        SavedSite("c", "Workshop", "h"),
    ):
        kept.put(site)
    assert kept.move_folder("Work", "Old/2025") == "Old/2025"
    keys = [site.key for site in store(tmp_path).sites()]
    assert keys == [("Old/2025", "a"), ("Old/2025/Clients", "b"), ("Workshop", "c")]
    assert "Old/2025/Empty" in store(tmp_path).folders()
    with pytest.raises(ConfigurationError, match="into itself"):
        kept.move_folder("Old", "Old/2025/x")
    kept.put(SavedSite("a", "Workshop", "h"))
    with pytest.raises(ConfigurationError, match="of the same name"):
        kept.move_folder("Old/2025", "Workshop")
    assert [site.key for site in store(tmp_path).sites()][:3] == [*keys[:2], ("Workshop", "a")]


def test_a_folder_is_deleted_with_all_that_is_in_it(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add_folder("Work/Empty")
    kept.put(SavedSite("b", "Work/Clients", "h"))
    kept.put(SavedSite("c", "Workshop", "h"))
    assert [site.name for site in kept.sites_in("Work")] == ["b"]
    kept.delete_folder("Work")
    assert store(tmp_path).folders() == ["Workshop"]
    assert [site.name for site in store(tmp_path).sites()] == ["c"]


def test_folders_that_make_no_sense_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text('folders = ["a/b", "", 7, "c\\nd", "a/b"]\n')
    assert store(tmp_path).folders() == ["a", "a/b"]


def test_what_the_user_wrote_in_the_file_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text(
        "# my servers\n"
        '[[site]] # the old one\nname = "b"  # never rename\nhost = "h" # in the cellar\nport = 2121\n\n'
        '# the new one\n[[site]]\nname = "a"\nhost = "k"\nextra = { x = 1 }\n'
    )
    kept = store(tmp_path)
    old = kept.get("", "b")
    assert old is not None
    kept.put(replace(old, port=21, user="bob"), instead_of=old)
    kept.put(SavedSite("c", "Work", "m"))
    text = path.read_text()
    assert text.startswith(
        '# my servers\n[[site]] # the old one\nname = "b"  # never rename\nhost = "h" # in the cellar\nuser = "bob"\n'
    )
    assert '# the new one\n[[site]]\nname = "a"\nhost = "k"\nextra = { x = 1 }\n' in text
    assert "port" not in text
    assert [site.name for site in store(tmp_path).sites()] == ["a", "b", "c"]
    kept.delete(SavedSite("a", host="k"))
    assert [site.name for site in store(tmp_path).sites()] == ["b", "c"]
    assert "# in the cellar" in path.read_text()


def test_sites_in_another_form_of_toml_are_changed_too(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text('site = [{ name = "a", host = "h" }, { name = "b", host = "h" }]\n')
    kept = store(tmp_path)
    kept.put(SavedSite("c", host="h"), instead_of=kept.get("", "a"))
    assert [site.name for site in store(tmp_path).sites()] == ["b", "c"]


EVERY_WORD = (
    '[[site]]\nname = "a"\nhost = "h"\ntls = "if offered"\nmode = "default"\nextended = "default"\n'
    'passive_address = "default"\ntls_minimum = "1.2"\n'
    '[[site]]\nname = "b"\nhost = "h"\ntls = "required"\nmode = "active"\nextended = "first"\n'
    'passive_address = "announced"\ntls_minimum = "1.0"\n'
    '[[site]]\nname = "c"\nhost = "h"\ntls = "off"\nmode = "auto"\nextended = "last"\n'
    'passive_address = "smart"\ntls_minimum = "1.3"\n'
)


def test_the_words_of_the_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(EVERY_WORD)
    kept = store(tmp_path)
    assert kept.problems == ()
    assert list(kept.sites()) == [
        SavedSite("a", host="h"),
        SavedSite(
            "b", host="h", tls=TlsPolicy.REQUIRED, mode=ConnectionMode.ACTIVE, extended=True,
            passive_address=AddressPolicy.ANNOUNCED, tls_minimum=TlsVersion.TLS_1_0,
        ),
        SavedSite(
            "c", host="h", tls=TlsPolicy.OFF, mode=ConnectionMode.AUTO, extended=False,
            passive_address=AddressPolicy.SMART, tls_minimum=TlsVersion.TLS_1_3,
        ),
    ]  # fmt: skip


def test_the_words_of_the_file_are_written(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(EVERY_WORD)
    kept = store(tmp_path)
    kept.put(SavedSite("d", host="h", extended=True, mode=ConnectionMode.PASSIVE, tls=TlsPolicy.IMPLICIT))
    kept.put(SavedSite("a", host="h", extended=False), instead_of=SavedSite("a", host="h"))
    text = (tmp_path / "sites.toml").read_text()
    assert text.startswith('[[site]]\nname = "a"\nhost = "h"\nextended = "last"\n')
    assert EVERY_WORD[EVERY_WORD.index('[[site]]\nname = "b"') :] in text
    assert text.endswith('name = "d"\nhost = "h"\ntls = "implicit"\nmode = "passive"\nextended = "first"\n')


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "extended = true",
            "EPSV and EPRT on IPv4 must be one of default, first, last, not True.",
        ),
        ('mode = "pasive"', "Connection mode must be one of default, auto, passive, active, not 'pasive'."),
    ],
)
def test_another_word_in_the_file_is_told(line: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(f'[[site]]\nname = "a"\nhost = "h"\n{line}\n')
    assert store(tmp_path).problems == (f"The site “a” in sites.toml is left out: {problem}",)
