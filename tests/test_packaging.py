"""What is installed is whole: the code, its style sheets, the themes and the command."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import tuiftp

ROOT = Path(__file__).resolve().parent.parent

BUILD = "import hatchling.build, os, sys; print(hatchling.build.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    # From a copy without a repository around it: what git does not know, and what it ignores, counts the same.
    copy = tmp_path_factory.mktemp("project")
    for folder in ("tuiftp", "themes"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy)
    built = tmp_path_factory.mktemp("built")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(built)],
        cwd=copy, capture_output=True, text=True, check=False, timeout=50, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


def info(wheel: zipfile.ZipFile, file: str) -> str:
    """Return the full name of a file of the wheel's own description."""
    (found,) = (name for name in wheel.namelist() if name.endswith(f".dist-info/{file}"))
    return found


def test_every_theme_lies_beside_the_code(wheel: zipfile.ZipFile) -> None:
    themes = [path.name for path in (ROOT / "themes").glob("*.toml")]
    assert len(themes) >= 3
    assert {f"tuiftp/themes/{theme}" for theme in themes} <= set(wheel.namelist())


def test_every_module_and_style_sheet_is_in_it_and_no_test(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "tuiftp"
    expected = {
        path.relative_to(ROOT).as_posix()
        for suffix in ("py", "tcss", "typed")
        for path in package.rglob(f"*.{suffix}")
    }
    names = set(wheel.namelist())
    assert expected - names == set()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tuiftp"}


def test_the_command_is_declared_and_there(wheel: zipfile.ZipFile) -> None:
    entries = configparser.ConfigParser()
    entries.read_string(wheel.read(info(wheel, "entry_points.txt")).decode())
    assert dict(entries["console_scripts"]) == {"tuiftp": "tuiftp.cli:main"}


def test_the_version_is_said_once(wheel: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(wheel.read(info(wheel, "METADATA")).decode())
    assert metadata["Version"] == tuiftp.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert "MIT" in wheel.read(info(wheel, "licenses/LICENSE")).decode()
    assert set(metadata.get_all("Provides-Extra") or []) == {"demo", "keyring", "test"}


def test_the_changelog_knows_this_version() -> None:
    changelog = ROOT / "CHANGELOG.md"
    if not changelog.exists():
        pytest.skip("there is no CHANGELOG.md yet")
    assert tuiftp.__version__ in changelog.read_text("utf-8")


def test_nothing_but_what_is_agreed_lies_at_the_top() -> None:
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
    )
    if done.returncode != 0:
        pytest.skip("this is no git checkout")
    agreed = {
        ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml", "tests", "themes", "tuiftp",
    }  # fmt: skip
    assert {line.split("/")[0] for line in done.stdout.splitlines()} <= agreed


def test_the_readme_has_a_test_command_for_a_fresh_machine() -> None:
    if not (ROOT / "README.md").exists():
        pytest.skip("there is no README.md yet")
    text = (ROOT / "README.md").read_text("utf-8")
    if "<!-- test-command -->" not in text:
        pytest.skip("the README has no test command yet")
    block = text.partition("<!-- test-command -->")[2].split("```")[1]
    assert "python -m pytest" in block
    assert "[demo,test]" in block


def test_the_python_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == tuiftp.__version__
    assert project["tool"]["ruff"]["target-version"] == "py311"
