"""Users bring the logs that they have: each is recognized, read, drawn and diagnosed as far as it goes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fixtures import StartServer
from tests.support.servers.daemons import Vsftpd
from tests.wirelog.foreign import samples
from tests.wirelog.scenarios import records
from tuiftp.errors import LocalFileError
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.foreign import load_any, load_file
from tuiftp.wirelog.ladder import rows_of
from tuiftp.wirelog.operations import operations
from tuiftp.wirelog.records import RecordKind

SAMPLES = [(source, text) for source, texts in samples.ALL.items() for text in texts]


def codes(text: str) -> set[str]:
    return {finding.code for finding in diagnose(load_any(text).records)}


def lines(text: str) -> list[str]:
    """One line for each data connection: how, where, whether it worked."""
    return [
        f"{operation.command} {operation.endpoint} {operation.ok} {operation.bytes}"
        for operation in operations(load_any(text).records)
        if operation.command != "login"
    ]


@pytest.mark.parametrize(("source", "text"), SAMPLES)
def test_a_log_is_recognized_by_its_lines(source: str, text: str) -> None:
    loaded = load_any(text)
    assert loaded.source == source
    assert loaded.broken_lines <= 1
    assert loaded.records
    assert loaded == load_any(text.encode()) == load_any(text.splitlines(keepends=True))
    assert [r.at for r in loaded.records] == sorted(r.at for r in loaded.records)
    assert rows_of(loaded.records)


@pytest.mark.parametrize(("source", "text"), SAMPLES)
def test_no_password_survives(source: str, text: str) -> None:
    commands = [r.text for r in load_any(text).records if r.kind is RecordKind.COMMAND]
    assert "geheim" not in str(commands)
    assert all(command in ("PASS ********",) for command in commands if command.startswith("PASS"))


def test_filezilla_behind_a_firewall() -> None:
    """It says that it asks the server's address instead of the private one that was announced."""
    assert lines(samples.FILEZILLA_WINDOW) == ["PASV 203.0.113.7:50123 False None"]
    assert codes(samples.FILEZILLA_WINDOW) == {"R1", "R4"}


def test_filezillas_log_file_has_times_and_several_connections() -> None:
    loaded = load_any(samples.FILEZILLA_FILE)
    assert loaded.has_times
    assert {record.conn for record in loaded.records} == {1, 2}
    assert loaded.records[0].at.isoformat() == "2026-03-02T10:00:00+00:00"
    assert lines(samples.FILEZILLA_FILE) == ["PASV 203.0.113.7:50123 True None"]
    assert codes(samples.FILEZILLA_FILE) == set()


def test_filezilla_in_german_with_times_of_day() -> None:
    assert codes(samples.FILEZILLA_GERMAN) == {"R9", "R5"}
    assert load_any(samples.FILEZILLA_GERMAN).has_times


def test_lftp_tells_of_its_data_sockets() -> None:
    assert lines(samples.LFTP) == ["PASV 203.0.113.7:24190 True None", "PASV 203.0.113.7:24170 False None"]
    assert codes(samples.LFTP) == {"R5"}
    loaded = load_any(samples.LFTP)
    assert not loaded.has_times
    assert {record.conn for record in loaded.records} == {1, 2}


def test_lftp_with_times_in_active_mode() -> None:
    assert codes(samples.LFTP_ACTIVE) == {"R11"}


def test_curl_tells_of_bytes() -> None:
    assert lines(samples.CURL) == ["EPSV 127.0.0.1:24168 True 600"]
    assert codes(samples.CURL) == set()


def test_curl_that_is_blocked() -> None:
    assert lines(samples.CURL_BLOCKED) == [
        "EPSV 203.0.113.7:50124 False None", "PASV 203.0.113.7:50123 False None",
    ]  # fmt: skip
    assert codes(samples.CURL_BLOCKED) == {"R4"}


def test_winscp_in_active_mode_behind_a_nat() -> None:
    assert lines(samples.WINSCP) == ["PORT 192.168.1.100:50000 False None"]
    assert codes(samples.WINSCP) == {"R11"}


def test_vsftpds_log_follows_a_session_from_process_to_process() -> None:
    loaded = load_any(samples.VSFTPD)
    assert {record.conn for record in loaded.records} == {1}
    assert lines(samples.VSFTPD) == [
        "PORT 192.168.1.100:50000 False None",
        "PASV 203.0.113.7:24093 True None",
    ]
    assert loaded.records[-1].text == "ABOR"


def test_vsftpds_log_gets_no_data_connection_that_it_does_not_tell_of() -> None:
    loaded = load_any(samples.VSFTPD)
    assert not [record for record in loaded.records if record.kind is RecordKind.DATA]
    assert any("600 bytes" in record.text for record in loaded.records if record.kind is RecordKind.STATUS)


def test_our_own_log_is_read_as_it_is() -> None:
    log = records("dropped")
    text = "\n".join(record.to_json() for record in log)
    loaded = load_any(f"{text}\nnonsense\n")
    assert (loaded.source, list(loaded.records), loaded.broken_lines) == ("tuiftp", log, 1)


def test_windows_encodings_are_read() -> None:
    assert load_any(samples.WINSCP.encode("utf-16")) == load_any(samples.WINSCP)
    assert load_any(samples.WINSCP.replace("\n", "\r\n").encode("utf-8-sig")) == load_any(samples.WINSCP)


def test_what_nobody_wrote_is_unknown() -> None:
    assert load_any("Dear all,\nplease help.\n").source == "unknown"
    assert load_any(b"").records == ()
    assert load_any(bytes(range(256)) * 10).records == ()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(samples.LFTP)
    assert load_file(path).source == "lftp"
    with pytest.raises(LocalFileError, match=r"cannot read .*missing"):
        load_file(tmp_path / "missing")


@given(st.binary(max_size=2_000))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    load_any(data)


@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 40), st.text(max_size=40)), max_size=5),
    st.randoms(use_true_random=False),
)
def test_logs_that_were_cut_and_smeared_are_still_read(
    sample: tuple[str, str], smears: list[tuple[int, str]], random: object
) -> None:
    pieces = sample[1].splitlines()
    for place, text in smears:
        at = place % len(pieces)
        pieces[at] = pieces[at][: place % (len(pieces[at]) + 1)] + text
    getattr(random, "shuffle")(pieces)  # noqa: B009
    loaded = load_any(pieces)
    diagnose(loaded.records)
    rows_of(loaded.records)
    operations(loaded.records)


HEAD = """Status:\tConnecting to 203.0.113.7:21...
Status:\tConnection established, waiting for welcome message...
Response:\t220 (vsFTPd 2.0.7)
Command:\tUSER demo
Response:\t331 Please specify the password.
Command:\tPASS ********
Response:\t230 Login successful.
Status:\tRetrieving directory listing...
Command:\tPASV
"""
LISTS = """Command:\tLIST
Error:\tConnection timed out
Error:\tFailed to retrieve directory listing
"""


@pytest.mark.parametrize("shown", ["203,XX,XX,XX,XX,XX", "*,*,*,*,203,85", "xxx,xxx,xxx,xxx,195,80"])
def test_a_log_whose_addresses_were_masked_is_not_blamed_on_a_router(shown: str) -> None:
    """People who ask for help mask them; what was met is told all the same."""
    log = f"{HEAD}Response:\t227 Entering Passive Mode ({shown})\n{LISTS}"
    assert codes(log) == {"R4"}
    assert lines(log) == ["PASV 203.0.113.7:? False None"]


def test_filezilla_that_uses_the_servers_address_instead() -> None:
    reply = "Response:\t227 Entering Passive Mode (192,168,1,150,225,100)\n"
    said = "Status:\tServer sent passive reply with unroutable address. Using server address instead.\n"
    assert codes(f"{HEAD}{reply}{said}{LISTS}") == {"R1", "R4"}


@pytest.mark.real_server
@pytest.mark.parametrize("active", [False, True])
def test_what_lftp_and_curl_really_write(active: bool, start_ftp_server: StartServer) -> None:
    """The programs themselves list a directory on vsftpd; their logs and vsftpd's own tell the same."""
    vsftpd = start_ftp_server("vsftpd")
    assert isinstance(vsftpd, Vsftpd)
    vsftpd.put("a.txt", b"hello")
    mode = f"set ftp:passive-mode {'off' if active else 'on'}"
    by_lftp = said_by("lftp", "-d", "-c", f"{mode}; open {vsftpd.url}; ls; bye")
    by_curl = said_by("curl", "-v", "--no-progress-meter", *(["-P", "-"] if active else []), vsftpd.url)
    assert load_any(by_lftp).source == "lftp"
    assert load_any(by_curl).source == "curl"
    for told, commands in ((lines(by_lftp), ("PORT", "PASV")), (lines(by_curl), ("EPRT", "EPSV"))):
        (line,) = told
        assert line.startswith(f"{commands[0] if active else commands[1]} {vsftpd.host}:")
        assert " True " in line
    own = load_any(vsftpd.log.read_text())
    assert own.source == "vsftpd"
    assert own.broken_lines == 0
    done = [one for one in operations(own.records) if one.command != "login"]
    assert [one.ok for one in done] == [True, True]
    for text in (by_lftp, by_curl, vsftpd.log.read_text()):
        assert codes(text) == set()


def said_by(*words: str) -> str:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    return subprocess.run(words, capture_output=True, text=True, timeout=30, check=True).stderr
