"""Settings and command line become the rules of connections; the later word of the user holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from tuiftp.choices import (
    AddressPolicy,
    ConflictPolicy,
    ConnectionMode,
    TemporaryUpload,
    TlsMode,
    TlsPolicy,
    Verification,
)
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.console import Console
from tuiftp.cli.decider import FlagDecider
from tuiftp.cli.site_rules import resolve
from tuiftp.ftp.options import ConnectionOptions, Credentials
from tuiftp.protocol.url import Target, parse_url
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.run_settings import Flags
from tuiftp.storage.settings import Settings
from tuiftp.storage.settings_store import SettingsStore
from tuiftp.transfers.transfer_options import TransferOptions

SCRIPT = Flags(command="ls")
"""A script is encrypted as its URL says: `ftp://` is not."""

ODD = Settings(
    mode=ConnectionMode.ACTIVE, allow_fallback=True, prefer_extended=True, auto_connect_timeout=2.0,
    accept_timeout=3.0, timeout=4.0, stall_timeout=6.0, listing_timeout=900.0, passive_address=AddressPolicy.PEER,
    active_address="203.0.113.7", learn_active_address=True, active_ports="50000-50100",
    announced_port_offset=7, connections=9, encoding="cp1252",
    show_hidden=True,
)  # fmt: skip


def test_every_setting_of_a_connection_arrives() -> None:
    options = resolve(ODD, SCRIPT, ConnectRequest(Target("h")))
    assert options.rules.mode is ConnectionMode.ACTIVE
    assert (options.rules.allow_fallback, options.rules.prefer_extended) == (True, True)
    assert options.active_ports == (50000, 50100)
    usual = ConnectionOptions()
    # TLS is told by the URL and the flags, the zone by the saved site, the family by the probe alone; how long a
    # goodbye may take depends on whether there is a screen.
    kept = {"drain_timeout", "keepalive_interval", "tls", "family", "zone", "goodbye_timeout"}
    same = {f.name for f in fields(options) if getattr(options, f.name) == getattr(usual, f.name)}
    assert same == kept


def test_the_defaults_of_settings_and_connections_agree() -> None:
    assert resolve(Settings(), SCRIPT, ConnectRequest(Target("h"))) == ConnectionOptions()


def test_a_site_may_have_a_mode_of_its_own() -> None:
    assert (
        resolve(ODD, SCRIPT, ConnectRequest(Target("h"), ConnectionMode.PASSIVE)).rules.mode
        is ConnectionMode.PASSIVE
    )


def test_the_command_line_goes_before_the_settings() -> None:
    said = Flags(ConnectionMode.PASSIVE, 2.5, 7, ConflictPolicy.NEWER).on(Settings())
    assert (said.mode, said.timeout, said.connections, said.parallel_transfers) == ("passive", 2.5, 7, 7)
    assert (said.auto_connect_timeout, said.accept_timeout) == (2.5, 2.5)
    assert said.overwrite_downloads is said.overwrite_uploads is ConflictPolicy.NEWER
    assert Flags().on(ODD) == ODD


def test_a_long_timeout_does_not_make_auto_slow() -> None:
    assert Flags(timeout=60).on(Settings()).auto_connect_timeout == Settings().auto_connect_timeout


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine that was started with --mode active."""
    built = Engine(Arguments(mode=ConnectionMode.ACTIVE, connections=7), say=print)
    yield built
    built.close()


async def test_a_setting_that_is_changed_later_holds_and_the_rest_of_the_command_line_stays(
    engine: Engine,
) -> None:
    site = engine.open_ftp(parse_url("ftp.example.com"), Credentials())
    own = engine.open_ftp(
        parse_url("ftp.example.com"),
        Credentials(),
        ConnectRequest(Target("ftp.example.com"), ConnectionMode.ACTIVE),
    )
    assert (site.options.rules.mode, site.options.connections) == (ConnectionMode.ACTIVE, 7)
    engine.run_settings.change(replace(engine.run_settings.stored, prefer_extended=True))
    assert (site.options.rules.mode, site.options.rules.prefer_extended) == (ConnectionMode.ACTIVE, True)
    engine.run_settings.change(replace(engine.run_settings.stored, mode=ConnectionMode.PASSIVE))
    assert (site.options.rules.mode, site.options.connections) == (ConnectionMode.PASSIVE, 7)
    assert own.options.rules.mode is ConnectionMode.ACTIVE


@pytest.mark.parametrize(("command", "hidden"), [("get", True), ("ls", False), ("", False)])
async def test_a_tree_is_fetched_with_its_hidden_files(command: str, hidden: bool) -> None:
    engine = Engine(Arguments(command), say=print)
    assert engine.open_ftp(parse_url("h"), Credentials()).options.lists_hidden is hidden
    engine.close()


@pytest.mark.parametrize(
    ("arguments", "url", "chosen", "policy"),
    [
        (Arguments(), "ftp://h", None, TlsPolicy.IF_OFFERED),
        (Arguments(), "ftp://h", TlsPolicy.OFF, TlsPolicy.OFF),
        (Arguments(), "ftpes://h", None, TlsPolicy.REQUIRED),
        (Arguments(), "ftps://h", None, TlsPolicy.IMPLICIT),
        (Arguments(tls=TlsMode.NONE), "ftp://h", None, TlsPolicy.OFF),
        (Arguments("ls"), "ftp://h", None, TlsPolicy.OFF),
        (Arguments("get"), "ftpes://h", None, TlsPolicy.REQUIRED),
    ],
)
async def test_the_app_encrypts_where_the_server_can_and_a_script_as_its_url_says(
    arguments: Arguments, url: str, chosen: TlsPolicy | None, policy: TlsPolicy
) -> None:
    engine = Engine(arguments, say=print)
    target = parse_url(url)
    site = engine.open_ftp(target, Credentials(), ConnectRequest(target, tls=chosen))
    assert site.options.tls.policy is policy
    engine.run_settings.change(replace(engine.run_settings.stored, timeout=9))
    assert site.options.tls.policy is policy
    engine.close()


async def test_closed_sites_are_left_in_peace(engine: Engine) -> None:
    site = engine.open_ftp(parse_url("ftp.example.com"), Credentials())
    await site.close()
    before = site.options
    engine.run_settings.change(replace(engine.run_settings.stored, mode=ConnectionMode.PASSIVE))
    assert site.options is before


async def test_the_command_line_is_never_written_into_the_settings_file(engine: Engine) -> None:
    SettingsStore().save(replace(engine.run_settings.stored, show_hidden=True))
    assert SettingsStore().load() == replace(Settings(), show_hidden=True)


async def test_the_queue_is_told_how_transfers_are_done(engine: Engine) -> None:
    queue = engine.make_queue(FlagDecider(Console(is_quiet=True), ask=None))
    assert queue.how == TransferOptions()
    chosen = replace(
        engine.run_settings.stored,
        verify=Verification.CHECKSUM,
        upload_temporary=TemporaryUpload.NEVER,
        keep_times=False,
        ascii_extensions="txt, csv",
        segments=4,
        overwrite_uploads=ConflictPolicy.NEWER_OR_SIZE_DIFFERS,
    )
    engine.run_settings.change(chosen)
    assert queue.how == TransferOptions(
        verify=Verification.CHECKSUM,
        upload_temporary=TemporaryUpload.NEVER,
        keep_times=False,
        ascii_extensions=frozenset({"txt", "csv"}),
        uploads=ConflictPolicy.NEWER_OR_SIZE_DIFFERS,
        segments=4,
    )
    await queue.close()
