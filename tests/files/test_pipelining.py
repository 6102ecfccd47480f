"""The fast paths for small files: a place that has none is taken as it is."""

from __future__ import annotations

from dataclasses import replace

from tests.support.fake_endpoint import WHEN, FakeEndpoint, FakeSite
from tuiftp.entries import Entry, EntryKind
from tuiftp.files.pipelining import FtpPipelining, pipelining_of


def test_a_place_without_fast_paths_has_harmless_ones() -> None:
    fast = pipelining_of(FakeEndpoint(FakeSite()))
    assert (fast.largest_in_memory, fast.largest_in_batch) == (0, 0)
    fast.hint_next("/a", size=1)
    entry = Entry("a", EntryKind.FILE, 1, WHEN)
    assert fast.time_now(entry) == WHEN
    assert fast.time_now(replace(entry, modified=WHEN.replace(tzinfo=None))) is None


def test_a_place_with_fast_paths_is_asked_itself() -> None:
    class Fast(FakeEndpoint, FtpPipelining):
        """Fetches small files by way of memory."""

    endpoint = Fast(FakeSite())
    assert pipelining_of(endpoint) is endpoint
