"""The house stays as it was drawn: small functions, arrows that point down, a light engine, no hidden errors."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tuiftp"
TESTS = ROOT / "tests"

LONGEST_FUNCTION = 60

MAY_CATCH_EVERYTHING = {"transfers", "cli"}
"""The packages in which one handler may catch every exception: the worker slot of the queue, and `cli.main`."""

MAY_BE_A_CIRCLE = "tuiftp.demo.lab"
"""A scenario changes the server that plays it: their types name one another, for the type checker alone."""

HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{3})\b")
"""A colour as CSS writes it; three letters alone, as in `#add`, are the name of a widget."""


@cache
def modules(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = {
        f"{name(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in (*modules(PACKAGE), *modules(TESTS))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {function: count for function, count in long.items() if count > LONGEST_FUNCTION} == {}


def test_every_module_says_first_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in (*modules(PACKAGE), *modules(TESTS))
        if not path.read_text("utf-8").startswith('"""') and (path.stat().st_size or PACKAGE in path.parents)
    ]
    assert silent == []


def test_every_exception_is_caught_in_two_places_only() -> None:
    found = [
        (path.relative_to(PACKAGE).parts[0], f"{name(path)}:{handler.lineno}")
        for path in modules(PACKAGE)
        for handler in ast.walk(parsed(path))
        if isinstance(handler, ast.ExceptHandler) and catches_everything(handler) and not goes_on(handler)
    ]
    assert [place for package, place in found if package not in MAY_CATCH_EVERYTHING] == []
    packages = [package for package, _ in found]
    assert len(packages) == len(set(packages)), found


def catches_everything(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(one, ast.Name) and one.id in ("Exception", "BaseException") for one in caught)


def goes_on(handler: ast.ExceptHandler) -> bool:
    """Return whether the handler only cleans up and raises the same exception again."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ("except Exception:\n  pass", True),
        ("except (OSError, Exception):\n  pass", True),
        ("except:\n  pass", True),
        ("except BaseException:\n  close()\n  raise", False),
        ("except OSError:\n  pass", False),
    ],
)
def test_the_check_for_broad_handlers_can_fail(code: str, caught: bool) -> None:
    (handler,) = (
        one for one in ast.walk(ast.parse(f"try:\n  x\n{code}")) if isinstance(one, ast.ExceptHandler)
    )
    assert (catches_everything(handler) and not goes_on(handler)) is caught


def test_the_screen_has_no_colours_of_its_own() -> None:
    screen = PACKAGE / "ui"
    coloured = [
        f"{name(path)}:{node.lineno} {node.value}"
        for path in modules(screen)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX_COLOUR.search(node.value)
    ]
    styled = [
        f"{name(path)} {colour}"
        for path in screen.rglob("*.tcss")
        for colour in HEX_COLOUR.findall(path.read_text("utf-8"))
    ]
    assert coloured + styled == []


@pytest.mark.parametrize(
    ("text", "is_colour"), [("#12161d", True), ("#1e2", True), ("#add", False), ("#1", False)]
)
def test_the_check_for_colours_can_fail(text: str, is_colour: bool) -> None:
    assert bool(HEX_COLOUR.search(text)) is is_colour


def test_the_contracts_about_imports_hold() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_about_screens_names_each_of_them() -> None:
    """Screens of `dialogs` and `commands` are for all; what all the others are is told by their classes."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    named = next(one for one in contracts if "another's screen" in one["name"])["forbidden_modules"]
    having = [
        name(path).removesuffix(".py").replace("/", ".")
        for path in modules(PACKAGE / "ui")
        if path.parent.name not in ("dialogs", "commands") and any(map(is_screen, parsed(path).body))
    ]
    assert len(having) > 15
    assert [one for one in having if not any(fnmatchcase(one, pattern) for pattern in named)] == []


def is_screen(node: ast.stmt) -> bool:
    """Whether a class is a screen or a dialog, and not one of the parts that the main screen is made of."""
    if not isinstance(node, ast.ClassDef) or node.name.endswith("Actions"):
        return False
    bases = [ast.unparse(base).partition("[")[0] for base in node.bases]
    return any(base.endswith(("Screen", "Dialog", "DetailsWindow")) for base in bases)


def test_no_module_imports_itself_over_others() -> None:
    assert circle_among(imports_in_package()) == []


@pytest.mark.parametrize(
    ("graph", "circle"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, {"a", "b", "c"}),
        ({"a": {"b"}, "b": {"b"}}, {"b"}),
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, set()),
    ],
)
def test_the_check_for_circles_can_fail(graph: dict[str, set[str]], circle: set[str]) -> None:
    assert set(circle_among(graph)) == circle


def circle_among(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle, or none where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def imports_in_package() -> dict[str, set[str]]:
    """Return what each module imports, those for the type checker too; the lab counts as one module."""
    names = dict(zip(importable(), modules(PACKAGE), strict=True))
    graph: dict[str, set[str]] = {}
    for module, path in names.items():
        imported = {name for one in ast.walk(parsed(path)) for name in imported_by(one, set(names))}
        graph.setdefault(as_one(module), set()).update(as_one(name) for name in imported)
    graph[MAY_BE_A_CIRCLE].discard(MAY_BE_A_CIRCLE)
    return graph


def imported_by(node: ast.AST, modules: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules)
    elif isinstance(node, ast.ImportFrom) and node.module in modules:
        for alias in node.names:
            submodule = f"{node.module}.{alias.name}"
            yield submodule if submodule in modules else node.module


def as_one(module: str) -> str:
    return MAY_BE_A_CIRCLE if f"{module}.".startswith(f"{MAY_BE_A_CIRCLE}.") else module


def test_the_engine_does_not_load_the_screen() -> None:
    engine = [
        module
        for module in importable()
        if not module.startswith(("tuiftp.ui", "tuiftp.cli", "tuiftp.__main__"))
    ]
    assert "tuiftp.entries" in engine
    assert loaded_by(*engine) & {"textual", "rich"} == set()


def test_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("tuiftp.cli") & {"textual", "pyftpdlib", "keyring"} == set()


def test_the_app_does_not_load_the_demo_server() -> None:
    screen = [module for module in importable() if module.startswith("tuiftp.ui")]
    assert loaded_by(*screen) & {"pyftpdlib", "keyring"} == set()


def test_the_check_for_loaded_modules_can_fail() -> None:
    assert "sqlite3" in loaded_by("sqlite3")


def importable() -> Iterator[str]:
    for path in modules(PACKAGE):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def loaded_by(*names: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has loaded after these imports."""
    code = "import importlib, sys\nfor one in sys.argv[1:]: importlib.import_module(one)\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *names],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=50,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {module.split(".")[0] for module in done.stdout.split()}
