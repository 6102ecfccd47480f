"""What the program remembers by itself."""

import stat
from datetime import UTC, datetime
from typing import Any

import pytest

from tuiftp.errors import LocalFileError
from tuiftp.storage.locations import state_dir
from tuiftp.storage.recents import KEPT, Recents, RecentSite
from tuiftp.storage.state import StateFile, load_json, save_json


def test_a_value_comes_back() -> None:
    value = {"modes": [1, "naïve \udcff"]}
    assert load_json("memory") is None
    save_json("memory", value)
    assert load_json("memory") == value
    assert stat.S_IMODE((state_dir() / "memory.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\xff", b"[" * 100_000])
def test_rubbish_counts_as_absent(rubbish: bytes) -> None:
    (state_dir() / "memory.json").write_bytes(rubbish)
    assert load_json("memory") is None


def test_recent_sites_are_in_order_and_once() -> None:
    recents = Recents()
    for number in range(KEPT + 5):
        recents.add(RecentSite(f"ftp://host{number}"))
    recents.add(
        RecentSite("ftp://host9", remote_directory="/pub", mode="active"),
        now=datetime(2026, 11, 24, 14, 3, 1, 5, UTC),
    )
    sites = Recents().sites()
    assert len(sites) == KEPT
    assert sites[0] == RecentSite("ftp://host9", "2026-11-24T14:03:01+00:00", "/pub", "", "active")
    assert [site.url for site in sites].count("ftp://host9") == 1
    assert sites[1].url == f"ftp://host{KEPT + 4}"


def test_a_site_can_be_forgotten() -> None:
    recents = Recents()
    recents.add(RecentSite("ftp://one"))
    recents.add(RecentSite("ftp://two"))
    recents.forget("ftp://two")
    recents.write()
    assert [site.url for site in Recents().sites()] == ["ftp://one"]


def test_a_password_is_never_written() -> None:
    with pytest.raises(ValueError, match="password"):
        Recents().add(RecentSite("ftp://user:secret@host"))
    assert not (state_dir() / "recents.json").exists()


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\xff", b"{}", b'["a", {"url": 4}]'])
def test_recent_sites_that_cannot_be_read_are_kept_and_told(rubbish: bytes) -> None:
    """Also where only some of them cannot: the rest is used."""
    file = state_dir() / "recents.json"
    file.write_bytes(rubbish)
    recents = Recents()
    assert recents.problem.startswith(f"{file} is broken")
    assert file.read_bytes() == rubbish
    recents.add(RecentSite("ftp://one"))
    recents.add(RecentSite("ftp://two"))
    assert [kept.read_bytes() for kept in file.parent.glob("recents.json.broken-*")] == [rubbish]
    assert [site.url for site in Recents().sites()] == ["ftp://two", "ftp://one"]
    assert Recents().problem == ""


def test_what_another_program_has_put_in_place_of_a_broken_file_is_not_put_aside() -> None:
    path = state_dir() / "memory.json"
    path.write_bytes(b"{")
    mine, other = StateFile("memory", dict), StateFile("memory", dict)
    assert mine.load() is None
    assert other.load() is None
    other.save({"by": "other"})
    mine.save({"by": "me"})
    assert load_json("memory") == {"by": "me"}
    assert [kept.read_bytes() for kept in path.parent.glob("memory.json.broken-*")] == [b"{"]
    assert mine.is_lost


def test_a_file_that_cannot_be_put_aside_is_not_written_over() -> None:
    """As where a directory of that name is in the way, and its neighbour too."""
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    path = state_dir() / "memory.json"
    path.mkdir()
    path.with_name("memory.json.broken-20261124-000000").write_text("kept before")
    file = StateFile("memory", dict, now=lambda: moment)
    assert file.load() is None
    assert "could not be read" in file.problem
    with pytest.raises(LocalFileError, match="could not be renamed"):
        file.save({})
    assert path.is_dir()


@pytest.mark.parametrize(
    "rows", [None, 3, {"url": "ftp://x"}, [1, {}, {"url": 4}, {"url": "ftp://x", "mode": []}]]
)
def test_bad_rows_are_left_out(rows: Any) -> None:
    save_json("recents", rows)
    assert Recents().sites() == ()


def test_rows_of_a_later_version_are_read() -> None:
    save_json("recents", [{"url": "ftp://x", "colour": "red"}])
    assert Recents().sites() == (RecentSite("ftp://x"),)
