"""Mail: whether it can be sent, and sending it. What each mail says, the features know."""

from newsite.mail.line import Refused, ServerAway, TryLater
from newsite.mail.message import Letter, NoAddress
from newsite.mail.office import absolute, check, hang_up, init_app, is_set_up, send_at_once
from newsite.mail.sending import deliver
from newsite.mail.troubles import forgive, given_up

__all__ = [
    "Letter",
    "NoAddress",
    "Refused",
    "ServerAway",
    "TryLater",
    "absolute",
    "check",
    "deliver",
    "forgive",
    "given_up",
    "hang_up",
    "init_app",
    "is_set_up",
    "send_at_once",
]
