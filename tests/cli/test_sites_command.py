"""`tuiftp sites`: what it prints, where, and how its exit status tells what happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.storage.importers.samples import FILEZILLA, LFTP, winscp
from tuiftp.cli import main
from tuiftp.secret import Secret
from tuiftp.storage.secrets import FileStore
from tuiftp.storage.sites_store import SiteStore

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def filezilla(tmp_path: Path) -> str:
    """Return the path of a sitemanager.xml without anything broken in it."""
    path = tmp_path / "sitemanager.xml"
    path.write_bytes(FILEZILLA.replace(b"no such/host", b"good.example.com"))
    return str(path)


def test_import_list_and_import_again(filezilla: str, capsys: Capture) -> None:
    assert main(["sites", "import", filezilla]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert "Work/Clients - old/Büro & Co\tftpes://bob@ftp.example.com:2121//home/bob%20&%20c" in lines
    assert len(lines) == 5
    assert "skipped: by ssh (SFTP)" in err
    assert "skipped: bucket (Amazon S3)" in err
    assert (
        "5 sites imported from FileZilla · 2 skipped · 2 with a password, which --with-passwords takes too"
        in err
    )
    assert main(["sites"]) == 0
    listed, err = capsys.readouterr()
    assert sorted(listed.splitlines()) == sorted(lines)
    assert err == ""
    assert main(["sites", "import", filezilla, "--from", "filezilla"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "0 sites imported from FileZilla · 5 there already" in err


def test_list_as_json(filezilla: str, capsys: Capture) -> None:
    main(["sites", "import", filezilla])
    capsys.readouterr()
    assert main(["sites", "list", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    one = next(row for row in rows if row["name"] == "Büro & Co")
    assert (one["host"], one["tls"], one["encoding"]) == ("ftp.example.com", "required", "shift_jis")


def test_a_dry_run_keeps_nothing(filezilla: str, capsys: Capture) -> None:
    assert main(["sites", "import", "--dry-run", filezilla]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 5
    assert "5 sites would be imported" in err
    assert not SiteStore().path.exists()


def test_a_broken_site_is_a_failure_that_is_named(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "bookmarks"
    path.write_bytes(LFTP)
    assert main(["sites", "import", str(path)]) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3
    assert "tuiftp: odd: there is no URL behind the name" in err


def test_without_a_keyring_nothing_is_imported(filezilla: str, capsys: Capture) -> None:
    assert main(["sites", "import", "--with-passwords", filezilla]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    # The words between differ with whether the package is there without a keyring, or not at all.
    assert "there is no keyring here" in err
    assert "; nothing was imported" in err
    assert "--passwords-in-file" in err
    assert not SiteStore().path.exists()


def test_passwords_go_into_the_file_with_the_warning(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "WinSCP.ini"
    path.write_bytes(winscp("hunter2"))
    assert main(["sites", "import", str(path), "--with-passwords", "--passwords-in-file"]) == 0
    out, err = capsys.readouterr()
    assert "they are not encrypted" in err
    assert "passwords kept in the file: 1" in err
    assert FileStore().get("bob@ftp.example.com:21") == Secret("hunter2")
    assert "hunter2" not in out + err + SiteStore().path.read_text()


def test_export_and_import_again(filezilla: str, tmp_path: Path, capsys: Capture) -> None:
    main(["sites", "import", filezilla])
    to = str(tmp_path / "out.xml")
    assert main(["sites", "export", to]) == 0
    err = capsys.readouterr().err
    assert err.splitlines()[-1] == "5 sites exported, without passwords"
    assert main(["sites", "export", to]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["sites", "export", to, "--replace"]) == 0
    capsys.readouterr()
    assert main(["sites", "import", to]) == 0
    assert "5 there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["import"], ["export"], ["list", "x"], ["frobnicate"], ["import", "--from", "ncftp", "x"],
     ["import", "x", "--passwords-in-file"], ["list", "--dry-run"], ["import", "x", "--replace"],
     ["import", "x", "--json"]],
)  # fmt: skip
def test_wrong_usage(words: list[str], capsys: Capture) -> None:
    assert main(["sites", *words]) == 2
    assert "usage: tuiftp sites" in capsys.readouterr().err


def test_a_file_that_cannot_be_used(tmp_path: Path, capsys: Capture) -> None:
    assert main(["sites", "import", str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err
    (tmp_path / "x").write_text("<html>")
    assert main(["sites", "import", str(tmp_path / "x")]) == 1
    assert "not well-formed XML" in capsys.readouterr().err
