"""The command line is understood as it is documented, and wrong usage ends with status 2 and a plain sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tuiftp.choices import ConflictPolicy, ConnectionMode, TlsMode
from tuiftp.cli import main
from tuiftp.cli.arguments import POLICIES, parse_arguments


def test_the_app_is_what_runs_without_a_command() -> None:
    assert parse_arguments([]).command == ""
    found = parse_arguments(["ftp://bob@ftp.example.com/pub", "--mode", "active"])
    assert (found.command, found.targets[0].host, found.mode) == (
        "",
        "ftp.example.com",
        ConnectionMode.ACTIVE,
    )


def test_a_command_may_stand_behind_options() -> None:
    found = parse_arguments(["--mode", "passive", "--quiet", "ls", "ftp.example.com", "--json"])
    assert (found.command, found.mode, found.as_json, found.is_quiet) == (
        "ls",
        ConnectionMode.PASSIVE,
        True,
        True,
    )


def test_the_value_of_an_option_is_no_command() -> None:
    found = parse_arguments(["--user", "ls", "ftp.example.com"])
    assert (found.command, found.user) == ("", "ls")


def test_a_host_may_have_the_name_of_a_command() -> None:
    assert parse_arguments(["ftp://ls"]).targets[0].host == "ls"
    assert parse_arguments(["ls", "get"]).targets[0].host == "get"


def test_get_takes_several_urls_and_options_anywhere() -> None:
    found = parse_arguments(
        ["get", "h/a", "-o", "there", "h/b", "--overwrite", "newer", "--connections", "7"]
    )
    assert [target.path for target in found.targets] == ["a", "b"]
    assert (found.output, found.overwrite, found.connections) == ("there", ConflictPolicy.NEWER, 7)


def test_the_last_word_of_put_is_the_url() -> None:
    found = parse_arguments(["put", "a", "b/", "ftp://h/in/"])
    assert found.paths == ("a", "b/")
    assert found.targets[0].path == "in/"


def test_nothing_said_leaves_it_to_the_settings() -> None:
    found = parse_arguments(["ls", "h"])
    said = (found.mode, found.log, found.connections, found.timeout, found.overwrite, found.user)
    assert said == (None,) * 6


@pytest.mark.parametrize(
    ("words", "tls", "port"),
    [
        (["h"], TlsMode.NONE, 21),
        (["ftpes://h"], TlsMode.EXPLICIT, 21),
        (["ftps://h"], TlsMode.IMPLICIT, 990),
        (["h", "--tls", "explicit"], TlsMode.EXPLICIT, 21),
        (["h", "--tls", "implicit"], TlsMode.IMPLICIT, 990),
        (["h:2121", "--tls", "implicit"], TlsMode.IMPLICIT, 2121),
        (["ftps://h", "--tls", "explicit"], TlsMode.EXPLICIT, 21),
        (["--tls", "none", "ftps://h:1"], TlsMode.NONE, 1),
    ],
)
def test_encryption_comes_from_the_scheme_or_the_flag(words: list[str], tls: TlsMode, port: int) -> None:
    (target,) = parse_arguments(["ls", *words]).targets
    assert (target.tls, target.port) == (tls, port)


def test_a_fingerprint_as_openssl_prints_it() -> None:
    found = parse_arguments(["ls", "h", "--fingerprint", ":".join(["AB"] * 32), "--ca", "authority.pem"])
    assert (found.fingerprint, found.ca_file) == ("ab" * 32, "authority.pem")


def test_the_words_of_overwrite() -> None:
    assert {word: policy.value for word, policy in POLICIES.items()} == {
        "ask": "ask", "always": "overwrite", "never": "skip", "newer": "newer", "resume": "resume",
        "rename": "rename", "size": "size", "newer-or-size": "newer-or-size",
    }  # fmt: skip


WRONG = [
    (["ls"], "URL"),
    (["ls", "a", "b"], "unrecognized arguments: b"),
    (["get"], "URL"),
    (["put", "a"], "at least one PATH, and the URL"),
    (["put", "a", "http://h/"], "“http” is not a scheme"),
    (["cp", "a"], "at least one SRC, and the DEST"),
    (["cp", "a", "http://h/"], "“http” is not a scheme"),
    (["ls", "h", "--tls", "maybe"], "none of none, explicit, implicit"),
    (["ls", "h", "--fingerprint", "abc"], "64 hexadecimal digits"),
    (["ls", "ftp://u:secret@h:99999/"], "“99999” is not a port"),
    (["--mode", "sideways"], "none of auto, passive, active"),
    (["get", "h/a", "--overwrite", "maybe"], "none of ask, always, never"),
    (["get", "h/a", "--connections", "0"], "“0” is not a number from 1 to 32"),
    (["get", "h/a", "--connections", "2.5"], "“2.5” is not a number"),
    (["ls", "h", "--timeout", "nan"], "“nan” is not a number"),
    (["ls", "h", "--nonsense"], "--nonsense"),
    (["a", "b"], "one URL at most"),
    (["--demo", "h"], "--demo connects to the built-in server"),
    (["--log", "-", "h"], "--log needs a file"),
    (["ls", "h", "--password", "x"], "--password"),
]


@pytest.mark.parametrize(("argv", "words"), WRONG, ids=[" ".join(argv) for argv, _ in WRONG])
def test_wrong_usage_is_told_and_ends_with_2(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "secret" not in told
    assert "Traceback" not in told


@pytest.mark.parametrize("command", ["", "ls", "get", "put", "cp", "probe"])
def test_help_is_about_the_command_and_offers_no_more_than_there_is(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: tuiftp {command}".rstrip())
    assert "TUIFTP_PASSWORD" in text
    assert ("tuiftp log" in text) is (command == "")
    assert ("--overwrite" in text) is (command not in ("ls", "probe"))
    assert ("--json" in text) is (command in ("", "ls", "probe"))


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tuiftp ")


def test_reading_the_command_line_loads_neither_screen_nor_server() -> None:
    code = (
        "import sys\n"
        "from tuiftp.cli import main\n"
        "status = main(['get', '--help'])\n"
        "heavy = {'textual', 'aioftp', 'pyftpdlib', 'asyncio', 'sqlite3', 'keyring'} & set(sys.modules)\n"
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
