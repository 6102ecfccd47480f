"""Small files are fetched by a thread that has the session to itself; what is out of the ordinary it leaves alone."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from tests.support.scripted import Quirk, ScriptedServer, Session, mischief, quirks
from tests.support.servers import RunningServer
from tests.support.sites import open_site, rules
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.endpoint import FtpEndpoint
from tuiftp.ftp.transfer import small_batch
from tuiftp.wirelog.records import RecordKind

TREE: dict[str, bytes] = {f"f{number:02}": bytes([number]) * number * 100 for number in range(20)}
COPES = mischief.banner(b"220 (vsFTPd 3.0.3)\r\n")


class Wanted:
    """A bunch of files, and what came of it."""

    def __init__(self, sizes: dict[str, int], gate: threading.Event | None = None) -> None:
        self.got: dict[str, bytes] = {}
        self.left: list[str] = []
        self.started = threading.Event()
        self._todo = list(sizes.items())
        self._at_hand: str | None = None
        self._gate = gate

    @property
    def has_more(self) -> bool:
        return bool(self._todo)

    def next(self) -> tuple[str, int] | None:
        self.started.set()
        if self._gate is not None:
            self._gate.wait(5.0)
        if not self._todo:
            return None
        self._at_hand, size = self._todo.pop(0)
        return self._at_hand, size

    def deliver(self, data: bytes) -> bool:
        assert self._at_hand is not None
        self.got[self._at_hand], self._at_hand = data, None
        return True

    def skip(self) -> None:
        if self._at_hand is not None:
            self.left.append(self._at_hand)
            self._at_hand = None


def wanted() -> Wanted:
    """All files of the tree."""
    return Wanted({f"/{name}": len(content) for name, content in TREE.items()})


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every server count as a near one, however busy the machine is."""
    monkeypatch.setattr(small_batch, "SHORT_WAY", 60.0)


async def prove(endpoint: FtpEndpoint) -> None:
    """Fetch one file the usual way: the lane is open once a data connection has come about."""
    await endpoint.fetch("/f01", size=100, progress=Progress())


@pytest.mark.parametrize("mode", ["auto", "passive"])
async def test_files_of_every_server_that_copes_come_whole(
    mode: str, tmp_path: Path, ftp_server: RunningServer
) -> None:
    """Thirty files, and then the session is as good as before.

    A server that refuses a command in mid-transfer does so when it looks too early; then the others are left.
    """
    names = {f"n{number}": bytes([number]) * number * 37 for number in range(30)}
    for name, content in names.items():
        ftp_server.put(name, content)
    async with open_site(ftp_server, rules=rules(mode)) as opened, opened.site.pool.lease() as endpoint:
        path = ftp_server.remote("n1")
        await endpoint.fetch(path, size=37, progress=Progress())
        if not endpoint.largest_in_batch:
            assert ftp_server.kind == "pyftpdlib"
            return
        receiver = Wanted({ftp_server.remote(name): len(content) for name, content in names.items()})
        await endpoint.fetch_batch(receiver)
        whole = {ftp_server.remote(name): content for name, content in names.items()}
        assert receiver.got.items() <= whole.items()
        assert await endpoint.fetch(path, size=37, progress=Progress()) == names["n1"]
        if receiver.left and ftp_server.kind != "vsftpd":
            assert not endpoint.largest_in_batch
            return
        assert receiver.got == whole
        assert receiver.left == []
        assert "no longer be told apart" not in opened.log
        assert len({record.conn for record in opened.records}) == 2


async def test_the_log_holds_every_line_of_it_in_order() -> None:
    """Whoever looks at the log sees nothing missing: commands, replies, data connections, with their times."""
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        await endpoint.fetch_batch(wanted())
        commands = [record.text for record in opened.records if record.kind is RecordKind.COMMAND]
        assert (
            commands[-39:]
            == [line for name in TREE for line in (f"RETR /{name}", "PASV" if name != "f19" else "")][:39]
        )
        closed = [record for record in opened.records if record.event == "closed"]
        assert [record.bytes for record in closed[-20:]] == [len(content) for content in TREE.values()]
        conn = closed[-1].conn
        times = [record.at for record in opened.records if record.conn == conn]
        assert times == sorted(times)


async def test_a_file_that_is_refused_or_of_another_size_is_left_to_the_usual_way() -> None:
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        receiver = Wanted({"/f03": 300, "/gone": 5, "/f04": 401, "/f05": 500, "/new\nline": 3, "/f06": 600})
        await endpoint.fetch_batch(receiver)
        assert list(receiver.got) == ["/f03", "/f05", "/f06"]
        assert receiver.left == ["/gone", "/f04", "/new\nline"]
        assert endpoint.largest_in_batch
        assert await endpoint.fetch("/f07", size=700, progress=Progress()) == TREE["f07"]


async def test_a_file_that_has_grown_is_never_cut_to_the_size_it_was_listed_with() -> None:
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        receiver = Wanted({"/f03": 300, "/f04": 399, "/f05": 500})
        await endpoint.fetch_batch(receiver)
        assert list(receiver.got) == ["/f03"]
        assert await endpoint.fetch("/f05", size=500, progress=Progress()) == TREE["f05"]


@pytest.mark.parametrize(
    "quirk",
    [
        quirks.doubled_completion(),
        quirks.no_preliminary(),
        mischief.stale_reply("RETR", before=True),
        mischief.cuts_control("RETR"),
        mischief.closes_with_421("RETR"),
        quirks.refuse("PASV", 450, "PASV: data transfer in progress", times=1),
        quirks.cut_data(50, verbs=frozenset({"RETR"})),
        quirks.announce("192.0.2.7"),
        mischief.says_raw("RETR", b"\xff\xfe no FTP at all\r\n"),
    ],
    ids=["226 226", "no 150", "stale 226", "cut", "421", "450 to PASV", "cut data", "elsewhere", "no reply"],
)
async def test_what_is_odd_brings_no_wrong_file_and_the_next_session_is_a_known_one(quirk: Quirk) -> None:
    """Whatever the server does: only exact files are brought, and the usual way goes on from a known state."""
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        quirk(server)
        receiver = wanted()
        async with asyncio.timeout(20):
            await endpoint.fetch_batch(receiver)
        assert all(data == TREE[path[1:]] for path, data in receiver.got.items())
        del server.verbs["RETR"], server.verbs["PASV"]
        async with ScriptedServer(dict(TREE), [COPES]) as usual:
            server.verbs.update(usual.verbs)
        server.faults = usual.faults
        for name in ("f08", "f09"):
            data = await endpoint.fetch(f"/{name}", size=len(TREE[name]), progress=Progress())
            assert data == TREE[name]


async def test_a_cancel_ends_it_after_the_file_at_hand_and_leaves_a_usable_session() -> None:
    gate = threading.Event()
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        receiver = Wanted({f"/{name}": len(content) for name, content in TREE.items()}, gate)
        fetching = asyncio.create_task(endpoint.fetch_batch(receiver))
        await asyncio.to_thread(receiver.started.wait, 5.0)
        fetching.cancel()
        asyncio.get_running_loop().call_later(0.05, gate.set)
        with pytest.raises(asyncio.CancelledError):
            await fetching
        assert len(receiver.got) <= 1
        assert await endpoint.fetch("/f07", size=700, progress=Progress()) == TREE["f07"]
        assert len(server.sessions) == 2


async def test_a_server_that_falls_silent_is_given_up_in_time_and_a_cancel_does_not_wait_for_it() -> None:
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server, timeout=20.0) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        heard = threading.Event()

        async def never_answers(session: Session, argument: bytes) -> None:
            heard.set()
            await asyncio.Event().wait()  # nor does it answer what was sent behind

        server.verbs["RETR"] = never_answers
        fetching = asyncio.create_task(endpoint.fetch_batch(wanted()))
        await asyncio.to_thread(heard.wait, 5.0)
        fetching.cancel()
        async with asyncio.timeout(2.0):
            with pytest.raises(asyncio.CancelledError):
                await fetching


async def test_a_port_that_does_not_answer_is_told_as_that() -> None:
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        quirks.passive_port("silent")(server)
        receiver = wanted()
        await endpoint.fetch_batch(receiver)
        assert len(receiver.got) < len(TREE)
        said = [record.text for record in opened.records if record.kind is RecordKind.STATUS]
        assert any("no data connection to 127.0.0.1:" in text and "within 0.4 s" in text for text in said), (
            said
        )


async def test_a_site_that_is_closed_meanwhile_does_not_leave_the_thread_behind() -> None:
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server, timeout=20.0) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        mischief.silent("RETR")(server)
        receiver = wanted()
        fetching = asyncio.create_task(endpoint.fetch_batch(receiver))
        await asyncio.to_thread(receiver.started.wait, 5.0)
        endpoint.session.drop("the site is closed")
        async with asyncio.timeout(2.0):
            await fetching
        assert receiver.got == {}


async def test_it_is_closed_where_it_would_be_no_way() -> None:
    """No lane in active mode, and none before a passive data connection has come about."""
    async with ScriptedServer(dict(TREE), [COPES]) as server:
        async with open_site(server, rules=rules("active")) as opened, opened.site.pool.lease() as endpoint:
            await prove(endpoint)
            assert endpoint.largest_in_batch == 0
        async with open_site(server) as opened, opened.site.pool.lease() as endpoint:
            assert endpoint.largest_in_batch == 0


async def test_it_is_closed_where_the_way_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_batch, "SHORT_WAY", 0.0)
    async with (
        ScriptedServer(dict(TREE), [COPES]) as server,
        open_site(server) as opened,
        opened.site.pool.lease() as endpoint,
    ):
        await prove(endpoint)
        assert endpoint.largest_in_batch == 0
