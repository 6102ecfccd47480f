"""The arguments of `tuiftp sites`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from tuiftp import __version__

_SOURCES = ("filezilla", "lftp", "netrc", "winscp")
_ABOUT = """\
List the saved sites, import those of FileZilla (sitemanager.xml), lftp (bookmarks), WinSCP (WinSCP.ini) or a netrc,
or export them as FileZilla's XML. What is there already is not imported again; sites of other protocols are skipped.
"""
_MORE = """\
Passwords stay where they are unless --with-passwords is said; they are never exported.
Exit status: 0 all done, 1 something failed, 2 wrong usage. A site of another protocol is no failure.
"""


@dataclass(frozen=True, slots=True)
class SitesOptions:
    """What `tuiftp sites` shall do."""

    action: str = "list"
    """`list`, `import` or `export`."""
    file: str = ""
    """The file to read or write."""
    source: str | None = None
    """Whose sites they are; None: as the content looks."""
    with_passwords: bool = False
    """Whether passwords are taken too."""
    in_file: bool = False
    """Whether passwords go into our file, not into the keyring."""
    is_dry_run: bool = False
    """Whether it is only told what an import would do."""
    replaces: bool = False
    """Whether an export replaces a file that is there."""


def sites_parser() -> argparse.ArgumentParser:
    """The parser of `tuiftp sites`."""
    parser = argparse.ArgumentParser(
        prog="tuiftp sites",
        usage="tuiftp sites [list] [--json]\n"
        "       tuiftp sites import [--from PROGRAM] [--with-passwords] [--dry-run] FILE\n"
        "       tuiftp sites export [--replace] FILE",
        description=_ABOUT, epilog=_MORE, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--version", action="version", version=f"tuiftp {__version__}")
    add("action", nargs="?", default="list", choices=("list", "import", "export"), help="what to do; list")
    add("file", nargs="?", default="", metavar="FILE", help="the file to import, or to export to")
    add("--json", dest="as_json", action="store_true", help="list: one JSON object a line for each site")
    add("--from", dest="source", choices=_SOURCES, help="import: whose file it is; else its content tells")
    add("--with-passwords", action="store_true", help="import: take the passwords too, into the keyring")
    add(
        "--passwords-in-file", dest="in_file", action="store_true",
        help="with --with-passwords: where there is no keyring, keep them in a file that only you can read; "
        "they are not encrypted in it",
    )  # fmt: skip
    add("--dry-run", dest="is_dry_run", action="store_true", help="import: only say what would be taken")
    add("--replace", dest="replaces", action="store_true", help="export: replace a file that is there")
    return parser


def sites_options(parser: argparse.ArgumentParser, found: argparse.Namespace) -> SitesOptions:
    """What was asked for.

    Raises:
        SystemExit: It makes no sense.
    """
    options = SitesOptions(
        found.action, found.file, found.source, found.with_passwords, found.in_file, found.is_dry_run,
        found.replaces,
    )  # fmt: skip
    if bool(options.file) == (options.action == "list"):
        parser.error("list takes no FILE" if options.file else f"{options.action} needs a FILE")
    if options.in_file and not options.with_passwords:
        parser.error("--passwords-in-file says where: --with-passwords is needed too")
    if options.action != "import" and (options.source or options.with_passwords or options.is_dry_run):
        parser.error("--from, --with-passwords and --dry-run belong to import")
    if options.action != "export" and options.replaces:
        parser.error("--replace belongs to export")
    if options.action != "list" and found.as_json:
        parser.error("--json belongs to list")
    return options
