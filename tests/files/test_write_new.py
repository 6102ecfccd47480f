"""A small new file is made in one go: with the permissions that any new file gets, or with those that it had."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuiftp.errors import LocalFileError
from tuiftp.files.safe_open import Folder, Place, usual_umask
from tuiftp.files.write_new import write_new


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Have the process make its files with another umask."""
    usual = os.umask(request.param)
    usual_umask.cache_clear()
    yield request.param
    os.umask(usual)
    usual_umask.cache_clear()


@pytest.mark.parametrize(
    ("umask", "mode", "expected"),
    [
        (0o022, None, 0o644),
        (0o027, None, 0o640),
        (0o022, 0o755, 0o755),
        (0o077, 0o755, 0o700),
        (0o022, 0o444, 0o644),
        (0o022, 0o4777, 0o755),
        (0o277, 0o755, 0o700),
    ],
    indirect=["umask"],
)
def test_its_permissions(tmp_path: Path, umask: int, mode: int | None, expected: int) -> None:
    with Folder.open(str(tmp_path)) as folder:
        device, number = write_new(folder, Place(str(tmp_path), (), "a"), b"data", mode=mode)
    found = (tmp_path / "a").stat()
    assert (found.st_dev, found.st_ino) == (device, number)
    assert oct(found.st_mode & 0o7777) == oct(expected)
    assert (tmp_path / "a").read_bytes() == b"data"


def test_what_has_the_name_by_then_stays_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    with (
        Folder.open(str(tmp_path)) as folder,
        pytest.raises(LocalFileError, match="has come into being") as raised,
    ):
        write_new(folder, Place(str(tmp_path), (), "a"), b"data")
    assert raised.value.path == str(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["a"]
