"""Rows of transfers, filtered and grouped, agree with a plain reading of the queue, and an update costs little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.panel_host import transfer
from tuiftp.transfers.model import Transfer, TransferState
from tuiftp.ui.transfers.row_index import BLOCK, KindIndex
from tuiftp.ui.transfers.row_model import BatchRow, Filter, Row, TransferList, key_of

S = TransferState
SHOWN = {
    Filter.ALL: set(S), Filter.ACTIVE: {S.RUNNING}, Filter.QUEUED: {S.QUEUED, S.PAUSED},
    Filter.FAILED: {S.FAILED}, Filter.DONE: {S.DONE, S.SKIPPED, S.CANCELLED},
}  # fmt: skip


def one(id: int, state: S = S.QUEUED, batch: int = 1) -> Transfer:
    return transfer(id, state=state).changed(batch=batch)


def rows_of(rows: TransferList) -> list[Row]:
    found = [rows.at(row) for row in range(len(rows))]
    assert None not in found
    return [row for row in found if row is not None]


URGENCY = [{S.RUNNING}, {S.FAILED}, {S.QUEUED, S.PAUSED}, {S.DONE, S.SKIPPED, S.CANCELLED}]
ENDED = URGENCY[-1]


def expected(queue: Sequence[Transfer], filter: Filter, *, grouped: bool, changed: set[int]) -> Iterator[Row]:
    """What has to be shown, read off the whole queue; `changed` are folded if grouped, else unfolded."""
    if not grouped and filter is not Filter.ALL:
        yield from (each for each in queue if each.state in SHOWN[filter])
    elif not grouped:
        yield from most_urgent_first(queue, changed)
    else:
        for batch in dict.fromkeys(each.batch for each in queue):
            inside = [each for each in queue if each.batch == batch and each.state in SHOWN[filter]]
            if inside:
                yield BatchRow(batch, batch in changed)
                yield from [] if batch in changed else by_urgency(inside)


def by_urgency(transfers: Sequence[Transfer]) -> list[Transfer]:
    return [each for states in URGENCY for each in transfers if each.state in states]


def most_urgent_first(queue: Sequence[Transfer], unfolded: set[int]) -> Iterator[Row]:
    batches = {one.batch: [each for each in queue if each.batch == one.batch] for one in queue}
    running = {batch for batch, each in batches.items() if URGENCY[0] & {one.state for one in each}}
    begun = {
        batch
        for batch, each in batches.items()
        if len(each) > 1 and all(states & {one.state for one in each} for states in URGENCY[2:])
    }
    for batch in [*in_order(batches, running), *in_order(batches, begun - running)]:
        yield from one_batch(batches[batch], batch in unfolded)
    yield from (each for states in URGENCY[1:3] for each in queue if each.state in states)
    for batch in in_order(batches, set(batches) - running - begun):
        if any(each.state in ENDED for each in batches[batch]):
            yield from one_batch(batches[batch], batch in unfolded)


def in_order(batches: dict[int, list[Transfer]], of: set[int]) -> list[int]:
    return [batch for batch in batches if batch in of]


def one_batch(inside: list[Transfer], is_unfolded: bool) -> Iterator[Row]:
    if len(inside) > 1:
        yield BatchRow(inside[0].batch, not is_unfolded)
    yield from (each for each in inside if each.state is S.RUNNING)
    if is_unfolded or len(inside) == 1:
        yield from (each for each in inside if each.state in ENDED)


CHANGES = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(list(S)), st.integers(1, 3)), max_size=30
)  # fmt: skip


@settings(deadline=None)
@given(CHANGES, st.sampled_from(list(Filter)), st.booleans(), st.sets(st.integers(1, 3)))
def test_rows_are_those_of_the_queue(
    changes: list[tuple[int, S, int]], filter: Filter, grouped: bool, changed: set[int]
) -> None:
    rows, queue = TransferList(), dict[int, Transfer]()
    rows.show(filter)
    rows.group(grouped)
    for batch in changed:
        rows.fold(batch, grouped)
    for id, state, batch in changes:
        batch = queue[id].batch if id in queue else batch
        queue[id] = one(id, state, batch)
        rows.update([queue[id]])
        wanted = list(expected(list(queue.values()), filter, grouped=grouped, changed=changed))
        assert rows_of(rows) == wanted
        assert [rows.row_of(key_of(row)) for row in wanted] == list(range(len(wanted)))
    assert rows.at(len(rows)) is None
    assert rows.at(-1) is None
    running = [row for row, each in enumerate(rows_of(rows)) if getattr(each, "state", None) is S.RUNNING]
    assert rows.running_rows() == running


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=8), st.sampled_from(list(Filter)))
def test_pairs_change_places(swaps: list[tuple[int, int]], filter: Filter) -> None:
    states = [S.QUEUED, S.DONE, S.FAILED, S.QUEUED, S.RUNNING, S.PAUSED]
    queue = [one(id, state, batch=1 + id % 2) for id, state in enumerate(states, 1)]
    rows = TransferList()
    rows.replace(queue)
    rows.show(filter)
    for first, second in swaps:
        rows.swap(first, second)
        here, there = (next(n for n, each in enumerate(queue) if each.id == id) for id in (first, second))
        queue[here], queue[there] = queue[there], queue[here]
        assert rows_of(rows) == list(expected(queue, filter, grouped=False, changed=set()))
    rows.group(True)
    assert sorted(key_of(row) for row in rows_of(rows)) == sorted(
        key_of(row) for row in expected(queue, filter, grouped=True, changed=set())
    )
    rows.update([each.changed(state=S.DONE) for each in queue])
    rows.show(Filter.DONE)
    assert len(rows) == 8


def test_the_one_that_is_kept_stays_in_sight_when_it_ends() -> None:
    rows = TransferList()
    rows.replace([one(1, S.RUNNING), one(2), one(3, S.DONE)])
    rows.keep(1)
    rows.update([one(1, S.DONE), one(2, S.RUNNING)])
    assert [key_of(row) for row in rows_of(rows)] == [(1, 0), (1, 2), (1, 1)]
    assert rows.row_of((1, 1)) == 2
    assert rows.row_of((1, 3)) is None
    rows.fold(1, False)
    assert [key_of(row) for row in rows_of(rows)] == [(1, 0), (1, 2), (1, 1), (1, 3)]
    rows.fold(1, True)
    rows.keep(0)
    assert [key_of(row) for row in rows_of(rows)] == [(1, 0), (1, 2)]


def test_a_swap_within_a_batch_shows_in_it() -> None:
    rows = TransferList()
    rows.replace([one(1), one(2, batch=2), one(3)])
    rows.group(True)
    rows.swap(1, 3)
    assert [key_of(row) for row in rows_of(rows)] == [(1, 0), (1, 3), (1, 1), (2, 0), (2, 2)]


@pytest.mark.parametrize("grouped", [False, True])
def test_failed_ones_are_found_round_and_round(grouped: bool) -> None:
    rows = TransferList()
    rows.replace([one(1), one(2, S.FAILED), one(3, batch=2), one(4, S.FAILED, batch=2), one(5, batch=3)])
    rows.group(grouped)
    found, row = [], -1
    for _ in range(3):
        key = rows.next_failed(row)
        assert key is not None
        found.append(key[1])
        there = rows.row_of(key)
        assert there is not None
        row = there
    assert found == [2, 4, 2]
    rows.show(Filter.DONE)
    assert rows.next_failed(0) is None


def test_what_is_folded_is_found_all_the_same() -> None:
    rows = TransferList()
    rows.replace([one(1), one(2, S.FAILED, batch=2)])
    rows.group(True)
    rows.fold(2, True)
    assert rows.next_failed(0) == (2, 2)
    assert rows.row_of((2, 2)) is None
    assert rows.row_of((2, 0)) == 2


def test_folds_outlive_a_reload() -> None:
    rows = TransferList()
    rows.group(True)
    rows.replace([one(1), one(2, batch=2)])
    rows.fold(1, True)
    rows.replace([one(1)])
    assert rows_of(rows) == [BatchRow(1, True)]


@given(st.lists(st.integers(0, 2), max_size=40), st.lists(st.tuples(st.integers(0, 39), st.integers(0, 2))))
def test_the_index_counts_as_a_list_does(kinds: list[int], puts: list[tuple[int, int]]) -> None:
    kinds = kinds * (BLOCK // 16)
    index = KindIndex(kinds[: len(kinds) // 2], number=3)
    for kind in kinds[len(kinds) // 2 :]:
        index.append(kind)
    for place, kind in puts:
        if place < len(kinds):
            assert index.put(place, kind) is (kinds[place] != kind)
            kinds[place] = kind
    for kind in range(3):
        places = [place for place, each in enumerate(kinds) if each == kind]
        assert index.count(kind) == len(places)
        for number in range(0, len(places), 37):
            assert index.find(number, kind) == places[number]
            assert index.before(places[number], kind) == number
        assert index.after(-1, kind) == (places[0] if places else None)


class Counting(list[Transfer]):
    """A list that counts how many of it are looked at, and is never walked over."""

    looks = 0

    def __getitem__(self, place: Any) -> Any:
        self.looks += 1
        return super().__getitem__(place)

    def __iter__(self) -> Iterator[Transfer]:
        raise AssertionError("the whole queue was looked at")


def test_a_hundred_thousand_cost_what_is_looked_at() -> None:
    rows = TransferList()
    rows.replace(one(id, batch=1 + id % 7) for id in range(1, 100_001))
    rows._rows = counting = Counting(rows._rows)
    for filter in Filter:  # each key press, each update: a handful of rows
        rows.show(filter)
        for grouped in (True, False):
            rows.group(grouped)
            rows.update([one(5, S.RUNNING, 6), one(99_999, S.FAILED, 1 + 99_999 % 7)])
            rows.swap(7, 14)
            rows.at(len(rows) - 1)
            rows.row_of((1 + 50_000 % 7, 50_000))
            rows.next_failed(0)
            rows.running_rows()
    assert 0 < counting.looks <= 150
