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
from tuiftp.files.site import Site
from tuiftp.ftp.events import WireRecorded
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.locations import config_dir
from tuiftp.storage.netrc import netrc_users
from tuiftp.storage.recents import Recents
from tuiftp.storage.sites_store import SiteStore
from tuiftp.storage.themes import load_themes
from tuiftp.transfers.model import Restored
from tuiftp.transfers.queue import TransferQueue
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.services import Services
from tuiftp.wirelog.recorder import Recorder

if TYPE_CHECKING:
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


async def restore(engine: Engine, queue: TransferQueue, services: Services) -> Restored:
    """Brings back what an earlier run has left, each server as its saved site wants it."""

    def find(target: Target) -> ConnectRequest:
        assert services.sites is not None
        return remembered_request(target, services.sites, services.recents)

    return await engine.restore(queue, lambda target: _kept_login(find(target)), find)


def make_services(engine: Engine, queue: TransferQueue, slot: DeciderSlot) -> Services:
    """Puts together all that the screen stands on."""
    themes, problems = load_themes(config_dir() / "themes")
    told = [*engine.problems, *(problem.message for problem in problems)]
    services = Services(
        engine.disk,
        engine.run_settings,
        themes=themes,
        problems=told,
        decider=slot,
    )
    return attach_engine(services, engine, queue)


def attach_engine(services: Services, engine: Engine, queue: TransferQueue) -> Services:
    """Puts the engine into services that show the local disk already."""
    settings = engine.run_settings
    recorder = Recorder(settings.in_force.log_lines)
    engine.bus.subscribe(WireRecorded, lambda event: recorder.append(event.record))
    sites = SiteStore()

    def open_site(wish: ConnectRequest) -> Site:
        return engine.open_site(wish.target, _login(wish.target), wish)

    services.bus = engine.bus
    services.queue = queue
    services.recorder = recorder
    services.open_site = open_site
    services.recents = recents = Recents()
    services.sites = sites
    services.find_password = find_password
    services.keep_password = keep_password
    services.netrc_users = lambda: netrc_users(Path.home() / ".netrc")
    services.forget_password = forget_password
    services.why_no_keyring = why_no_keyring
    services.problems = list(
        dict.fromkeys(
            [*services.problems, *engine.problems, *sites.problems, *filter(None, [recents.problem])]
        )
    )
    settings.subscribe(lambda: recorder.resize(settings.in_force.log_lines))
    services.warm_up = _warm_up
    services.refused = engine.refused
    services.missing_logins = engine.missing_logins
    services.give_login = engine.give_login
    return services


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
