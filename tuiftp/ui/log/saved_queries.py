"""Dialog of saved log queries: choose, save the present one, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tuiftp.errors import LocalFileError
from tuiftp.protocol.text import shown
from tuiftp.storage.state import StateFile

_NAME = "queries"
_MOST = 100
_EXAMPLES = ("code:4xx", "code:5xx", "kind:data", "slower:500ms", "ip:private", "kind:finding")


def load_queries(file: StateFile | None = None) -> list[str]:
    """The queries that are kept; examples where none ever was."""
    stored = (file or StateFile(_NAME, list)).load()
    if not isinstance(stored, list):
        return list(_EXAMPLES)
    return [text for text in stored if isinstance(text, str) and text.strip()][:_MOST]


def save_queries(queries: Sequence[str]) -> None:
    """Keeps queries; a file that cannot be used is kept beside.

    Raises:
        LocalFileError: They cannot be written.
    """
    file = StateFile(_NAME, list)
    file.load()
    file.save(list(queries)[:_MOST])


class QueriesScreen(ModalScreen[str | None]):
    """Gives the query that was chosen, or None."""

    DEFAULT_CSS = """
    QueriesScreen {
        align: center middle;

        & > Vertical {
            width: 70;
            max-width: 96%;
            height: auto;
            max-height: 80%;
            background: $panel;
            border: round $border;
            border-title-color: $primary;
            border-subtitle-color: $text-muted;
            padding: 0 1;
        }
        & OptionList { height: auto; max-height: 14; background: $panel; border: none; }
        & Static { height: auto; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False),
        Binding("plus,s", "keep", "Keep", show=False),
        Binding("delete,minus", "forget", "Forget", show=False),
    ]

    def __init__(self, present: str) -> None:
        super().__init__()
        self._present = present
        file = StateFile(_NAME, list)
        self._queries = load_queries(file)
        self._problem = file.problem
        self._list = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """The queries, and what can be done."""
        with Vertical() as box:
            box.border_title = Content("Saved queries")
            box.border_subtitle = Content("Enter use   + keep   Del forget   Esc close")
            yield self._list
            present = (
                f"+ keeps “{shown(self._present)}”"
                if self._present
                else "Search with / first to keep a query."
            )
            yield Static(Content(present), markup=False)

    def on_mount(self) -> None:
        """Lists what is kept."""
        self._fill()
        self._list.focus()
        if self._problem:
            self.notify(shown(self._problem), severity="warning", markup=False)

    def _fill(self) -> None:
        self._list.clear_options()
        self._list.add_options([Option(Content(shown(text))) for text in self._queries])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._queries[event.option_index])

    def action_keep(self) -> None:
        """Keeps the present query, in front."""
        if self._present:
            self._change([self._present, *(text for text in self._queries if text != self._present)])

    def action_forget(self) -> None:
        """Lets the query under the cursor go."""
        place = self._list.highlighted
        if place is not None:
            self._change([*self._queries[:place], *self._queries[place + 1 :]])

    def _change(self, queries: list[str]) -> None:
        self._queries = queries
        self._fill()
        try:
            save_queries(queries)
        except LocalFileError as error:
            self.notify(f"Not kept: {shown(str(error))}", severity="error", markup=False)

    def action_close(self) -> None:
        """Leaves without a choice."""
        self.dismiss(None)
