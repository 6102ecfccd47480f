"""Reads small XML files of other programs, with bounds and without any document type.

`defusedxml` stops at the first document type: entities can only be declared in one, and every attack by way of them
(endless expansion, files and addresses that are fetched) begins with it. The files that are read here never have one.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from tuiftp.errors import ConfigurationError

MAX_DEPTH = 64
"""Elements within each other."""
MAX_ELEMENTS = 100_000
"""Elements of a file."""


class _BoundedBuilder(TreeBuilder):
    """Builds the tree, and refuses one that is too deep or too large before it takes memory."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        """Begins an element.

        Raises:
            ConfigurationError: It is one too many.
        """
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise ConfigurationError("the XML is too deep or too large")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Ends an element."""
        self._depth -= 1
        return super().end(tag)


def parse_xml(data: bytes) -> Element:
    """Reads a file and returns its root element. Without the mark of UTF-16 it is taken as UTF-8, whatever it says.

    Raises:
        ConfigurationError: It is no well-formed XML, has a document type, or is too deep or too large.
    """
    parser = DefusedXMLParser(target=_BoundedBuilder(), encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise ConfigurationError(
            "the XML has a document type, which is not read: entities could be hidden in it"
        ) from error
    except ParseError as error:
        raise ConfigurationError(f"it is not well-formed XML: {error}") from error
    return root


def own_text(element: Element) -> str:
    """An element's own text, without that of the elements in it."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def text_of(element: Element, tag: str) -> str:
    """The text of the first element of a name in another; empty where there is none."""
    child = element.find(tag)
    return own_text(child) if child is not None else ""


def number_of(element: Element, tag: str) -> int | None:
    """The number that the first element of a name holds; None where there is no small one."""
    text = text_of(element, tag).strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
