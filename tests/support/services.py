"""What the screen stands on, put together for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.dom import DOMNode

from tests.storage.test_themes import SHIPPED
from tuiftp.cli.app_services import AppServices
from tuiftp.cli.compose import Engine
from tuiftp.events import EventBus
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.recents import Recents
from tuiftp.storage.sites_store import SiteStore
from tuiftp.transfers.model import Restored
from tuiftp.transfers.queue import TransferQueue
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.bridge import Signals
from tuiftp.ui.decider_slot import DeciderSlot
from tuiftp.ui.services import LoadedEngine, Services, StartServices
from tuiftp.wirelog.recorder import Recorder


async def no_engine(owner: DOMNode) -> LoadedEngine:
    """Stands for the loading of the engine where the app is given it before it runs."""
    raise AssertionError("the engine is there already")


def fake_services(start: StartServices, signals: Signals, **parts: Any) -> Services:
    """Services that keep nothing, know no password and open no site but for what is in `parts`."""
    usual: dict[str, Any] = {
        "bus": EventBus(),
        "recorder": Recorder(),
        "recents": Recents(),
        "sites": SiteStore(),
        "find_password": lambda request: Secret(""),
        "keep_password": lambda site, password: None,
        "forget_password": lambda site: None,
        "why_no_keyring": lambda: None,
        "netrc_users": dict,
        "problems": (),
        "warm_up": lambda: None,
        "restored": Restored(),
        "missing_logins": lambda: (),
        "give_login": lambda site, password, when_right: None,
    }
    return Services(start=start, signals=signals, **{**usual, **parts})


def equip(app: TuiftpApp, **parts: Any) -> None:
    """Gives an app that does not run yet other parts of its engine."""
    app.attach(replace(app.services, **parts))


def real_app(
    engine: Engine, queue: TransferQueue, slot: DeciderSlot, request: ConnectRequest | None = None, *,
    local_directory: str | None = None,
) -> TuiftpApp:  # fmt: skip
    """The app on a real engine, whole from its first screen on. Whoever made engine and queue closes them."""
    start = StartServices(
        disk=engine.disk,
        run_settings=engine.run_settings,
        load_engine=no_engine,
        themes=SHIPPED,
        decider=slot,
    )
    app = TuiftpApp(start, request, local_directory=local_directory)
    app.attach(AppServices(engine, queue).for_screen(start, app, Restored()))
    return app
