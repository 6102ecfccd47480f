"""Entries made the quick way are entries in every respect."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace
from datetime import datetime
from typing import Any

import pytest

from tuiftp.entries import Entry, EntryKind, Precision, quick_entry

VALUES: tuple[Any, ...] = (
    "name", EntryKind.LINK, 3, datetime(2026, 6, 23), Precision.DAY, "rwxrwxrwx", "target", "owner", "group",
)  # fmt: skip


def test_it_equals_an_entry_made_the_plain_way() -> None:
    quick, plain = quick_entry(*VALUES), Entry(*VALUES)
    assert type(quick) is Entry
    assert quick == plain
    assert hash(quick) == hash(plain)
    assert repr(quick) == repr(plain)
    assert quick_entry("x", EntryKind.FILE) == Entry("x", EntryKind.FILE)


def test_every_field_is_set() -> None:
    quick = quick_entry("x", EntryKind.FILE)
    assert [getattr(quick, field.name) for field in fields(Entry)] == ["x", EntryKind.FILE, *[None] * 8]


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        quick_entry(*VALUES).name = "other"  # type: ignore[misc]


def test_it_can_be_copied_replaced_and_sent() -> None:
    quick = quick_entry(*VALUES)
    assert copy.copy(quick) == quick
    assert pickle.loads(pickle.dumps(quick)) == quick
    assert replace(quick, name="y") == Entry("y", *VALUES[1:])
