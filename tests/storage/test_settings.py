"""Each setting takes what makes sense, and says plainly why it takes nothing else."""

from dataclasses import fields
from typing import Any

import pytest

from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.errors import ConfigurationError
from tuiftp.storage.fields import SettingKind
from tuiftp.storage.settings import SPECS, Settings, changed, validate


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("mode", "active", ConnectionMode.ACTIVE),
        ("mode", " Passive ", ConnectionMode.PASSIVE),
        ("passive_address", "peer", AddressPolicy.PEER),
        ("allow_fallback", "yes", True),
        ("allow_fallback", False, False),
        ("timeout", "7.5", 7.5),
        ("timeout", "30 s", 30.0),
        ("timeout", 12, 12.0),
        ("parallel_transfers", "8", 8),
        ("announced_port_offset", "-100", -100),
        ("active_ports", "", ""),
        ("active_ports", " 50000 – 50100 ", "50000-50100"),
        ("active_ports", "2121", "2121-2121"),
        ("active_address", "203.0.113.7", "203.0.113.7"),
        ("active_address", "2001:db8::1", "2001:db8::1"),
        ("active_address", "home.example.org", "home.example.org"),
        ("encoding", "Latin-1", "iso8859-1"),
        ("encoding", "cp932", "cp932"),
        ("theme", "tuiftp-norton", "tuiftp-norton"),
    ],
)
def test_what_is_typed_becomes_a_value(name: str, typed: object, value: object) -> None:
    result = validate(name, typed)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("mode", "fast", "must be one of auto, passive, active"),
        ("mode", 3, "must be one of"),
        ("allow_fallback", "maybe", "true or false"),
        ("allow_fallback", 1, "true or false"),
        ("timeout", "soon", "must be a number"),
        ("timeout", True, "must be a number"),
        ("timeout", "0", "within 1–600 s"),
        ("timeout", "nan", "within 1–600 s"),
        ("parallel_transfers", "2.5", "whole number"),
        ("parallel_transfers", 10**400, "must be a number"),
        ("active_ports", "50100-50000", "lower port"),
        ("active_ports", "0-10", "1 to 65535"),
        ("active_ports", "60000-70000", "1 to 65535"),
        ("active_ports", "lots", "write it as 50000-50100"),
        ("active_address", "300.1.1.1", "neither an IP address nor a host name"),
        ("active_address", "two words", "neither"),
        ("active_address", "0.0.0.0", "No server can connect"),
        ("active_address", "a\r\nQUIT", "control characters"),
        ("active_address", 7, "must be text"),
        ("encoding", "klingon", "No encoding is called"),
        ("encoding", "utf-16", "does not hold ASCII"),
        ("encoding", "utf-7", "does not hold ASCII"),
        ("encoding", "rot13", "cannot be used for FTP"),
        ("encoding", "", "No encoding"),
        ("theme", "../../etc/passwd", "cannot be the name"),
        ("no_such_setting", 1, "no setting called"),
    ],
)
def test_what_cannot_be_is_refused_in_words(name: str, typed: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        validate(name, typed)
    assert message in str(caught.value)


def test_every_setting_is_described_and_its_default_is_valid() -> None:
    defaults = Settings()
    assert {entry.name for entry in fields(Settings)} - SPECS.keys() == {"keymap"}
    for name, spec in SPECS.items():
        value: Any = getattr(defaults, name)
        assert validate(name, value) == value
        assert spec.help.endswith((".", "?"))
        assert spec.title
        if spec.kind is SettingKind.CHOICE:
            assert {choice.value for choice in spec.choices} == set(value.__class__)
            assert all(choice.help.endswith(".") for choice in spec.choices)


def test_a_port_offset_must_fit_the_range() -> None:
    settings = changed(Settings(), "active_ports", "60000-60100")
    assert settings.port_range == (60000, 60100)
    assert changed(settings, "announced_port_offset", "-50000").announced_port_offset == -50000
    with pytest.raises(ConfigurationError, match="leave the range"):
        changed(settings, "announced_port_offset", "5500")


def test_values_are_shown_in_words() -> None:
    assert SPECS["active_ports"].describe("") == "any"
    assert SPECS["timeout"].describe(20.0) == "20 s"
    assert SPECS["mode"].describe(ConnectionMode.AUTO) == "Auto"
    assert SPECS["show_hidden"].describe(False) == "no"
    assert SPECS["announced_port_offset"].range_text == "-65534 to 65534"
