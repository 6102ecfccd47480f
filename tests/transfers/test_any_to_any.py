"""Files go through the queue between any two places: two sites of a kind that is not FTP, and the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.fake_endpoint import FakePlace, FakePool
from tests.support.fake_site import WHEN, FakeSite, Fault, refused
from tests.transfers.conftest import BOUND, Desk
from tests.transfers.test_store import Runs
from tuiftp.choices import ConflictPolicy, Verification
from tuiftp.entries import EntryKind
from tuiftp.errors import ConnectionLost, LoginRefused, StorageFull
from tuiftp.files.site import TransferSite
from tuiftp.transfers.conflict_decider import Decision
from tuiftp.transfers.model import Direction, TransferState
from tuiftp.transfers.transfer_options import TransferOptions

DATA = bytes(number * number % 251 for number in range(40_000))
TREE = {"top/a": DATA, "top/deep/b": b"small", "top/deep/empty": b""}
FULL = StorageFull("full", command="STOR", code=552, text="552 Quota exceeded")
REFUSED = LoginRefused("no", command="PASS", code=530, text="530 Login incorrect")
ONE, TWO = "mem://one", "mem://two"


def memory(label: str) -> FakePlace:
    """A site of the second kind."""
    return FakePlace(FakePool(FakeSite(), label=label))


def fill(site: FakeSite) -> None:
    for name, data in TREE.items():
        site.add(f"/{name}", data)


def copy(desk: Desk, source: FakePlace, target: FakePlace, *paths: str, **how: object) -> int:
    """Queues files of one site for the directory `/in` of another."""
    sources = [source.pool.site.source(path) for path in paths]
    return desk.queue.copy(source, sources, target, "/in", **how)  # type: ignore[arg-type]


def held(place: FakePlace) -> dict[str, bytes]:
    """The files of a site, by path."""
    nodes = place.pool.site.nodes.items()
    return {path: node.data for path, node in nodes if node.kind is EntryKind.FILE}


@pytest.fixture
def one() -> FakePlace:
    place = memory(ONE)
    fill(place.pool.site)
    return place


@pytest.fixture
def two() -> FakePlace:
    place = memory(TWO)
    place.pool.site.add_directory("/in")
    return place


@pytest.mark.parametrize("move", [False, True])
async def test_a_tree_goes_from_site_to_site(desk: Desk, one: FakePlace, two: FakePlace, move: bool) -> None:
    batch = copy(desk, one, two, "/top", move=move)
    assert (await desk.over(batch)).done == len(TREE)
    assert held(two) == {f"/in/{name}": data for name, data in TREE.items()}
    assert held(one) == ({} if move else {f"/{name}": data for name, data in TREE.items()})
    assert ("/top" in one.pool.site.nodes) is not move
    for each in desk.queue.transfers():
        assert (each.is_verified, each.direction) == (True, Direction.RELAY)
        assert (each.source_site, each.target_site) == (ONE, TWO)
        assert each.transferred == each.size == len(TREE[each.name])
    assert two.pool.site.nodes["/in/top/a"].modified == WHEN
    assert (one.pool.out, two.pool.out) == (0, 0)
    assert desk.names() == []


@pytest.mark.parametrize("is_to_disk", [True, False])
async def test_a_tree_goes_from_a_site_to_the_disk_and_back(
    desk: Desk, one: FakePlace, is_to_disk: bool
) -> None:
    if is_to_disk:
        batch = desk.queue.copy(one, [one.pool.site.source("/top")], desk.disk, str(desk.root))
        assert (await desk.over(batch)).done == len(TREE)
        for name, data in TREE.items():
            assert (desk.root / name).read_bytes() == data
        return
    for name, data in TREE.items():
        (desk.root / name).parent.mkdir(parents=True, exist_ok=True)
        (desk.root / name).write_bytes(data)
    one.pool.site.add_directory("/in")
    batch = desk.queue.copy(desk.disk, [desk.chosen("top")], one, "/in")
    assert (await desk.over(batch)).done == len(TREE)
    assert {path: data for path, data in held(one).items() if path.startswith("/in")} == {
        f"/in/{name}": data for name, data in TREE.items()
    }


async def test_sites_that_let_in_one_session_do_not_wait_for_each_other(desk: Desk) -> None:
    """Two batches cross each other, and a third stays within one of the sites."""
    places = [FakePlace(FakePool(FakeSite(), 1, label)) for label in (ONE, TWO)]
    for place in places:
        place.pool.site.add_directory("/in")
        for number in range(4):
            place.pool.site.add(f"/{place.label[6:]}{number}", DATA)
    one, two = places
    batches = [
        copy(desk, one, two, *(f"/one{number}" for number in range(4))),
        copy(desk, two, one, *(f"/two{number}" for number in range(4))),
        copy(desk, one, one, *(f"/one{number}" for number in range(4))),
    ]
    for batch in batches:
        assert (await desk.over(batch)).done == 4
    assert len(held(two)) == 8
    assert len(held(one)) == 12


async def test_trees_need_no_second_session_to_be_read_while_their_directories_are_made(desk: Desk) -> None:
    places = [FakePlace(FakePool(FakeSite(), 1, label)) for label in (ONE, TWO)]
    for place in places:
        place.pool.site.add_directory("/in")
        for number in range(6):
            place.pool.site.add(f"/{place.label[6:]}/d{number}/e{number}/f", DATA[:2000])
    one, two = places
    batches = [copy(desk, one, two, "/one"), copy(desk, two, one, "/two"), copy(desk, one, one, "/one")]
    for batch in batches:
        assert (await desk.over(batch)).done == 6
    assert (len(held(one)), len(held(two))) == (18, 12)


async def test_within_one_site_a_file_is_moved_by_its_name(desk: Desk, one: FakePlace) -> None:
    one.pool.site.add_directory("/in")
    assert (await desk.over(copy(desk, one, one, "/top", move=True))).done == len(TREE)
    assert held(one) == {f"/in/{name}": data for name, data in TREE.items()}
    assert "/top" not in one.pool.site.nodes
    assert one.pool.site.count("RETR") == 0
    assert desk.queue.transfers()[0].size == desk.queue.transfers()[0].transferred


async def test_a_site_that_does_not_rename_has_the_file_copied(desk: Desk, one: FakePlace) -> None:
    one.pool.site.add_directory("/in")
    one.pool.site.refusals["RNFR", "/top/deep/b"] = refused("RNFR", 553, "Rename is not allowed")
    assert (await desk.over(copy(desk, one, one, "/top/deep/b", move=True))).done == 1
    assert held(one)["/in/b"] == b"small"
    assert "/top/deep/b" not in held(one)


@pytest.mark.parametrize("where", ["source", "target"])
async def test_a_pause_goes_on_on_the_way_where_it_was(
    desk: Desk, one: FakePlace, two: FakePlace, where: str
) -> None:
    way = one if where == "source" else two
    stop = way.pool.site.stop("/top/a" if where == "source" else "/in/a", 15_000)
    if where == "target":
        desk.queue.how = TransferOptions(upload_temporary=desk.queue.how.upload_temporary.NEVER)
    batch = copy(desk, one, two, "/top/a")
    await desk.meets(stop)
    desk.queue.sample()
    shown = desk.only().transferred
    assert shown == (7_500 if where == "source" else 27_500), "each way is half of it"
    desk.queue.pause_batch(batch)
    await desk.idle()
    assert len(desk.held()) == 1
    way.pool.site.faults.clear()
    desk.queue.resume_batch(batch)
    assert (await desk.over(batch)).done == 1
    assert held(two) == {"/in/a": DATA}
    starts = {(verb, path): offset for verb, path, offset in one.pool.site.offsets + two.pool.site.offsets}
    if where == "source":
        assert 0 < starts["RETR", "/top/a"] <= 15_000
    else:
        assert one.pool.site.count("RETR") == 1, "it is not fetched again"
        assert starts["STOR", "/in/a"] == 15_000


async def test_a_cancel_leaves_nothing(desk: Desk, one: FakePlace, two: FakePlace) -> None:
    stop = two.pool.site.stop("*", 15_000)
    batch = copy(desk, one, two, "/top/a", policy=ConflictPolicy.OVERWRITE)
    two.pool.site.add("/in/a", b"old")
    await desk.meets(stop)
    desk.queue.cancel_batch(batch)
    await desk.idle()
    assert held(two) == {"/in/a": b"old"}
    assert desk.held() == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (ConflictPolicy.OVERWRITE, {"/in/a": DATA}),
        (ConflictPolicy.SKIP, {"/in/a": b"old"}),
        (ConflictPolicy.RENAME, {"/in/a": b"old", "/in/a (1)": DATA}),
    ],
)
async def test_the_user_is_asked_before_anything_is_fetched(
    desk: Desk, one: FakePlace, two: FakePlace, answer: ConflictPolicy, found: dict[str, bytes]
) -> None:
    two.pool.site.add("/in/a", b"old")
    desk.decider.answers = [Decision(answer)]
    desk.decider.gate = asyncio.Event()
    batch = copy(desk, one, two, "/top/a")
    async with asyncio.timeout(BOUND):
        await desk.decider.asked.wait()
    assert one.pool.site.count("RETR") == 0
    desk.decider.gate.set()
    await desk.over(batch)
    assert held(two) == found
    assert one.pool.site.count("RETR") == (answer is not ConflictPolicy.SKIP)
    assert len(desk.decider.questions) == 1


async def test_a_shorter_target_is_gone_on_with(desk: Desk, one: FakePlace, two: FakePlace) -> None:
    two.pool.site.add("/in/a", DATA[:30_000])
    assert (await desk.over(copy(desk, one, two, "/top/a", policy=ConflictPolicy.RESUME))).done == 1
    assert held(two) == {"/in/a": DATA}
    assert ("STOR", "/in/a", 30_000) in two.pool.site.offsets


@pytest.mark.parametrize("side", ["source", "target"])
async def test_a_connection_that_breaks_is_tried_again(
    desk: Desk, one: FakePlace, two: FakePlace, side: str
) -> None:
    site = (one if side == "source" else two).pool.site
    site.faults["/top/a" if side == "source" else "/in/a"] = [Fault(20_000, ConnectionLost("it broke"))]
    desk.queue.how = TransferOptions(upload_temporary=desk.queue.how.upload_temporary.NEVER)
    assert (await desk.over(copy(desk, one, two, "/top/a"))).done == 1
    assert held(two) == {"/in/a": DATA}
    assert desk.only().attempts == 2


async def test_a_target_that_is_full_is_held_and_the_source_works_on(
    desk: Desk, one: FakePlace, two: FakePlace
) -> None:
    two.pool.site.faults["*"] = [Fault(0, FULL)] * 9
    stopped = copy(desk, one, two, "/top/a", "/top/deep/b")
    assert (await desk.over(stopped)).failed == 2
    (hold,) = desk.queue.totals().holds
    assert hold.site == TWO
    assert hold.reason == f"uploads to {TWO} are held, it cannot store more: {FULL.message}"
    fetched = desk.queue.copy(one, [one.pool.site.source("/top/a")], desk.disk, str(desk.root))
    assert (await desk.over(fetched)).done == 1
    desk.queue.cancel_batch(stopped)


async def test_a_login_that_is_refused_holds_the_side_that_refused_it(
    desk: Desk, one: FakePlace, two: FakePlace
) -> None:
    one.pool.site.lost = [REFUSED] * 9
    assert (await desk.over(copy(desk, one, two, "/top/a"))).failed == 1
    (hold,) = desk.queue.totals().holds
    assert hold.site == ONE
    assert held(two) == {}


async def test_bytes_that_were_damaged_on_their_way_are_found_out(
    desk: Desk, one: FakePlace, two: FakePlace
) -> None:
    desk.queue.how = TransferOptions(verify=Verification.CHECKSUM)
    for place in (one, two):
        place.pool.site.checksum = "sha256"
    one.pool.site.digests["/top/a"] = "0" * 64
    assert (await desk.over(copy(desk, one, two, "/top/a"))).failed == 1
    assert "damaged" in (desk.only().error or "")
    assert held(two) == {}
    desk.queue.cancel(desk.only().id)


async def test_the_limits_of_both_ways_hold(desk: Desk, one: FakePlace, two: FakePlace) -> None:
    desk.queue.set_limit(Direction.DOWNLOAD, 1_000_000)
    desk.queue.set_limit(Direction.UPLOAD, 2_000_000)
    seen: list[list[int | None]] = []
    for place, path in ((one, "/top/a"), (two, "/in/a")):
        stop = place.pool.site.stop(path, 15_000)
        if place is one:
            desk.queue.how = TransferOptions(upload_temporary=desk.queue.how.upload_temporary.NEVER)
            batch = copy(desk, one, two, "/top/a")
        await desk.meets(stop)
        seen.append([limiter.rate for limiter in place.pool.site.progresses[-1].limiters])
        FakeSite.open(stop)
    await desk.over(batch)
    assert seen == [[1_000_000], [2_000_000]]


@pytest_asyncio.fixture
async def runs(tmp_path: Path) -> AsyncIterator[Runs]:
    built = Runs(tmp_path)
    yield built
    await built.end()


@pytest.mark.parametrize("where", ["source", "target"])
async def test_a_later_run_goes_on_with_what_was_under_way(
    runs: Runs, one: FakePlace, two: FakePlace, where: str
) -> None:
    way = one if where == "source" else two
    first = await runs.start()
    first.queue.how = TransferOptions(upload_temporary=first.queue.how.upload_temporary.NEVER)
    stop = way.pool.site.stop("/top/a" if where == "source" else "/in/a", 15_000)
    first.queue.set_parallel(1)
    copy(first, one, two, "/top/a", "/top/deep/b")
    await first.meets(stop)
    await first.queue.close()
    assert len(first.held()) == 1
    way.pool.site.faults.clear()
    places: dict[str, TransferSite] = {ONE: one, TWO: two}
    desk = await runs.start()
    restored = await desk.queue.restore(lambda url, encoding: places[url])
    assert (restored.sites, restored.problem) == ((ONE, TWO), None)
    desk.queue.how = first.queue.how
    desk.queue.resume_all()
    await desk.idle()
    assert {each.state for each in desk.queue.transfers()} == {TransferState.DONE}
    assert held(two) == {"/in/a": DATA, "/in/b": b"small"}
    assert desk.held() == []
    await desk.queue.flush()
    past = {each.source: (each.source_site, each.target_site) for each in await desk.queue.history()}
    assert past["/top/a"] == (ONE, TWO)
    if where == "target":
        assert max(offset for verb, _, offset in two.pool.site.offsets if verb == "STOR") > 0


async def test_files_with_permissions_keep_them(desk: Desk, one: FakePlace, two: FakePlace) -> None:
    path, entry = one.pool.site.source("/top/a")
    sources = [(path, replace(entry, permissions="rw-rw-rw-"))]
    await desk.over(desk.queue.copy(one, sources, two, "/in"))
    assert [mode for _, mode in two.pool.site.attributes.values()] == [0o666]


@pytest.mark.parametrize("move", [False, True])
@pytest.mark.parametrize("directory", ["/", "/top", "/top/deep"])
async def test_what_would_go_onto_or_into_itself_on_a_site_is_refused(
    desk: Desk, one: FakePlace, move: bool, directory: str
) -> None:
    sources = [one.pool.site.source("/top")]
    batch = desk.queue.copy(one, sources, one, directory, move=move, policy=ConflictPolicy.OVERWRITE)
    assert (await desk.over(batch)).failed == 1
    assert held(one) == {f"/{name}": data for name, data in TREE.items()}


async def test_text_is_text_on_both_ways(desk: Desk, one: FakePlace, two: FakePlace) -> None:
    assert (await desk.over(copy(desk, one, two, "/top/a", is_text=True))).done == 1
    assert held(two) == {"/in/a": DATA}
    assert "/top/a" in one.pool.site.text
    assert len(two.pool.site.text) == 1
    assert not desk.only().is_verified, "sizes compare nothing there"
