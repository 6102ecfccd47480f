"""The notes under PORT, EPRT, 227 and 229 say who connects where, and what is odd about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.wirelog.explain import note_for_command, note_for_reply

PUBLIC = "203.0.113.7"
ASKS = "asks the server to connect to "


@pytest.mark.parametrize(
    ("line", "peer", "note"),
    [
        ("PORT 192,168,1,100,195,80", PUBLIC, ASKS + "192.168.1.100:50000  (195×256+80)  ⚠ private address"),
        ("PORT 192,168,1,100,195,80", None, ASKS + "192.168.1.100:50000  (195×256+80)  ⚠ private address"),
        (
            "port 192,168,1,100,195,80",
            "192.168.1.1",
            ASKS + "192.168.1.100:50000  (195×256+80)  private address",
        ),
        ("PORT 198,51,100,9,195,80", PUBLIC, ASKS + "198.51.100.9:50000  (195×256+80)"),
        ("EPRT |1|192.168.1.100|50000|", PUBLIC, ASKS + "192.168.1.100:50000  ⚠ private address"),
        ("EPRT |2|2001:db8::9|50000|", "2001:db8::1", ASKS + "[2001:db8::9]:50000"),
        ("EPRT |2|fe80::9|50000|", "2001:db8::1", ASKS + "[fe80::9]:50000  ⚠ link-local address"),
        ("PORT 0,0,0,0,195,80", "192.0.2.1", ASKS + "0.0.0.0:50000  (195×256+80)  ⚠ unspecified address"),
        ("LIST", PUBLIC, None),
        ("PASV", PUBLIC, None),
        ("PORTAL 1,2,3,4,5,6", PUBLIC, None),
        ("", PUBLIC, None),
    ],
)
def test_what_an_active_command_asks_for(line: str, peer: str | None, note: str | None) -> None:
    assert note_for_command(line, peer=peer) == note


def test_a_port_that_firewalls_look_into_is_named() -> None:
    note = note_for_command("PORT 198,51,100,9,19,196", peer=PUBLIC)
    assert note is not None
    assert "⚠ port 5060 belongs to SIP" in note


@pytest.mark.parametrize("line", ["PORT", "PORT 1,2,3", "PORT 1,2,3,4,0,0", "EPRT |1|x|5|", "EPRT"])
def test_an_active_command_that_cannot_be_read_says_why(line: str) -> None:
    note = note_for_command(line, peer=PUBLIC)
    assert note is not None
    assert note.startswith("⚠ cannot be read: ")


@pytest.mark.parametrize(
    ("code", "text", "peer", "command", "note"),
    [
        (227, "Entering Passive Mode (203,0,113,7,195,203)", PUBLIC, "PASV",
         "server listens on 203.0.113.7:50123 (195×256+203)"),
        (227, "227 Entering Passive Mode (203,0,113,7,195,203)", f"::ffff:{PUBLIC}", "PASV",
         "server listens on 203.0.113.7:50123 (195×256+203)"),
        (227, "Entering Passive Mode (203,0,113,7,195,203)", None, None,
         "server listens on 203.0.113.7:50123 (195×256+203)"),
        (227, "Ok (192,168,1,2,195,203)", PUBLIC, "PASV",
         "server listens on 192.168.1.2:50123 (195×256+203)  ⚠ private address"
         "  ⚠ differs from the server's address 203.0.113.7"),
        (227, "Ok (198,51,100,9,195,203)", PUBLIC, "PASV",
         "server listens on 198.51.100.9:50123 (195×256+203)"
         "  ⚠ differs from the server's address 203.0.113.7"),
        (227, "Ok (192,168,1,2,195,203)", "192.168.1.2", "PASV",
         "server listens on 192.168.1.2:50123 (195×256+203)  private address"),
        (227, "Ok (203,0,113,7,195,203)", PUBLIC, "EPSV",
         "server listens on 203.0.113.7:50123 (195×256+203)  ⚠ answered as if to PASV"),
        (229, "Entering Extended Passive Mode (|||50123|)", PUBLIC, "EPSV",
         "server listens on port 50123, at the server's own address 203.0.113.7"),
        (229, "Entering Extended Passive Mode (|||50123|)", None, "EPSV",
         "server listens on port 50123, at the server's own address"),
        (229, "Ok (|||50123|)", PUBLIC, "PASV",
         "server listens on port 50123, at the server's own address 203.0.113.7  ⚠ answered as if to EPSV"),
        (227, "Ok (1,2,3,4,0,0)", PUBLIC, "PASV", "⚠ cannot be read: port 0 is not from 1 to 65535"),
        (229, "Ok", PUBLIC, "EPSV", "⚠ cannot be read: there is no port in the reply"),
        (500, "I won't open a connection to 10.1.1.1 (only to 203.0.113.45)", PUBLIC, "PORT 10,1,1,1,5,5",
         "the server names 203.0.113.45: the address that it sees us at, most likely"),
        (500, "only to 203.0.113.45", PUBLIC, "EPRT",
         "the server names 203.0.113.45: the address that it sees us at, most likely"),
        (500, "I won't open a connection to 10.1.1.1", PUBLIC, "PORT 10,1,1,1,5,5", None),
        (550, "203.0.113.45 is no file", PUBLIC, "RETR", None),
        (200, "PORT command successful", PUBLIC, "PORT", None),
        (226, "Done", None, None, None),
    ],
)  # fmt: skip
def test_what_a_reply_tells(
    code: int, text: str, peer: str | None, command: str | None, note: str | None
) -> None:
    assert note_for_reply(code, text, peer=peer, command=command) == note


@given(st.text(), st.sampled_from(["PASV", "EPSV", "PORT", "EPRT", None]), st.sampled_from([227, 229, 500]))
def test_nothing_that_is_said_makes_a_note_fail(text: str, command: str | None, code: int) -> None:
    note_for_reply(code, text, peer=PUBLIC, command=command)
    note_for_command(f"PORT {text}", peer="ftp.example.com")
    note_for_command(f"EPRT {text}", peer=None)
