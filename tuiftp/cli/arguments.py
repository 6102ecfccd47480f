"""The command line: what can be asked for, and the arguments as one value. Imports nothing heavy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuiftp import __version__
from tuiftp.choices import ConflictPolicy, ConnectionMode
from tuiftp.cli.argument_types import fingerprint, number, scenario, target, tls_mode, with_tls, word_of
from tuiftp.cli.transfer_arguments import GLOBS, add_transfer_options

if TYPE_CHECKING:
    from tuiftp.choices import TlsMode
    from tuiftp.cli.sites_arguments import SitesOptions
    from tuiftp.protocol.url import Target

COMMANDS: Final = ("ls", "get", "put", "cp", "probe", "log", "lab", "sites")
"""The words that, in first place, are a command and no host."""

POLICIES: Final = {
    "ask": ConflictPolicy.ASK,
    "always": ConflictPolicy.OVERWRITE,
    "never": ConflictPolicy.SKIP,
    "newer": ConflictPolicy.NEWER,
    "size": ConflictPolicy.SIZE_DIFFERS,
    "newer-or-size": ConflictPolicy.NEWER_OR_SIZE_DIFFERS,
    "resume": ConflictPolicy.RESUME,
    "rename": ConflictPolicy.RENAME,
}
"""The words of `--overwrite`."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was asked for on the command line. None: not said, so the settings decide."""

    command: str = ""
    """One of COMMANDS; empty for the app."""
    targets: tuple[Target, ...] = ()
    """The URLs, in order."""
    paths: tuple[str, ...] = ()
    """The local paths of `put` and `cp`."""
    items: tuple[Target | str, ...] = ()
    """What `cp` copies, URLs and local paths, and last of all where to."""
    output: str | None = None
    """Where `get` puts things."""
    as_json: bool = False
    """Whether `ls` or `probe` writes JSON."""
    is_demo: bool = False
    """Whether the app runs on the built-in server."""
    mode: ConnectionMode | None = None
    """The connection mode."""
    log: str | None = None
    """The file for the protocol log; `-` is stderr."""
    connections: int | None = None
    """How many transfers, each on a connection of its own."""
    timeout: float | None = None
    """Seconds to wait for the server."""
    overwrite: ConflictPolicy | None = None
    """What to do when a target exists."""
    is_quiet: bool = False
    """Whether only failures are told."""
    is_extended_first: bool = False
    """Whether EPSV and EPRT come before PASV and PORT."""
    user: str | None = None
    """The user name, for URLs that name none."""
    tls: TlsMode | None = None
    """The encryption, in place of what the URLs say; their `tls` has it already."""
    ca_file: str | None = None
    """The authorities to believe, in place of the system's."""
    fingerprint: str | None = None
    """SHA-256 of the only certificate to accept."""
    scenario: str | None = None
    """The fault that the server of `lab`, or of the app, shows."""
    port: int = 0
    """Where `lab` listens; 0: any free port."""
    is_list: bool = False
    """Whether `lab` names its scenarios."""
    is_continued: bool = False
    """Whether `get`, `put` or `cp` goes on with what an earlier run of it has left."""
    limit: int | None = None
    """Bytes a second; 0: no limit."""
    is_verified: bool = False
    """Whether checksums are compared."""
    segments: int | None = None
    """Over how many connections a large file is fetched."""
    retries: int | None = None
    """How often in a row what failed is tried again."""
    is_text: bool = False
    """Whether `log` prints instead of opening."""
    sites: SitesOptions | None = None
    """What `sites` shall do."""


_ABOUT = "A dual-pane FTP file manager that shows every command, reply and data connection."
_APP_COMMANDS = """\
commands:
  tuiftp ls URL [--json]      list a directory
  tuiftp get URL... [-o DEST] download files or trees
  tuiftp put PATH... URL      upload files or trees
  tuiftp cp SRC... DEST       copy between any two places: servers, this machine
  tuiftp probe URL [--json]   try every way to open a data connection, and say what is wrong
  tuiftp log FILE [FILE2]     open a saved log, of other programs too, or compare two
  tuiftp lab SCENARIO         start a server on this machine that shows one fault
  tuiftp sites [import FILE]  list the saved sites, import those of other programs, export them
  Each has its own --help.
"""
_URLS = """\
A URL is ftp://[user[:password]@]host[:port]/path; ftpes:// asks for TLS, ftps:// is TLS from the first byte.
The path is relative to the login directory; // or %2F after the host makes it absolute. Without a user it is an
anonymous login. The password comes from the URL, from TUIFTP_PASSWORD, from ~/.netrc (if only you can read it),
from what you have had kept (keyring or file), or from a prompt.
"""
_STATUS = "Exit status: 0 all done, 1 something failed, 2 wrong usage, 130 interrupted.\n"


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Reads the command line.

    Raises:
        SystemExit: With status 2 and a message on stderr for wrong usage; with 0 for `--help`, `--version`.
    """
    command, rest = _split_command(argv)
    parser = _PARSERS[command]()
    found = parser.parse_intermixed_args(rest)
    targets, paths = list(getattr(found, "targets", None) or ()), list(getattr(found, "paths", ()))
    if command == "put":
        targets, paths = _split_items(parser, paths)
    items = _read_items(parser, found) if command == "cp" else []
    targets += [item for item in items if not isinstance(item, str)]
    paths += [item for item in items if isinstance(item, str)]
    if not command and len(targets) > 1:
        parser.error("one URL at most")
    if not command and found.scenario and (targets or found.is_demo):
        parser.error("--demo-fault connects to a server of its own: leave the URL and --demo out")
    if command == "log" and len(paths) > 2:
        parser.error("two logs at most")
    if command == "lab" and not found.scenario and not found.is_list:
        parser.error("a SCENARIO, or --list to see which there are")
    if getattr(found, "is_demo", False) and targets:
        parser.error("--demo connects to the built-in server: leave the URL out")
    if not command and found.log == "-":
        parser.error("the app has the terminal: --log needs a file here")
    sites = _sites_options(parser, found) if command == "sites" else None
    targets = [with_tls(one, getattr(found, "tls", None)) for one in targets]
    names = Arguments.__dataclass_fields__
    said = {name: value for name, value in vars(found).items() if name in names}
    said |= {"command": command, "targets": tuple(targets), "paths": tuple(paths), "sites": sites}
    said["items"] = tuple(items)
    return Arguments(**said)


def _split_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Finds the command, which options may precede, and takes it out."""
    skip = False
    for place, word in enumerate(argv):
        if skip:
            skip = False
        elif word == "--":
            break
        elif word.startswith("-") and word != "-":
            skip = word in _WITH_VALUE
        else:
            if word in COMMANDS:
                return word, [*argv[:place], *argv[place + 1 :]]
            break
    return "", list(argv)


def _split_items(parser: argparse.ArgumentParser, items: list[str]) -> tuple[list[Target], list[str]]:
    if len(items) < 2:
        parser.error("at least one PATH, and the URL it goes to")
    try:
        return [target(items[-1])], items[:-1]
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument URL: {error}")


def _read_items(parser: argparse.ArgumentParser, found: argparse.Namespace) -> list[Target | str]:
    """What `cp` copies, and where to: what has a scheme is a URL, and all else a path."""
    if len(found.items) < 2:
        parser.error("at least one SRC, and the DEST it goes to")
    try:
        return [with_tls(target(one), found.tls) if "://" in one else one for one in found.items]
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument SRC or DEST: {error}")


def _parser(command: str, usage: str, about: str, *more: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"tuiftp {command}".strip(),
        usage=f"tuiftp {usage}",
        description=about,
        epilog="\n".join([*more, _URLS]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tuiftp {__version__}")
    return parser


_OVERWRITE = """what to do when a target exists: ask, replace it, leave it, replace it if the source is newer,
if the sizes differ, or if either is so, go on where it ends, or give the new one a number"""
_WITH_VALUE = (
    "--mode",
    "--log",
    "--connections",
    "--timeout",
    "--overwrite",
    "--user",
    "-o",
    "--output",
    "--demo-fault",
    "--port",
    "--tls",
    "--ca",
    "--fingerprint",
    "--limit-rate",
    "--retries",
    "--segments",
    "--from",
)


def _add_common(parser: argparse.ArgumentParser, *, transfers: bool) -> None:
    """Adds what every command takes. What has no meaning for one of them is accepted and not shown."""
    add = parser.add_argument_group("connection").add_argument
    add(
        "--mode", type=word_of({mode.value: mode for mode in ConnectionMode}), metavar="auto|passive|active",
        help="who opens data connections: you (passive), the server (active), or whatever works (auto)",
    )  # fmt: skip
    add(
        "--extended-first", dest="is_extended_first", action="store_true",
        help="ask for EPSV and EPRT before PASV and PORT, on IPv4 too",
    )  # fmt: skip
    add("--user", metavar="NAME", help="the user to log in as, where the URL names none")
    add(
        "--timeout", type=number(float, 1, 600), metavar="S",
        help="seconds to wait for the server to be reached, for each of its replies, and for data that do not come",
    )  # fmt: skip
    add(
        "--tls", type=tls_mode, metavar="none|explicit|implicit",
        help="encrypt: not at all (as ftp://; your word where the server had TLS before), by AUTH TLS "
        "(as ftpes://), or from the first byte (as ftps://)",
    )  # fmt: skip
    add(
        "--ca",
        dest="ca_file",
        metavar="FILE",
        help="PEM file of the authorities to believe, not the system's",
    )
    add(
        "--fingerprint", type=fingerprint, metavar="SHA256",
        help="accept the certificate with this fingerprint and no other",
    )  # fmt: skip
    add("--log", metavar="FILE", help=_log_help(bool(parser.prog.partition(" ")[2])))
    _add_transfer_options(parser, is_shown=transfers)


def _log_help(is_headless: bool) -> str:
    what = "write the protocol log to FILE as JSON lines; what was in it is replaced"
    return f"{what}; - writes readable text to stderr" if is_headless else what


def _add_transfer_options(parser: argparse.ArgumentParser, *, is_shown: bool) -> None:
    add = parser.add_argument_group("transfers" if is_shown else None).add_argument
    add(
        "--connections", type=number(int, 1, 32), metavar="N",
        help="how many files travel at once, each over a connection of its own" if is_shown else argparse.SUPPRESS,
    )  # fmt: skip
    add(
        "--overwrite", type=word_of(POLICIES), metavar="|".join(POLICIES),
        help=_OVERWRITE if is_shown else argparse.SUPPRESS,
    )  # fmt: skip


def _add_quiet(parser: argparse.ArgumentParser, *, about: str = argparse.SUPPRESS) -> None:
    parser.add_argument("-q", "--quiet", dest="is_quiet", action="store_true", help=about)


def _app_parser() -> argparse.ArgumentParser:
    parser = _parser("", "[options] [URL]", _ABOUT, _APP_COMMANDS)
    parser.add_argument("targets", nargs="*", type=target, metavar="URL", help="connect to this server")
    parser.add_argument(
        "--demo",
        dest="is_demo",
        action="store_true",
        help="open the app on a built-in server with sample files",
    )
    parser.add_argument(
        "--demo-fault", dest="scenario", type=scenario, metavar="SCENARIO",
        help="open the app on a built-in server that shows one fault; tuiftp lab --list names them",
    )  # fmt: skip
    _add_quiet(parser)
    _add_common(parser, transfers=True)
    return parser


_QUIET = "tell of failures only: no bars, no summary"


def _ls_parser() -> argparse.ArgumentParser:
    parser = _parser("ls", "ls [options] URL", "List a directory of a server.", _STATUS)
    parser.add_argument("targets", nargs=1, type=target, metavar="URL", help="the directory, or one file")
    parser.add_argument(
        "--json", dest="as_json", action="store_true", help="write one JSON object a line for each entry"
    )
    _add_quiet(parser)
    _add_common(parser, transfers=False)
    return parser


def _get_parser() -> argparse.ArgumentParser:
    parser = _parser("get", "get [options] URL... [-o DEST]", "Download files or trees.", GLOBS, _STATUS)
    parser.add_argument("targets", nargs="+", type=target, metavar="URL", help="files or directories")
    parser.add_argument(
        "-o", "--output", metavar="DEST",
        help="where to: a directory that exists, or a path that ends in /, takes the items inside it; else it "
        "is the name of the one item. Without it: the current directory",
    )  # fmt: skip
    _add_quiet(parser, about=_QUIET)
    add_transfer_options(parser, is_download=True)
    _add_common(parser, transfers=True)
    return parser


def _put_parser() -> argparse.ArgumentParser:
    parser = _parser("put", "put [options] PATH... URL", "Upload files or trees.", _STATUS)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="local files or directories")
    parser.add_argument(
        "targets", nargs="*", metavar="URL",
        help="where to, the last of all: a directory that exists, or a path that ends in /, takes the items "
        "inside it; else it is the name of the one item",
    )  # fmt: skip
    _add_quiet(parser, about=_QUIET)
    add_transfer_options(parser, is_download=False)
    _add_common(parser, transfers=True)
    return parser


_CP_ABOUT = """\
Copy files or trees between any two places: from one server to another, between a server and this machine, or on
this machine. What goes between two servers is held here on its way, a file at a time, and removed afterwards."""


def _cp_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "cp", "cp [options] SRC... DEST", _CP_ABOUT, GLOBS.replace("tuiftp get", "tuiftp cp"), _STATUS
    )
    parser.add_argument(
        "items", nargs="+", metavar="SRC",
        help="files or directories: a URL with its scheme (ftp://...), or a path on this machine",
    )  # fmt: skip
    parser.add_argument(
        "destination", nargs="*", metavar="DEST",
        help="where to, the last of all, a URL or a path: a directory that exists, or one that ends in /, takes the "
        "items inside it; else it is the name of the one item",
    )  # fmt: skip
    _add_quiet(parser, about=_QUIET)
    add_transfer_options(parser, is_download=True)
    _add_common(parser, transfers=True)
    return parser


_PROBE_STATUS = """\
Exit status: 0 every way that was tried works, 1 some work, 3 none works, 4 nobody can connect or log in,
2 wrong usage, 130 interrupted. It takes at most 60 seconds.
"""
_LAB_ABOUT = (
    "Start an FTP server on this machine, on loopback only, that shows one fault; it runs until Ctrl-C."
)


def _probe_parser() -> argparse.ArgumentParser:
    about = (
        "Try every way to open a data connection, and say what is wrong and what would mend it. "
        "A file of 64 KiB goes up, comes back and is deleted, where the server lets us."
    )
    parser = _parser("probe", "probe [options] URL", about, _PROBE_STATUS)
    parser.add_argument("targets", nargs=1, type=target, metavar="URL", help="the server, and who logs in")
    parser.add_argument("--json", dest="as_json", action="store_true", help="write one JSON object")
    _add_quiet(parser)
    _add_common(parser, transfers=False)
    return parser


def _lab_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tuiftp lab",
        usage="tuiftp lab [--list] [--port N] SCENARIO",
        description=_LAB_ABOUT,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tuiftp {__version__}")
    parser.add_argument(
        "scenario", nargs="?", type=scenario, metavar="SCENARIO", help="the fault to show; see --list"
    )
    parser.add_argument("--list", dest="is_list", action="store_true", help="name the scenarios")
    parser.add_argument(
        "--port",
        type=number(int, 0, 65535),
        default=0,
        metavar="N",
        help="where to listen; 0 takes a free port",
    )
    return parser


def _log_parser() -> argparse.ArgumentParser:
    from tuiftp.cli.log_arguments import log_parser  # only needed when asked for

    return log_parser()


def _sites_parser() -> argparse.ArgumentParser:
    from tuiftp.cli.sites_arguments import sites_parser  # only needed when asked for

    return sites_parser()


def _sites_options(parser: argparse.ArgumentParser, found: argparse.Namespace) -> SitesOptions:
    from tuiftp.cli.sites_arguments import sites_options  # only needed when asked for

    return sites_options(parser, found)


_PARSERS: Final = {
    "": _app_parser, "ls": _ls_parser, "get": _get_parser, "put": _put_parser, "cp": _cp_parser,
    "probe": _probe_parser, "log": _log_parser, "lab": _lab_parser, "sites": _sites_parser,
}  # fmt: skip
