"""The commands about one file: what the server knows is used, what it does not is not asked for again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.scripted import ScriptedServer
from tests.support.sites import open_site
from tuiftp.demo.lab.server import Quirk
from tuiftp.demo.lab.session import Session
from tuiftp.demo.lab.verbs import Handler
from tuiftp.entries import Entry, EntryKind, Precision
from tuiftp.files.endpoint import Checksum, Progress
from tuiftp.ftp.transfer.ascii_mover import FromWire, ToWire

DATA = b"one\r\ntwo\r\n" * 1000
WHEN = datetime(2026, 11, 23, 9, 40, 12, tzinfo=UTC)


def knows(verb: str, handler: Handler, *, announced: str | None = None) -> Quirk:
    """Teaches a server a command, and has FEAT name it."""

    def apply(server: ScriptedServer) -> None:
        server.verbs[verb] = handler
        server.features = (*server.features, (announced or verb).encode())

    return apply


def digests(make: Callable[[bytes, bytes], str], code: int = 250) -> Handler:
    """Answers with a checksum of the file that is asked about."""

    async def handler(session: Session, argument: bytes) -> None:
        tree = session.server.tree
        data = tree.file(tree.path(session.cwd, argument.strip(b'"'))).data
        await session.reply(code, make(data, argument))

    return handler


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer({"a": DATA}) as built:
        yield built


HASH = digests(lambda data, name: f"SHA-256 0-{len(data) - 1} {hashlib.sha256(data).hexdigest()} x", 213)
CRC = digests(lambda data, name: f"{zlib.crc32(data):X}")
MD5 = digests(lambda data, name: f"{name.decode()} {hashlib.md5(data).hexdigest()}", 251)


@pytest.mark.parametrize(
    ("quirk", "expected"),
    [
        (
            knows("HASH", HASH, announced="HASH SHA-256*;MD5"),
            Checksum("sha256", hashlib.sha256(DATA).hexdigest()),
        ),
        (knows("XCRC", CRC, announced='XCRC "filename"'), Checksum("crc32", f"{zlib.crc32(DATA):08x}")),
        (knows("MD5", MD5), Checksum("md5", hashlib.md5(DATA).hexdigest())),
    ],
)
async def test_a_checksum_is_had_by_what_feat_offers(quirk: Quirk, expected: Checksum) -> None:
    async with ScriptedServer({"a": DATA}, [quirk]) as server, open_site(server) as opened:
        assert opened.endpoint.capabilities.has_checksums
        assert await opened.endpoint.checksum("/a", size=len(DATA)) == expected


async def test_without_an_offer_no_checksum_is_asked_for(server: ScriptedServer) -> None:
    async with open_site(server) as opened:
        assert not opened.endpoint.capabilities.has_checksums
        asked = len(server.received)
        assert await opened.endpoint.checksum("/a") is None
        assert len(server.received) == asked


async def test_an_answer_that_is_none_counts_as_none() -> None:
    odd = digests(lambda data, name: "Checksum computed successfully.")
    async with ScriptedServer({"a": DATA}, [knows("XMD5", odd)]) as server, open_site(server) as opened:
        assert await opened.endpoint.checksum("/a") is None


async def test_a_time_is_set_by_mfmt_where_it_is_announced() -> None:
    async def mfmt(session: Session, argument: bytes) -> None:
        stamp, _, path = argument.partition(b" ")
        tree = session.server.tree
        found = tree.file(tree.path(session.cwd, path))
        found.modified = datetime.strptime(stamp.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        await session.reply(213, b"Modify=" + stamp + b"; " + path)

    when = WHEN - timedelta(days=3)
    async with ScriptedServer({"a b": DATA}, [knows("MFMT", mfmt)]) as server, open_site(server) as opened:
        assert await opened.endpoint.set_attributes("/a b", modified=when, mode=0o600)
        found = server.tree.file((b"a b",))
        assert (found.modified, found.mode) == (when, 0o600)


async def test_a_server_that_cannot_set_times_is_asked_once(server: ScriptedServer) -> None:
    async with open_site(server) as opened:
        assert not await opened.endpoint.set_attributes("/a", modified=WHEN)
        assert [line for line in server.lines if b"20261123094012" in line] == [
            b"MDTM 20261123094012 /a",
            b"SITE UTIME 20261123094012 /a",
        ]
        assert not await opened.endpoint.set_attributes("/a", modified=WHEN)
        assert server.count("SITE") == 1


def listed(when: datetime, precision: Precision = Precision.MINUTE) -> Entry:
    return Entry("a", EntryKind.FILE, len(DATA), when, precision)


async def test_the_clock_of_listings_is_learned_from_one_file(server: ScriptedServer) -> None:
    local = (WHEN + timedelta(hours=5, minutes=30)).replace(tzinfo=None, second=0)
    async with open_site(server) as opened:
        first = await opened.endpoint.dated("/a", listed(local))
        assert first.modified == WHEN.replace(second=0)
        other = await opened.endpoint.dated("/b", listed(local + timedelta(hours=1)))
        assert other.modified == WHEN.replace(second=0) + timedelta(hours=1)
        assert server.count("MDTM") == 1


async def test_a_time_that_no_zone_explains_teaches_nothing(server: ScriptedServer) -> None:
    odd = (WHEN + timedelta(days=3, minutes=7)).replace(tzinfo=None)
    async with open_site(server) as opened:
        assert (await opened.endpoint.dated("/a", listed(odd))).modified == WHEN
        usual = WHEN.replace(tzinfo=None, second=0)
        assert (await opened.endpoint.dated("/a", listed(usual))).modified == WHEN.replace(second=0)


async def test_a_time_of_mlsd_costs_nothing_and_one_of_a_day_costs_mdtm(server: ScriptedServer) -> None:
    async with open_site(server) as opened:
        exact = listed(WHEN, Precision.SECOND)
        assert await opened.endpoint.dated("/a", exact) is exact
        assert server.count("MDTM") == 0
        day = listed(datetime(2026, 11, 23), Precision.DAY)
        assert (await opened.endpoint.dated("/a", day)).modified == WHEN
        assert server.count("MDTM") == 1


async def test_text_goes_by_type_a_and_all_else_by_type_i(server: ScriptedServer, tmp_path: Path) -> None:
    async with open_site(server) as opened:
        with (tmp_path / "a").open("w+b", buffering=0) as file:
            await opened.endpoint.download("/a", file, progress=Progress(), is_text=True)
            assert (tmp_path / "a").read_bytes() == DATA.replace(b"\r\n", b"\n")
            await opened.endpoint.upload(file, "/b", progress=Progress(), is_text=True)
            assert server.tree.read("/b") == DATA
            await opened.endpoint.size("/a")
            await opened.endpoint.download("/a", file, progress=Progress())
        types = [line for line in server.lines if line.startswith(b"TYPE")]
        assert types == [b"TYPE I", b"TYPE A", b"TYPE I"]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_line_ends_are_converted_however_the_bytes_are_cut(step: int) -> None:
    wire = b"a\r\n\r\nb\rc\n\r\r\nlast\r"
    text, back = FromWire(b"\n"), ToWire()
    pieces = [wire[at : at + step] for at in range(0, len(wire), step)]
    here = b"".join(map(text.feed, pieces)) + text.end()
    assert here == b"a\n\nb\rc\n\r\nlast\r"
    assert b"".join(back.feed(b"x\ny\r\nz"[at : at + step]) for at in range(0, 6, step)) == b"x\r\ny\r\nz"
    assert FromWire(b"\r\n").feed(b"a\r\nb") == b"a\r\nb"
