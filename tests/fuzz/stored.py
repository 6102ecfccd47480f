"""Targets on disk and on the command line: saved logs, settings, themes, netrc, URLs."""

from __future__ import annotations

import tempfile
from datetime import timedelta, timezone
from pathlib import Path

from tests.fuzz.target import Target, text_of
from tuiftp.errors import ConfigurationError, UnsafeName
from tuiftp.protocol.url import format_url, parse_url
from tuiftp.storage.netrc import parse_netrc
from tuiftp.storage.settings_store import SettingsStore
from tuiftp.storage.themes import parse_theme
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.foreign import load_file
from tuiftp.wirelog.recorder import Recorder
from tuiftp.wirelog.records import record_from_json
from tuiftp.wirelog.text import render_records

_PLACE = tempfile.TemporaryDirectory(prefix="tuiftp-fuzz-")
_FOLDER = Path(_PLACE.name)

_RECORD = (
    b'{"at": "2026-06-23T09:42:00.000001+00:00", "conn": 1, "kind": "%s", "text": "%s", "note": "x", "event": null, '
    b'"ms": 1.5, "bytes": 812, "local": "10.0.0.1:50000", "remote": "[::1]:21", "command": "PASV"}'
)
_LOG = [
    (b"command", b"PASV"), (b"reply", b"227 Entering Passive Mode (10,0,0,1,195,80)"), (b"command", b"LIST"),
    (b"reply", b"425 Can't open data connection."), (b"error", b"the server closed the connection"),
    (b"status", b"x"),
]  # fmt: skip
_RECORDS = [_RECORD % pair for pair in _LOG]
_RECORDS += [_RECORDS[0].replace(b"2026", year) for year in (b"0001", b"9999")]


def url(data: bytes) -> None:
    try:
        target = parse_url(text_of(data))
    except ConfigurationError:
        return
    try:
        again = parse_url(format_url(target))
    except (ConfigurationError, UnsafeName):
        return
    assert again.host == target.host


def record(data: bytes) -> None:
    try:
        one = record_from_json(text_of(data))
    except (ValueError, RecursionError):
        return
    one.to_json()


def saved_log(data: bytes) -> None:
    path = _FOLDER / "log.jsonl"
    path.write_bytes(data)
    loaded = load_file(path)
    for hours in (-12, 0, 14):
        for _ in render_records(loaded.records, zone=timezone(timedelta(hours=hours))):
            pass
    recorder = Recorder(100)
    for one in loaded.records:
        recorder.append(one)
    diagnose(loaded.records)


def settings(data: bytes) -> None:
    path = _FOLDER / "settings.toml"
    path.write_bytes(data)
    store = SettingsStore(path)
    loaded = store.load()
    store.save(loaded)
    assert SettingsStore(path).load() == loaded
    for kept in _FOLDER.glob("settings*"):
        kept.unlink()


def theme(data: bytes) -> None:
    try:
        parse_theme("fuzz", text_of(data))
    except ConfigurationError:
        pass


def netrc(data: bytes) -> None:
    for entry in parse_netrc(text_of(data)):
        assert entry.password is None or repr(entry.password) == "********"


_TOML = [
    b" = ", b"\n", b'"""', b"\\u0000", b"\\ud800",
    *b"""= [ ] [[ ]] " ' true false 1 -1 1e999 nan inf 0x1 1979-05-27 { } # . [colours] [variables] dark
    [keymap] primary #fff 99999999999999999999""".split(),
]  # fmt: skip
_SETTINGS = [
    b'theme = "nord"\nencoding = "utf-8"\nactive_ports = "50000-50100"\n[keymap]\ncopy = "ctrl+k"\n# mine\n',
    b'mode = "auto"\nconnect_timeout = 10\nunknown = [1, 2]\n',
]
_THEME = [
    b'dark = true\n[colours]\nprimary = "#5fb3b3"\nforeground = "#ddd"\nbackground = "#000"\nsurface = "#111"\n'
    b'panel = "#222"\n[variables]\nwire-command = "#ff0000"\n'
]
_JSON = [
    b"\n", b"[" * 50,
    *rb"""{ } [ ] " : , null true 1 -1 1e999 NaN Infinity "at" "conn" "kind" "text" "data" "finding" "ms" "bytes"
    \ud800 "2026-06-23T09:42:00" "9999-12-31T23:59:59-23:59" "0001-01-01T00:00:00+23:59" """.split(),
]  # fmt: skip
_URLS = [
    b"ftp://user:pass@host:2121/a/b%20c", b"ftps://[2001:db8::1%25eth0]:990//etc",
    b"ftp://host/%2Fetc/;type=i", b"host",
]  # fmt: skip
_NETRC = [
    b"machine host login me password secret\ndefault login anonymous password x\n",
    b'machine h password "a b\\"c"\n',
]

TARGETS = (
    Target("url", url, _URLS, b"ftp:// ftpes:// @ : / % %00 %0A [ ] :: 65536 .. ? # xn--".split()),
    Target("record", record, _RECORDS, _JSON),
    Target("log", saved_log, [b"\n".join(_RECORDS)], [*_JSON, *_RECORDS]),
    Target("settings", settings, _SETTINGS, _TOML),
    Target("theme", theme, _THEME, _TOML),
    Target("netrc", netrc, _NETRC, [b" ", b"\n", *b'machine login password default account macdef " # \\'.split()]),
)  # fmt: skip
"""What comes from disks and from the command line."""
