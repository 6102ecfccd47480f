"""Exports the picture of the README: the app at work on a server whose passive ports are closed."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from textual.pilot import Pilot

from tests.support.services import real_app
from tuiftp.choices import ConnectionMode
from tuiftp.cli.arguments import parse_arguments
from tuiftp.cli.compose import Engine
from tuiftp.demo.lab import ScriptedServer, quirks
from tuiftp.demo.lab.tree import Content
from tuiftp.entries import Entry, EntryKind
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.url import parse_url
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.transfers.model import Direction
from tuiftp.transfers.queue import TransferQueue
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.log.view import LogView
from tuiftp.ui.main.screen import Browser

TARGET = Path(__file__).with_name("main.svg")
_WAIT = 20.0
_PAUSE = 0.1
_HERE = "/pub/2026"
_RATE = 6_000_000


def remote_tree() -> dict[str, Content]:
    """What the server has: names and sizes that one could meet."""
    random = Random(959)
    inside: dict[str, Content] = {
        "nightly": {},
        "release-2026.1": {},
        "image.iso": random.randbytes(24_000_000),
        "manual.pdf": random.randbytes(1_480_000),
        "sources.tar.gz": random.randbytes(19_700_000),
        "SHA256SUMS": random.randbytes(812),
    }
    return {"pub": {"2026": inside}}


async def export(folder: Path) -> str:
    """Runs the app without a terminal, has it copy something, and returns the screen as SVG."""
    work = folder / "release"
    (work / "docs").mkdir(parents=True)
    for name, size in (("CHANGES.txt", 4100), ("notes.md", 2700), ("リリースノート.txt", 18_200)):
        (work / name).write_bytes(b"x" * size)
    engine = Engine(parse_arguments([]), say=lambda line: None)
    slot = DeciderSlot()
    queue = engine.make_queue(slot, is_stored=False)
    await queue.start()
    faults = [quirks.passive_port("closed"), quirks.refuse("EPSV", 502, "Command not implemented.")]
    async with ScriptedServer(remote_tree(), faults) as server:
        request = ConnectRequest(
            parse_url(f"ftp://demo:demo@127.0.0.1:{server.port}{_HERE.replace('/', '//', 1)}"),
            ConnectionMode.AUTO, is_remembered=False,
        )  # fmt: skip
        app = real_app(engine, queue, slot, request, local_directory=str(work))
        async with app.run_test(size=(120, 42)) as pilot:
            assert isinstance(app.screen, Browser)
            await _work(app.screen, pilot, queue, work)
            picture = app.export_screenshot(title="tuiftp")
            queue.cancel(*(job.id for job in queue.transfers()))
        await queue.close()
    engine.close()
    return portable(picture)


async def _work(browser: Browser, pilot: Pilot[Any], queue: TransferQueue, work: Path) -> None:
    """Leaves three transfers in every state behind, and the whole ladder of one listing in the log."""
    await _until(pilot, lambda: browser.site is not None and browser.site.is_connected)
    site, disk = browser.site, browser.services.disk
    assert isinstance(site, FtpSite)
    listing = await site.endpoint.list(_HERE)
    files = {entry.name: entry for entry in listing.entries if entry.kind is EntryKind.FILE}
    gone = Entry("readme.md", EntryKind.FILE, size=2700)
    queue.set_limit(Direction.DOWNLOAD, _RATE)
    chosen = [(f"{_HERE}/{name}", files[name]) for name in ("manual.pdf", "SHA256SUMS")]
    queue.copy(site, [*chosen, (f"{_HERE}/old/readme.md", gone)], disk, str(work))
    await asyncio.wait_for(queue.wait_idle(), _WAIT)
    chosen = [(f"{_HERE}/{name}", files[name]) for name in ("image.iso", "sources.tar.gz")]
    queue.copy(site, chosen, disk, str(work))
    await _until(pilot, lambda: sum(job.transferred for job in queue.transfers()) > 3 * _RATE)
    await pilot.press("alt+m", "ctrl+r")
    await pilot.pause(1.0)
    browser.query_one(LogView).scroll_relative(y=-6, animate=False)
    await pilot.pause(_PAUSE)


async def _until(pilot: Pilot[Any], is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(_WAIT):
        while not is_so():
            await pilot.pause(_PAUSE)


def portable(picture: str) -> str:
    """The same picture for every viewer: it must fetch no fonts, and keep its spaces."""
    picture = re.sub(r"@font-face\s*\{.*?\}", "", picture, flags=re.DOTALL)
    picture = picture.replace("Fira Code, monospace", "monospace").replace("Fira Code", "monospace")
    # Not every viewer keeps no-break spaces at the ends of a text.
    return picture.replace("<svg ", '<svg xml:space="preserve" ', 1).replace("&#160;", " ")


def main() -> None:
    """Writes the picture."""
    with tempfile.TemporaryDirectory(prefix="tuiftp-picture-") as folder:
        os.environ["HOME"] = folder
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(Path(folder) / name.lower())
        TARGET.write_text(asyncio.run(export(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
