"""Puts the engine below the screen: what it is asked for is done with these parts."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tuiftp.choices import TlsPolicy
from tuiftp.cli.compose import Engine
from tuiftp.cli.passwords import find_credentials, prompt_nobody
from tuiftp.cli.site_passwords import find_password, forget_password, keep_password, why_no_keyring
from tuiftp.cli.site_rules import remembered_request
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.events import WireRecorded
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.netrc import netrc_users
from tuiftp.storage.recents import Recents
from tuiftp.storage.sites_store import SiteStore
from tuiftp.transfers.model import Restored
from tuiftp.transfers.queue import TransferQueue
from tuiftp.ui.bridge import Signals
from tuiftp.ui.services import Services, StartServices
from tuiftp.wirelog.recorder import Recorder

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tuiftp.demo.lab.scenarios import Scenario


def demo_request(url: str, scenario: Scenario | None = None) -> ConnectRequest:
    """What opens the demo server; it is gone with the program, so nobody remembers it.

    Args:
        url: Where it is.
        scenario: The fault that it shows: it is met at once, and the log is what to look at.
    """
    request = ConnectRequest(parse_url(url), tls=TlsPolicy.OFF, is_remembered=False)
    if scenario is None:
        return request
    extended = True if scenario.is_extended_first else None
    return replace(request, mode=scenario.mode, extended=extended, shows_log=True)


class AppServices:
    """The user's files that the engine and the screen share: saved sites, and those of late."""

    def __init__(self, engine: Engine, queue: TransferQueue) -> None:
        """Reads them.

        Args:
            engine: What makes sites.
            queue: The transfer queue, not yet started.
        """
        self._engine, self._queue = engine, queue
        self._sites, self._recents = SiteStore(), Recents()

    async def restore(self) -> Restored:
        """Brings back what an earlier run has left, each server as its saved site wants it."""

        def find(target: Target) -> ConnectRequest:
            return remembered_request(target, self._sites, self._recents)

        return await self._engine.restore(self._queue, lambda target: _kept_login(find(target)), find)

    def for_screen(self, start: StartServices, owner: DOMNode, restored: Restored) -> Services:
        """Puts together all that the screen stands on.

        Args:
            start: What the first screen stands on.
            owner: The app, whose signals widgets subscribe to.
            restored: What `restore` has brought back.
        """
        engine, recents = self._engine, self._recents
        problems = [
            *start.problems,
            *engine.problems,
            *self._sites.problems,
            *filter(None, [recents.problem]),
        ]
        return Services(
            start=start,
            signals=Signals(owner),
            bus=engine.bus,
            queue=self._queue,
            recorder=_record(engine),
            open_site=lambda request: engine.open_site(request.target, _login(request.target), request),
            recents=recents,
            sites=self._sites,
            find_password=find_password,
            keep_password=keep_password,
            forget_password=forget_password,
            why_no_keyring=why_no_keyring,
            netrc_users=lambda: netrc_users(Path.home() / ".netrc"),
            problems=list(dict.fromkeys(problems)),
            warm_up=_warm_up,
            restored=restored,
            refused=engine.refused,
            missing_logins=engine.missing_logins,
            give_login=engine.give_login,
        )


def _record(engine: Engine) -> Recorder:
    """Begins to keep the protocol log, as many records of it as the settings in force say."""
    settings = engine.run_settings
    recorder = Recorder(settings.in_force.log_lines)
    engine.bus.subscribe(WireRecorded, lambda event: recorder.append(event.record))
    settings.subscribe(lambda: recorder.resize(settings.in_force.log_lines))
    return recorder


def _warm_up() -> None:
    """Loads what work needs and the first screen does not; transfers are not to hold up the screen."""
    for name in ("ftp.site", "transfers.planner", "transfers.download", "transfers.upload"):
        importlib.import_module(f"tuiftp.{name}")
    importlib.import_module("tuiftp.ftp.transfer.executor").step_back()


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
