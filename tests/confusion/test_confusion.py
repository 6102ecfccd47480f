"""No rule speaks in another's situation: over records of real exchanges, and over exchanges written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.confusion.situations import Situation, situations
from tests.confusion.table import render, wrong
from tuiftp.wirelog.findings import RULES, diagnose
from tuiftp.wirelog.records import RecordKind

ROWS = situations()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_told_of_a_situation_is_its_cause_and_nothing_else(row: Situation) -> None:
    assert wrong(row) == ""


def test_every_rule_has_a_situation_of_its_own() -> None:
    assert {rule.code for rule in RULES} == {code for row in ROWS for code in row.expected}


@pytest.mark.parametrize("row", [row for row in ROWS if "." in row.name], ids=lambda row: row.name)
def test_the_rules_read_states_and_replies_and_none_of_our_sentences(row: Situation) -> None:
    silenced = [
        replace(record, text="so it was") if record.kind in (RecordKind.STATUS, RecordKind.DATA, RecordKind.ERROR)
        else record
        for record in row.records
    ]  # fmt: skip
    assert {finding.code for finding in diagnose(silenced)} == row.expected


def test_the_table_is_a_diagonal() -> None:
    head, *lines = render(ROWS)
    assert head.split()[0] == "cause"
    assert len(lines) == len(ROWS)
    assert not any(mark in line.split("  says:")[0].split()[2:] for line in lines for mark in ("X", "o"))
