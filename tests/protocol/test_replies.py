"""Replies come out right however the bytes are cut; nothing a server sends can hold or break the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.errors import ProtocolViolation
from tuiftp.protocol.replies import MAX_LINE, MAX_LINES, Reply, ReplyReader


def read_whole(data: bytes, encoding: str = "utf-8") -> list[Reply]:
    reader = ReplyReader(encoding)
    reader.feed(data)
    return list(iter(reader.next_reply, None))


def read_byte_by_byte(data: bytes, encoding: str = "utf-8") -> list[Reply]:
    reader = ReplyReader(encoding)
    replies: list[Reply] = []
    for place in range(len(data)):
        reader.feed(data[place : place + 1])
        replies.extend(iter(reader.next_reply, None))
    return replies


CASES: list[tuple[str, bytes, list[tuple[int, str, str]]]] = [
    ("one line", b"220 Welcome.\r\n", [(220, "Welcome.", "Welcome.")]),
    ("LF only", b"220 Welcome.\n331 Go on\n", [(220, "Welcome.", "Welcome."), (331, "Go on", "Go on")]),
    ("bare code", b"226\r\n200 x\r\n", [(226, "", ""), (200, "x", "x")]),
    ("code and a space only", b"226 \r\n", [(226, "", "")]),
    ("two in one segment", b"150 Go\r\n226 Done\r\n", [(150, "Go", "Go"), (226, "Done", "Done")]),
    (
        "multi-line",
        b"211-Features:\r\n MDTM\r\n SIZE\r\n211 End\r\n",
        [(211, "End", "Features:\n MDTM\n SIZE\nEnd")],
    ),
    ("each line with its code", b"230-One\r\n230-Two\r\n230 Three\r\n", [(230, "Three", "One\nTwo\nThree")]),
    (
        "inner lines that look like other codes",
        b"211-Status\r\n226 not the end\r\n2110 things\r\n 211 indented\r\n211-211 \r\n211 End\r\n",
        [(211, "End", "Status\n226 not the end\n2110 things\n 211 indented\n211 \nEnd")],
    ),
    ("end without a space", b"220-Hello\r\n220\r\n", [(220, "", "Hello\n")]),
    ("begin without a text", b"220-\r\n\r\n220 ok\r\n", [(220, "ok", "\n\nok")]),
    ("a second beginning inside", b"230-a\r\n230-\r\n230-\r\n230 b\r\n", [(230, "b", "a\n\n\nb")]),
    ("bare CR is text", b"200 a\rb\r\n", [(200, "a\rb", "a\rb")]),
    ("more than one CR", b"200 a\r\r\n", [(200, "a", "a")]),
    ("NUL is text", b"200 a\0b\r\n", [(200, "a\0b", "a\0b")]),
    ("the NUL of a C string", b"200 a\r\n\x00201 b\r\n\0", [(200, "a", "a"), (201, "b", "b")]),
    ("empty lines between", b"220 a\r\n\r\n\n331 b\r\n", [(220, "a", "a"), (331, "b", "b")]),
    ("latin-1 bytes", b"220 Gr\xfc\xdfe\r\n", [(220, "Gr\udcfc\udcdfe", "Gr\udcfc\udcdfe")]),
    ("tab behind the code", b"220\tHi\r\n", [(220, "Hi", "Hi")]),
    ("protected reply of RFC 2228", b"631 abc=\r\n", [(631, "abc=", "abc=")]),
    ("nothing whole yet", b"220-Hello\r\n22", []),
]


@pytest.mark.parametrize(("data", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("read", [read_whole, read_byte_by_byte])
def test_replies_come_out_the_same_whole_and_byte_by_byte(
    read: Callable[[bytes], list[Reply]], data: bytes, expected: list[tuple[int, str, str]]
) -> None:
    assert [(reply.code, reply.text, reply.full_text) for reply in read(data)] == expected


@pytest.mark.parametrize("data", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_bytes_behind_a_reply_are_kept_for_the_next(data: bytes) -> None:
    reader = ReplyReader()
    reader.feed(data + b"200 first of the rest")
    for _ in iter(reader.next_reply, None):
        pass
    assert reader.has_buffered
    assert reader.pending.endswith(b"200 first of the rest")


def test_lines_are_kept_as_they_came() -> None:
    (reply,) = read_whole(b"211-Features:\r\n MDTM\r\n211 End\r\n")
    assert reply.lines == ("211-Features:", " MDTM", "211 End")


def test_what_came_behind_a_reply_is_seen_before_it_is_read() -> None:
    reader = ReplyReader()
    reader.feed(b"234 Go ahead\r\n")
    assert reader.next_reply() is not None
    assert (reader.has_buffered, reader.pending) == (False, b"")
    reader.feed(b"234 Go ahead\r\n230 injected\r\n")
    assert reader.next_reply() is not None
    assert (reader.has_buffered, reader.pending) == (True, b"230 injected\r\n")


def test_a_multi_line_reply_that_has_begun_counts_as_pending() -> None:
    reader = ReplyReader()
    reader.feed(b"230-Hello\r\n")
    assert reader.next_reply() is None
    assert reader.has_buffered
    assert reader.pending == b"230-Hello\n"


def test_the_encoding_may_change_between_replies() -> None:
    reader = ReplyReader("latin-1")
    reader.feed(b"220 \xfc\r\n")
    first = reader.next_reply()
    reader.encoding = "utf-8"
    reader.feed("200 ü\r\n".encode())
    second = reader.next_reply()
    assert first is not None
    assert second is not None
    assert (first.text, second.text) == ("ü", "ü")


@pytest.mark.parametrize(
    ("code", "true"),
    [
        (150, {"is_preliminary"}),
        (226, {"is_completion"}),
        (331, set()),
        (425, {"is_refusal"}),
        (550, {"is_refusal"}),
        (631, set()),
    ],
)
def test_the_class_of_a_reply_is_told_by_its_first_digit(code: int, true: set[str]) -> None:
    names = ("preliminary", "completion", "refusal")
    reply = Reply(code, (f"{code} x",))
    assert {f"is_{name}" for name in names if getattr(reply, f"is_{name}")} == true


@pytest.mark.parametrize(
    "banner",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"* OK IMAP4 ready\r\n",
        b"+OK POP3\r\n",
        b"2200 is no code\r\n",
        b"22\r\n",
        b"099 x\r\n",
        b"\x15\x03\x01\x00\x02\x02\n",
    ],
)
def test_what_is_no_reply_is_told_with_the_server_s_words(banner: bytes) -> None:
    reader = ReplyReader()
    reader.feed(banner)
    with pytest.raises(ProtocolViolation, match="this is not an FTP server: "):
        reader.next_reply()


def test_the_words_of_a_strange_server_are_made_visible_and_short() -> None:
    reader = ReplyReader()
    reader.feed(b"\x1b]0;evil\x07" + b"A" * 5000 + b"\n")
    with pytest.raises(ProtocolViolation) as caught:
        reader.next_reply()
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 120


def test_garbage_after_a_first_reply_does_not_deny_that_it_is_ftp() -> None:
    reader = ReplyReader()
    reader.feed(b"220 Hi\r\nwhatever\r\n")
    assert reader.next_reply() is not None
    with pytest.raises(ProtocolViolation, match="no FTP reply: whatever"):
        reader.next_reply()


def test_a_broken_reader_stays_broken_and_holds_nothing() -> None:
    reader = ReplyReader()
    reader.feed(b"nonsense\r\n220 Hi\r\n")
    for _ in range(2):
        with pytest.raises(ProtocolViolation, match="nonsense"):
            reader.next_reply()
        reader.feed(b"220 Hi\r\n" * 1000)
    assert not reader.has_buffered


@pytest.mark.parametrize("end", [b"", b"\r", b"\r\n"])
def test_a_line_without_end_is_not_held(end: bytes) -> None:
    reader = ReplyReader()
    reader.feed(b"220 " + b"a" * (MAX_LINE - 3) + end + (b"" if end.endswith(b"\n") else b"aa"))
    with pytest.raises(ProtocolViolation, match="64 KiB"):
        reader.next_reply()


def test_the_longest_allowed_line_is_read() -> None:
    (reply,) = read_whole(b"220 " + b"a" * (MAX_LINE - 4) + b"\r\n")
    assert len(reply.text) == MAX_LINE - 4


def test_a_reply_without_end_is_not_held() -> None:
    reader = ReplyReader()
    reader.feed(b"220-a\r\n" * (MAX_LINES + 1))
    with pytest.raises(ProtocolViolation, match="1,000 lines"):
        reader.next_reply()


def test_the_longest_allowed_reply_is_read() -> None:
    (reply,) = read_whole(b"220-a\r\n" * (MAX_LINES - 1) + b"220 b\r\n")
    assert len(reply.lines) == MAX_LINES


def test_empty_lines_without_end_are_not_followed() -> None:
    reader = ReplyReader()
    reader.feed(b"\r\n" * (MAX_LINES + 1))
    with pytest.raises(ProtocolViolation, match="1,000 lines"):
        reader.next_reply()


def outcome(data: bytes, size: int) -> tuple[list[Reply], str | None]:
    reader = ReplyReader()
    replies: list[Reply] = []
    try:
        for place in range(0, len(data), size):
            reader.feed(data[place : place + size])
            replies.extend(iter(reader.next_reply, None))
    except ProtocolViolation as error:
        return replies, error.message
    return replies, None


_FRAGMENTS = st.sampled_from(
    [b"220", b"220 ", b"220-", b"\r\n", b"\n", b"\r", b"\0", b"x", b"\xff", b"1", b"226 ok\r\n", b" "]
)


@given(st.lists(_FRAGMENTS | st.binary(max_size=5), max_size=20).map(b"".join), st.integers(1, 7))
def test_any_bytes_give_the_same_however_they_are_cut(data: bytes, size: int) -> None:
    assert outcome(data, size) == outcome(data, max(1, len(data)))
