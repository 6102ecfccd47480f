"""Works at home, fails in the office: the first difference that matters, in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import Script
from tuiftp.wirelog.compare import compare, steps_of
from tuiftp.wirelog.records import WireRecord

NAMES = ("at home", "in the office")


def told(left: list[WireRecord], right: list[WireRecord]) -> str:
    return compare(left, right, names=NAMES).sentence


def test_the_same_log_twice() -> None:
    comparison = compare(records("healthy_passive"), records("healthy_passive"), names=NAMES)
    assert comparison.first is None
    assert comparison.sentence == "Nothing that matters differs at home and in the office."
    assert not any(pair.differs for pair in comparison.pairs)


def test_another_client_address_and_port_do_not_matter() -> None:
    at_home = Script(local="10.0.0.9").begin().pasv(port=50_001).dial(50_001).listing().quit()
    office = Script().begin().pasv(port=50_099).dial(50_099).listing().quit()
    assert compare(at_home.records, office.records).first is None


def test_a_data_connection_that_fails_in_the_office() -> None:
    at_home = Script().begin().pasv().dial(50_123).listing().quit().records
    comparison = compare(at_home, records("range_dropped"), names=NAMES)
    assert comparison.sentence == (
        "PASV leads to a data connection at home, and to no answer to the connect in the office."
    )
    assert comparison.only_right == ("R4",)
    assert comparison.only_left == ()


def test_a_refusal_in_the_office() -> None:
    at_home = Script(local="198.51.100.9").begin().listen().reply("200 PORT command successful.").send("LIST")
    at_home.arrive().reply("150 Ok.").reply("226 Done.").close()
    assert told(at_home.records, records("private_port_refused")) == (
        "PORT 198,51,100,9,195,80 is answered with 200, a data connection at home, and with 500 in the office "
        "(a public and a private address were announced)."
    )


def test_a_login_that_is_slow_in_the_office() -> None:
    slow = Script().connect().send("USER demo").reply("331 Please specify the password.", 20.0)
    assert (
        told(Script().begin().records, slow.records)
        == "USER demo takes 0.0 s at home, and 20.0 s in the office."
    )


def test_a_command_that_only_one_sends() -> None:
    one = Script().begin().records
    other = Script().begin().send("SITE UMASK 022").reply("200 Ok.").records
    assert told(one, other) == "SITE UMASK 022 is sent in the office (it gives 200), and not at home."
    quiet = Script().begin().send("NOOP").reply("200 Ok.").records
    assert compare(one, quiet).first is None


def test_a_control_connection_that_is_cut() -> None:
    cut = (
        Script().begin().send("EPSV").status("the control connection broke: connection reset by peer").records
    )
    fine = Script().begin().epsv().dial(50_124).listing().records
    assert told(fine, cut).startswith(
        "EPSV is answered with 229, a data connection at home, and with no answer"
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_log_against_a_healthy_one(name: str) -> None:
    comparison = compare(records("healthy_passive"), records(name))
    assert comparison.sentence
    assert (comparison.first is None) == (not any(pair.differs for pair in comparison.pairs))
    for pair in comparison.pairs:
        assert pair.left or pair.right


def test_steps_begin_with_the_greeting() -> None:
    steps = steps_of(records("healthy_passive"))
    assert (steps[0].line, steps[0].outcome) == ("(greeting)", "220")
    assert [step.key for step in steps[1:3]] == ["USER", "PASS"]


@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from(sorted(SCENARIOS)))
def test_cut_logs_can_be_compared(left: int, right: int, name: str) -> None:
    log = records(name)
    compare(log[left:], log[:right])


def test_the_address_in_the_reply_to_pasv_and_its_class() -> None:
    at_home = Script().begin().pasv("203.0.113.7").dial(50_123).listing().records
    inside = Script().begin().pasv("10.1.2.3").dial(50_123).listing().records
    assert told(at_home, inside) == (
        "PASV is answered with 227 of 203.0.113.7 (public) at home, and with 227 of 10.1.2.3 (private) in the office."
    )
    other = Script().begin().pasv("203.0.113.99").dial(50_123).listing().records
    assert "203.0.113.99 (public)" in told(at_home, other)
    step = next(step for step in steps_of(inside) if step.line == "PASV")
    assert step.told.startswith("227 of 10.1.2.3 (private)")


def test_two_servers_each_with_its_own_public_address_do_not_differ() -> None:
    one = Script(peer="198.51.100.20").begin().pasv("198.51.100.20").dial(50_123).listing().records
    other = Script().begin().pasv("203.0.113.7").dial(50_123).listing().records
    assert compare(one, other).first is None


def test_the_address_in_a_229_counts_too() -> None:
    def log(host: str) -> list[WireRecord]:
        return (
            Script()
            .begin()
            .send("EPSV")
            .reply(f"229 Entering Extended Passive Mode (|1|{host}|50123|)")
            .records
        )

    assert "10.1.2.3 (private)" in told(log("203.0.113.7"), log("10.1.2.3"))
