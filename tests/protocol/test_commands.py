"""Command lines: what is written, what is refused, and which replies cannot be their answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.errors import UnsafeName
from tuiftp.protocol.commands import encode_command, is_stale_answer


@pytest.mark.parametrize(
    ("verb", "argument", "options", "line"),
    [
        ("PASV", "", {}, b"PASV\r\n"),
        ("RETR", "a b", {}, b"RETR a b\r\n"),
        ("RETR", " leading", {}, b"RETR  leading\r\n"),
        ("RETR", "ü", {}, b"RETR \xc3\xbc\r\n"),
        ("RETR", "ü", {"encoding": "latin-1"}, b"RETR \xfc\r\n"),
        ("RETR", "\udcff", {}, b"RETR \xff\r\n"),
        ("RETR", "\udcff", {"doubles_iac": True}, b"RETR \xff\xff\r\n"),
    ],
)
def test_lines_as_written(verb: str, argument: str, options: dict[str, object], line: bytes) -> None:
    assert encode_command(verb, argument, **options) == line  # type: ignore[arg-type]


@given(st.text(), st.sampled_from([*map(chr, range(0x20)), "\x7f"]), st.text())
def test_a_control_character_is_always_refused(before: str, control: str, after: str) -> None:
    with pytest.raises(UnsafeName):
        encode_command("RETR", before + control + after)


@pytest.mark.parametrize(
    ("control", "reason"),
    [
        ("\r", "a carriage return, which would end the FTP command line"),
        ("\n", "a line feed, which would end the FTP command line"),
        ("\0", "a NUL, which would end the FTP command line"),
        ("\t", "a tab, which some servers replace by another character: it would be another file there"),
        ("\x7f", "the control character 0x7f, which some servers replace"),
    ],
)
def test_the_reason_is_the_true_one(control: str, reason: str) -> None:
    """Pure-FTPd reads a tab as `_`: DELE of `a<tab>b` would delete `a_b`. It ends no line."""
    with pytest.raises(UnsafeName, match=reason):
        encode_command("DELE", f"a{control}b")


@given(st.binary())
def test_a_line_is_one_line_or_refused(data: bytes) -> None:
    try:
        line = encode_command("DELE", data.decode("utf-8", "surrogateescape"))
    except UnsafeName:
        return
    assert line.endswith(b"\r\n")
    assert not any(byte < 0x20 or byte == 0x7F for byte in line[:-2])


def test_a_line_longer_than_a_path_can_be_is_refused() -> None:
    with pytest.raises(UnsafeName):
        encode_command("RETR", "x" * 5000)


@pytest.mark.parametrize(
    ("verb", "code", "last", "stale"),
    [
        ("PASV", 226, 226, True),
        ("PASV", 226, None, True),
        ("PASV", 227, 226, False),
        ("PASV", 250, 250, True),
        (
            "PASV",
            250,
            226,
            False,
        ),  # odd, but perhaps its answer: whoever asked will say that it cannot be read
        ("SIZE", 150, None, True),
        ("SIZE", 250, 250, True),
        ("SIZE", 550, 550, False),
        ("DELE", 250, 250, False),
        ("CWD", 226, 226, True),
        ("RETR", 226, 226, False),  # an early 226 is possible, and the size decides
        ("LIST", 150, None, False),
        ("ABOR", 226, None, False),
        ("", 220, None, False),
        ("NOOP", 426, None, True),
    ],
)
def test_stale_answers(verb: str, code: int, last: int | None, stale: bool) -> None:
    assert is_stale_answer(verb, code, last_code=last) is stale
