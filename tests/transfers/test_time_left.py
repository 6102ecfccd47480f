"""How long the queue still takes, as far as that can be told."""

from __future__ import annotations

from dataclasses import replace

from tests.transfers.conftest import Desk, FakeClock
from tests.transfers.test_queue import DATA, stopped


async def test_what_is_left_is_told_though_a_size_is_not_known(desk: Desk, patient: FakeClock) -> None:
    fault, other = stopped(desk, "a", "b")
    path, entry = desk.site.source("/b")
    sources = [desk.site.source("/a"), (path, replace(entry, size=None))]
    desk.queue.copy(desk.place, sources, desk.disk, str(desk.root))
    await desk.meets(fault)
    await desk.meets(other)
    patient.advance(2.0)
    desk.queue.sample()
    totals = desk.queue.totals()
    assert totals.is_eta_least
    assert totals.eta == (len(DATA) - 8192) / 8192
    desk.site.open(fault)
    await desk.events.until(lambda: desk.queue.totals().done == 1)
    assert desk.queue.totals().eta is None
    desk.site.open(other)
    await desk.idle()
    assert not desk.queue.totals().is_eta_least
