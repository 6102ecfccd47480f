"""`tuiftp lab`: starts a server that shows one fault, says what to expect, and runs until Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.console import print_lines
from tuiftp.demo.lab.scenarios import SCENARIOS, Scenario
from tuiftp.demo.lab.serving import get_scenario, start_server, url_of


def run_lab(arguments: Arguments) -> int:
    """Serves until it is interrupted, or names the scenarios; returns the exit status.

    Raises:
        ConfigurationError: There is no such scenario, or the port cannot be had.
        KeyboardInterrupt: The usual end.
    """
    if arguments.is_list:
        print_lines(describe_all())
        return 0
    asyncio.run(_serve(get_scenario(arguments.scenario or ""), arguments.port))
    return 0


def describe_all() -> Iterator[str]:
    """A line for each scenario."""
    width = max(len(scenario.name) for scenario in SCENARIOS)
    for scenario in SCENARIOS:
        finding = f" ({scenario.finding})" if scenario.finding else ""
        yield f"{scenario.name:<{width}}  {scenario.fault}{finding}"


def describe(scenario: Scenario, url: str) -> list[str]:
    """What to say when the server of a scenario runs."""
    finding = f"the finding {scenario.finding} should appear" if scenario.finding else "no finding is due"
    words = f"{scenario.options} {url}".strip()
    return [
        url,
        f"  fault:  {scenario.fault}",
        f"  expect: {scenario.expect}",
        f"  shown:  {finding}",
        f"  try:    tuiftp probe {url}    or    tuiftp {words}",
        f"          tuiftp ls --log - {words}",
        "Ctrl-C ends it.",
    ]


async def _serve(scenario: Scenario, port: int) -> None:
    server = await start_server(scenario, port)
    try:
        print_lines(describe(scenario, url_of(server)))
        await asyncio.Event().wait()
    finally:
        await server.stop()
