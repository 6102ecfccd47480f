"""When the queue is done: a word, a sign to the terminal, and the user's command, whose errors are told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.fake_endpoint import FakeSite
from tests.ui.browser_host import BrowserHost, ready
from tests.ui.panel_host import until
from tuiftp.storage.choices import FinishNotice
from tuiftp.storage.settings import Settings
from tuiftp.transfers.model import QueueFinished
from tuiftp.ui.transfers.on_finished import Finishing, environment_of, run_detached, sign_of, summary_of

EVENT = QueueFinished(done=1200, failed=2, skipped=0, size=3_400_000_000, seconds=252.0)
QUICK = QueueFinished(done=1, failed=0, skipped=3, size=10, seconds=0.4)


def test_the_summary_is_of_numbers_alone() -> None:
    assert summary_of(EVENT) == "1,200 done, 2 failed, 3.40 GB in 4:12"
    assert summary_of(QUICK) == "1 done, 3 skipped, 10 B in 0:01"


@pytest.mark.parametrize(
    ("notice", "sign"),
    [
        (FinishNotice.NONE, ""),
        (FinishNotice.BELL, "\a"),
        (FinishNotice.OSC9, "\x1b]9;tuiftp: x\a"),
        (FinishNotice.OSC777, "\x1b]777;notify;tuiftp;x\a"),
    ],
)
def test_each_notice_has_its_sign(notice: FinishNotice, sign: str) -> None:
    assert sign_of(notice, "x") == sign


def test_the_command_learns_how_it_went_and_never_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUIFTP_PASSWORD", "geheim")
    monkeypatch.setenv("KEPT", "yes")
    found = environment_of(EVENT)
    assert (found["TUIFTP_DONE"], found["TUIFTP_FAILED"], found["TUIFTP_BYTES"]) == (
        "1200",
        "2",
        "3400000000",
    )
    assert (found["TUIFTP_SKIPPED"], found["TUIFTP_SECONDS"], found["KEPT"]) == ("0", "252", "yes")
    assert "geheim" not in found.values()


async def ended(words: Sequence[str], environment: Mapping[str, str] | None = None) -> str | None:
    told: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
    run_detached(words, os.environ if environment is None else environment, told.set_result)
    return await asyncio.wait_for(told, 20)


async def test_a_command_is_run_without_a_shell_in_a_session_of_its_own(tmp_path: Path) -> None:
    written = tmp_path / "written"
    code = "import os, sys; open(sys.argv[1], 'w').write(f'{sys.argv[2]} {os.getsid(0) == os.getpid()}')"
    assert await ended([sys.executable, "-c", code, str(written), "$HOME; `id`"]) is None
    assert written.read_text() == "$HOME; `id` True"


async def test_what_goes_wrong_with_it_is_told() -> None:
    assert await ended(["/nowhere/at-all"]) == "/nowhere/at-all: No such file or directory"
    assert (
        await ended([sys.executable, "-c", "raise SystemExit(3)"]) == f"{sys.executable} ended with status 3"
    )


class Ran:
    """Notes what is run, and says that it failed."""

    def __init__(self) -> None:
        self.words: list[Sequence[str]] = []

    def __call__(
        self, words: Sequence[str], environment: Mapping[str, str], tell: Callable[[str | None], None]
    ) -> None:
        self.words.append(words)
        tell("[b]no\x1b[2J")


async def test_the_end_is_told_on_the_screen_if_it_took_a_while_and_the_command_is_run() -> None:
    app, ran = BrowserHost(FakeSite()), Ran()
    app.start.run_settings.change(Settings(finish_command="notify 'it is' done"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        Finishing(app, app.services, run=ran).finished(QUICK)
        await until(pilot, lambda: len(app._notifications) == 1)
        assert [notice.message for notice in app._notifications] == ["[b]no␛[2J"]
        Finishing(app, app.services, run=ran).finished(EVENT)
        assert ran.words == [["notify", "it is", "done"]] * 2
        await until(pilot, lambda: any(each.message == summary_of(EVENT) for each in app._notifications))


async def test_the_queue_s_end_reaches_it() -> None:
    app = BrowserHost(FakeSite())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app.local)
        app.services.bus.publish(EVENT)
        await until(pilot, lambda: any(each.message == summary_of(EVENT) for each in app._notifications))


def test_a_command_must_be_readable() -> None:
    from tuiftp.errors import ConfigurationError
    from tuiftp.storage.settings import validate

    assert validate("finish_command", "say 'all done'") == "say 'all done'"
    for text in ("say 'all", "'' x"):
        with pytest.raises(ConfigurationError):
            validate("finish_command", text)
