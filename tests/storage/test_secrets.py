"""Passwords are kept only in a keyring or in a file that nobody else can read, and are told to nobody."""

from __future__ import annotations

import stat
import sys
import traceback
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tuiftp.errors import ConfigurationError
from tuiftp.secret import Secret
from tuiftp.storage.secrets import FileStore, KeyringStore, find_kept, login_key

CANARY = 'canary-"5c\\1é'
KEY = login_key("FTP.example.com", 21, "bob")


class FakeKeyring(ModuleType):
    """The module `keyring` with a dictionary behind it."""

    def __init__(self, priority: float = 5) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self._priority = priority

    def get_keyring(self) -> Any:
        return SimpleNamespace(priority=self._priority)

    def get_password(self, service: str, name: str) -> str | None:
        self._fail()
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self._fail()
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        self._fail()
        del self.kept[service, name]

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


def install(monkeypatch: pytest.MonkeyPatch, keyring: ModuleType | None) -> None:
    monkeypatch.setitem(sys.modules, "keyring", keyring)


def test_the_system_keyring_keeps_and_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = FakeKeyring()
    install(monkeypatch, keyring)
    store = KeyringStore()
    assert store.why_not() is None
    assert store.get(KEY) is None
    store.put(KEY, Secret(CANARY))
    assert keyring.kept == {("tuiftp", "bob@ftp.example.com:21"): CANARY}
    assert KeyringStore().get(KEY) == Secret(CANARY)
    store.forget(KEY)
    assert store.get(KEY) is None


@pytest.mark.parametrize("keyring", [None, FakeKeyring(priority=0)], ids=["not installed", "keeps nothing"])
def test_where_there_is_no_keyring_it_is_said(
    keyring: FakeKeyring | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, keyring)
    store = KeyringStore()
    assert "there is no keyring here" in (store.why_not() or "")
    assert store.get(KEY) is None
    store.forget(KEY)
    with pytest.raises(ConfigurationError):
        store.put(KEY, Secret(CANARY))


def test_a_keyring_that_fails_tells_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = FakeKeyring()
    keyring.failure = RuntimeError(f"cannot keep {CANARY}")
    install(monkeypatch, keyring)
    store = KeyringStore()
    assert store.get(KEY) is None
    with pytest.raises(ConfigurationError, match="did not take the password") as caught:
        store.put(KEY, Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_the_keyring_is_not_loaded_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    KeyringStore()
    assert "keyring" not in sys.modules


def test_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "passwords.toml")
    assert store.get(KEY) is None
    store.put(KEY, Secret(CANARY))
    store.put("eve@h:21", Secret("x"))
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert FileStore(store.path).get(KEY) == Secret(CANARY)
    store.forget(KEY)
    assert CANARY not in store.path.read_text()
    assert store.get("eve@h:21") == Secret("x")


def test_the_keyring_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = FakeKeyring()
    install(monkeypatch, keyring)
    assert find_kept(KEY) is None
    FileStore().put(KEY, Secret("from-file"))
    assert find_kept(KEY) == Secret("from-file")
    KeyringStore().put(KEY, Secret("from-keyring"))
    assert find_kept(KEY) == Secret("from-keyring")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "passwords.toml")
    store.put(KEY, Secret(CANARY))
    store.path.chmod(mode)
    with pytest.raises(ConfigurationError, match="others than you can read it"):
        store.get(KEY)
    with pytest.raises(ConfigurationError, match="others than you can read it"):
        store.put(KEY, Secret("y"))
    with pytest.raises(ConfigurationError, match="others than you can read it"):
        store.forget(KEY)
    assert CANARY.split('"')[0] in store.path.read_text()


def test_a_broken_file_tells_no_password(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "passwords.toml")
    store.path.write_text('bob = "canary-5c\n')
    store.path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="is broken and not used") as caught:
        store.get(KEY)
    story = traceback.TracebackException.from_exception(caught.value)
    assert "canary" not in "".join(story.format())
