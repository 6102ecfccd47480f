"""Themes: what a file may say, what happens to a bad one, and that ours can be read."""

from itertools import product
from pathlib import Path

import pytest

from tuiftp.errors import ConfigurationError
from tuiftp.storage.themes import ThemeSpec, load_themes, parse_theme, shipped_themes

MINIMAL = """
dark = true
[colours]
primary = "#0F0"
foreground = "#ffffff"
background = "#000000"
surface = "#111111"
panel = "#222222"
"""

SHIPPED, PROBLEMS = load_themes(Path("/nonexistent"))

OWN_VARIABLES = {
    "wire-command", "wire-preliminary", "wire-reply", "wire-error", "wire-data", "wire-note", "wire-warning",
    "entry-directory", "entry-link", "entry-marked", "entry-unreadable", "cursor", "cursor-blurred",
    "transfer-running", "transfer-done", "transfer-failed",
}  # fmt: skip

TEXTS = [name for name in sorted(OWN_VARIABLES) if not name.startswith("cursor")] + ["text-muted"]
COLOURED_TEXTS = ["primary", "secondary", "accent", "success", "warning", "error"]
ON_CURSOR = ["entry-directory", "entry-link", "entry-marked", "entry-unreadable", "text-muted"]


def test_ours_are_found_and_sound() -> None:
    assert PROBLEMS == []
    assert [theme.name for theme in SHIPPED] == ["tuiftp-dark", "tuiftp-light", "tuiftp-norton"]
    assert [theme.dark for theme in SHIPPED] == [True, False, True]
    assert shipped_themes().is_dir()
    for theme in SHIPPED:
        assert theme.variables.keys() >= OWN_VARIABLES


def _luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_is_computed_as_wcag_does() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
def test_every_text_can_be_read(theme: ThemeSpec) -> None:
    colours = {**theme.colours, **theme.variables}
    pairs = [
        *product(["foreground", "text-muted", *COLOURED_TEXTS, *TEXTS], ["background", "surface", "panel"]),
        *product(["foreground", *ON_CURSOR], ["cursor", "cursor-blurred"]),
        ("block-cursor-foreground", "block-cursor-background"),
        ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
        ("footer-foreground", "footer-background"),
        ("footer-key-foreground", "footer-background"),
        *product(["accent", "text-muted", "primary", "error"], ["block-cursor-background"]),
    ]
    weak = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
def test_cursor_and_focus_can_be_told_from_their_ground(theme: ThemeSpec) -> None:
    colours = {**theme.colours, **theme.variables}
    assert _contrast(colours["border"], colours["surface"]) >= 3
    assert _contrast(colours["border"], colours["border-blurred"]) >= 1.5
    assert _contrast(colours["cursor"], colours["surface"]) >= 1.3
    assert colours["cursor-blurred"] != colours["surface"]


def test_the_least_that_a_theme_must_say_is_enough() -> None:
    theme = parse_theme("mine", MINIMAL)
    assert theme.name == "mine"
    assert theme.colours["primary"] == "#0f0"
    assert theme.variables == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dark = ", "not valid TOML"),
        (MINIMAL.replace("dark = true", ""), "must say dark"),
        (MINIMAL.replace("true", '"yes"'), "must say dark"),
        ("dark = true", "needs a table"),
        (MINIMAL.replace("surface", "surfase"), "lacks “surface”"),
        (MINIMAL + 'beige = "#ffffff"', "no “beige”"),
        (MINIMAL.replace("#ffffff", "white"), "must be a colour such as"),
        (MINIMAL.replace('"#ffffff"', "16"), "must be a colour such as"),
        (MINIMAL.replace("#ffffff", "#fffff"), "must be a colour such as"),
        (MINIMAL.replace("#ffffff", "#ffffff\\n"), "must be a colour such as"),
        (MINIMAL + '[variables]\n"A b" = "#ffffff"', "cannot be a variable"),
        (MINIMAL + '[variables]\nlink-style = "blink; color: red"', "must be a text style"),
        (MINIMAL + '[variables]\nwire-note = "$primary"', "must be a colour such as"),
        (MINIMAL.replace("[colours]", "variables = 3\n[colours]"), "must be a table"),
        (MINIMAL.replace("[colours]", "author = 3\n[colours]"), "has no “author”"),
    ],
)
def test_a_bad_theme_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_theme("mine", text)
    assert message in str(caught.value)


def test_the_users_themes_come_too_and_win(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINIMAL + '[variables]\nlink-style = "bold underline"\n')
    (tmp_path / "tuiftp-dark.toml").write_text(MINIMAL)
    themes, problems = load_themes(tmp_path)
    assert problems == []
    by_name = {theme.name: theme for theme in themes}
    assert list(by_name) == ["tuiftp-dark", "tuiftp-light", "tuiftp-norton", "mine"]
    assert by_name["tuiftp-dark"].colours["primary"] == "#0f0"
    assert by_name["mine"].variables == {"link-style": "bold underline"}


def test_a_bad_file_is_a_problem_and_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("dark = ")
    (tmp_path / "bin.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "dir.toml").mkdir()
    (tmp_path / "huge.toml").write_text("#" * 70_000)
    (tmp_path / "odd name.toml").write_text(MINIMAL)
    (tmp_path / "readme.txt").write_text("no theme")
    themes, problems = load_themes(tmp_path)
    assert themes == SHIPPED
    assert [Path(problem.path).name for problem in problems] == [
        "bad.toml", "bin.toml", "dir.toml", "huge.toml", "odd name.toml",
    ]  # fmt: skip
    assert problems[1].message == "The theme bin.toml is left out. It is not UTF-8 text."
