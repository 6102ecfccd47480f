"""The commands of the exchange view."""

from __future__ import annotations

from tuiftp.ui.commands.command import Command, Group, Scope


class _OfExchange(Command):
    group = Group.EXCHANGE
    scope = Scope.EXCHANGE


class _ExchangeMove(_OfExchange):
    in_palette = False


class ExchangeUp(_ExchangeMove):
    """One line up."""

    id = "exchange_up"
    keys = "up,k"
    title = "Exchange: up"


class ExchangeDown(_ExchangeMove):
    """One line down."""

    id = "exchange_down"
    keys = "down,j"
    title = "Exchange: down"


class ExchangePageUp(_ExchangeMove):
    """One page up."""

    id = "exchange_page_up"
    keys = "pageup,ctrl+b"
    title = "Exchange: page up"


class ExchangePageDown(_ExchangeMove):
    """One page down."""

    id = "exchange_page_down"
    keys = "pagedown,ctrl+f"
    title = "Exchange: page down"


class ExchangeFirst(_ExchangeMove):
    """To the first thing that passed."""

    id = "exchange_first"
    keys = "home,g"
    title = "Exchange: first"


class ExchangeFollow(_ExchangeMove):
    """Goes to the newest and keeps it in sight from then on."""

    id = "exchange_follow"
    keys = "end,G"
    title = "Exchange: follow"


class ExchangeOpen(_ExchangeMove):
    """Opens the operation under the cursor, or closes it; on an arrow, explains what passed."""

    id = "exchange_open"
    keys = "enter"
    title = "Exchange: open or explain"


class ExchangeToggle(_ExchangeMove):
    """Closes the operation that the cursor is in, or opens it."""

    id = "exchange_toggle"
    keys = "space"
    title = "Exchange: close or open"


class ExchangeOpenAll(_OfExchange):
    """Opens every operation, or closes them all."""

    id = "exchange_open_all"
    keys = "o"
    title = "Exchange: open or close all"


class ExchangeConn(_OfExchange):
    """Shows the connection under the cursor alone, or all again."""

    id = "exchange_conn"
    keys = "c"
    title = "Exchange: one connection alone"


class ExchangeLog(_OfExchange):
    """Shows the protocol log beside the diagram; moving in one moves in the other."""

    id = "exchange_log"
    keys = "l"
    title = "Exchange: log in step"


class ExchangeWaterfall(_OfExchange):
    """Shows where the time of the operation under the cursor went."""

    id = "exchange_waterfall"
    keys = "w"
    title = "Exchange: waterfall"


class ExchangeFinding(_OfExchange):
    """Goes to what the next finding rests on."""

    id = "exchange_finding"
    keys = "f"
    title = "Exchange: next finding"


class ExchangeApply(_OfExchange):
    """Applies what the finding recommends to this site."""

    id = "exchange_apply"
    keys = "a"
    title = "Exchange: apply the finding"


class ExchangeProbe(_ExchangeMove):
    """Tries every way to open a data connection to this site."""

    id = "exchange_probe"
    keys = "p"
    title = "Exchange: probe"


class ExchangeReport(_ExchangeMove):
    """Writes a support report: the exchange, the settings that matter, the findings."""

    id = "exchange_report"
    keys = "r"
    title = "Exchange: support report"


class ExchangeClose(_ExchangeMove):
    """Dismisses the finding, then leaves the exchange view."""

    id = "exchange_close"
    keys = "escape,q"
    title = "Exchange: close"


EXCHANGE_COMMANDS: tuple[type[Command], ...] = (
    ExchangeUp,
    ExchangeDown,
    ExchangePageUp,
    ExchangePageDown,
    ExchangeFirst,
    ExchangeFollow,
    ExchangeOpen,
    ExchangeToggle,
    ExchangeOpenAll,
    ExchangeConn,
    ExchangeLog,
    ExchangeWaterfall,
    ExchangeFinding,
    ExchangeApply,
    ExchangeProbe,
    ExchangeReport,
    ExchangeClose,
)
"""In the order of the help page."""
