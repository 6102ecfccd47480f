"""What PORT, EPRT, 227 and 229 say is read and written right, and nonsense is refused in plain words."""

from __future__ import annotations

import contextlib
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.protocol.addresses import (
    decode_eprt,
    decode_port,
    encode_eprt,
    encode_port,
    is_flagged_port,
    is_masked,
    parse_epsv_reply,
    parse_pasv_reply,
    quoted_address,
    status_address,
)


def test_port_and_eprt_are_written_as_the_rfcs_have_them() -> None:
    assert encode_port("192.168.1.100", 50000) == "192,168,1,100,195,80"
    assert encode_port("::ffff:192.168.1.100", 21) == "192,168,1,100,0,21"
    assert encode_eprt("192.168.1.100", 50000) == "|1|192.168.1.100|50000|"
    assert encode_eprt("::ffff:192.168.1.100", 50000) == "|1|192.168.1.100|50000|"
    assert encode_eprt("2001:DB8:0::1", 50000) == "|2|2001:db8::1|50000|"
    assert encode_eprt("fe80::1%eth0", 1) == "|2|fe80::1|1|"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_ports_that_do_not_exist_are_not_written(port: int) -> None:
    with pytest.raises(ValueError, match="65535"):
        encode_port("192.0.2.1", port)
    with pytest.raises(ValueError, match="65535"):
        encode_eprt("192.0.2.1", port)


def test_port_cannot_express_ipv6_and_neither_can_express_a_name() -> None:
    with pytest.raises(ValueError, match="IPv6"):
        encode_port("2001:db8::1", 50000)
    with pytest.raises(ValueError, match="example"):
        encode_port("ftp.example.com", 50000)
    with pytest.raises(ValueError, match="example"):
        encode_eprt("ftp.example.com", 50000)


@given(st.ip_addresses(v=4), st.integers(1, 65535))
def test_port_comes_back_as_it_was(address: object, port: int) -> None:
    assert decode_port(encode_port(str(address), port)) == (str(address), port)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6), st.integers(1, 65535))
def test_eprt_comes_back_as_it_was(address: object, port: int) -> None:
    host, same_port = decode_eprt(encode_eprt(str(address), port))
    assert (encode_eprt(host, same_port)) == encode_eprt(str(address), port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3,4,5",
        "1,2,3,4,5,6,7",
        "1,2,3,256,5,6",
        "1,2,3,4,0,0",
        "1.2.3.4,5,6",
        "a,2,3,4,5,6",
        "1111,2,3,4,5,6",
    ],
)
def test_a_port_argument_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_port(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "|", "|1|1.2.3.4|50000", "|1|1.2.3.4|0|", "|1|1.2.3.4|65536|", "|2|1.2.3.4|5|", "|1|::1|5|",
        "|1|host|5|", "|1|1.2.3.4|5|x", "|1|1.2.3.4|+5|", "|3|1.2.3.4|5|", "|1|1.2.3|5|",
    ],
)  # fmt: skip
def test_an_eprt_argument_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_eprt(text)


def test_any_delimiter_serves_in_eprt() -> None:
    assert decode_eprt("!2!2001:db8::1!6446!") == ("2001:db8::1", 6446)
    assert decode_eprt(" |1|192.0.2.1|21| ") == ("192.0.2.1", 21)


PASV_REPLIES = [
    ("227 Entering Passive Mode (203,0,113,7,195,203).", ("203.0.113.7", 50123)),
    ("Entering Passive Mode (203,0,113,7,195,203)", ("203.0.113.7", 50123)),
    ("227 Entering Passive Mode. 203,0,113,7,195,203", ("203.0.113.7", 50123)),
    ("227 203,0,113,7,195,203", ("203.0.113.7", 50123)),
    ("203,0,113,7,195,203", ("203.0.113.7", 50123)),
    ("227 =203,0,113,7,195,203", ("203.0.113.7", 50123)),
    ("227 Entering Passive Mode (203, 0, 113, 7, 195, 203)", ("203.0.113.7", 50123)),
    ("227 Entering Passive Mode (203,0,113,7,195,203", ("203.0.113.7", 50123)),
    ("227 Entering Passive Mode (203,0,113,7,0,21)", ("203.0.113.7", 21)),
    ("227 Entering Passive Mode (010,000,013,007,195,203)", ("10.0.13.7", 50123)),
    ("227 Entering Passive Mode (0,0,0,0,195,203)", ("0.0.0.0", 50123)),
    ("227 session 12, user 4: (203,0,113,7,195,203)", ("203.0.113.7", 50123)),
    ("227 (300,0,113,7,195,203) (203,0,113,7,195,203)", ("203.0.113.7", 50123)),
    ("227-Hello\n227 Entering Passive Mode (203,0,113,7,195,203)", ("203.0.113.7", 50123)),
]


@pytest.mark.parametrize(("text", "expected"), PASV_REPLIES)
def test_the_address_of_a_227_is_found(text: str, expected: tuple[str, int]) -> None:
    assert parse_pasv_reply(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "227 Entering Passive Mode",
        "227",
        "",
        "227 Entering Passive Mode (203,0,113,7,195)",
        "227,203,0,113,7",
        "227 Entering Passive Mode (203,0,113,256,195,203)",
        "227 Entering Passive Mode (203,0,113,7,0,0)",
        "227 Entering Passive Mode (1203,0,113,7,195,203)",
        "227 Entering Passive Mode (203,0,113,7,195,2030)",
        "227 Entering Passive Mode (-1,0,113,7,195)",
        "229 Entering Extended Passive Mode (|||50123|)",
        "227 Entering Passive Mode (２０３,0,113,7,195,203)",
    ],
)
def test_a_227_without_a_usable_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no address|255|65535"):
        parse_pasv_reply(text)


def test_the_refusal_of_a_227_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="port 0"):
        parse_pasv_reply("227 Entering Passive Mode (203,0,113,7,0,0)")
    with pytest.raises(ValueError, match="256 is more than 255"):
        parse_pasv_reply("227 Entering Passive Mode (203,0,113,256,1,1)")


EPSV_REPLIES = [
    ("229 Entering Extended Passive Mode (|||50123|)", 50123),
    ("229 Entering Extended Passive Mode (|||50123|).", 50123),
    ("Entering Extended Passive Mode (|||50123|)", 50123),
    ("229 Ok (!!!50123!)", 50123),
    ("229 Ok (###21#)", 21),
    ("229 Ok |||50123|", 50123),
    ("229 Ok (||| 50123 |)", 50123),
    ("229 Ok (|||50123)", 50123),
    ("229 Ok (|1|203.0.113.7|50123|)", 50123),
    ("229 Ok (|2|2001:db8::1|50123|)", 50123),
    ("229 Ok (||203.0.113.7|50123|)", 50123),
    ("229 Extended passive mode (50123)", 50123),
    ("229 ... wait ... (|||50123|)", 50123),
    ("229 (EPSV) is (|||65535|)", 65535),
    ("|||1|", 1),
]


@pytest.mark.parametrize(("text", "port"), EPSV_REPLIES)
def test_the_port_of_a_229_is_found(text: str, port: int) -> None:
    assert parse_epsv_reply(text) == port


@pytest.mark.parametrize(
    "text",
    [
        "229",
        "",
        "229 Entering Extended Passive Mode",
        "229 Entering Extended Passive Mode (|||0|)",
        "229 Entering Extended Passive Mode (|||65536|)",
        "229 Entering Extended Passive Mode (|||-5|)",
        "229 Entering Extended Passive Mode (||||)",
        "229 Entering Extended Passive Mode (||50123|)",
        "229 Entering Extended Passive Mode (|||5x|)",
        "227 Entering Passive Mode (203,0,113,7,195,203)",
        "229 Entering Extended Passive Mode (|||99999999999999999999|)",
    ],
)
def test_a_229_without_a_usable_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no port|65535"):
        parse_epsv_reply(text)


@given(st.text() | st.text(alphabet="0123456789,|()!. 2"))
def test_no_reply_whatever_it_says_raises_anything_but_value_error(text: str) -> None:
    for parse in (parse_pasv_reply, parse_epsv_reply, decode_port, decode_eprt):
        try:
            parse(text)
        except ValueError:
            pass


@pytest.mark.parametrize("port", [1024, 2121, 50000, 65535])
def test_ordinary_data_ports_are_not_flagged(port: int) -> None:
    assert is_flagged_port(port) is None


@pytest.mark.parametrize(
    ("port", "words"),
    [
        (0, "does not exist"),
        (65536, "does not exist"),
        (22, "below 1024"),
        (554, "RTSP"),
        (1720, "H.323"),
        (2000, "Cisco"),
        (5060, "SIP"),
        (5061, "SIP"),
    ],
)
def test_ports_that_something_between_may_meddle_with_are_flagged(port: int, words: str) -> None:
    assert words in (is_flagged_port(port) or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I won't open a connection to 10.28.14.115 (only to 203.0.113.45)", "203.0.113.45"),
        ("I won't open a connection to 198.51.100.9 (only to 203.0.113.45)", "203.0.113.45"),
        ("Illegal PORT command, use 203.0.113.45.", "203.0.113.45"),
        ("only to 2001:db8::5", "2001:db8::5"),
        ("(only to [2001:db8::5])", "2001:db8::5"),
        ("203.0.113.45:50000 expected", "203.0.113.45"),
        ("only to ::ffff:203.0.113.45", "203.0.113.45"),
        ("only to 172.16.3.4", "172.16.3.4"),
        ("Illegal PORT command", None),
        ("I won't open a connection to 10.28.14.115", None),
        ("only to 127.0.0.1", None),
        ("only to 0.0.0.0", None),
        ("only to 300.1.2.3", None),
        ("version 1.2.3.4.5 at 12:34:56", None),
        ("only to 192.0.2.1", None),
    ],
)
def test_the_address_that_a_server_names_in_a_refusal_is_found(text: str, expected: str | None) -> None:
    assert quoted_address(text, not_in=("10.28.14.115", "192.0.2.1")) == expected


@pytest.mark.parametrize(
    "piece", ["(", "|", "::", ":", "1,", "0", "|||1", "||1.", "10.0.0.1", "::ffff:10.0.0.1", " "]
)
def test_a_reply_as_long_as_a_line_may_be_is_read_in_no_time(piece: str) -> None:
    text = piece * (64 * 1024 // len(piece))
    begin = perf_counter()
    for read in (parse_pasv_reply, parse_epsv_reply, decode_port, decode_eprt):
        with contextlib.suppress(ValueError):
            read(text)
    quoted_address(text, not_in=())
    assert perf_counter() - begin < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "211-FTP server status:\n     Connected to 203.0.113.45\n     vsFTPd 3.0.3\n211 End",
            "203.0.113.45",
        ),
        ("211-Status\n Connected from x.example (203.0.113.45)\n211 End", "203.0.113.45"),
        ("211-Status\n Connected from ::ffff:203.0.113.45 (::ffff:203.0.113.45)\n211 End", "203.0.113.45"),
        # pyftpdlib tells its own end here.
        ("211-FTP server status:\n Connected to: 10.0.0.9:21\n211 End", None),
        ("211-Status\n Connected to 192.168.1.100\n211 End", None),
        ("211 https://www.pureftpd.org/", None),
        ("211-Version 1.2.3.4\n211 End", None),
        ("502 no", None),
    ],
)
def test_the_status_tells_where_the_server_sees_us(text: str, expected: str | None) -> None:
    assert status_address(text, not_in=("192.168.1.100", "198.51.100.7")) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Entering Passive Mode (203,XX,XX,XX,XX,XX)", True),
        ("Entering Passive Mode (*,*,*,*,203,85", True),
        ("Entering Passive Mode (xxx, xxx, xxx, xxx, 203, 85).", True),
        ("Entering Passive Mode (203,0,113,7,203,85)", False),
        ("Entering Passive Mode (203,0,113,7,203)", False),
        ("Entering Passive Mode (203,0,113,7,999,85)", False),
        ("Entering Passive Mode", False),
    ],
)
def test_an_address_that_somebody_masked_is_known_for_that(reply: str, expected: bool) -> None:
    assert is_masked(reply) is expected
