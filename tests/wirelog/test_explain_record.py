"""Enter on a line of the log says what it means, and whether it agrees with what the sockets did."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import START, Script
from tuiftp.wirelog.explain import Explanation
from tuiftp.wirelog.explain.commands import COMMANDS, VALUES
from tuiftp.wirelog.explain.known_texts import known_text
from tuiftp.wirelog.explain.record import explain_record
from tuiftp.wirelog.explain.replies import REPLIES, reply_text
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.records import RecordKind, WireRecord


def explained(script: Script, text: str) -> Explanation:
    log = script.records
    return explain_record(log, next(n for n, record in enumerate(log) if record.text.startswith(text)))


def checks(explanation: Explanation) -> list[tuple[str, bool | None]]:
    return [(check.text, check.ok) for check in explanation.checks]


def test_a_command_is_explained_with_its_section_and_what_comes_next() -> None:
    explanation = explained(Script().begin().pasv().dial(50_123).listing(), "PASV")
    assert explanation.title == "PASV"
    assert explanation.section == "RFC 959 section 4.1.2"
    assert "asks the server to listen" in explanation.meaning
    assert explanation.usually_next[0].startswith("227")
    assert explanation.took_ms == pytest.approx(27, abs=1)


def test_the_address_of_227_is_held_against_the_server_and_the_real_connect() -> None:
    explanation = explained(Script().begin().pasv("192.168.7.2").dial(50_123).listing(), "227")
    assert explanation.meaning.startswith("Answers PASV. Passive mode")
    assert [argument.value for argument in explanation.arguments] == [
        "192.168.7.2, private (RFC 1918): reachable from its own network alone", "50123 = 195×256+203",
    ]  # fmt: skip
    assert checks(explanation) == [
        ("The address is not the server's, 203.0.113.7, public: reachable from anywhere.", False),
        ("We connected to 203.0.113.7:50123 (not to the announced address): it stands.", True),
    ]
    assert explanation.findings == ("R1",)


def test_a_healthy_227_agrees() -> None:
    explanation = explained(Script().begin().pasv().dial(50_123).listing(), "227")
    assert [ok for _, ok in checks(explanation)] == [True, True]
    assert explanation.findings == ()


def test_the_address_of_port_is_held_against_the_listener() -> None:
    script = Script().begin().listen().reply("200 PORT command successful.").send("LIST").give_up()
    assert checks(explained(script, "PORT")) == [
        ("We really listen there: 192.168.1.100:50000.", True),
        (
            "The server at 203.0.113.7 cannot reach 192.168.1.100, private (RFC 1918): reachable from its own "
            "network alone.", False,
        ),
        ("No connection arrived.", False),
    ]  # fmt: skip


def test_an_external_address_needs_a_router_that_forwards() -> None:
    script = Script().begin().listen(announce="198.51.100.9").reply("200 Ok.").send("LIST").arrive()
    assert checks(explained(script, "PORT")) == [
        ("We listen on 192.168.1.100:50000: a router has to forward 198.51.100.9:50000 to it.", None),
        ("The connection came from 203.0.113.7:20.", True),
    ]


def test_a_port_that_routers_eat_is_flagged() -> None:
    explanation = explained(Script().begin().pasv(port=5060), "227")
    assert "⚠ port 5060 belongs to SIP" in explanation.arguments[1].value


def test_epsv_has_no_address_of_its_own() -> None:
    explanation = explained(Script().begin().epsv().dial(50_124), "229")
    assert [argument.name for argument in explanation.arguments] == ["port"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("500 I won't open a connection to 10.0.0.1 (only to 203.0.113.45)", "Pure-FTPd"),
        ("500 Illegal PORT command.", "vsftpd"),
        ("425 Security: Bad IP connecting.", "pasv_promiscuous"),
        ("425 Unable to build data connection: Operation not permitted", "ProFTPD"),
        (
            "425 Unable to build data connection: TLS session of data connection not resumed.",
            "FileZilla Server",
        ),
        ("501 Rejected data connection to foreign address 10.0.0.1:5000.", "pyftpdlib"),
        ("530 User cannot log in, home directory inaccessible.", "IIS"),
        ("421 Timeout - try typing a little faster next time", "Pure-FTPd"),
    ],
)
def test_what_is_known_of_a_servers_words(text: str, part: str) -> None:
    explanation = explained(Script().begin().listen().reply(text), text[:12])
    assert part in explanation.known_text


def test_words_of_nobody_are_not_known() -> None:
    assert known_text("226 Transfer complete") is None


def test_fixed_arguments_are_decoded() -> None:
    script = Script().begin(tls=True)
    assert explained(script, "TYPE").arguments[0].value == "I: image: bytes as they are"
    assert explained(script, "PROT").arguments[0].value == "P: private (encrypted)"
    assert explained(script, "AUTH").section == "RFC 2228 section 3, RFC 4217 section 4"


def test_a_site_command_and_one_that_nobody_knows() -> None:
    script = Script().begin().send("SITE CHMOD 644 a").reply("200 Ok.").send("XYZZY now").reply("799 Odd.")
    assert "permissions" in explained(script, "SITE").meaning
    assert "no standard" in explained(script, "XYZZY").meaning


def test_no_password_comes_back_in_an_explanation() -> None:
    log = [WireRecord(START, 1, RecordKind.COMMAND, "PASS secret")]
    assert "secret" not in repr(explain_record(log, 0))


def test_a_line_inside_a_reply_is_told_as_such() -> None:
    script = Script().begin()
    assert explained(script, " EPSV").meaning == "A line of the 211 reply."


def test_command_reply_and_connect_are_related() -> None:
    script = Script().begin().pasv().dial(50_123).listing()
    texts = [script.records[index].text for index in explained(script, "227").related]
    assert texts[0] == "PASV"
    assert any(text.startswith("we connected") for text in texts)


def test_findings_may_be_given() -> None:
    log = records("inside_address")
    found = diagnose(log)
    place = found[0].evidence[-1]
    assert explain_record(log, place, findings=found).findings == ("R1",)
    assert explain_record(log, 0, findings=found).findings == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_line_of_every_scenario_can_be_explained(name: str) -> None:
    log = records(name)
    for index in range(len(log)):
        explanation = explain_record(log, index, findings=())
        assert explanation.title
        assert explanation.meaning
        assert all(0 <= other < len(log) for other in explanation.related)


@given(st.text(), st.sampled_from(RecordKind))
def test_nothing_that_is_said_makes_an_explanation_fail(text: str, kind: RecordKind) -> None:
    log = [*Script().begin().records, WireRecord(START, 1, kind, text)]
    explain_record(log, len(log) - 1)
    explain_record(log[-1:], 0)


def test_a_long_log_is_explained_at_once() -> None:
    log = [record for _ in range(1_000) for record in records("healthy_passive")]
    began = time.process_time()
    explain_record(log, len(log) // 2)
    assert time.process_time() - began < 2


def test_the_tables_are_well_formed() -> None:
    assert all(verb == verb.upper() and text.meaning.endswith(".") for verb, text in COMMANDS.items())
    assert set(VALUES) <= set(COMMANDS)
    assert all(100 <= code <= 699 and text.meaning for code, text in REPLIES.items())
    assert "syntax" in reply_text(509).meaning


def test_a_record_of_no_connection_is_explained() -> None:
    assert explain_record([replace(records("dropped")[0], conn=0)], 0).title == "status"


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("accepted_in_the_servers_stead", "and the server began no transfer over it"),
        ("reset_as_soon_as_it_stands", "and broke (ECONNRESET) after 0 bytes"),
        ("somebody_elses_bytes", "and something else than the server answered (it speaks SSH)"),
        ("stands_still", "and fell silent after 49,152 bytes"),
    ],
)
def test_a_connection_that_stood_and_carried_nothing_is_not_ticked(scenario: str, words: str) -> None:
    log = records(scenario)
    index = next(place for place, each in enumerate(log) if each.text.startswith("227 "))
    (told,) = (check for check in explain_record(log, index).checks if "We connected to" in check.text)
    assert words in told.text
    assert told.ok is False
