"""Each rule fires on its scenario with the right verdict, and on no other: the confusion table."""

from __future__ import annotations

import pytest

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import Script
from tuiftp.wirelog.findings import RULES, Confidence, Diagnosis, diagnose, finding_record
from tuiftp.wirelog.findings.texts import TEXTS
from tuiftp.wirelog.records import RecordKind


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_rules_of_a_scenario_fire_and_no_others(name: str) -> None:
    found = {finding.code for finding in diagnose(records(name))}
    assert found == SCENARIOS[name][1]


def test_every_rule_has_a_scenario_and_a_text() -> None:
    codes = {rule.code for rule in RULES}
    assert codes == {f"R{number}" for number in range(1, 26)} == set(TEXTS)
    assert set().union(*(expected for _, expected in SCENARIOS.values())) == codes


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_finding_can_be_read_and_names_its_evidence(name: str) -> None:
    log = records(name)
    for finding in diagnose(log):
        assert "{" not in f"{finding.title}{finding.verdict}{finding.client}{finding.server}"
        assert finding.advice
        assert finding.evidence == tuple(sorted(set(finding.evidence)))
        assert finding.evidence
        assert all(0 <= index < len(log) for index in finding.evidence)
        assert finding.site
        line = finding_record(finding, log[-1].at)
        assert (line.kind, line.code, line.conn) == (RecordKind.FINDING, finding.code, finding.conn)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_log_gives_the_same_findings_and_a_cut_one_never_fails(name: str) -> None:
    log = records(name)
    assert diagnose(log) == diagnose(log)
    for cut in range(len(log)):
        diagnose(log[cut:])
        diagnose(log[:cut])


def test_indexes_count_from_the_first_record_that_is_kept() -> None:
    log = records("inside_address")
    late = Diagnosis(first_index=1_000)
    moved = [finding for record in log for finding in late.feed(record)]
    (plain,) = diagnose(log)
    assert moved[0].evidence == tuple(index + 1_000 for index in plain.evidence)


def test_a_finding_comes_once_and_again_only_when_it_is_surer() -> None:
    diagnosis = Diagnosis()
    told = [finding for record in records("mangled_only_in_plain") for finding in diagnosis.feed(record)]
    assert [(finding.code, finding.confidence) for finding in told] == [
        ("R7", Confidence.MEDIUM), ("R7", Confidence.HIGH),
    ]  # fmt: skip
    assert [finding.confidence for finding in diagnosis.findings] == [Confidence.HIGH]


@pytest.mark.parametrize(
    "text", ["we closed the control connection", "the control connection was closed: closed by us"]
)
def test_leaving_a_site_ends_what_was_tried_there(text: str) -> None:
    """In the words of today and of older logs."""
    script = Script().begin().listen().reply("200 PORT command successful.").send("LIST")
    diagnosis = Diagnosis()
    for record in script.reply("425 Failed to establish connection.").records:
        assert diagnosis.feed(record) == []
    assert [found.code for found in diagnosis.feed(script.status(text).records[-1])] == ["R10"]
