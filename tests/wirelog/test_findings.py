"""Each rule fires on its scenario with the right verdict, and on no other: the confusion table."""

from __future__ import annotations

import pytest

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import OUTSIDE, Script
from tuiftp.wirelog.findings import RULES, Confidence, Diagnosis, Finding, diagnose, finding_record, ranked
from tuiftp.wirelog.findings.texts import TEXTS
from tuiftp.wirelog.foreign import load_any
from tuiftp.wirelog.records import RecordKind


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_rules_of_a_scenario_fire_and_no_others(name: str) -> None:
    found = {finding.code for finding in diagnose(records(name))}
    assert found == SCENARIOS[name][1]


def test_every_rule_has_a_scenario_and_a_text() -> None:
    codes = {rule.code for rule in RULES}
    assert codes == {f"R{number}" for number in range(1, len(codes) + 1)} == set(TEXTS)
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


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("530 Please login with USER and PASS.", set()),
        ("500 Internal error.", set()),
        ("425 There are no free ports.", set()),
        ("501 Port too low.", set()),
        ("501 Port number 80 is below 1024.", set()),
        ("421 Service not available.", set()),
        ("500 Unknown command.", {"R27"}),
        ("550 Permission denied.", {"R27"}),
        ("500 Illegal PORT command.", {"R9"}),
        ("501 Server cannot accept argument.", {"R9"}),
        ("501 Rejected data connection to foreign address 192.168.1.100:50000.", {"R9"}),
        ("500 I won't open a connection to 192.168.1.100 (only to 198.51.100.9)", {"R9"}),
    ],
)
def test_only_words_about_an_address_are_a_refusal_of_the_address(reply: str, told: set[str]) -> None:
    log = Script().begin().listen().reply(reply)
    log.go_on("PORT", reply, "EPRT").listen("EPRT").reply(reply)
    log.go_on("EPRT", reply, "PASV").pasv().dial(50_123).listing().quit()
    assert {finding.code for finding in diagnose(log.records)} == told


def test_what_gives_up_a_protection_comes_last_and_with_a_warning() -> None:
    log = (
        Script(local=OUTSIDE)
        .begin()
        .listen()
        .reply("500 I won't open a connection to 198.51.100.9 (only to 198.51.100.77)")
    )
    (found,) = diagnose(log.quit().records)
    warning = next(place for place, line in enumerate(found.server) if "bounce" in line)
    assert found.server[warning].startswith("Only as the last resort")
    assert all(
        "promiscuous" not in line for line in (*found.client, *found.firewall, *found.server[:warning])
    )
    assert any("port_promiscuous" in line for line in found.server[warning:])


def test_a_server_that_may_connect_to_anybody_is_no_remedy_for_a_private_address() -> None:
    (found,) = diagnose(records("private_port_refused"))
    assert "port_promiscuous" not in " ".join(found.server)


@pytest.mark.parametrize("cause", ["R16", "R4", "R1"])
def test_where_something_else_explains_a_refused_port_it_is_not_the_address(cause: str) -> None:
    log = Script().begin()
    if cause == "R1":
        log.pasv("10.1.2.3").dial(50_123, end="timeout")
    else:
        log.pasv().dial(50_123, end="timeout" if cause == "R4" else "ok")
    if cause == "R16":
        log.send("LIST").reply("425 Security: Bad IP connecting.").close(0)
    log.go_on("PASV", "it failed", "PORT").listen().reply("500 Illegal PORT command.").quit()
    told = {finding.code for finding in diagnose(log.records)}
    assert cause in told
    assert "R9" not in told


def test_a_refusal_that_was_blamed_on_the_address_is_taken_back_when_the_cause_shows() -> None:
    log = Script().begin().listen().reply("500 Illegal PORT command.")
    log.go_on("PORT", "500 Illegal PORT command.", "PASV").pasv().dial(50_123).send("LIST")
    log.reply("425 Security: Bad IP connecting.").close(0).quit()
    assert [finding.code for finding in diagnose(log.records)] == ["R16"]


def test_a_cause_comes_before_what_it_explains_and_the_surest_first() -> None:
    log = Script().begin().pasv("10.1.2.3").dial(50_123, end="refused")
    log.go_on("PASV", "refused", "EPSV").epsv().dial(50_124, end="refused").quit()
    assert [finding.code for finding in diagnose(log.records)] == ["R1", "R5"]
    assert [finding.code for finding in ranked(reversed(diagnose(log.records)))] == ["R1", "R5"]


def test_a_connect_to_an_inside_address_tells_nothing_of_the_server_s_ports() -> None:
    log = Script().begin().pasv("10.1.2.3").dial(50_123, host="10.1.2.3", end="refused").quit()
    assert [finding.code for finding in diagnose(log.records)] == ["R1"]


def test_the_last_words_of_a_server_belong_to_the_command_that_it_died_at() -> None:
    """Two lines of one death, and a command that was sent meanwhile: no firewall, and no refused address."""
    log = Script().begin().send("PASV").send("EPSV").reply("500 OOPS: vsf_sysutil_bind", to="PASV")
    log.status("the server closed the control connection", 0.01).begin()
    log.send("EPSV").listen().reply("500 OOPS: vsf_sysutil_bind", to="EPSV")
    log.reply("500 OOPS: child died").status("the server closed the control connection", 0.01)
    log.begin().listen().reply("200 PORT command successful.").send("LIST").arrive()
    (found,) = diagnose(log.reply("150 Here it comes.").reply("226 Done.").close().quit().records)
    assert found.code == "R26"
    assert "No passive port is free" in found.title
    assert any("pasv_max_port" in line for line in found.server)


def blocked(end: str, *, tls: bool = False, log: Script | None = None) -> Script:
    """Both passive commands fail alike."""
    log = (log or Script(local=OUTSIDE)).begin(tls=tls).pasv().dial(50_123, end=end)
    return log.go_on("PASV", end, "EPSV").epsv().dial(50_124, end=end)


def the_one(log: Script) -> Finding:
    (found,) = diagnose(log.quit().records)
    return found


def test_where_two_firewalls_look_alike_both_are_named_and_the_test_that_tells_them_apart() -> None:
    found = the_one(blocked("timeout"))
    assert (found.code, found.confidence) == ("R4", Confidence.HIGH)
    assert found.title == "A firewall blocks the passive ports"
    assert "PASV and EPSV (ports 50123, 50124), and all 2 connects met silence" in found.verdict
    assert "the server's firewall" in found.verdict
    assert "a firewall of your site or of this machine" in found.verdict
    assert "Connect to another high port of the same host" in found.verdict
    assert "helper" not in found.verdict


def test_an_answer_by_icmp_is_a_rejection_and_no_silence() -> None:
    found = the_one(blocked("EHOSTUNREACH"))
    assert found.code == "R4"
    assert "all 2 connects were answered: rejected" in found.verdict
    assert "silence" not in found.verdict


def test_an_error_of_this_machine_s_filter_names_this_machine() -> None:
    found = the_one(blocked("EPERM"))
    assert found.title == "This machine's own firewall blocks the passive ports"
    assert "nft list ruleset" in found.advice


def test_a_passive_port_of_another_site_that_was_reached_clears_our_own_side() -> None:
    log = Script(local=OUTSIDE, peer="203.0.113.99").begin().pasv().dial(50_200).listing().quit()
    log.peer = log.asked = "203.0.113.7"
    found = the_one(blocked("timeout", log=log))
    assert found.title == "The server's firewall blocks the passive ports"
    assert "203.0.113.99:50200 was reached" in found.verdict


def test_under_tls_a_helper_that_is_blind_is_named_too() -> None:
    assert "blind under TLS" in the_one(blocked("timeout", tls=True)).verdict


def test_all_tries_are_counted_and_told_once() -> None:
    log = blocked("timeout")
    log.go_on("EPSV", "no answer", "PASV").pasv(port=50_125).dial(50_125, end="timeout").quit()
    diagnosis = Diagnosis()
    told = [finding.code for record in log.records for finding in diagnosis.feed(record)]
    assert told == ["R4"]
    assert "all 3 connects" in diagnosis.findings[0].verdict
    assert "50125" in diagnosis.findings[0].verdict


def test_a_single_try_is_no_certainty() -> None:
    log = Script(local=OUTSIDE).begin().pasv().dial(50_123, end="timeout")
    found = the_one(log)
    assert found.confidence is Confidence.MEDIUM
    assert "and its connect met silence" in found.verdict


@pytest.mark.parametrize(
    ("sender", "title", "cause"),
    [
        (OUTSIDE, "This machine's own firewall blocks the passive ports", "this machine itself"),
        ("203.0.113.7", "The server's firewall blocks the passive ports", "the server itself"),
        ("192.168.7.1", "A firewall on the way blocks the passive ports", "a router of your own network"),
        ("198.51.100.1", "A firewall on the way blocks the passive ports", "a router between"),
    ],
)
def test_an_icmp_answer_names_whose_firewall_it_is(sender: str, title: str, cause: str) -> None:
    log = (
        Script(local=OUTSIDE)
        .begin()
        .pasv()
        .dial(50_123, end="ECONNREFUSED", icmp=f"port unreachable from {sender}")
    )
    found = the_one(log)
    assert (found.code, found.title) == ("R4", title)
    assert cause in found.verdict
    assert "answered: rejected" in found.verdict


def test_a_server_s_own_log_with_a_public_client_and_a_private_227_shows_the_inside_address() -> None:
    lines = (
        'CONNECT: Client "::ffff:198.51.100.9"',
        'FTP response: Client "::ffff:198.51.100.9", "220 (vsFTPd 3.0.3)"',
        'FTP command: Client "::ffff:198.51.100.9", "PASV"',
        'FTP response: Client "::ffff:198.51.100.9", "227 Entering Passive Mode (10,0,0,5,195,203)."',
    )
    text = "\n".join(f"Mon Mar  2 10:00:00 2026 [pid 14306] {line}" for line in lines)
    (found,) = diagnose(load_any(text).records)
    assert found.code == "R1"
    assert "by a client at 198.51.100.9 (public)" in found.verdict
    near = text.replace("198.51.100.9", "10.0.0.77")
    assert diagnose(load_any(near).records) == ()
