"""What a saved site says reaches the engine, and its password is where it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta, timezone
from operator import attrgetter
from pathlib import Path

import pytest

from tests.storage.test_sites import FULL
from tuiftp.choices import AddressPolicy, ConnectionMode, TlsMode, TlsPolicy, TlsVersion
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.site_passwords import find_password, forget_password, keep_password
from tuiftp.cli.site_rules import remembered_request, resolve
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.options import ConnectionOptions, Credentials
from tuiftp.ftp.site_overrides import SiteOverride
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.protocol.modes import ModeRules
from tuiftp.protocol.url import Target, parse_url
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest, advised, request_for, site_of
from tuiftp.storage.recents import Recents, RecentSite
from tuiftp.storage.run_settings import Flags
from tuiftp.storage.secrets import FileStore
from tuiftp.storage.settings import Settings
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.storage.sites_store import SiteStore
from tuiftp.wirelog.probing import Advice


@pytest.fixture
def engine() -> Iterator[Engine]:
    built = Engine(Arguments(), say=print)
    yield built
    built.close()


async def test_all_that_is_kept_of_a_site_is_in_force_and_stays(engine: Engine) -> None:
    site = engine.open_ftp(FULL.target, Credentials("bob", Secret("x")), request_for(FULL))
    assert site.label == "ftps://bob@ftp.example.com"
    for _ in range(2):
        options = site.options
        assert options.rules.mode is ConnectionMode.ACTIVE
        assert options.rules.prefer_extended
        assert options.passive_address is AddressPolicy.PEER
        assert (options.active_address, options.connections) == ("203.0.113.7", 2)
        assert (options.encoding, options.zone) == ("cp1251", timezone(timedelta(hours=2)))
        assert (options.tls.policy, options.tls.minimum_version) == (TlsPolicy.IMPLICIT, TlsVersion.TLS_1_3)
        assert (options.tls.ca_file, options.tls.client_certificate) == ("/ca.pem", "/me.pem")
        assert options.tls.client_key == "/key.pem"
        engine.run_settings.change(replace(engine.run_settings.stored, timeout=7))
    assert site.options.timeout == 7


async def test_a_site_that_says_nothing_is_as_in_the_settings(engine: Engine) -> None:
    plain = SavedSite("a", host="h")
    site = engine.open_ftp(plain.target, Credentials(), request_for(plain))
    usual = ConnectionOptions()
    assert replace(site.options, tls=usual.tls) == replace(usual, lists_hidden=site.options.lists_hidden)
    assert site.options.tls.policy is TlsPolicy.IF_OFFERED


def test_a_site_that_was_connected_to_can_be_saved() -> None:
    now = site_of(request_for(FULL), saved=FULL, remote="/new", local="/here")
    assert now == replace(FULL, remote_directory="/new", local_directory="/here", synchronized=False)
    typed = ConnectRequest(replace(FULL.target, password=Secret("x")), ConnectionMode.ACTIVE)
    made = site_of(typed, remote="/pub/2026", local="\udc80", is_together=True)
    assert made.target == replace(FULL.target, path="/pub/2026")
    assert made.mode is ConnectionMode.ACTIVE
    assert (made.local_directory, made.synchronized, made.password) == ("", True, PasswordFrom.ASK)
    assert site_of(ConnectRequest(Target("h"))).password is PasswordFrom.ANONYMOUS
    assert site_of(ConnectRequest(FULL.target, tls=TlsPolicy.OFF)).tls == "off"


def test_a_password_is_found_where_it_was_kept(fake_home: Path) -> None:
    site = replace(FULL, password=PasswordFrom.FILE)
    assert find_password(request_for(site)) is None
    keep_password(site, Secret("kept"))
    assert find_password(request_for(site)) == Secret("kept")
    FileStore().path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others than you can read it"):
        find_password(request_for(site))


def test_a_password_that_is_forgotten_is_nowhere(fake_home: Path) -> None:
    site = replace(FULL, password=PasswordFrom.FILE)
    keep_password(site, Secret("kept"))
    forget_password(site)
    assert find_password(request_for(site)) is None
    assert "kept" not in FileStore().path.read_text()


def test_without_a_keyring_it_is_said(fake_home: Path) -> None:
    assert find_password(request_for(FULL)) is None
    with pytest.raises(ConfigurationError, match="keyring"):
        keep_password(FULL, Secret("x"))


def test_ask_looks_where_the_command_line_looks(fake_home: Path) -> None:
    site = replace(FULL, password=PasswordFrom.ASK)
    assert find_password(request_for(site)) is None
    netrc = fake_home / ".netrc"
    netrc.write_text("machine ftp.example.com login bob password from-netrc\n")
    netrc.chmod(0o600)
    assert find_password(request_for(site)) == Secret("from-netrc")


def test_a_server_of_which_the_url_is_left_is_as_its_saved_site_wants_it(fake_home: Path) -> None:
    sites, recents = SiteStore(), Recents()
    twin = replace(FULL, name="twin", encoding="cp866", tls=TlsPolicy.OFF)
    for site in (FULL, twin):
        sites.put(site)
    target = parse_url("ftps://bob@ftp.example.com/")
    found = remembered_request(target, sites, recents)
    assert (found.saved, found.target, found.tls) == (FULL, target, TlsPolicy.IMPLICIT)
    recents.add(RecentSite("ftps://bob@ftp.example.com", folder=twin.folder, name=twin.name))
    found = remembered_request(target, sites, recents)
    assert (found.saved, found.tls) == (twin, TlsPolicy.OFF)


def test_one_that_has_become_another_server_is_not_taken(fake_home: Path) -> None:
    sites, recents = SiteStore(), Recents()
    recents.add(RecentSite("ftp://h", folder=FULL.folder, name=FULL.name, mode="active", tls="off"))
    sites.put(FULL)
    found = remembered_request(parse_url("ftp://h"), sites, recents)
    assert (found.saved, found.mode, found.tls) == (None, ConnectionMode.ACTIVE, TlsPolicy.OFF)
    found = remembered_request(parse_url("ftp://unknown"), sites, recents)
    assert found == ConnectRequest(parse_url("ftp://unknown"))


async def test_an_encoding_that_was_chosen_for_a_server_holds_for_its_restored_transfers(
    engine: Engine,
) -> None:
    sites, recents = SiteStore(), Recents()
    recents.add(RecentSite("ftp://h", encoding="cp932"))
    recents.add(RecentSite("ftp://broken", encoding="utf-16"))
    assert engine.options(remembered_request(parse_url("ftp://h"), sites, recents)).encoding == "cp932"
    broken = remembered_request(parse_url("ftp://broken"), sites, recents)
    assert engine.options(broken).encoding == "utf-8"
    chosen = replace(request_for(FULL), encoding="gb18030")
    assert engine.options(chosen).encoding == "gb18030"


def test_what_a_probe_recommends_is_kept_of_a_site() -> None:
    site = SavedSite("a", host="h")
    assert advised(site, Advice("")) == site
    told = advised(site, Advice("", ConnectionMode.PASSIVE, False, AddressPolicy.PEER, "203.0.113.7"))
    assert told.mode is ConnectionMode.PASSIVE
    assert (told.extended, told.passive_address) == (False, AddressPolicy.PEER)
    assert told.active_address == "203.0.113.7"
    assert advised(told, Advice("", prefer_extended=True)).extended is True


SETTING, FLAG, SITE, CHOSEN = "settings", "flags", "saved", "request"
Layer = tuple[str, dict[str, object], object]
"""Who chooses, what it sets, and what the connection gets of it."""

WINNERS: list[tuple[str, list[Layer]]] = [
    # A mode for this one server goes before one for all of a run, and that before what is usual.
    ("rules.mode", [
        (CHOSEN, {"mode": ConnectionMode.AUTO}, ConnectionMode.AUTO),
        (FLAG, {"mode": ConnectionMode.ACTIVE}, ConnectionMode.ACTIVE),
        (SETTING, {"mode": ConnectionMode.PASSIVE}, ConnectionMode.PASSIVE),
    ]),
    ("rules.allow_fallback", [(SETTING, {"allow_fallback": True}, True)]),
    # False is a choice too: this server's router knows PASV alone.
    ("rules.prefer_extended", [
        (SITE, {"extended": False}, False), (SETTING, {"prefer_extended": True}, True),
    ]),
    ("passive_address", [
        (SITE, {"passive_address": AddressPolicy.SMART}, AddressPolicy.SMART),
        (SETTING, {"passive_address": AddressPolicy.PEER}, AddressPolicy.PEER),
    ]),
    ("active_address", [
        (SITE, {"active_address": "203.0.113.1"}, "203.0.113.1"),
        (SETTING, {"active_address": "203.0.113.2"}, "203.0.113.2"),
    ]),
    ("active_ports", [(SETTING, {"active_ports": "50000-50100"}, (50000, 50100))]),
    ("announced_port_offset", [(SETTING, {"announced_port_offset": 7}, 7)]),
    ("learn_active_address", [(SETTING, {"learn_active_address": True}, True)]),
    # What is chosen while names are looked at is later than what was saved.
    ("encoding", [
        (CHOSEN, {"encoding": "cp932"}, "cp932"), (SITE, {"encoding": "cp866"}, "cp866"),
        (SETTING, {"encoding": "cp1252"}, "cp1252"),
    ]),
    ("zone", [(SITE, {"time_offset": "+02:00"}, timezone(timedelta(hours=2)))]),
    ("lists_hidden", [(FLAG, {"command": "get"}, True), (SETTING, {"show_hidden": True}, True)]),
    ("timeout", [(FLAG, {"timeout": 2.0}, 2.0), (SETTING, {"timeout": 30.0}, 30.0)]),
    # A timeout for the run is the most that anything may take, and makes nothing slower.
    ("auto_connect_timeout", [(FLAG, {"timeout": 2.0}, 2.0), (SETTING, {"auto_connect_timeout": 9.0}, 9.0)]),
    ("accept_timeout", [(FLAG, {"timeout": 2.0}, 2.0), (SETTING, {"accept_timeout": 9.0}, 9.0)]),
    ("stall_timeout", [(FLAG, {"timeout": 2.0}, 2.0), (SETTING, {"stall_timeout": 9.0}, 9.0)]),
    ("listing_timeout", [(SETTING, {"listing_timeout": 99.0}, 99.0)]),
    # What the server allows goes before what the user would like.
    ("connections", [
        (SITE, {"connections": 2}, 2), (FLAG, {"connections": 7}, 7), (FLAG, {"segments": 8}, 8),
        (SETTING, {"connections": 5}, 5),
    ]),
    # `ftp://` in the app asks for TLS; `--tls none` and a script do not.
    ("tls.policy", [
        (CHOSEN, {"tls": TlsPolicy.REQUIRED}, TlsPolicy.REQUIRED), (FLAG, {"tls": TlsMode.NONE}, TlsPolicy.OFF),
        (FLAG, {"command": "ls"}, TlsPolicy.OFF), (CHOSEN, {}, TlsPolicy.IF_OFFERED),
    ]),
    ("tls.is_plain_meant", [
        (SITE, {}, True), (CHOSEN, {"is_remembered": False}, True), (FLAG, {"tls": TlsMode.NONE}, True),
    ]),
    ("tls.minimum_version", [(SITE, {"tls_minimum": TlsVersion.TLS_1_3}, TlsVersion.TLS_1_3)]),
    # The flag is for a server that is not believed otherwise.
    ("tls.ca_file", [(FLAG, {"ca_file": "/flag.pem"}, "/flag.pem"), (SITE, {"ca_file": "/ca.pem"}, "/ca.pem")]),
    ("tls.client_certificate", [(SITE, {"client_certificate": "/me.pem"}, "/me.pem")]),
    ("tls.client_key", [(SITE, {"client_key": "/key.pem"}, "/key.pem")]),
    ("tls.fingerprint", [(FLAG, {"fingerprint": "ab"}, "ab")]),
]  # fmt: skip


def rules_of(layers: list[Layer]) -> ConnectionOptions:
    """The rules where all of these have chosen; the first of a layer goes before its later ones."""
    said: dict[str, dict[str, object]] = {}
    for who, choices, _ in layers:
        said[who] = {**choices, **said.get(who, {})}
    site = replace(SavedSite("a", host="h"), **said[SITE]) if SITE in said else None  # type: ignore[arg-type]
    request = ConnectRequest(Target("h"), saved=site)
    return resolve(
        replace(Settings(), **said.get(SETTING, {})),  # type: ignore[arg-type]
        replace(Flags(), **said.get(FLAG, {})),  # type: ignore[arg-type]
        replace(request, **said.get(CHOSEN, {})),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("field", "layers"), WINNERS, ids=[field for field, _ in WINNERS])
def test_who_wins(field: str, layers: list[Layer]) -> None:
    """Whoever stands first in the table wins over all behind it; without any, it is as usual."""
    for first in range(len(layers)):
        assert attrgetter(field)(rules_of(layers[first:])) == layers[first][2]
    usual = ConnectionOptions(tls=TlsOptions(TlsPolicy.IF_OFFERED))
    assert attrgetter(field)(rules_of([])) == attrgetter(field)(usual)


def test_the_table_has_every_rule_that_can_be_chosen() -> None:
    named = {field for field, _ in WINNERS}
    every = {field.name for field in fields(ConnectionOptions)} - {"rules", "tls"}
    every |= {f"rules.{field.name}" for field in fields(ModeRules)}
    every |= {f"tls.{field.name}" for field in fields(TlsOptions)}
    ours = {"drain_timeout", "goodbye_timeout", "keepalive_interval", "family", "tls.maximum_version"}
    assert every - named == ours, "nobody chooses these: the probe and the commands set them"


@pytest.mark.parametrize(
    ("override", "field", "value"),
    [
        (SiteOverride(ConnectionMode.PASSIVE), "rules.mode", ConnectionMode.PASSIVE),
        (SiteOverride(prefer_extended=False), "rules.prefer_extended", False),
        (SiteOverride(passive_address=AddressPolicy.ANNOUNCED), "passive_address", AddressPolicy.ANNOUNCED),
        (SiteOverride(active_address="203.0.113.9"), "active_address", "203.0.113.9"),
    ],
)
def test_what_is_set_while_a_site_is_open_goes_before_all(
    override: SiteOverride, field: str, value: object
) -> None:
    options = resolve(Settings(), Flags(mode=ConnectionMode.ACTIVE), request_for(FULL))
    assert attrgetter(field)(options) != value
    assert attrgetter(field)(override.on(options)) == value
