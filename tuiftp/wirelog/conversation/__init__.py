"""Makes conversations of records: which reply answers which command, and which data connection is whose."""

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
