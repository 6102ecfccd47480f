"""Writing and reading without following a link, and the part file: both with directory descriptors and without."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tuiftp.errors import LocalFileError, SizeMismatch, UnsafeName
from tuiftp.files import safe_open
from tuiftp.files.part_file import Finish, Part
from tuiftp.files.safe_open import Folder, Place, numbered, part_name, usual_mode
from tuiftp.files.upload_source import Source


@pytest.fixture(autouse=True, params=["descriptors", "paths"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "paths":
        monkeypatch.setattr(safe_open, "_HAS_DIRECTORY_FDS", False)


def place(root: Path, name: str = "a", *parts: str) -> Place:
    return Place(str(root), parts, name)


def filled(root: Path, data: bytes) -> Part:
    part = Part(place(root))
    part.begin()
    part.file.write(data)
    return part


def test_directories_are_made_below_the_root_only_where_no_link_stands(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    Folder.open(str(tmp_path / "root"), ("x", "y"), create=True).close()
    assert (tmp_path / "root" / "x" / "y").is_dir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LocalFileError, match="link"):
        Folder.open(str(tmp_path / "root"), ("link", "z"), create=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "root" / "file").touch()
    with pytest.raises(LocalFileError, match="not a directory"):
        Folder.open(str(tmp_path / "root"), ("file",), create=True)
    with pytest.raises(LocalFileError):
        Folder.open(str(tmp_path / "root"), ("missing",))


def test_a_link_planted_between_the_look_and_the_open_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_open, "_HAS_DIRECTORY_FDS", True)  # nothing else can prevent it
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_bytes(b"secret")
    (tmp_path / "root" / "d").mkdir(parents=True)
    (tmp_path / "root" / "f").write_bytes(b"harmless")
    look = Folder._stat

    def swap(folder: Folder, name: str) -> os.stat_result | None:
        found = look(folder, name)
        victim = tmp_path / "root" / name
        if name == "d":
            victim.rmdir()
            victim.symlink_to(tmp_path / "elsewhere")
        else:
            victim.unlink()
            victim.symlink_to(tmp_path / "elsewhere" / "secret")
        return found

    monkeypatch.setattr(Folder, "_stat", swap)
    with pytest.raises(LocalFileError):
        Folder.open(str(tmp_path / "root"), ("d",))
    with Folder.open(str(tmp_path / "root")) as folder, pytest.raises(LocalFileError):
        folder.open_file("f")


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        Folder.open(str(tmp_path), ("x", "y", "z"), create=True).close()
        with pytest.raises(LocalFileError):
            Folder.open(str(tmp_path), ("x", "nothing"))
        part = filled(tmp_path, b"x")
        part.publish(1, Finish(replace=True))
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "\0"])
def test_a_place_holds_checked_names_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeName):
        Place(str(tmp_path), (), name)
    with pytest.raises(UnsafeName):
        Place(str(tmp_path), ("x", name), "a")
    with pytest.raises(UnsafeName):
        Folder.open(str(tmp_path), (name,), create=True)


def test_a_part_becomes_the_target_when_it_is_whole(tmp_path: Path) -> None:
    part = filled(tmp_path, b"12345")
    assert stat.S_IMODE(os.stat(part.path or "").st_mode) == 0o600
    with pytest.raises(SizeMismatch):
        part.publish(6, Finish(replace=False))
    assert not (tmp_path / "a").exists()
    part.publish(5, Finish(replace=False))
    assert (tmp_path / "a").read_bytes() == b"12345"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == usual_mode()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert part.published is not None


def test_what_came_into_being_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    part = filled(tmp_path, b"new")
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(LocalFileError, match="meanwhile"):
        part.publish(3, Finish(replace=False))
    assert (tmp_path / "a").read_bytes() == b"old"
    part.publish(3, Finish(replace=True))
    assert (tmp_path / "a").read_bytes() == b"new"


def test_without_hard_links_a_new_file_is_published_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*args: object, **kwargs: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    filled(tmp_path, b"new").publish(3, Finish(replace=False))
    assert (tmp_path / "a").read_bytes() == b"new"
    late = filled(tmp_path, b"later")
    with pytest.raises(LocalFileError):
        late.publish(5, Finish(replace=False))
    assert (tmp_path / "a").read_bytes() == b"new"
    late.discard()


def test_a_part_that_was_swapped_is_neither_published_nor_removed(tmp_path: Path) -> None:
    part = filled(tmp_path, b"12345")
    path = Path(part.path or "")
    path.rename(tmp_path / "aside")
    path.write_bytes(b"other")
    with pytest.raises(LocalFileError, match="somebody else"):
        part.publish(5, Finish(replace=True))
    part.discard()
    assert path.read_bytes() == b"other"
    assert not (tmp_path / "a").exists()


def test_a_part_is_reopened_only_if_it_is_ours(tmp_path: Path) -> None:
    part = filled(tmp_path, b"12345")
    part.close()
    assert part.reopen()
    assert part.size == 5
    part.close()
    path = Path(part.path or "")
    path.unlink()
    path.write_bytes(b"67890")
    assert not part.reopen()
    assert not part.exists


def test_a_part_where_nothing_arrived_does_not_stay(tmp_path: Path) -> None:
    part = Part(place(tmp_path))
    part.begin()
    part.leave()
    assert list(tmp_path.iterdir()) == []
    part = filled(tmp_path, b"1")
    part.leave()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_target_is_copied_to_be_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    part = Part(place(tmp_path))
    part.begin()
    assert part.copy_target(lambda: False) == 3_000_000
    part.cut(10)
    assert part.size == 10
    assert (tmp_path / "a").stat().st_size == 3_000_000
    part.discard()
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("/etc/hostname")
    part.begin()
    with pytest.raises(LocalFileError):
        part.copy_target(lambda: False)
    part.discard()


def test_a_part_name_is_hidden_random_and_short_enough(tmp_path: Path) -> None:
    for name in ("a", "ä" * 200, os.fsdecode(b"\xff" * 255), "日本語" * 60):
        first, second = part_name(name), part_name(name)
        assert first != second
        assert first.startswith(".")
        assert first.endswith(".tuiftp-part")
        assert len(os.fsencode(first)) <= 255
        (tmp_path / first).touch()


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.txt", "a (2).txt"),
        ("a", "a (2)"),
        (".bashrc", ".bashrc (2)"),
        ("a.tar.gz", "a (2).tar.gz"),
        ("x" * 255, "x" * 251 + " (2)"),
    ],
)
def test_a_taken_name_gets_a_number(name: str, taken: str) -> None:
    assert numbered(name, 2) == taken


def test_a_source_is_a_regular_file_reached_without_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "gone"):
        with pytest.raises(LocalFileError):
            Source(place(tmp_path, name)).open()
    source = Source(place(tmp_path))
    version = source.open()
    assert version.size == 1
    assert source.file.read() == b"a"
    source.close()


def test_a_source_is_removed_only_as_it_was_sent(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    source = Source(place(tmp_path))
    version = source.open()
    source.close()
    (tmp_path / "a").write_bytes(b"changed")
    with pytest.raises(LocalFileError, match="changed"):
        source.remove(version)
    assert (tmp_path / "a").read_bytes() == b"changed"
    version = source.open()
    source.close()
    source.remove(version)
    assert not (tmp_path / "a").exists()


def test_a_later_run_knows_the_part_again_by_its_token(tmp_path: Path) -> None:
    first = Part(place(tmp_path), "a1b2c3")
    first.begin()
    first.file.write(b"half")
    first.close()
    later = Part.left_behind(place(tmp_path), "a1b2c3")
    assert later.exists
    assert later.reopen()
    assert later.size == 4
    later.discard()
    assert os.listdir(tmp_path) == []


def test_a_part_that_is_not_there_or_has_a_second_name_is_not_gone_on_with(tmp_path: Path) -> None:
    assert not Part.left_behind(place(tmp_path), "a1b2c3").reopen()
    first = Part(place(tmp_path), "a1b2c3")
    first.begin()
    first.close()
    assert first.path is not None
    os.link(first.path, tmp_path / "second")
    assert not Part.left_behind(place(tmp_path), "a1b2c3").reopen()


def test_a_part_that_was_left_behind_is_removed_unopened(tmp_path: Path) -> None:
    first = Part(place(tmp_path), "a1b2c3")
    first.begin()
    first.close()
    Part.left_behind(place(tmp_path), "a1b2c3").discard()
    assert os.listdir(tmp_path) == []
