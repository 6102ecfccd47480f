"""The `tuiftp` command. Imports only what the command at hand needs: `--help` loads no screen and no server."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from tuiftp.errors import TuiftpError
from tuiftp.protocol.text import shown

__all__ = ["main"]

DONE, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit status: 0, 1, 2 (usage) or 130 (interrupted)."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets an escape for it, not a crash.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    try:
        status = _run(sys.argv[1:] if argv is None else argv)
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
    if arguments.command == "probe":
        from tuiftp.cli.probe import run_probe

        return run_probe(arguments)
    if arguments.command == "log":
        from tuiftp.cli.log import run_log

        return run_log(arguments)
    if arguments.command == "lab":
        from tuiftp.cli.lab import run_lab

        return run_lab(arguments)
    if arguments.command == "sites":
        from tuiftp.cli.sites import run_sites

        return run_sites(arguments)
    if arguments.command:
        from tuiftp.cli.headless import run_command

        return run_command(arguments)
    from tuiftp.cli.app import run_app

    return run_app(arguments)
