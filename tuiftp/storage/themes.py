"""Reads themes: TOML files with colours, ours and the user's. A bad one is a problem, never a crash."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuiftp.errors import ConfigurationError
from tuiftp.storage.checks import check_theme_name

COLOURS = frozenset(
    {
        "primary", "secondary", "accent", "foreground", "background", "surface", "panel", "boost",
        "success", "warning", "error",
    }
)  # fmt: skip
"""The colours that a theme may set in `[colours]`."""

REQUIRED_COLOURS = ("primary", "foreground", "background", "surface", "panel")
"""Those that it must set; the others follow from them."""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STYLE = re.compile(
    r"(?:not )?(?:none|bold|dim|italic|underline|reverse)(?: (?:bold|dim|italic|underline|reverse))*"
)
_VARIABLE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LARGEST_FILE = 64 * 1024


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """A theme as its file says it; the screen makes one of its own from it."""

    name: str
    """The name that settings keep; the file's name without `.toml`."""
    dark: bool
    """Whether the background is darker than the text."""
    colours: Mapping[str, str]
    """The base colours, as `#rrggbb`; see `COLOURS`."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """More variables of the style sheets: `wire-command`, `entry-directory`, …"""


@dataclass(frozen=True, slots=True)
class ThemeProblem:
    """A theme file that cannot be used."""

    path: str
    """Which file."""
    message: str
    """A sentence for the user."""


def load_themes(user_dir: Path) -> tuple[list[ThemeSpec], list[ThemeProblem]]:
    """Reads all themes: ours first, then those in `user_dir`, which win over ours of the same name."""
    found: dict[str, ThemeSpec] = {}
    problems = []
    for file in [*_theme_files(shipped_themes()), *_theme_files(user_dir)]:
        try:
            theme = parse_theme(file.name.removesuffix(".toml"), _read(file))
        except ConfigurationError as error:
            problems.append(ThemeProblem(str(file), f"The theme {file.name} is left out. {error.message}"))
        else:
            found[theme.name] = theme
    return list(found.values()), problems


def shipped_themes() -> Path:
    """Where our own themes are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent  # not importlib.resources: it takes longer to load than all themes
    inside = package / "themes"
    if inside.is_dir():
        return inside
    checkout = package.parent
    return checkout / "themes" if (checkout / "pyproject.toml").is_file() else inside


def parse_theme(name: str, text: str) -> ThemeSpec:
    """Makes a theme of a file's text.

    Raises:
        ConfigurationError: The text is no theme; the message says which line or key is wrong.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"This is not valid TOML: {error}.") from error
    unknown = sorted(document.keys() - {"dark", "colours", "variables"})
    if unknown:
        raise ConfigurationError(f"A theme has no “{unknown[0]}”; it has dark, [colours] and [variables].")
    if not isinstance(document.get("dark"), bool):
        raise ConfigurationError("A theme must say dark = true or dark = false.")
    return ThemeSpec(
        check_theme_name(name),
        document["dark"],
        _parse_colours(document.get("colours")),
        _parse_variables(document.get("variables", {})),
    )


def _parse_colours(table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ConfigurationError("A theme needs a table [colours].")
    for key in REQUIRED_COLOURS:
        if key not in table:
            raise ConfigurationError(f"[colours] lacks “{key}”.")
    for key in table:
        if key not in COLOURS:
            raise ConfigurationError(f"[colours] has no “{key}”; it may have {', '.join(sorted(COLOURS))}.")
    return {key: _parse_colour(key, value) for key, value in table.items()}


def _parse_variables(table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ConfigurationError("[variables] must be a table of name = colour.")
    return {key: _parse_variable(key, value) for key, value in table.items()}


def _parse_variable(key: str, value: Any) -> str:
    if not _VARIABLE.fullmatch(key):
        raise ConfigurationError(f"“{key}” cannot be a variable; use small letters, digits and hyphens.")
    if not key.endswith("-style"):
        return _parse_colour(key, value)
    if not isinstance(value, str) or not _STYLE.fullmatch(value):
        raise ConfigurationError(f"“{key}” must be a text style such as bold or underline, not {value!r}.")
    return value


def _parse_colour(key: str, value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise ConfigurationError(f"“{key}” must be a colour such as #5fb3b3, not {value!r}.")
    return value.lower()


def _theme_files(directory: Path) -> Iterator[Path]:
    try:
        files = [file for file in directory.iterdir() if file.name.endswith(".toml")]
    except OSError:
        return
    yield from sorted(files, key=lambda file: file.name)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigurationError(f"It cannot be read: {error.strerror or error}.") from error
    if len(data) > _LARGEST_FILE:
        raise ConfigurationError("It is too large for a theme.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError("It is not UTF-8 text.") from error
