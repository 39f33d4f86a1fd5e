"""Letters about replies: who is told what by mail, when, and in which words. The outbox sends them.

Features ask with `ask_to_confirm` and the `tell_…` functions, inside the transaction of what they tell of;
HANDLERS do the jobs. A job holds ids, and the letter is written when it is sent: of what is so by then.
"""

from newsite.comments.letters import answers, confirming, deciding, moderators, privacy, threads
from newsite.comments.letters.asking import (
    HOURLY,
    ask_to_confirm,
    forget_privacy_links,
    send_privacy_link,
    tell_of_approval,
    tell_of_decision,
)
from newsite.comments.letters.jobs import Kind, sender
from newsite.outbox import Handlers

__all__ = [
    "HANDLERS",
    "HOURLY",
    "ask_to_confirm",
    "forget_privacy_links",
    "send_privacy_link",
    "tell_of_approval",
    "tell_of_decision",
]

HANDLERS: Handlers = {
    Kind.confirm: sender(confirming.write),
    Kind.answer: sender(answers.write),
    Kind.thread: sender(threads.write),
    Kind.threads: threads.share_out,
    Kind.decision: sender(deciding.write),
    Kind.moderator: sender(moderators.write),
    Kind.moderators: moderators.share_out,
    Kind.privacy: sender(privacy.write),
}
