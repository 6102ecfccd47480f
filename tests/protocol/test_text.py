"""What a stranger's text may do to a screen, to a column, to a log: nothing. And its bytes stay its own."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tuiftp.errors import UnsafeName
from tuiftp.protocol.text import (
    MASK,
    cell_width,
    decode_wire,
    encode_wire,
    fit,
    human_duration,
    human_rate,
    human_size,
    is_wire_encoding,
    redact,
    shown,
)

ENCODINGS = (
    "utf-8", "UTF8", "ascii", "latin-1", "cp1252", "cp1251", "koi8_r", "cp850", "iso8859_15", "shift_jis", "cp932",
    "gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp950", "euc_jp", "euc_kr", "cp949", "johab", "euc_jis_2004",
)  # fmt: skip
REFUSED = (
    "utf-16",
    "utf-7",
    "cp037",
    "iso2022_jp",
    "hz",
    "shift_jisx0213",
    "base64",
    "rot13",
    "no-such",
    "",
    "a\0",
)
any_text = st.text(st.characters())  # lone surrogates included
# Bytes as multi-byte names have them: leads, trails in the ASCII half, digits (GB 18030), blanks.
wire_bytes = st.binary(max_size=16) | st.lists(
    st.sampled_from([bytes([b]) for b in (*range(0x80, 0x100), 0x20, 0x30, 0x39, 0x40, 0x5C, 0x7E, 0x0A)]),
    max_size=10,
).map(b"".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain.txt", "plain.txt"),
        ("Grüße 日本 🎉", "Grüße 日本 🎉"),
        ("\x1b[2J\x1b]0;x\x07", "␛[2J␛]0;x␇"),
        ("a\tb\nc\rd\0", "a␉b␊c␍d␀"),
        ("\x7f", "␡"),
        ("\x9b31m\x85", "\\x9b31m\\x85"),
        ("invoice\u202egpj.exe", "invoice⟨U+202E⟩gpj.exe"),
        ("a\u2066b\u2069\u200e\u200f\u061c", "a⟨U+2066⟩b⟨U+2069⟩⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩"),
        ("a\u200bb\u200d\u2060\ufeff\xad", "a⟨U+200B⟩b⟨U+200D⟩⟨U+2060⟩⟨U+FEFF⟩⟨U+00AD⟩"),
        ("a\u2028b\u2029", "a⟨U+2028⟩b⟨U+2029⟩"),
        ("latin\udce9\udcff", "latin\\xe9\\xff"),
        ("\ud800\udc00\udfff", "⟨U+D800⟩⟨U+DC00⟩⟨U+DFFF⟩"),
        ("\U000e0041\ufe0f\u3164", "⟨U+E0041⟩⟨U+FE0F⟩⟨U+3164⟩"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_what_a_screen_would_obey_or_hide_becomes_visible(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_clean_text_is_the_same_object() -> None:
    for text in ("plain.txt", "Grüße 日本"):
        assert shown(text) is text


@given(any_text)
def test_what_is_shown_is_harmless_and_can_be_written(text: str) -> None:
    result = shown(text)
    result.encode("utf-8")
    assert not any(
        unicodedata.category(char) in ("Cc", "Cs", "Cf", "Zl", "Zp") for char in result if char in text
    )
    assert not any(unicodedata.bidirectional(char) in ("RLO", "LRO", "RLE", "LRE", "PDF") for char in result)
    assert shown(result) == result


def test_no_character_at_all_escapes() -> None:
    every = (chr(code) for code in range(0x110000))
    hidden = [char for char in every if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert [char for char in hidden if shown(char) == char] == []


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("日本語", 6),
        ("e\u0301", 1),
        ("한글", 4),
        ("ｱｲ", 2),
        ("Ａ", 2),
        ("…", 1),
        ("🎉", 2),
        ("é", 1),
    ],
)
def test_cells(text: str, width: int) -> None:
    assert cell_width(text) == width
    assert cell_len(text) == width  # what the terminal library thinks


@pytest.mark.parametrize(
    ("first", "last"),
    [(0x20, 0x5FF), (0x900, 0xEFF), (0x1100, 0x11FF), (0x2000, 0x25FF), (0x3000, 0x30FF), (0x4E00, 0x9FFF),
     (0xAC00, 0xD7A3), (0xFF01, 0xFFEE), (0x1F300, 0x1F64F)],
)  # fmt: skip
def test_cells_are_what_the_screen_library_counts(first: int, last: int) -> None:
    characters = [chr(code) for code in range(first, last + 1) if unicodedata.category(chr(code)) != "Cn"]
    visible = [char for char in characters if shown(char) == char]
    assert [char for char in visible if cell_width(char) != cell_len(char)] == []


@pytest.mark.parametrize(
    ("text", "width", "options", "expected"),
    [
        ("abc", 5, {}, "abc  "),
        ("abc", 5, {"align": "right"}, "  abc"),
        ("abc", 3, {}, "abc"),
        ("abcdef", 4, {}, "abc…"),
        ("abcdef", 4, {"align": "right"}, "abc…"),
        ("abcdef", 1, {}, "…"),
        ("abc", 0, {}, ""),
        ("abc", -3, {}, ""),
        ("", 2, {}, "  "),
        ("report-final.txt", 9, {"middle": True}, "repo….txt"),
        ("日本語", 6, {}, "日本語"),
        ("日本語", 5, {}, "日本…"),
        ("日本語", 4, {}, "日… "),
        ("日本語", 4, {"align": "right"}, " 日…"),
        ("日本語テキスト.txt", 10, {"middle": True}, "日本….txt "),
        ("日本語", 2, {}, "… "),
        ("e\u0301e\u0301e\u0301", 2, {}, "e\u0301…"),
    ],
)
def test_text_fits_its_column(text: str, width: int, options: dict[str, object], expected: str) -> None:
    assert fit(text, width, **options) == expected  # type: ignore[arg-type]


@given(any_text, st.integers(-2, 40), st.sampled_from(["left", "right"]), st.booleans())
def test_a_column_is_exactly_as_wide_as_it_should_be(text: str, width: int, align: str, middle: bool) -> None:
    result = fit(shown(text), width, align=align, middle=middle)  # type: ignore[arg-type]
    assert cell_width(result) == max(0, width)


def test_a_flood_of_marks_does_not_leave_its_cell() -> None:
    assert len(fit("a" + "\u0301" * 5000 + "b", 10)) < 30


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PASS secret", "PASS ********"),
        ("pass a b\r\nc", "pass ********"),
        ("PASS", "PASS ********"),
        ("PASS ", "PASS ********"),
        ("  PASS x", "PASS ********"),
        ("PASS\tx", "PASS ********"),
        ("ACCT x", "ACCT ********"),
        ("PASV", "PASV"),
        ("USER pass x", "USER pass x"),
        ("PASSIVE x", "PASSIVE x"),
        ("RETR PASS x", "RETR PASS x"),
        ("SITE PSWD old new", f"SITE PSWD {MASK}"),
        ("site chpass maria hunter2", f"site chpass {MASK}"),
        ("SITE ADDUSER maria hunter2", f"SITE ADDUSER {MASK}"),
        ("ADAT YWJj", f"ADAT {MASK}"),
        ("QUOTE PASS hunter2", f"QUOTE PASS {MASK}"),
        ("SITE CHMOD 600 passwords.txt", "SITE CHMOD 600 passwords.txt"),
        ("MICE x", "MICE x"),
    ],
)
def test_passwords_are_masked_by_a_fixed_width(line: str, expected: str) -> None:
    assert redact(line) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=200)
@given(data=wire_bytes)
def test_bytes_are_the_identity_of_a_name(encoding: str, data: bytes) -> None:
    text = decode_wire(data, encoding)
    assert encode_wire(text, encoding) == data


@given(wire_bytes, st.text(max_size=12))
def test_an_encoding_of_any_name_never_raises_on_reading(data: bytes, encoding: str) -> None:
    assert encode_wire(decode_wire(data, encoding), encoding) == data


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_these_encodings_can_be_used(encoding: str) -> None:
    assert is_wire_encoding(encoding)


@pytest.mark.parametrize("encoding", REFUSED)
def test_these_encodings_cannot_be_used_and_are_read_as_utf8(encoding: str) -> None:
    assert not is_wire_encoding(encoding)
    assert decode_wire("é".encode(), encoding) == "é"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("日本表.txt".encode("shift_jis"), "shift_jis", "日本表.txt"),
        (b"\x95\x5c", "cp932", "表"),  # the second byte is a backslash
        (b"caf\xe9", "latin-1", "café"),
        (b"caf\xe9", "utf-8", "caf\udce9"),
        ("中文".encode("gb18030"), "gb18030", "中文"),
    ],
)
def test_names_are_read_in_their_encoding(data: bytes, encoding: str, text: str) -> None:
    assert decode_wire(data, encoding) == text


def test_a_typed_name_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(UnsafeName, match="cannot be written in latin-1"):
        encode_wire("日本", "latin-1")
    with pytest.raises(UnsafeName):
        encode_wire("\ud800", "utf-8")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"), (812, "812 B"), (999, "999 B"), (1000, "1.0 kB"), (4100, "4.1 kB"), (18_200, "18.2 kB"),
        (999_949, "1.0 MB"), (84_200_000, "84.2 MB"), (842_000_000, "842 MB"), (999_600_000, "1.00 GB"),
        (2_150_000_000, "2.15 GB"), (6_200_000_000, "6.20 GB"), (80_100_000_000, "80.1 GB"),
        (1_000_000_000_000, "1.00 TB"), (2**63 - 1, "9.22 EB"),
    ],
)  # fmt: skip
def test_sizes_as_a_person_reads_them(size: int, text: str) -> None:
    assert human_size(size) == text


@given(st.integers(0, 2**63 - 1))
def test_a_size_is_short_whatever_it_is(size: int) -> None:
    assert len(human_size(size)) <= 7


@pytest.mark.parametrize(
    ("rate", "text"), [(0, "0 B/s"), (84.2e6, "84.2 MB/s"), (-1, "0 B/s"), (float("inf"), "0 B/s")]
)
def test_rates(rate: float, text: str) -> None:
    assert human_rate(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (8.2, "0:09"), (59.5, "1:00"), (101, "1:41"), (3723, "1:02:03"), (-5, "0:00"),
     (float("inf"), "-:--"), (float("nan"), "-:--"), (360_000, "100:00:00")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text
