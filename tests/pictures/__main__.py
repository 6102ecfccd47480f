"""Exports the picture of the README: the whole app on its demo server, with transfers and an exchange in the log."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

TARGET = Path(__file__).with_name("main.svg")
_WAIT = 20.0


async def export(folder: Path) -> str:
    """Runs the app without a terminal, has it copy something, and returns the screen as SVG."""
    from tuiftp.cli.app import make_services
    from tuiftp.cli.arguments import parse_arguments
    from tuiftp.cli.compose import Engine
    from tuiftp.demo import DemoServer
    from tuiftp.ftp.site import FtpSite, with_mode
    from tuiftp.protocol.entries import Entry, EntryKind
    from tuiftp.protocol.modes import ConnectionMode
    from tuiftp.protocol.url import parse_url
    from tuiftp.ui.app import TuiftpApp
    from tuiftp.ui.screens.browser import Browser
    from tuiftp.ui.services import DeciderSlot
    from tuiftp.ui.wishes import ConnectRequest

    work = folder / "release"
    for name, size in (("CHANGES.txt", 4100), ("SHA256SUMS", 812), ("リリースノート.txt", 18_200)):
        work.mkdir(exist_ok=True)
        (work / name).write_bytes(b"x" * size)
    (work / "docs").mkdir()
    engine = Engine(parse_arguments([]), say=lambda line: None)
    slot = DeciderSlot()
    queue = engine.make_queue(slot, is_stored=False)
    await queue.start()
    services = make_services(engine, queue, slot)
    demo = DemoServer()
    url = demo.start()
    try:
        wish = ConnectRequest(parse_url(url), ConnectionMode.AUTO, is_remembered=False)
        app = TuiftpApp(services, wish, local_directory=str(work))
        async with app.run_test(size=(120, 36)) as pilot:
            browser = app.screen
            assert isinstance(browser, Browser)
            async with asyncio.timeout(_WAIT):
                while browser.site is None or not browser.site.is_connected:
                    await pilot.pause(0.1)
            assert isinstance(browser.site, FtpSite)
            site = browser.site
            listing = await site.endpoint.list("/images")
            chosen = [(f"/images/{entry.name}", entry) for entry in listing.entries][:6]
            gone = Entry("readme.md", EntryKind.FILE, size=2700)
            queue.download(site.pool, [*chosen, ("/docs/gone/readme.md", gone)], str(work))
            await asyncio.wait_for(queue.wait_idle(), _WAIT)
            site.options = with_mode(site.options, ConnectionMode.ACTIVE)
            await pilot.press("ctrl+r")
            await pilot.pause(1.0)
            picture = app.export_screenshot(title="tuiftp")
        await queue.close()
    finally:
        demo.stop()
    engine.close()
    return without_remote_fonts(picture)


def without_remote_fonts(picture: str) -> str:
    """The same picture with the reader's own fonts: it must not fetch anything."""
    picture = re.sub(r"@font-face\s*\{.*?\}", "", picture, flags=re.DOTALL)
    return picture.replace("Fira Code, monospace", "monospace").replace("Fira Code", "monospace")


def main() -> None:
    """Writes the picture."""
    with tempfile.TemporaryDirectory(prefix="tuiftp-picture-") as folder:
        os.environ["HOME"] = folder
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(Path(folder) / name.lower())
        TARGET.write_text(asyncio.run(export(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
