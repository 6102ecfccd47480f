"""Reads small XML files of other programs into a tree, with bounds and without any document type.

Entities can only be declared in a document type, and every attack by way of them (endless expansion, files and
addresses that are fetched) begins with one. The files that are read here never have one, so expat is told to stop
at the first: nothing is ever expanded or fetched, and no other library is needed for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tuiftp.errors import ConfigurationError

MAX_DEPTH = 64
"""Elements within each other."""
MAX_ELEMENTS = 100_000
"""Elements of a file."""


@dataclass(slots=True)
class Element:
    """An element."""

    tag: str
    """Its name."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Its attributes."""
    text: str = ""
    """Its own text, without that of the elements in it."""
    children: list[Element] = field(default_factory=list)
    """The elements in it."""

    def find(self, tag: str) -> Element | None:
        """The first element of this name in it."""
        return next((child for child in self.children if child.tag == tag), None)

    def text_of(self, tag: str) -> str:
        """The text of the first element of this name in it; empty where there is none."""
        child = self.find(tag)
        return child.text if child is not None else ""

    def number_of(self, tag: str) -> int | None:
        """The number that the first element of this name holds; None where there is no small one."""
        text = self.text_of(tag).strip()
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None

    def all_of(self, tag: str) -> Iterator[Element]:
        """The elements of this name in it."""
        return (child for child in self.children if child.tag == tag)


class _Builder:
    """Builds the tree of what expat tells."""

    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._texts: list[list[str]] = [[]]
        self._count = 0

    def doctype(self, *_: object) -> None:
        raise ConfigurationError(
            "the XML has a document type, which is not read: entities could be hidden in it"
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise ConfigurationError("the XML is too deep or too large")
        element = Element(tag, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())


def parse_xml(data: bytes) -> Element:
    """Reads a file and returns its root element. Without the mark of UTF-16 it is taken as UTF-8, whatever it says.

    Raises:
        ConfigurationError: It is no well-formed XML, has a document type, or is too deep or too large.
    """
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    builder = _Builder()
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ConfigurationError(f"it is not well-formed XML: {error}") from error
    return builder.root.children[0]
