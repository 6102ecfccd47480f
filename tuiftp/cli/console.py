"""What headless commands say: results on stdout, all else on stderr; progress only if that is a terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from tuiftp.errors import LocalFileError
from tuiftp.protocol.text import fit


class Console:
    """Failures, notes and progress lines, in each other's way never."""

    def __init__(self, *, is_quiet: bool = False, draws: bool = True, err: TextIO | None = None) -> None:
        self._err = sys.stderr if err is None else err
        self._is_quiet = is_quiet
        self.draws = draws and not is_quiet and self._err.isatty()
        """Whether there is a terminal for progress lines."""
        self.is_held = False
        """Whether nothing is drawn at present: a question waits for its answer."""
        self.failures = 0
        """How many things failed so far."""
        self._drawn = 0

    def fail(self, text: str) -> None:
        """Names one thing that failed, on one line; the text is already made visible."""
        self.failures += 1
        self.line(f"tuiftp: {text}")

    def note(self, text: str) -> None:
        """Tells something that is no failure, unless told to be quiet."""
        if not self._is_quiet:
            self.line(text)

    def line(self, text: str) -> None:
        """Writes a line above the progress lines."""
        self.clear()
        print(text, file=self._err, flush=True)

    def draw(self, lines: Sequence[str]) -> None:
        """Puts progress lines in the place of those that were drawn before."""
        if not self.draws or self.is_held:
            return
        width = self.size[0]
        text = "".join(f"{fit(line, width).rstrip()}\n" for line in lines)
        self._err.write(self._erasing() + text)
        self._err.flush()
        self._drawn = len(lines)

    @property
    def size(self) -> tuple[int, int]:
        """Cells of a line, and lines, that may be drawn: the last cell of a line would wrap it."""
        columns, lines = shutil.get_terminal_size()
        return max(1, columns - 1), lines

    def clear(self) -> None:
        """Takes the progress lines away."""
        if self._drawn:
            self._err.write(self._erasing())
            self._err.flush()
            self._drawn = 0

    def _erasing(self) -> str:
        return f"\x1b[{self._drawn}A\r\x1b[J" if self._drawn else ""


def print_lines(lines: Iterable[str]) -> None:
    """Writes results to stdout.

    Raises:
        LocalFileError: They cannot be written (a full disk behind a redirection).
        BrokenPipeError: Whoever read them has enough.
    """
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        raise LocalFileError(f"the results cannot be written: {error.strerror}") from error


def discard_stdout() -> None:
    """Lets what is still buffered go nowhere: Python would fail on it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
