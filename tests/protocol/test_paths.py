"""Paths on a server: joining never leaves the directory, and PWD is read whatever it looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.errors import UnsafeName
from tuiftp.protocol import paths

parts = st.sampled_from(["a", "b", "..", ".", "", "~", "C:", "é", " ", "\udcff"])
any_path = st.lists(parts, max_size=6).map("/".join)


@pytest.mark.parametrize(
    ("directory", "name", "path"),
    [
        ("/", "a", "/a"),
        ("/pub", "a b", "/pub/a b"),
        ("/pub", "...", "/pub/..."),
        ("/pub", "~", "/pub/~"),
        ("/pub", "a\\b", "/pub/a\\b"),
        ("/pub", "a\r\nDELE b", "/pub/a\r\nDELE b"),  # refused by the writer of command lines
        ("/pub", "\udcff", "/pub/\udcff"),
        ("C:/", "x", "C:/x"),
    ],
)
def test_joining(directory: str, name: str, path: str) -> None:
    assert paths.join(directory, name) == path


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc", "../x", "a\0b", "/"])
def test_a_name_is_exactly_one_component(name: str) -> None:
    with pytest.raises(UnsafeName) as caught:
        paths.join("/pub", name)
    assert caught.value.path == name
    with pytest.raises(UnsafeName):
        paths.check_local_name(name, windows=False)


@given(any_path, st.text(max_size=6))
def test_what_is_joined_lies_within(directory: str, name: str) -> None:
    base = paths.normalize(directory)
    try:
        path = paths.join(base, name)
    except UnsafeName:
        return
    if paths.is_absolute(base) and "\\" not in path:
        assert paths.parent(path) == base
        assert paths.name(path) == name


@pytest.mark.parametrize(
    ("path", "normal", "parent", "name"),
    [
        ("/", "/", "/", ""),
        ("/a", "/a", "/", "a"),
        ("/a/b/", "/a/b", "/a", "b"),
        ("//a//b", "/a/b", "/a", "b"),
        ("/a/./b/../c", "/a/c", "/a", "c"),
        ("/../..", "/", "/", ""),
        ("a/b", "/a/b", "/a", "b"),
        ("", "/", "/", ""),
        ("C:/x/y", "C:/x/y", "C:/x", "y"),
        ("C:\\x\\y", "C:/x/y", "C:/x", "y"),
        ("C:/..", "C:/", "C:/", ""),
        ("C:", "C:/", "C:/", ""),
    ],
)
def test_normal_form_parent_and_name(path: str, normal: str, parent: str, name: str) -> None:
    assert (paths.normalize(path), paths.parent(path), paths.name(path)) == (normal, parent, name)


@given(any_path)
def test_the_normal_form_is_stable_and_absolute(path: str) -> None:
    normal = paths.normalize(path)
    assert paths.normalize(normal) == normal
    assert paths.is_absolute(normal)
    assert ".." not in normal.split("/")


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("x", "/pub/x"), ("../x", "/x"), ("..", "/"), (".", "/pub"), ("", "/pub"), ("/etc/", "/etc"),
        ("~", "/home/me"),
        ("~/x", "/home/me/x"), ("~other", "/pub/~other"), ("../../../x", "/x"), ("C:/x", "C:/x"),
        ("a/../b", "/pub/b"),
    ],
)  # fmt: skip
def test_what_a_user_types(typed: str, path: str) -> None:
    assert paths.resolve("/pub", typed, "/home/me") == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('"/pub" is the current directory', "/pub"),
        ('257 "/pub" is the current directory\r\n', "/pub"),
        ('"/a""b" created', '/a"b'),
        ('"/a""" created', '/a"'),
        ('""""', None),
        ('"/unclosed dir', "/unclosed dir"),
        ("/no/quotes is current", "/no/quotes"),
        ("'/single' is current", "/single"),
        ('Current directory is "/late"', "/late"),
        ('"C:\\Users\\x" is current', "C:/Users/x"),
        ('"C:/" is current', "C:/"),
        ('"\\pub\\x" is current', "/pub/x"),
        ('"/back\\slash" is a name on Unix', "/back\\slash"),
        ('"/a b/" is current', "/a b"),
        ('"/x/../../y"', "/y"),
        ('"relative"', None),
        ('""', None),
        ("nonsense", None),
        ("", None),
        ('"/a\0b"', None),
    ],
)
def test_the_answer_to_pwd(text: str, path: str | None) -> None:
    assert paths.parse_pwd_reply(text) == path


@given(st.text(st.characters()))
def test_pwd_never_raises_and_gives_an_absolute_path(text: str) -> None:
    path = paths.parse_pwd_reply('"/' + text)
    assert path is None or paths.is_absolute(path)
    paths.parse_pwd_reply(text)


@given(st.text(st.characters(exclude_characters="\0")))
def test_pwd_gives_back_what_a_server_quotes(name: str) -> None:
    path = paths.normalize("/" + name)
    assert paths.parse_pwd_reply('"' + path.replace('"', '""') + '" is current') == path


@pytest.mark.parametrize(
    "name",
    ["CON", "con", "nul.txt", "COM1", "com¹.log", "LPT9", "CONIN$", "a:b", "a\\b", "dot.", "space ",
     "a?b", "a*b", "a|b", "<x", 'a"b', "tab\t", "AUX .txt"],
)  # fmt: skip
def test_names_that_windows_cannot_have(name: str) -> None:
    with pytest.raises(UnsafeName):
        paths.check_local_name(name, windows=True)
    assert paths.check_local_name(name, windows=False) == name


@pytest.mark.parametrize(
    "name", ["a.txt", "console", "COM10", "nullable", "é", ".hidden", "a b", "COM", "x.con"]
)
def test_names_that_windows_can_have(name: str) -> None:
    assert paths.check_local_name(name, windows=True) == name
