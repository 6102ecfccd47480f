"""Starts the app: the screen on top of the engine, with a server of its own for `--demo`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.inspection import add_inspection
from tuiftp.cli.passwords import find_credentials, prompt_nobody, prompt_on_terminal
from tuiftp.cli.site_passwords import find_password, forget_password, keep_password, why_no_keyring
from tuiftp.cli.wishes import remembered_request, wishes_of
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.events import WireRecorded
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.tls import TlsPolicy
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.locations import config_dir
from tuiftp.storage.recents import Recents
from tuiftp.storage.settings import Settings
from tuiftp.storage.sites_store import SiteStore
from tuiftp.storage.themes import load_themes
from tuiftp.transfers.model import Restored
from tuiftp.transfers.queue import TransferQueue
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.services import DeciderSlot, Services
from tuiftp.ui.wishes import ConnectRequest
from tuiftp.wirelog.recorder import Recorder

if TYPE_CHECKING:
    from tuiftp.ftp.site import FtpSite

_SETTLED = 1.0
"""Seconds after which the first screen is there, on nearly any machine."""


def run_app(arguments: Arguments) -> int:
    """Opens the app and returns the exit status when it is left.

    Raises:
        ConfigurationError: There is no terminal, or no password for the user; or the demo server cannot start.
        LocalFileError: The log cannot be written.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigurationError(
            "the app needs a terminal", hint="for scripts there are tuiftp ls, get and put"
        )
    late: list[str] = []
    engine = Engine(arguments, say=late.append)
    try:
        with _first_target(arguments) as target:
            return asyncio.run(_run(engine, _first_wish(arguments, target) if target is not None else None))
    finally:
        engine.close()
        # What came up while the app had the terminal.
        for line in late:
            print(line, file=sys.stderr)


def _first_wish(arguments: Arguments, target: Target) -> ConnectRequest:
    if arguments.is_demo or arguments.scenario:
        return ConnectRequest(target, tls=TlsPolicy.OFF, is_remembered=False)
    return ConnectRequest(target)


@contextlib.contextmanager
def _first_target(arguments: Arguments) -> Iterator[Target | None]:
    """The site to begin with, its password asked for while there is still a plain terminal."""
    if arguments.is_demo:
        from tuiftp.demo import DemoServer

        server = DemoServer()
        url = server.start()
        try:
            yield parse_url(url)
        finally:
            server.stop()
    elif arguments.scenario:
        from tuiftp.demo.lab.serving import LabServer

        with LabServer(arguments.scenario) as url:
            yield parse_url(url)
    elif arguments.targets:
        target = arguments.targets[0]
        login = find_credentials(target, user=arguments.user, prompt=prompt_on_terminal)
        yield replace(target, user=login.user, password=login.password)
    else:
        yield None


async def _run(engine: Engine, wish: ConnectRequest | None) -> int:
    slot = engine.trust_decider = DeciderSlot()
    # The servers of the demo are gone with it: nothing is left to go on with.
    queue = engine.make_queue(slot, is_stored=wish is None or wish.is_remembered)
    services = make_services(engine, queue, slot)
    app = TuiftpApp(services, wish, local_directory=_working_directory())
    await queue.start()
    services.restored = await restore(engine, queue, services)
    asyncio.get_running_loop().call_later(_SETTLED, _collect_garbage)
    try:
        await app.run_async()
    finally:
        await queue.close()
        await engine.close_restored()
    return app.return_code or 0


def _collect_garbage() -> None:
    """Begins to collect garbage. What is there by now stays: to walk over it would hold up the loop."""
    gc.freeze()
    gc.enable()


async def restore(engine: Engine, queue: TransferQueue, services: Services) -> Restored:
    """Brings back what an earlier run has left, each server as its saved site wants it."""

    def find(target: Target) -> ConnectRequest:
        assert services.sites is not None
        return remembered_request(target, services.sites, services.recents)

    return await engine.restore(
        queue, lambda target: _kept_login(find(target)), lambda target: wishes_of(find(target))
    )


def _working_directory() -> str | None:
    """Where the user stands in the shell; None if that directory is gone."""
    try:
        return os.getcwd()
    except OSError:
        return None


def make_services(engine: Engine, queue: TransferQueue, slot: DeciderSlot) -> Services:
    """Puts together what the screen stands on."""
    recorder = Recorder(engine.settings.log_lines)
    engine.bus.subscribe(WireRecorded, lambda event: recorder.append(event.record))
    sites = SiteStore()
    themes, theme_problems = load_themes(config_dir() / "themes")

    def open_site(wish: ConnectRequest) -> FtpSite:
        return engine.open_site(wish.target, _login(wish.target), wishes_of(wish))

    def apply_settings(settings: Settings) -> None:
        engine.use_settings(settings)
        queue.set_parallel(engine.settings.parallel_transfers)
        recorder.resize(engine.settings.log_lines)

    services = Services(
        bus=engine.bus,
        queue=queue,
        recorder=recorder,
        local=engine.local,
        open_site=open_site,
        settings=engine.stored,
        in_force=lambda: engine.settings,
        settings_store=engine.settings_store,
        themes=themes,
        recents=Recents(),
        sites=sites,
        find_password=find_password,
        keep_password=keep_password,
        forget_password=forget_password,
        why_no_keyring=why_no_keyring,
        problems=[*engine.problems, *(problem.message for problem in theme_problems), *sites.problems],
        decider=slot,
        apply_settings=apply_settings,
        warm_up=_warm_up,
        missing_logins=engine.missing_logins,
        give_login=engine.give_login,
    )
    return add_inspection(services, engine)


def _warm_up() -> None:
    """Loads what work needs and the first screen does not; transfers are not to hold up the screen."""
    for name in ("ftp.site", "transfers.planner", "transfers.download", "transfers.upload"):
        importlib.import_module(f"tuiftp.{name}")
    importlib.import_module("tuiftp.ftp.threads").step_back()


def _kept_login(request: ConnectRequest) -> Credentials:
    """Who logs in for restored transfers; the password is where the saved site keeps it, or where it always is."""
    target = request.target
    if target.user is None or target.password is not None:
        return _login(target)
    try:
        password = find_password(request)
    except ConfigurationError:
        password = None  # it is asked for before they go on
    return Credentials(target.user, password or Secret(""))


def _login(target: Target) -> Credentials:
    """Who logs in from the connect dialog; a password that nobody gave is empty, and the server decides."""
    try:
        return find_credentials(target, prompt=prompt_nobody)
    except ConfigurationError:
        return Credentials(target.user or "anonymous", Secret(""))
