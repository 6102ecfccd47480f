"""No text that is not written in our own source reaches Textual as a plain string: it would be markup.

`[red]x[/red]` in a file name would vanish, `[@click=…]` would be live, and `[/x]` would end the program.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tuiftp.ui

MODULES = sorted(Path(tuiftp.ui.__file__).parent.rglob("*.py"))

SWITCHED = {"Static": 0, "Label": 0, "notify": 0}
"""Calls that take `markup=False`, and which argument is the text."""
LABELLED = {
    "Button": 0,
    "Checkbox": 0,
    "RadioButton": 0,
    "Option": 0,
    "TabPane": 0,
    "Collapsible": 9,
    "Tab": 0,
}
"""Calls that do not: their text must be ours, or a `Content`."""
ATTRIBUTES = {"border_title", "border_subtitle", "tooltip"}
"""Attributes that are markup when they are set to a string."""
MAKERS = {"Content", "Text"}
"""What holds text literally."""
WORDING = {"str", "shown", "fit", "join", "format", "repr"}
"""Calls that make a string of whatever they are given."""


KNOWN = {
    "Button",
    "Checkbox",
    "Footer",
    "Input",
    "Label",
    "OptionList",
    "RadioButton",
    "Static",
    "Tab",
    "TabPane",
}
"""Textual's widgets that this check understands: before another is used, it has to learn where its text is."""
ADDERS = {"add_option", "add_options", "add_item", "add_row", "add_column", "write"}
"""Methods of such widgets that take text."""


class Checker(ast.NodeVisitor):
    """Collects the places of one module where text may be taken for markup."""

    def __init__(self, source: str) -> None:
        self.found: list[str] = []
        tree = ast.parse(source)
        self._literal_calls = MAKERS | {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and isinstance(node.returns, ast.Name)
            and node.returns.id in MAKERS
        }
        self._names: list[dict[str, bool]] = [{}]
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if node.name == "render" and isinstance(node.returns, ast.Name) and node.returns.id == "str":
            self._report(node, "render")
        self._names.append({each.arg: _is_maker(each.annotation) for each in arguments})
        self.generic_visit(node)
        self._names.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module == "textual.widgets":
            for each in node.names:
                if each.name not in KNOWN:
                    self._report(node, each.name)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._assigned(target, node.value)

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, its in zip(target.elts, value.elts, strict=False):
                self._assigned(each, its)
        elif isinstance(target, ast.Name):
            known = self._names[-1].get(target.id, True)
            self._names[-1][target.id] = known and self._is_literal(value)
        elif isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES and not self._is_literal(value):
            self._report(target, target.attr)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = _called(node)
        if name in SWITCHED and not _is_switched_off(node):
            self._check(node, SWITCHED[name], name)
        elif name in LABELLED:
            self._check(node, LABELLED[name], name)
        elif name in {"update", *ADDERS}:
            self._report_if(bool(node.args) and self._is_worded(node.args[0]), node, name)
        elif name == "from_markup":
            self._report_if(not all(isinstance(each, ast.Constant) for each in node.args), node, name)

    def _check(self, node: ast.Call, place: int, name: str) -> None:
        texts = [*node.args[place : place + 1]]
        texts += [
            each.value for each in node.keywords if each.arg in ("content", "label", "title", "tooltip")
        ]
        if not all(self._is_literal(text) for text in texts):
            self._report(node, name)

    def _is_literal(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant():
                return True
            case ast.Call():
                maker = node.func.value if isinstance(node.func, ast.Attribute) else None
                return _called(node) in self._literal_calls or _is_maker(maker)
            case ast.BinOp():
                return self._is_literal(node.left) and self._is_literal(node.right)
            case ast.IfExp():
                return self._is_literal(node.body) and self._is_literal(node.orelse)
            case ast.Name():
                return next((names[node.id] for names in reversed(self._names) if node.id in names), False)
            case _:
                return False

    def _is_worded(self, node: ast.expr) -> bool:
        if isinstance(node, ast.BinOp):
            return self._is_worded(node.left) or self._is_worded(node.right)
        if isinstance(node, ast.Call):
            return _called(node) in WORDING
        return isinstance(node, ast.JoinedStr)

    def _report_if(self, is_found: bool, node: ast.expr, name: str) -> None:
        if is_found:
            self._report(node, name)

    def _report(self, node: ast.expr | ast.stmt, name: str) -> None:
        self.found.append(f"line {node.lineno}: {name}")


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _is_maker(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name) and node.id in MAKERS


def _is_switched_off(node: ast.Call) -> bool:
    return any(
        each.arg == "markup" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in node.keywords
    )


@pytest.mark.parametrize(
    "line",
    [
        "yield Static(f'{name} is here')", "yield Label(name)", "yield Static(entry.name, classes='x')",
        "self.notify(f'Saved {path}')", "self.notify(shown(name), severity='error')", "Button(name)",
        "Option(shown(name), id='x')", "self.border_title = name", "box.border_subtitle = f'{count} items'",
        "self.tooltip = path", "self.query_one(Static).update(f'{name}')", "line.update('✗ ' + str(error))",
        "self.notify('Saved', title=name)", "Static(name, markup=True)", "line.update(' · '.join(parts))",
        "self.border_title = 'a' if x else name", "from textual.widgets import Markdown",
        "from textual.widgets import DataTable, Static", "self.list.add_option(f'{name}')", "line.write(shown(name))",
        "yield Static(Content.from_markup(name))", "Content.from_markup(f'[b]{name}')",
        "def render(self) -> str: return name",
    ],
)  # fmt: skip
def test_the_check_finds(line: str) -> None:
    assert Checker(f"def compose(self, name: str):\n    {line}\n").found


@pytest.mark.parametrize(
    "line",
    [
        "yield Static('ours')", "yield Static(name, markup=False)", "yield Label(Content(name))",
        "self.notify(name, markup=False)", "self.border_title = Content(name)", "Button('Close')",
        "title = Content(name); self.border_title = title", "rows.update(transfers)",
        "self.border_title, self.border_subtitle = Content(name), Content.assemble(name)",
    ],
)  # fmt: skip
def test_the_check_lets_pass(line: str) -> None:
    assert not Checker(f"def compose(self, name: str):\n    {line}\n").found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(MODULES[0].parent)))
def test_text_of_strangers_is_never_markup(module: Path) -> None:
    assert Checker(module.read_text(encoding="utf-8")).found == []
