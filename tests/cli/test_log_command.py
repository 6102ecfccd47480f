"""`tuiftp log` without a terminal prints what a log says, whoever wrote it, and compares two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.exchange_host import active_blocked, passive
from tuiftp.cli import main
from tuiftp.wirelog.records import WireRecord

FILEZILLA = """\
Status:	Connecting to 203.0.113.7:21...
Status:	Connection established, waiting for welcome message...
Response:	220 (vsFTPd 3.0.3)
Command:	USER demo
Response:	331 Please specify the password.
Command:	PASS **********
Response:	230 Login successful.
Command:	PASV
Response:	227 Entering Passive Mode (192,168,7,2,195,203).
Status:	Server sent passive reply with unroutable address. Using server address instead.
Command:	LIST
Error:	Connection timed out after 20 seconds of inactivity
"""
LFTP = """\
---- Connecting to ftp.example.com (203.0.113.7) port 21
<--- 220 (vsFTPd 3.0.3)
---> USER demo
<--- 331 Please specify the password.
---> PASS XXXX
<--- 230 Login successful.
---> PASV
<--- 227 Entering Passive Mode (203,0,113,7,195,203).
---- Connecting data socket to (203.0.113.7) port 50123
**** Socket error (Connection refused) - reconnecting
---- Closing data socket
"""


def saved(path: Path, records: list[WireRecord]) -> str:
    path.write_text("".join(f"{record.to_json()}\n" for record in records), encoding="utf-8")
    return str(path)


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_our_own_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", saved(tmp_path / "a.jsonl", active_blocked())]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("tuiftp log · 38 records\n")
    assert "#1 → PORT 192,168,1,100,195,80" in out
    assert "⤷ asks the server to connect to 192.168.1.100:50000" in out
    assert "  R11  A NAT is in the way of active mode   sure: high" in out
    assert "      you:      Use passive mode" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [(FILEZILLA, ("FileZilla log", "R1  ", "R4  ")), (LFTP, ("lftp log", "R5  "))],
    ids=["FileZilla", "lftp"],
)
def test_logs_of_other_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: tuple[str, ...]
) -> None:
    assert main(["log", "--text", written(tmp_path / "log.txt", text)]) == 0
    out = capsys.readouterr().out
    for words in said:
        assert words in out


def test_two_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, office = saved(tmp_path / "home", passive()), saved(tmp_path / "office", active_blocked())
    assert main(["log", home, office]) == 0
    out = capsys.readouterr().out
    first = out.splitlines()[0]
    assert "home" in first
    assert "office" in first
    assert sum(line.startswith("▸ ≠") for line in out.splitlines()) == 1
    assert "Only in office: R11" in out


@pytest.mark.parametrize("text", ["", "hello\nworld\n", "\x00\x01"])
def test_what_is_no_log_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(["log", written(tmp_path / "x", text)]) == 1
    assert "holds no record" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", str(tmp_path / "x")]) == 1
    assert "cannot read" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["log"], ["log", "a", "b", "c"]])
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "usage: tuiftp log" in capsys.readouterr().err


def test_what_a_server_said_acts_on_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = LFTP.replace("(vsFTPd 3.0.3)", "\x1b]0;OWNED\x07 \u202e")
    assert main(["log", written(tmp_path / "x", text)]) == 0
    out = capsys.readouterr().out
    assert not any(char in out for char in "\x1b\x07\u202e")
