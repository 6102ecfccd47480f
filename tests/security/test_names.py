"""S17, S18 and S23 to S26: names that are commands, paths, devices or options. (S22 is with the conflicts.)"""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import tuiftp
from tests.security.hostile import WHEN, below, listed, listing
from tests.support.scripted import ScriptedServer, mischief
from tests.support.sites import open_site
from tests.transfers.wire import wire_desk
from tuiftp.errors import UnsafeName
from tuiftp.files.name_rules import fit_name
from tuiftp.protocol.commands import encode_command
from tuiftp.protocol.paths import check_local_name, parse_pwd_reply
from tuiftp.transfers.edited_copies import safe_suffix
from tuiftp.transfers.model import TransferState

SMUGGLED = ["a\r\nDELE good", "a\nDELE good", "a\rDELE good", "a\0b", "a\x7fb", "a\x1b[2Jb"]


@pytest.mark.parametrize("name", SMUGGLED)
@pytest.mark.parametrize("verb", ["RETR", "STOR", "DELE", "CWD", "RNFR", "SIZE", "SITE", "USER", "PASS"])
def test_s17_a_name_is_never_a_second_command(verb: str, name: str) -> None:
    with pytest.raises(UnsafeName):
        encode_command(verb, name)


async def test_s17_names_of_a_server_cost_their_own_item_only(tmp_path: Path) -> None:
    """A listing with CR inside names: those items fail with their reason, the rest arrives, nothing else is sent."""
    extra = b"".join(
        f"type=file;size=1;{WHEN} ".encode() + name for name in (b"a\rDELE good\r\n", b"b\x0bX\r\n")
    )
    server = listed({"d": {"good": b"1"}}, {"/d": extra})
    async with server, wire_desk(server, tmp_path / "here") as desk:
        result = await desk.get("/d")
        assert (result.done, result.failed) == (1, 2)
        assert desk.names() == ["d"]
        assert "DELE" not in server.commands
        assert {
            t.error for t in desk.queue.transfers() if t.state is TransferState.FAILED and t.error
        } != set()
        assert not any(b"\r" in line or b"\x0b" in line for line in server.lines)


@pytest.mark.parametrize("name", ["a\r\nDELE good", "a\nb", "tab\tname", "\x1b]0;x\x07"])
async def test_s17_names_of_the_local_disk_cost_their_own_item_only(tmp_path: Path, name: str) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / name).write_bytes(b"x")
    (here / "plain").write_bytes(b"y")
    async with ScriptedServer({"good": b"1"}) as server, wire_desk(server, here) as desk:
        result = await desk.put(name, "plain")
        assert (result.done, result.failed) == (1, 1)
        assert server.tree.names() == ["good", "plain"]
        assert "DELE" not in server.commands


async def test_s17_telnet_s_own_sign_is_doubled_for_servers_that_want_it() -> None:
    name = os.fsdecode(b"caf\xff.txt")
    for banner, expected in (
        (b"220 ProFTPD Server\r\n", b"caf\xff\xff.txt"),
        (b"220 vsFTPd\r\n", b"caf\xff.txt"),
    ):
        server = ScriptedServer({}, [mischief.banner(banner)])
        async with server, open_site(server) as opened:
            await opened.endpoint.size(f"/{name}")
            assert b"SIZE /" + expected in server.lines


LEADING_ELSEWHERE = [
    "../evil",
    "../../evil",
    "/etc/evil",
    "sub/evil",
    "..",
    ".",
    "d/../../evil",
    "nul\0/evil",
]


@pytest.mark.parametrize("without_mlsd", [False, True])
@pytest.mark.parametrize("name", LEADING_ELSEWHERE)
async def test_s18_nothing_is_written_outside_the_target(
    tmp_path: Path, name: str, without_mlsd: bool
) -> None:
    good = "-rw-r--r-- 1 a b 4 Jan 01 2024 good"
    bad = f"-rw-r--r-- 1 a b 4 Jan 01 2024 {name}" if without_mlsd else f"type=file;size=4;{WHEN} {name}"
    extra = listing(good, bad) if without_mlsd else listing(bad)
    server = listed({"d": {"good": b"good"}, "evil": b"evil"}, {"/d": extra}, without_mlsd=without_mlsd)
    inside = tmp_path / "inside"
    inside.mkdir()
    async with server, wire_desk(server, inside / "here") as desk:
        await desk.get("/d")
    assert below(tmp_path) == ["inside", "inside/here", "inside/here/d", "inside/here/d/good"]


@pytest.mark.parametrize(
    "name", ["..\\evil", "a\\b", "C:evil", "C:\\evil", "a:stream", "\\\\host\\share", "", "."]
)
def test_s18_on_windows_a_name_is_one_component_too(name: str) -> None:
    with pytest.raises(UnsafeName):
        check_local_name(name, windows=True)


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "nul",
        "COM1",
        "com¹.txt",
        "LPT9.log",
        "AUX .x",
        "a:b",
        "x.",
        "x ",
        "CONIN$",
        'a"b',
        "a|b",
        "a\x01b",
    ],
)
def test_s23_a_name_that_windows_reserves_becomes_one_that_it_takes(name: str) -> None:
    with pytest.raises(UnsafeName):
        check_local_name(name, windows=True)
    fitted = fit_name(name, windows=True)
    assert check_local_name(fitted, windows=True) == fitted
    assert "%" in fitted
    assert fit_name(name, windows=False) == name


def test_s24_there_is_no_shell_anywhere() -> None:
    """Programs are started by a list of words; no text of a stranger's is ever a format."""
    shells = {"os.system", "os.popen", "subprocess.getoutput", "asyncio.create_subprocess_shell"}
    found = []
    for path in Path(tuiftp.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            owner, _, name = called.rpartition(".")
            is_format = name == "format" and owner and owner[0] not in "'\"" and not owner.isupper()
            if called in shells or is_format or any(word.arg == "shell" for word in node.keywords):
                found.append(f"{path.name}:{node.lineno} {called}")
    assert found == []


@pytest.mark.parametrize(
    "name", ["-rf", "$(reboot)", "`reboot`", "a;reboot", "x.$(id)", "%n%s", "~root", 'a"b', "x.a b"]
)
def test_s24_nothing_of_a_stranger_s_name_reaches_an_editor(name: str) -> None:
    assert safe_suffix(name) == ""
    assert safe_suffix(name + ".txt") == ".txt"


@pytest.mark.parametrize(
    "name", ["-rf", "-a *", "*", "[a-z]*", "--help", "~", "~root", "a b", "%2e%2e", "$HOME"]
)
@pytest.mark.parametrize("without_mlsd", [False, True])
async def test_s25_a_directory_is_gone_to_and_never_an_argument_of_a_listing(
    name: str, without_mlsd: bool
) -> None:
    server = listed({name: {"inside": b"x"}, "other": b""}, {}, without_mlsd=without_mlsd)
    async with server, open_site(server) as opened:
        found = await opened.endpoint.list(opened.endpoint.join("/", name))
        assert [entry.name for entry in found.entries] == ["inside"]
        assert f"CWD /{name}".encode() in server.lines
        assert {line for line in server.lines if line[:4] in (b"MLSD", b"LIST")} <= {b"MLSD", b"LIST"}


NO_PATHS = [
    '257 "', '257 ""', "257", "257 nothing here", '257 "relative/dir"', '257 "/a\0b"', "257 \x1b]0;x\x07",
    '257 "' + "x" * 30_000, "550 No.",
]  # fmt: skip


@pytest.mark.parametrize("answer", NO_PATHS)
async def test_s26_nonsense_for_a_path_does_not_lead_astray(answer: str) -> None:
    quirk = mischief.says_raw("PWD", answer.encode() + b"\r\n")
    async with ScriptedServer({"a": b"x"}, [quirk]) as server, open_site(server) as opened:
        assert await opened.endpoint.home() == "/"
        assert await opened.names() == ["a"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('257 "/a ""quoted"" b" is it', '/a "quoted" b'), ('257 "/never/closed', "/never/closed"),
        ('257 "/a/../../b"', "/b"), ('257 "C:\\x\\y"', "C:/x/y"), ("257 /bare is current", "/bare"),
    ],
)  # fmt: skip
def test_s26_a_path_is_read_by_the_book(text: str, path: str) -> None:
    assert parse_pwd_reply(text) == path
