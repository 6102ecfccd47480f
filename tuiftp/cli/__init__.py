"""The `tuiftp` command. Imports only what the command at hand needs: `--help` loads no screen and no server."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import shown

if TYPE_CHECKING:
    from tuiftp.cli.arguments import Arguments

__all__ = ["main"]

DONE, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit status: 0, 1, 2 (usage) or 130 (interrupted).

    Args:
        argv: The arguments; None: this process is ours, with its arguments, and ends with what is returned.
    """
    if argv is not None:
        return _guarded(argv)
    # What is loaded is no garbage, and the end of the process takes all: to look for some would only take time.
    gc.disable()
    try:
        return _guarded(sys.argv[1:])
    finally:
        gc.freeze()


def _guarded(argv: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets an escape for it, not a crash.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    try:
        status = _run(argv)
        sys.stdout.flush()
        return status
    except SystemExit as ending:  # argparse has said why
        return ending.code if isinstance(ending.code, int) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from tuiftp.cli.console import discard_stdout

        discard_stdout()
        return FAILED
    except TuiftpError as error:
        print(f"tuiftp: {shown(str(error))}", file=sys.stderr)
        return FAILED
    except Exception:
        print("tuiftp: this should not have happened; please report it with what follows:", file=sys.stderr)
        print("\n".join(shown(line) for line in traceback.format_exc().splitlines()), file=sys.stderr)
        return FAILED


def _run(argv: Sequence[str]) -> int:
    from tuiftp.cli.arguments import parse_arguments

    arguments = parse_arguments(argv)
    if not arguments.command:
        from tuiftp.cli.app import run_app

        return run_app(arguments)  # which collects garbage once its first screen is there
    run = _load(arguments.command)
    gc.enable()
    return run(arguments)


def _load(command: str) -> Callable[[Arguments], int]:
    if command == "probe":
        from tuiftp.cli.probe import run_probe

        return run_probe
    if command == "log":
        from tuiftp.cli.log import run_log

        return run_log
    if command == "lab":
        from tuiftp.cli.lab import run_lab

        return run_lab
    if command == "sites":
        from tuiftp.cli.sites import run_sites

        return run_sites
    from tuiftp.cli.headless import run_command

    return run_command
