"""Who logs in, and with what password: from the URL, TUIFTP_PASSWORD, ~/.netrc, or a prompt, in that order."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tuiftp.cli.netrc import find_netrc_password
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target
from tuiftp.secret import Secret

_ANONYMOUS = ("anonymous", "ftp")


def find_credentials(
    target: Target,
    *,
    user: str | None = None,
    prompt: Callable[[str], Secret | None],
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Credentials:
    """Says who logs in to `target`.

    Args:
        target: Where to.
        user: Who, if the URL names nobody.
        prompt: Asks a person, given the words to ask with; returns None where there is none to ask.
        environ: The environment; the process's own by default.
        home: The home directory; the user's own by default.

    Raises:
        ConfigurationError: There is a user and no password.
    """
    name = target.user or user
    if name is None:
        return Credentials()
    if target.password is not None:
        return Credentials(name, target.password)
    if name in _ANONYMOUS:
        return Credentials(name)
    variables = os.environ if environ is None else environ
    if "TUIFTP_PASSWORD" in variables:
        return Credentials(name, Secret(variables["TUIFTP_PASSWORD"]))
    return Credentials(name, _from_netrc_or_prompt(target.host, name, prompt, home or Path.home()))


def _from_netrc_or_prompt(host: str, user: str, prompt: Callable[[str], Secret | None], home: Path) -> Secret:
    unusable = None
    try:
        password = find_netrc_password(home / ".netrc", host, user)
    except ConfigurationError as error:
        password, unusable = None, error
    if password is not None:
        return password
    words = f"Password for {shown(user)}@{shown(host)}: "
    password = prompt(f"{unusable}\n{words}" if unusable else words)
    if password is not None:
        return password
    raise unusable or ConfigurationError(
        f"there is no password for {shown(user)}@{shown(host)}",
        hint="set TUIFTP_PASSWORD, or write it into ~/.netrc, readable by you alone",
    )


def prompt_on_terminal(words: str) -> Secret | None:
    """Asks for a password without showing it; None where there is no terminal to ask on."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    try:
        return Secret(getpass.getpass(words, stream=sys.stderr))
    except EOFError:
        return None


def prompt_nobody(words: str) -> Secret | None:
    """Asks nobody: for where a dialog will ask."""
    return None
