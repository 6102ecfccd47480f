"""Speed limits as they are typed, and written so that they may be typed again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.rates import format_rate, parse_rate
from tuiftp.protocol.text import human_left


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("2M", 2_000_000), ("500k", 500_000), ("1.5 MB/s", 1_500_000), (" 1G ", 10**9), ("4096", 4096),
        (".5m", 500_000), ("", None), ("0", None), ("none", None), ("Unlimited", None),
    ],
)  # fmt: skip
def test_what_a_limit_may_be(typed: str, rate: int | None) -> None:
    assert parse_rate(typed) == rate


@pytest.mark.parametrize("typed", ["fast", "2MM", "-1", "1e9", "10", "2T", "9999999999G", "1.k2", "٢M"])
def test_what_is_no_limit_is_told(typed: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        parse_rate(typed)
    assert found.value.message.endswith(".")


@example(1_556_755_200).via("more digits than are written by default")
@example(194_594_400).via("the same")
@example(64_100).via("no float is 64.1")
@given(st.one_of(st.integers(1000, 10**12), st.just(None)))
def test_a_limit_can_be_typed_again(rate: int | None) -> None:
    assert parse_rate(format_rate(rate)) == rate


def test_round_limits_are_written_short() -> None:
    assert [format_rate(rate) for rate in (2_000_000, 1_500_000, 1500, 1024, None, 0)] == [
        "2M", "1.5M", "1.5k", "1024", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""), (0, "0:00"), (61.2, "1:02"), (359_999, "99:59:59"), (360_000, "–"),
        (302_269_561_953.0, "–"), (float("inf"), "–"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_the_time_left_is_never_absurd(seconds: float | None, words: str) -> None:
    assert human_left(seconds) == words
