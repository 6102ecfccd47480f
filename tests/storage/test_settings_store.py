"""The settings file belongs to the user: nothing that they wrote in it is lost."""

import stat
import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.choices import AddressPolicy, ConflictPolicy, ConnectionMode, TemporaryUpload, Verification
from tuiftp.errors import LocalFileError
from tuiftp.storage.locations import config_dir
from tuiftp.storage.settings import SPECS, Settings
from tuiftp.storage.settings_store import SettingsStore, decode_settings, encode_settings
from tuiftp.storage.toml_edit import edit_toml, encode_key, encode_value

CHANGED = replace(
    Settings(),
    mode=ConnectionMode.PASSIVE,
    timeout=7.5,
    active_ports="50000-50100",
    show_hidden=True,
    keymap={"copy": "ctrl+k"},
)


def test_what_is_saved_is_loaded() -> None:
    store = SettingsStore()
    assert store.load() == Settings()
    store.save(CHANGED)
    assert store.path == config_dir() / "settings.toml"
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    again = SettingsStore()
    assert again.load() == CHANGED
    assert again.problems == ()


def test_the_new_file_explains_each_setting() -> None:
    text = encode_settings(Settings())
    for name, spec in SPECS.items():
        line = text.index(f"\n{name} = ")
        assert text[:line].splitlines()[-1].startswith("# ")
        assert f"# {spec.title}: " in text
    assert "auto: You open it, or else" in text
    assert tomllib.loads(text)["timeout"] == 20


def test_a_save_keeps_comments_order_and_unknown_keys(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        "# mine\nfuture = [1, 2]\ntimeout = 30   # slow line\nmode='active' # never passive\n"
        '\n[keymap]\ncopy = "ctrl+k"\n\n[other]\ntimeout = "not ours"\n'
    )
    store = SettingsStore(path)
    loaded = store.load()
    assert (loaded.timeout, loaded.mode) == (30, ConnectionMode.ACTIVE)
    assert [problem.key for problem in store.problems] == ["future", "other"]
    store.save(replace(loaded, mode=ConnectionMode.AUTO, theme="tuiftp-light"))
    assert path.read_text() == (
        '# mine\nfuture = [1, 2]\ntimeout = 30   # slow line\nmode="auto" # never passive\n'
        'theme = "tuiftp-light"\n'
        '\n[keymap]\ncopy = "ctrl+k"\n\n[other]\ntimeout = "not ours"\n'
    )


def test_an_unusable_value_is_reported_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('timeout = "soon"\nparallel_transfers = 99\nshow_hidden = true\n')
    store = SettingsStore(path)
    loaded = store.load()
    assert loaded == replace(Settings(), show_hidden=True)
    assert [problem.key for problem in store.problems] == ["timeout", "parallel_transfers"]
    assert "must be a number" in store.problems[0].message
    store.save(replace(loaded, parallel_transfers=5))
    assert path.read_text() == 'timeout = "soon"\nparallel_transfers = 5\nshow_hidden = true\n'


def test_a_rewrite_for_new_keys_keeps_what_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('timeout = "soon"\nshow_hidden = true\n[future]\ndeep = { a = 1 }\n')
    store = SettingsStore(path)
    store.save(replace(store.load(), keymap={"copy": "c"}))
    document = tomllib.loads(path.read_text())
    assert document["timeout"] == "soon"
    assert document["show_hidden"] is True
    assert document["future"] == {"deep": {"a": 1}}
    assert document["keymap"] == {"copy": "c"}


def test_a_value_over_several_lines_is_rewritten_soundly(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('active_address = """\nhome.example.org"""\ntimeout = 3\n')
    store = SettingsStore(path)
    loaded = store.load()
    assert loaded.active_address == "home.example.org"
    store.save(replace(loaded, active_address="203.0.113.7"))
    again = SettingsStore(path)
    assert again.load() == replace(Settings(), active_address="203.0.113.7", timeout=3)


def test_what_another_program_changed_meanwhile_stays(tmp_path: Path) -> None:
    first, second = SettingsStore(tmp_path / "s.toml"), SettingsStore(tmp_path / "s.toml")
    first.save(Settings())
    mine, theirs = first.load(), second.load()
    second.save(replace(theirs, timeout=99))
    first.save(replace(mine, show_hidden=True))
    assert SettingsStore(tmp_path / "s.toml").load() == replace(Settings(), timeout=99, show_hidden=True)


@pytest.mark.parametrize("broken", [b'mode = "auto', b"\xff\xfe = 1", b"mode = 1\nmode = 2\n"])
def test_a_broken_file_is_reported_and_kept(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(broken)
    store = SettingsStore(path, now=lambda: datetime(2026, 11, 24, 14, 3, 1))
    assert store.load() == Settings()
    assert "is not valid TOML" in store.problems[0].message
    assert path.read_bytes() == broken
    store.save(CHANGED)
    assert (tmp_path / "settings.toml.broken-20261124-140301").read_bytes() == broken
    assert SettingsStore(path).load() == CHANGED


def test_a_file_that_cannot_be_read_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.mkdir()
    store = SettingsStore(path)
    assert store.load() == Settings()
    assert "could not be read" in store.problems[0].message
    with pytest.raises(LocalFileError):
        store.save(CHANGED)
    assert path.is_dir()


@pytest.mark.parametrize("value", [3, {"copy": 7}, {"copy": ""}, {"copy": "a\nb"}])
def test_a_bad_keymap_is_a_problem(value: object) -> None:
    settings, problems = decode_settings({"keymap": value})
    assert settings == Settings()
    assert [problem.key for problem in problems] == ["keymap"]


def test_keys_are_written_and_read_whatever_they_are() -> None:
    keymap = {"with space": 'quote"', "back\\slash": "ctrl+\\"}
    document = tomllib.loads(encode_settings(replace(Settings(), keymap=keymap)))
    assert document["keymap"] == keymap


SCALARS = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.datetimes(), st.dates(),
    st.text(st.characters(exclude_categories=["Cs"])),
)  # fmt: skip


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text('ab-"\\ é'), inner)))
def test_what_the_writer_writes_tomllib_reads(value: object) -> None:
    assert tomllib.loads(f"key = {encode_value(value)}")["key"] == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a = 1\n"),
        ("a = 2", "a = 1"),
        ("a=2#x\r\nb = 3\r\n", "a=1#x\r\nb = 3\r\n"),
        ('a = "x # y" # z\n', "a = 1 # z\n"),
        ("b = 3", "b = 3\na = 1\n\n"),
        ("[t]\na = 5\n", "a = 1\n[t]\na = 5\n"),
        ("a = [\n 1]\n", "a = 1\n"),
        ('b = """\na = 5\n"""\na = [ 1,\n2]\n', 'b = """\na = 5\n"""\na = 1\n'),
    ],
)
def test_a_value_is_replaced_in_its_place(text: str, expected: str) -> None:
    assert edit_toml(text, Path("s.toml"), lambda document: document.update(a=1)).split() == expected.split()


DOCUMENTS = st.dictionaries(
    st.text('ab-"\\ é', min_size=1),
    SCALARS | st.lists(SCALARS) | st.dictionaries(st.text("xy", min_size=1), SCALARS),
)


@given(DOCUMENTS, st.text("abz", min_size=1), SCALARS)
def test_whatever_is_changed_the_rest_is_what_it_was(
    document: dict[str, object], key: str, value: object
) -> None:
    text = "".join(f"{encode_key(key)} = {encode_value(item)}\n" for key, item in document.items())

    def put(opened: dict[str, object]) -> None:
        opened[key] = value

    edited = edit_toml(text + "# the last line\n", Path("s.toml"), put)
    assert tomllib.loads(edited) == {**document, key: value}
    assert "# the last line\n" in edited


def test_new_keys_of_the_map_leave_the_comments_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        '[keymap] # mine\ncopy = "ctrl+k" # as in emacs\nmove = "ctrl+w"\n\n[other]\nx = 1 # theirs\n'
    )
    store = SettingsStore(path)
    store.save(replace(store.load(), keymap={"copy": "ctrl+k", "delete": "d"}))
    text = path.read_text()
    assert text.startswith('[keymap] # mine\ncopy = "ctrl+k" # as in emacs\n')
    assert tomllib.loads(text) == {"keymap": {"copy": "ctrl+k", "delete": "d"}, "other": {"x": 1}}
    assert "x = 1 # theirs" in text


def test_the_words_of_the_file_are_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    words = {
        "mode": "passive",
        "passive_address": "announced",
        "overwrite_downloads": "newer-or-size",
        "overwrite_uploads": "size",
        "verify": "checksum",
        "upload_temporary": "never",
    }
    path.write_text("".join(f'{name} = "{word}"\n' for name, word in words.items()))
    store = SettingsStore(path)
    loaded = store.load()
    assert store.problems == ()
    assert loaded == replace(
        Settings(),
        mode=ConnectionMode.PASSIVE,
        passive_address=AddressPolicy.ANNOUNCED,
        overwrite_downloads=ConflictPolicy.NEWER_OR_SIZE_DIFFERS,
        overwrite_uploads=ConflictPolicy.SIZE_DIFFERS,
        verify=Verification.CHECKSUM,
        upload_temporary=TemporaryUpload.NEVER,
    )
    assert {name: tomllib.loads(encode_settings(loaded))[name] for name in words} == words
    store.save(replace(loaded, overwrite_uploads=ConflictPolicy.NEWER_OR_SIZE_DIFFERS))
    assert 'overwrite_uploads = "newer-or-size"\n' in path.read_text()
