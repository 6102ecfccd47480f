"""Names that a disk cannot have are written so that it can, and names that it mixes up are seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.files.name_rules import fit_name, other_spellings, spelling_key
from tuiftp.files.safe_open import Folder
from tuiftp.protocol.paths import check_local_name


@pytest.mark.parametrize(
    ("name", "encoding", "fit"),
    [
        ("plain.txt", "ascii", "plain.txt"),
        ("café", "utf-8", "café"),
        ("café", "ascii", "caf%C3%A9"),
        ("☃", "latin-1", "%E2%98%83"),
        ("caf\udce9", "utf-8", "caf\udce9"),
        ("a\ud800b", "utf-8", "a%ED%A0%80b"),
        ("100%", "ascii", "100%"),
    ],
)
def test_what_the_file_system_cannot_encode_is_escaped(name: str, encoding: str, fit: str) -> None:
    assert fit_name(name, encoding=encoding, windows=False) == fit


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("a:b", "a%3Ab"),
        ("what?", "what%3F"),
        ("back\\slash", "back%5Cslash"),
        ("dot.", "dot%2E"),
        ("space ", "space%20"),
        ("NUL", "%4EUL"),
        ("com1.txt", "%63om1.txt"),
        ("COM¹", "%43OM¹"),
        ("console", "console"),
        ("a\x07", "a%07"),
    ],
)
def test_what_windows_cannot_have_is_escaped(name: str, fit: str) -> None:
    assert fit_name(name, encoding="utf-8", windows=True) == fit
    assert check_local_name(fit, windows=True) == fit


@pytest.mark.parametrize("name", [".", "..", "a/b", "", "nul\0byte"])
def test_what_is_no_single_name_stays_that(name: str) -> None:
    assert fit_name(name, windows=False) == name


@given(st.text(min_size=1))
def test_a_fit_name_can_be_encoded_and_is_fit_for_good(name: str) -> None:
    for encoding in ("ascii", "latin-1", "utf-8"):
        fit = fit_name(name, encoding=encoding, windows=False)
        fit.encode(encoding, "surrogateescape")
        assert fit_name(fit, encoding=encoding, windows=False) == fit


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("README", "readme", True),
        ("é", "e\u0301", True),
        ("É.txt", "e\u0301.TXT", True),
        ("name", "name.", True),
        ("a", "b", False),
        ("...", "..", False),
    ],
)
def test_which_names_some_disk_takes_for_one(one: str, other: str, same: bool) -> None:
    assert (spelling_key(one) == spelling_key(other)) is same


def test_other_spellings_are_never_the_name_itself() -> None:
    assert other_spellings("a.txt") == ("A.TXT",)
    assert other_spellings("123") == ()
    assert set(other_spellings("é")) == {"É", "e\u0301"}


class MixingFolder(Folder):
    """A directory on a disk that takes several spellings for one: as FAT, NTFS and HFS+ do."""

    def _stat(self, name: str) -> os.stat_result | None:
        listed = os.listdir(self.path)
        same = next((one for one in listed if spelling_key(one) == spelling_key(name)), None)
        return None if same is None else os.lstat(os.path.join(self.path, same))


def test_a_disk_that_mixes_names_up_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "README").touch()
    (tmp_path / "e\u0301").touch()
    mixing = MixingFolder(str(tmp_path), None)
    assert mixing.real_spelling("readme") == "README"
    assert mixing.real_spelling("README") == "README"
    assert mixing.real_spelling("\u00e9") == "e\u0301"
    assert mixing.real_spelling("other") == "other"


def test_a_disk_that_tells_them_apart_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README").touch()
    (tmp_path / "readme").hardlink_to(tmp_path / "README")
    with Folder.open(str(tmp_path)) as folder:
        assert folder.real_spelling("readme") == "readme"
        assert folder.real_spelling("README") == "README"
