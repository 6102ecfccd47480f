"""Runs a target under atheris, which steers its inputs by the branches that they reach. In a process of its own.

`python -m tests.fuzz.guided TARGET [libFuzzer's options] [CORPUS]`
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.fuzz.engine import Outcome
from tests.fuzz.target import Target

_DONE = re.compile(r"Done (\d+) runs")


def is_installed() -> bool:
    """Whether atheris is there; it needs a compiler for most versions of Python."""
    return importlib.util.find_spec("atheris") is not None


def run(target: Target, seconds: float) -> Outcome:
    """Starts another process on this target for so long."""
    with tempfile.TemporaryDirectory(prefix="tuiftp-atheris-") as folder:
        for number, seed in enumerate(target.seeds):
            Path(folder, f"seed{number}").write_bytes(seed)
        words = Path(folder, "..", f"{Path(folder).name}.dict").resolve()
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
        command = [
            sys.executable, "-m", "tests.fuzz.guided", target.name, f"-max_total_time={max(1, int(seconds))}",
            "-max_len=4096", "-timeout=10", "-rss_limit_mb=1024", f"-dict={words}",
            f"-artifact_prefix={folder}/crash-", folder,
        ]  # fmt: skip
        begin = perf_counter()
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=seconds + 60
            )
        except subprocess.TimeoutExpired:
            return Outcome(failure="atheris did not end")
        finally:
            words.unlink()
        found = _DONE.search(done.stderr)
        failure = "" if done.returncode == 0 else done.stdout[-3000:] + done.stderr[-3000:]
        return Outcome(
            int(found[1]) if found else 0, slowest=perf_counter() - begin if failure else 0.0, failure=failure
        )


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def main(argv: list[str]) -> None:
    """Hands this process to atheris."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["tuiftp"]):
        targets = importlib.import_module("tests.fuzz.targets").TARGETS
    atheris.Setup([argv[0], *argv[2:]], targets[argv[1]].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
