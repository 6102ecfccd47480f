"""Targets on the wire: replies, addresses, listings, what replies tell of files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.fuzz.target import Target, text_of
from tests.protocol.listing.samples import SAMPLES
from tuiftp.entries import Entry, EntryKind
from tuiftp.errors import ProtocolViolation, UnsafeName
from tuiftp.protocol import addresses, charsets, features, file_replies, paths
from tuiftp.protocol.listing import parse_listing, parse_mlsd, parse_mlst
from tuiftp.protocol.listing.dialects import DIALECTS
from tuiftp.protocol.listing.lines import Window, decode_lines
from tuiftp.protocol.replies import MAX_LINE, MAX_LINES, ReplyReader
from tuiftp.protocol.text import cell_width, decode_wire, encode_wire, fit, human_size, shown

_NOW = datetime(2026, 7, 1, 12)
_ZONE = timezone(timedelta(hours=-9, minutes=-30))
_ENCODINGS = ("utf-8", "latin-1", "cp932", "gb18030", "big5", "euc_jp", "cp1251", "koi8_r")
_LISTINGS = [text.encode() for samples in SAMPLES.values() for text, _ in samples]
_COLUMNS = [
    b" ", b"  ", b"\t", b"\r\n", b"\n", b"-> ", b"Feb 29", b"0001-01-01 00:00", b"\xe6\x9c\x88", b"\x8c\x8e",
    *b"""- / : ; ;1 , . .. [ ] ( ) ' " * <DIR> drwxr-xr-x -rw-r--r-- l 1 99 103 2026 18446744073709551616 -1 Jan 31
    24:00 12:60 10:00 10:00PM 06-25-26 2026-06-25 31.12.99 0000/00/00 **NONE** 9999-12-31 PO PS VSAM Migrated
    JOB01906 OUTPUT *STMF *MEM *FILE [RWCEAFMS] type= modify= unique= +m DIR F V 1\xe6\x9c\x88""".split(),
]  # fmt: skip


def _encoding(data: bytes) -> str:
    return _ENCODINGS[data[0] % len(_ENCODINGS)] if data else "utf-8"


def check_entry(entry: Entry) -> None:
    """What holds for every entry, whatever it was read from."""
    assert entry.name
    assert "\n" not in entry.name
    assert entry.size is None or 0 <= entry.size < 2**63
    assert (entry.modified is None) == (entry.precision is None)
    assert entry.permissions is None or len(entry.permissions) == 9
    assert entry.raw is None or (entry.raw == entry.name and entry.kind is EntryKind.OTHER)


def listing(data: bytes) -> None:
    for entries in (
        parse_listing([data], now=_NOW, encoding=_encoding(data)),
        parse_listing(data.split(b"\n"), now=_NOW, zone=_ZONE),
        parse_mlsd([data], encoding=_encoding(data)),
    ):
        assert len(entries) <= 2 * (data.count(b"\n") + 1)  # KA9Q writes two on a line
        for entry in entries:
            check_entry(entry)
            assert entry.name not in (".", "..")
    entry_of_path = parse_mlst(data)
    assert entry_of_path is None or entry_of_path.name


def dialects(data: bytes) -> None:
    """Each dialect alone, so that none hides behind those that are asked before it."""
    lines = next(decode_lines([data], _encoding(data)))
    for dialect in DIALECTS:
        reader = dialect.open(Window(lines), _NOW)
        entries = [entry for line in lines if (entry := reader.read(line)) is not None]
        for entry in reader.finish(entries):
            check_entry(entry)


def replies(data: bytes) -> None:
    reader = ReplyReader(_encoding(data))
    step = 1 + len(data) % 97
    try:
        for start in range(0, len(data), step):
            reader.feed(data[start : start + step])
            while (reply := reader.next_reply()) is not None:
                assert 100 <= reply.code <= 699
                assert 0 < len(reply.lines) <= MAX_LINES
                assert reply.text in reply.full_text
                features.parse_feat(reply.lines)
                paths.parse_pwd_reply(reply.text)
            assert len(reader.pending) <= (MAX_LINE + 2) * MAX_LINES
    except ProtocolViolation:
        assert not reader.has_buffered


def address_texts(data: bytes) -> None:
    text = text_of(data)
    readers: list[Callable[[str], Any]] = [
        addresses.decode_port, addresses.decode_eprt, addresses.parse_pasv_reply, addresses.parse_epsv_reply,
    ]  # fmt: skip
    for read in readers:
        try:
            found = read(text)
        except ValueError:
            continue
        port = found if isinstance(found, int) else found[1]
        assert 0 <= port <= 65535
    addresses.quoted_address(text, not_in=())


def file_facts(data: bytes) -> None:
    text = text_of(data)
    when = file_replies.parse_time(text)
    assert when is None or file_replies.encode_time(when)
    file_replies.parse_hash(text, size=5)
    for verb in ("XMD5", "XSHA256", "MD5", "XCRC"):
        file_replies.parse_checksum(text, verb)
    paths.parse_pwd_reply(text)
    features.parse_feat(text.split("\n"))


def texts(data: bytes) -> None:
    for encoding in _ENCODINGS:
        text = decode_wire(data, encoding)
        assert encode_wire(text, encoding) == data
    seen = shown(text)
    assert shown(seen) == seen
    assert "\x1b" not in seen
    assert cell_width(fit(seen, 20)) == 20
    human_size(len(data))
    try:
        paths.check_name(text)
    except UnsafeName:
        pass


def names(data: bytes) -> None:
    guess = charsets.guess_charset(data.split(b"\n"))
    assert 0 <= guess.confidence <= 1
    data.decode(guess.encoding, "replace")


_REPLIES = [
    b"220-Welcome\r\n to us\r\n220 ready\r\n",
    b"227 Entering Passive Mode (192,168,1,100,195,80).\r\n150 ok\r\n226 done\r\n",
    b'257 "/a ""b"" c" is it\r\n\r\n\0220 x\n',
    b"211-Features:\r\n MLST type*;size*;\r\n REST STREAM\r\n211 End\r\n",
]
_ADDRESSES = (
    b"(192,168,1,100,195,80) |1|10.0.0.1|50000| |2|fe80::1%eth0|50000| (|||50000|) =1,2,3,4,5,6".split()
)
_FACTS = [
    b"20260623094200.123", b"19126062309420", b"SHA-256 0-49 6ae1a5 name",
    b"d41d8cd98f00b204e9800998ecf8427e a", b'"/a""b"',
]  # fmt: skip
_TEXTS = ["é写真".encode(), b"\x83\x5c\x1b[2J", b"\xff\xfe"]
_NAMES = ["写真\n東京".encode("cp932"), "фото".encode("koi8_r"), "é".encode()]

TARGETS = (
    Target("listing", listing, _LISTINGS, _COLUMNS),
    Target("dialects", dialects, _LISTINGS, _COLUMNS),
    Target(
        "replies", replies, _REPLIES,
        [b"\r\n", b"\n", b"\r", b"\0", b"220 ", *b"220- 234 HTTP/1.1 SSH-2.0".split()],
    ),
    Target(
        "addresses", address_texts, _ADDRESSES,
        b", | ( ) 256 65536 0 00 :: ::ffff:10.0.0.1 % \xd9\xa3 !!! 127,0,0,1,".split(),
    ),
    Target(
        "files", file_facts, _FACTS,
        [b" REST STREAM", b"MLST ", *b'" 0-49 SHA-1 99999999999999 \xd9\xa3 . 191'.split()],
    ),
    Target("text", texts, _TEXTS, [b"\xe2\x80\xae", *b"\x1b \xc2\x9b \xed\xa0\x80 / ..".split()]),
    Target("names", names, _NAMES, [b"\n", b"\x81", b"\xe9", b"\xa4\xa2"]),
)  # fmt: skip
"""What comes over a connection."""
