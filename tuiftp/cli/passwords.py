"""Who logs in, and with what password: from the URL, TUIFTP_PASSWORD, ~/.netrc, what is kept, or a prompt."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tuiftp.errors import ConfigurationError
from tuiftp.ftp.options import ANONYMOUS, Credentials
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target
from tuiftp.secret import Secret
from tuiftp.storage.netrc import find_netrc_password
from tuiftp.storage.secrets import find_kept, login_key


def find_credentials(
    target: Target,
    *,
    user: str | None = None,
    prompt: Callable[[str], Secret | None],
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    kept: Callable[[str], Secret | None] = find_kept,
) -> Credentials:
    """Says who logs in to `target`.

    Args:
        target: Where to.
        user: Who, if the URL names nobody.
        prompt: Asks a person, given the words to ask with; returns None where there is none to ask.
        environ: The environment; the process's own by default.
        home: The home directory; the user's own by default.
        kept: Finds a password that the user has had kept; in the keyring, or the file, by default.

    Raises:
        ConfigurationError: There is a user and no password.
    """
    name = target.user or user
    if name is None:
        return Credentials()
    if target.password is not None:
        return Credentials(name, target.password)
    if name in ANONYMOUS:
        return Credentials(name)
    variables = os.environ if environ is None else environ
    if "TUIFTP_PASSWORD" in variables:
        return Credentials(name, Secret(variables["TUIFTP_PASSWORD"]))
    netrc = (home or Path.home()) / ".netrc"
    places = (
        lambda: find_netrc_password(netrc, target.host, name),
        lambda: kept(login_key(target.host, target.port, name)),
    )
    return Credentials(name, _from_places_or_prompt(places, target.host, name, prompt))


def _from_places_or_prompt(
    places: Iterable[Callable[[], Secret | None]],
    host: str,
    user: str,
    prompt: Callable[[str], Secret | None],
) -> Secret:
    unusable: ConfigurationError | None = None
    for find in places:
        try:
            password = find()
        except ConfigurationError as error:
            unusable = unusable or error
            continue
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
