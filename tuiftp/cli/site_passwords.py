"""Passwords for the screen: where a saved site says that its password is, or where the command line looks."""

from __future__ import annotations

from tuiftp.cli.passwords import find_credentials, prompt_nobody
from tuiftp.errors import ConfigurationError
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.secrets import FileStore, KeyringStore, login_key
from tuiftp.storage.sites import PasswordFrom, SavedSite


def find_password(request: ConnectRequest) -> Secret | None:
    """The password for a request, if one is kept. It may wait for a person who unlocks the keyring.

    Raises:
        ConfigurationError: The file of passwords may not be used, because others can read it.
    """
    site, target = request.saved, request.target
    if site is not None and site.password in (PasswordFrom.KEYRING, PasswordFrom.FILE):
        return _store(site).get(login_key(site.host, site.port, site.user))
    try:
        return find_credentials(target, prompt=prompt_nobody).password
    except ConfigurationError:
        return None  # a person is asked next


def keep_password(site: SavedSite, password: Secret) -> None:
    """Keeps a password where its site says.

    Raises:
        ConfigurationError: There is no keyring, or the file may not be used.
        LocalFileError: The file cannot be written.
    """
    _store(site).put(login_key(site.host, site.port, site.user), password)


def forget_password(site: SavedSite) -> None:
    """Takes the password of a site out of where the site says that it is.

    Raises:
        ConfigurationError: The file may not be used.
        LocalFileError: The file cannot be written.
    """
    _store(site).forget(login_key(site.host, site.port, site.user))


def why_no_keyring() -> str | None:
    """Why there is no keyring here, in a sentence; None: there is one."""
    return KeyringStore().why_not()


def _store(site: SavedSite) -> KeyringStore | FileStore:
    return FileStore() if site.password is PasswordFrom.FILE else KeyringStore()
