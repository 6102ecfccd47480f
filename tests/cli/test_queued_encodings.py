"""The bytes are what a remote name is: whatever encoding is chosen, what is queued means the same files."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.test_commands import here, url
from tests.support.servers import RunningServer
from tests.transfers.conftest import ScriptedDecider
from tuiftp.choices import TlsPolicy
from tuiftp.cli import main
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.url import Target
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.recents import Recents, RecentSite
from tuiftp.storage.sites import SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.transfers.queue import TransferQueue

__all__ = ["here"]

pytestmark = pytest.mark.real_server

NAMES = {"utf-8": "é Ё 写", "cp1251": "отчёт", "cp932": "表ソ"}
"""A name that is something else in the other encodings."""


class Run:
    """One run of the program with its stored queue."""

    def __init__(self, server: RunningServer, encoding: str) -> None:
        self.encoding = encoding
        self.login = Credentials(server.user, Secret(server.password))
        self.target = Target(server.host, server.port, server.user)
        self.engine = Engine(Arguments(), say=lambda line: None)

    async def __aenter__(self) -> Run:
        self.queue: TransferQueue = self.engine.make_queue(ScriptedDecider(), is_stored=True)
        await self.queue.start()
        self.restored = await self.engine.restore(
            self.queue,
            lambda target: self.login,
            lambda target: ConnectRequest(target, encoding=self.encoding),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.queue.close()
        await asyncio.gather(*(site.close() for site in self.engine.sites))
        self.engine.close()

    def site(self) -> FtpSite:
        return self.engine.open_ftp(
            self.target, self.login, ConnectRequest(self.target, encoding=self.encoding)
        )

    async def queue_all(self, site: FtpSite, here: Path) -> None:
        """Queues all that is on the server, and an upload into its directory; nothing is begun."""
        self.queue.pause_all()
        home = await site.endpoint.home()
        entries = (await site.endpoint.list(home)).entries
        sources = [(site.endpoint.join(home, entry.name), entry) for entry in entries]
        (directory,) = (path for path, entry in sources if entry.is_dir)
        self.queue.copy(site, sources, self.engine.disk, str(here / "got"))
        local = here / "sent" / NAMES[self.encoding]
        entry = await self.engine.disk.endpoint.entry(str(local))
        assert entry is not None
        self.queue.copy(self.engine.disk, [(str(local), entry)], site, directory)
        async with asyncio.timeout(10):
            await self.queue.wait_idle()

    async def do_all(self) -> None:
        self.queue.resume_all()
        async with asyncio.timeout(20):
            await self.queue.wait_idle()
        assert [transfer.error for transfer in self.queue.transfers()] == [None, None, None]


def plant(server: RunningServer, here: Path, encoding: str) -> bytes:
    """A file, and a directory with a file, on the server; one to be sent, here. Returns the name's bytes."""
    name = NAMES[encoding].encode(encoding)
    server.put(os.fsdecode(name + b".txt"), b"file")
    server.put(os.fsdecode(name + b"/inside"), b"inside")
    server.own()
    for directory in ("got", "sent"):
        (here / directory).mkdir()
    (here / "sent" / NAMES[encoding]).write_bytes(b"new")
    return name


def check(server: RunningServer, here: Path, encoding: str, name: bytes) -> None:
    """Everything is where it belongs, and nothing is on the server that was not meant."""
    assert (here / "got" / f"{NAMES[encoding]}.txt").read_bytes() == b"file"
    assert (here / "got" / NAMES[encoding] / "inside").read_bytes() == b"inside"
    home = os.fsencode(server.home)
    assert sorted(os.listdir(home)) == sorted([name, name + b".txt"])
    assert sorted(os.listdir(os.path.join(home, name))) == sorted([b"inside", name])


@pytest.mark.parametrize(
    ("queued", "chosen"), [("utf-8", "cp1251"), ("cp1251", "utf-8"), ("cp932", "cp1251")]
)
async def test_a_queue_of_an_earlier_run_means_the_same_files(
    queued: str, chosen: str, vsftpd: RunningServer, here: Path
) -> None:
    name = plant(vsftpd, here, queued)
    async with Run(vsftpd, queued) as run:
        await run.queue_all(run.site(), here)
    async with Run(vsftpd, chosen) as run:
        assert (run.restored.count, run.restored.problem) == (3, None)
        await run.do_all()
    check(vsftpd, here, queued, name)


async def test_the_settings_change_nothing_of_what_is_queued(vsftpd: RunningServer, here: Path) -> None:
    """Nor of what an open pane shows: its next listing gives the same names."""
    name = plant(vsftpd, here, "utf-8")
    async with Run(vsftpd, "utf-8") as run:
        run.encoding = ""
        site = run.site()
        run.encoding = "utf-8"
        await run.queue_all(site, here)
        run.engine.run_settings.change(replace(run.engine.run_settings.stored, encoding="cp1251"))
        await run.do_all()
        assert site.options.encoding == "utf-8"
        assert run.engine.options(ConnectRequest(run.target)).encoding == "cp1251", (
            "sites that are opened from now on"
        )
    check(vsftpd, here, "utf-8", name)


def remember(server: RunningServer, encoding: str, *, is_saved: bool) -> None:
    """What the app keeps when an encoding is chosen for a server."""
    if is_saved:
        SiteStore().put(
            SavedSite(
                "a",
                host=server.host,
                port=server.port,
                user=server.user,
                tls=TlsPolicy.OFF,
                encoding=encoding,
            )
        )
    else:
        Recents().add(RecentSite(f"ftp://{server.user}@{server.host}:{server.port}", encoding=encoding))


@pytest.mark.parametrize("is_saved", [True, False], ids=["saved", "recent"])
def test_commands_read_names_as_was_chosen_in_the_app(
    is_saved: bool, vsftpd: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = NAMES["cp1251"]
    plant(vsftpd, here, "cp1251")
    remember(vsftpd, "cp1251", is_saved=is_saved)
    assert main(["ls", url(vsftpd), "--json"]) == 0
    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert sorted(names) == sorted([shown, f"{shown}.txt"])
    assert main(["get", url(vsftpd, f"{shown}.txt"), url(vsftpd, shown), "-o", "got/"]) == 0
    assert main(["put", f"sent/{shown}", url(vsftpd, f"{shown}/")]) == 0
    check(vsftpd, here, "cp1251", shown.encode("cp1251"))


def test_a_command_for_another_login_reads_them_as_the_settings_say(
    vsftpd: RunningServer, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(vsftpd, here, "cp1251")
    Recents().add(RecentSite(f"ftp://another@{vsftpd.host}:{vsftpd.port}", encoding="cp1251"))
    assert main(["ls", url(vsftpd), "--json"]) == 0
    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert names
    assert NAMES["cp1251"] not in names


def test_the_user_may_be_given_apart(
    vsftpd: RunningServer, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(vsftpd, here, "cp1251")
    remember(vsftpd, "cp1251", is_saved=False)
    monkeypatch.setenv("TUIFTP_PASSWORD", vsftpd.password)
    assert main(["ls", f"ftp://{vsftpd.host}:{vsftpd.port}/", "--user", vsftpd.user]) == 0
    assert NAMES["cp1251"] in capsys.readouterr().out
