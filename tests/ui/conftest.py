"""What all tests of the screen share: styles are parsed once for all, and pauses end with the work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

from tests.ui.idle import wait_for_idle
from tuiftp.ui import unasked


@pytest.fixture(scope="session", autouse=True)
def parsed_styles() -> Iterator[None]:
    """Have style rules parsed once for each theme: each app parses some seventy sources again at its start.

    Textual itself shares rules between the parses of one app, as nothing changes them.
    """
    known: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parse_once(
        self: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (frozenset(self._variables.items()), css, read_from, is_default_rules, tie_breaker, scope)
        if key not in known:
            known[key] = parse(self, css, read_from, is_default_rules, tie_breaker, scope)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def quickly_seen() -> Iterator[None]:
    """Have a dialog that nobody has asked for count as seen after a shorter moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unasked, "SEEN", 0.05)
        yield


@pytest.fixture(scope="session", autouse=True)
def exact_idle() -> Iterator[None]:
    """Have the pilot wait until the app has nothing to do, and no longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textual.app.wait_for_idle", wait_for_idle)
        patch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
        yield
