"""URLs: what they point at, and that a password never comes out again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.choices import TlsMode
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.url import Target, format_url, parse_url
from tuiftp.secret import Secret


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("host", Target("host")),
        ("host:2121", Target("host", 2121)),
        ("me@host", Target("host", user="me")),
        ("me@host:2121/pub", Target("host", 2121, user="me", path="pub")),
        (" ftp://host ", Target("host")),
        ("FTP://host/", Target("host")),
        ("ftp://me:s%40c:x@host/", Target("host", user="me", password=Secret("s@c:x"))),
        ("ftp://me%40corp.example:x@host", Target("host", user="me@corp.example", password=Secret("x"))),
        ("ftp://me@corp.example:x@host", Target("host", user="me@corp.example", password=Secret("x"))),
        ("ftp://me:@host", Target("host", user="me", password=Secret(""))),
        ("ftps://host", Target("host", 990, tls=TlsMode.IMPLICIT)),
        ("ftpes://host", Target("host", 21, tls=TlsMode.EXPLICIT)),
        ("ftps://host:21", Target("host", 21, tls=TlsMode.IMPLICIT)),
        ("ftp://[2001:db8::1]:2121/x", Target("2001:db8::1", 2121, path="x")),
        ("ftp://[fe80::1%25eth0]/", Target("fe80::1%eth0")),
        ("::1", Target("::1")),
        ("ftp://host/a%20b;type=i", Target("host", path="a b")),
        ("ftp://host/a;b", Target("host", path="a;b")),
        ("ftp://host/caf%E9", Target("host", path="caf\udce9")),
        ("ftp://host/é?x#y", Target("host", path="é?x#y")),
        ("ftp://host//etc", Target("host", path="/etc")),
        ("ftp://host/%2Fetc", Target("host", path="/etc")),
        ("ftp://host/%2fetc/", Target("host", path="/etc/")),
    ],
)
def test_reading(text: str, target: Target) -> None:
    assert parse_url(text) == target


@pytest.mark.parametrize(
    ("path", "absolute", "directory", "meant"),
    [
        (None, False, True, "/home/me"),
        ("x", False, False, "/home/me/x"),
        ("x/", False, True, "/home/me/x"),
        ("../x", False, False, "/home/x"),
        ("/etc", True, False, "/etc"),
        ("/", True, True, "/"),
        ("C:/x", True, False, "C:/x"),
        ("~x", False, False, "/home/me/~x"),
    ],
)
def test_paths_are_relative_to_the_login_directory(
    path: str | None, absolute: bool, directory: bool, meant: str
) -> None:
    target = Target("host", path=path)
    assert (target.is_absolute, target.names_directory) == (absolute, directory)
    assert target.path_from("/home/me") == meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no host"), ("ftp://", "no host"), ("ftp:///x", "no host"), ("me@", "no host"),
        ("http://host", "http"), ("sftp://host", "sftp"), ("ftp://host:0", "port"),
        ("ftp://host:65536", "port"),
        ("ftp://host:ftp", "port"), ("ftp://host:٢١", "port"), ("ftp://[::1", "brackets"),
        ("ftp://[::1]x", "brackets"),
        ("ftp://[host]", "IPv6"), ("ftp://[::1@]:99/", "host name"), ("ftp://a[b", "host name"),
        ("ftp://a:b:c", "“:”"), ("ftp://ho st/", "host name"),
        ("ftp://ho\x1bst/", "host name"),
        ("ftp://host/a%0D%0ADELE%20b", "line break"), ("ftp://u%0a@host", "line break"),
        ("ftp://u:%00@host", "NUL"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_plain_words(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_url(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text", ["ftp://me:hunter2@", "ftp://me:hunter2@ho st", "ftp://me:hunter2@h:x", "ftp://me:hunter2%0a@h",
             "http://me:hunter2@h", "ftp://me:hunter2@[h]/"],
)  # fmt: skip
def test_no_error_tells_the_password(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_url(text)
    assert "hunter2" not in str(caught.value) + repr(caught.value)


def test_the_password_never_comes_out() -> None:
    target = parse_url("ftp://me:hunter2@host/x")
    assert target.password == Secret("hunter2")
    assert "hunter2" not in f"{target} {target!r} {format_url(target)}"


@pytest.mark.parametrize(
    ("target", "path", "text"),
    [
        (Target("host"), None, "ftp://host"),
        (Target("host", 2121, user="me"), None, "ftp://me@host:2121"),
        (Target("host", 990, tls=TlsMode.IMPLICIT), None, "ftps://host"),
        (Target("host", tls=TlsMode.EXPLICIT), None, "ftpes://host"),
        (Target("::1", user="a@b"), None, "ftp://a%40b@[::1]"),
        (Target("host", path="a b/é"), None, "ftp://host/a%20b/%C3%A9"),
        (Target("host", path="x"), "/pub/2026", "ftp://host//pub/2026"),
        (Target("host", path="x;type=a"), None, "ftp://host/x%3Btype=a"),
    ],
)
def test_writing(target: Target, path: str | None, text: str) -> None:
    assert format_url(target, path=path) == text


names = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), min_size=1)


@given(names | st.none(), names | st.none(), st.integers(1, 65535), st.sampled_from(TlsMode))
def test_written_and_read_again_it_is_the_same(
    user: str | None, path: str | None, port: int, tls: TlsMode
) -> None:
    target = Target("host.example", port, user, None, path, tls)
    assert parse_url(format_url(target)) == target


@given(st.text(st.characters()))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"ftp://{text}", f"ftp://host/{text}"):
        try:
            parse_url(whole)
        except ConfigurationError:
            continue
