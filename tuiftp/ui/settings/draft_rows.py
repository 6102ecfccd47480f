"""Form rows for what is saved as a whole: going away keeps what was typed, wrong or not; and one for a password."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tuiftp.protocol.text import shown
from tuiftp.secret import Secret
from tuiftp.storage.fields import SettingKind, SettingSpec
from tuiftp.storage.sites import PasswordFrom, SavedSite
from tuiftp.ui.settings.form_rows import SettingRow, TextRow, make_rows

_MASK = "••••••••"
_PASSWORD = SettingSpec(
    "Password", "Typed unseen; empty leaves what is kept as it is.", "Site", "Site", SettingKind.TEXT
)


class KeptTextRow(TextRow, inherit_bindings=False):
    """A text or a number. Any character opens the field; what cannot be used stays, with the reason below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "Edit", key_display="Enter"),
        Binding("right", "step(1)", "More", show=False),
        Binding("left", "step(-1)", "Less", show=False),
        Binding("delete", "default", "Default", key_display="Del"),
        Binding("escape", "cancel_edit", "Cancel", key_display="Esc"),
    ]

    held: str | None = None
    """What was typed and cannot be used; None: all is well."""

    @property
    def unsaved(self) -> str | None:
        """What stands in the open field, or is held; None: the row shows its value."""
        return self._field.value if self._field is not None else self.held

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here, and so no command of the app."""
        return character is not None and character.isprintable()

    def begins_value(self, character: str) -> bool:
        """Any character that can be seen, or a space before more of them."""
        return character.isprintable()

    async def action_change(self) -> None:
        """Opens the field with the value, or what is held, in it."""
        await self._open(self.held if self.held is not None else str(self.value))

    def action_default(self) -> None:
        """Proposes the usual value in place of whatever is there."""
        self.held = None
        super().action_default()

    def action_cancel_edit(self) -> None:
        """Closes the field; what was held before stays held."""
        reason = self.error if self.held is not None else ""
        super().action_cancel_edit()
        self.show_error(reason)

    def hold(self, text: str, reason: str) -> None:
        """Keeps in sight what cannot be used, and says why."""
        self._close()
        self.held, self._text = text, shown(text)
        self.show_error(reason)
        self.refresh()

    def settle(self) -> None:
        """Is told that what it proposed was taken."""
        self.held = None
        super().settle()

    def show(self, settings: object) -> None:
        """Shows the value; what is held stays in sight."""
        super().show(settings)
        if self.held is not None:
            self._text = shown(self.held)

    def field_left(self) -> None:
        """Going away proposes what was typed."""
        text = self.unsaved or ""
        self._close()
        self.entered(text)


class PasswordRow(KeptTextRow):
    """The password to be kept. It is in no message, no text and no widget but the field that hides it."""

    def __init__(self, given: Secret | None = None) -> None:
        super().__init__("password-itself", _PASSWORD, "")
        self.given = given
        """The password; None: none was typed."""
        self.why_no_keyring: str | None = None
        """Why there is no keyring, once that is known."""
        self._site = SavedSite()

    def make_field(self, text: str) -> Input:
        """A field that hides what is typed, and begins empty."""
        return Input("", password=True, compact=True, select_on_focus=False)

    def show(self, settings: object) -> None:
        """Shows whether there is a password, and what becomes of it."""
        if isinstance(settings, SavedSite):
            self._site = settings
        place = self._site.password
        self._is_overruled = place not in (PasswordFrom.KEYRING, PasswordFrom.FILE) or self._site.is_anonymous
        if self._is_overruled:
            self._text = "none" if self._site.is_anonymous else "asked for, and not kept"
        else:
            self._text = _MASK if self.given is not None else "as it is kept, else asked for at the login"
        is_missing = place is PasswordFrom.KEYRING and not self._is_overruled and self.why_no_keyring
        self.show_error(f"{self.why_no_keyring}. Choose File, or Ask." if is_missing else "")
        self.refresh()

    def typed(self, text: str) -> None:
        """Nothing is checked before the end."""

    def entered(self, text: str) -> None:
        """Takes the password; nothing typed leaves all as it is."""
        self._close()
        if not text.isprintable():
            self.show_error("There are control characters in the password.")
            return
        self.given = Secret(text) if text else self.given
        self.show(self._site)

    def action_default(self) -> None:
        """Forgets what was typed."""
        self.given = None
        self.show(self._site)

    def field_left(self) -> None:
        """Going away takes what was typed."""
        self.entered(self.unsaved or "")


def make_kept_rows(
    name: str, spec: SettingSpec, default: object, password: Callable[[], PasswordRow]
) -> list[SettingRow]:
    """The rows of one field of a site; behind the choice where a password is kept stands the password."""
    if spec.kind in (SettingKind.WHOLE, SettingKind.SECONDS, SettingKind.TEXT):
        return [KeptTextRow(name, spec, default)]
    rows = make_rows(name, spec, default)
    return [*rows, password()] if name == "password" else rows
