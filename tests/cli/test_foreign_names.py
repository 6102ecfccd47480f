"""The whole app on vsftpd with names in other encodings: shown, fetched, renamed and deleted by their own bytes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.servers import RunningServer
from tests.support.services import real_app
from tests.ui.browser_host import names, ready
from tests.ui.panel_host import until
from tuiftp.choices import TlsPolicy
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.protocol.url import Target
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.dialogs.basic import Confirm, Prompt

pytestmark = pytest.mark.real_server

NAMES = {
    # The second byte of 表 and ソ in Shift-JIS is a backslash, as Windows' path separator.
    "cp932": ["写真", "議事録2019.docx", "表ソ.txt", "新しいフォルダー", "バックアップ"],
    "gb18030": ["新建文件夹", "照片2020", "工作报告.doc", "说明书.txt", "音乐"],
    "cp1251": ["Документы", "отчёт за март.xls", "фото", "Новая папка", "музыка.mp3"],
}


def plant(home: bytes, encoding: str) -> None:
    for name in NAMES[encoding]:
        Path(os.fsdecode(os.path.join(home, name.encode(encoding)))).write_bytes(name.encode())


@asynccontextmanager
async def opened(server: RunningServer, here: Path) -> AsyncIterator[Pilot[Any]]:
    """The app, connected to a server."""
    engine = Engine(Arguments(), say=lambda line: None)
    slot = engine.trust_decider = DeciderSlot()
    queue = engine.make_queue(slot)
    target = Target(server.host, server.port, server.user, Secret(server.password))
    app = real_app(engine, queue, slot, ConnectRequest(target, tls=TlsPolicy.OFF), local_directory=str(here))
    await queue.start()
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await ready(pilot, app.browser.left_pane, app.browser.right_pane)
            yield pilot
    finally:
        await queue.close()
        engine.close()


@pytest.mark.parametrize("encoding", list(NAMES))
async def test_names_are_shown_and_files_reached_by_their_own_bytes(
    encoding: str, vsftpd: RunningServer, tmp_path: Path
) -> None:
    home = os.fsencode(vsftpd.home)
    plant(home, encoding)
    here = tmp_path / "here"
    here.mkdir()
    first, second = NAMES[encoding][1], NAMES[encoding][2]
    async with opened(vsftpd, here) as pilot:
        browser = pilot.app.browser  # type: ignore[attr-defined]
        remote = browser.right_pane
        await until(pilot, lambda: browser.charsets.line.guess is not None)
        assert browser.charsets.line.guess.encoding == encoding
        await pilot.press("alt+n")
        await until(pilot, lambda: set(NAMES[encoding]) <= set(names(remote)))
        remote.list.focus()

        remote.list.move_to(names(remote).index(first))
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press("enter")
        await until(pilot, lambda: (here / first).exists())
        assert (here / first).read_bytes() == first.encode()

        remote.list.move_to(names(remote).index(first))
        await pilot.press("shift+f6")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press("home", "x", "enter")
        await until(pilot, lambda: b"x" + first.encode(encoding) in os.listdir(home))

        await until(pilot, lambda: f"x{first}" in names(remote))
        remote.list.move_to(names(remote).index(second))
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: second.encode(encoding) not in os.listdir(home))
    assert len([name for name in os.listdir(home) if not name.isascii()]) == len(NAMES[encoding]) - 1
