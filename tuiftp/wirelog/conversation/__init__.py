"""Groups log records into conversations: matches replies to commands and data connections to transfers."""

from tuiftp.wirelog.conversation.model import (
    Attempt,
    Dial,
    DialEnd,
    Exchange,
    LostHow,
    Moment,
    MomentKind,
    ReplySeen,
)
from tuiftp.wirelog.conversation.tracker import Conversation, Conversations

__all__ = [
    "Attempt",
    "Conversation",
    "Conversations",
    "Dial",
    "DialEnd",
    "Exchange",
    "LostHow",
    "Moment",
    "MomentKind",
    "ReplySeen",
]
