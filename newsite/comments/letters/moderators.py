"""The letter that tells an editor which replies wait, with links to decide by: at most one an hour."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsite import mail, outbox
from newsite.accounts.models import ReplyMail, Role, User
from newsite.comments import queries
from newsite.comments.letters.jobs import Kind, Written
from newsite.comments.letters.links import DECIDE_FOR, Choice, decide_path, stop_path
from newsite.comments.letters.printing import printed, words_of
from newsite.comments.models import Comment
from newsite.comments.queries import Queue
from newsite.db import db
from newsite.outbox import Claim, Job
from newsite.site import queries as sites

MORNING = 7  # o'clock in the site's zone, from when on the letter of the day goes
LOOKED_BACK = timedelta(days=7)  # for the last letter; what came before it is no news
SETTLING = timedelta(minutes=1)  # what came until then has been committed
MOST_SHOWN = 20
SHOWN_CHARS = 300  # of each
CHOICES = (Choice.approve, Choice.spam, Choice.trash)


def share_out(claim: Claim, now: datetime) -> None:
    """Asks for a letter to each editor who wants one now, unless one is still on its way. Runs every hour."""
    if not mail.is_set_up():
        return
    local = now.astimezone(sites.the_site().zone)
    for user in db.session.scalars(sa.select(User).where(*_wants_mail())).all():
        is_daily = user.reply_mail is ReplyMail.daily
        key = _day_key(user.id, local) if is_daily else _hour_key(user.id, now)
        is_time = local.hour >= MORNING or not is_daily
        if is_time and not _latest(user.id, now, Job.done_at.is_(None)):
            outbox.add(Kind.moderator, key, {"user": user.id}, now=now)


def write(claim: Claim, now: datetime) -> Written | None:
    """Tells of what waits, if any of it came since the last letter."""
    query = sa.select(User).where(User.id == claim.payload["user"], *_wants_mail())
    user = db.session.scalar(query)
    new = _new(user.id, claim) if user else []
    if user is None or not new:
        return None
    counts = queries.counts()
    letter = printed(
        "moderators",
        user.email,
        stop_path=stop_path(user_id=user.id, now=now),
        waiting=counts[Queue.waiting],
        likely_spam=counts[Queue.likely_spam],
        replies=[_shown(comment, user, now) for comment in new],
        desk=mail.absolute("/desk/replies/"),
        days=DECIDE_FOR.days,
    )
    return Written(letter)


def _wants_mail() -> tuple[sa.ColumnElement[bool], ...]:
    is_editor = User.role.in_([Role.admin, Role.editor])
    return User.is_active.is_(True), is_editor, User.reply_mail != ReplyMail.never


def _new(user_id: int, claim: Claim) -> list[Comment]:
    """Replies that came since the last letter and wait, oldest first; none that looks like spam."""
    last = _latest(user_id, claim.created_at, Job.error == "", Job.id != claim.id)
    since = (last or claim.created_at - LOOKED_BACK) - SETTLING
    until = claim.created_at - SETTLING
    waiting = [*queries.queue(Queue.waiting, limit=MOST_SHOWN).items, *queries.back_again()]
    came = {comment: _waits_since(comment) for comment in waiting}
    new = [comment for comment in came if since <= came[comment] < until]
    return sorted(new, key=lambda comment: (came[comment], comment.id))[-MOST_SHOWN:]


def _waits_since(comment: Comment) -> datetime:
    """When it came, or came back from its page by its writer's doing."""
    back = [one.at for one in comment.entries if one.is_move and one.rule]
    return max([comment.created_at, *back])


def _latest(user_id: int, now: datetime, *which: sa.ColumnElement[bool]) -> datetime | None:
    """When the last of an editor's letters in the outbox was asked for. All keys are known: none is looked for."""
    zone = sites.the_site().zone
    hours = range(int(LOOKED_BACK / timedelta(hours=1)))
    times = [now - timedelta(hours=number) for number in hours]
    keys = {_hour_key(user_id, time) for time in times}
    keys |= {_day_key(user_id, time.astimezone(zone)) for time in times}
    return db.session.scalar(
        sa.select(sa.func.max(Job.created_at)).where(Job.key.in_(keys), *which)
    )


def _hour_key(user_id: int, time: datetime) -> str:
    return f"moderator:{user_id}:{time:%Y-%m-%dT%H}"


def _day_key(user_id: int, local: datetime) -> str:
    return f"moderator:{user_id}:{local:%Y-%m-%d}"


def _shown(comment: Comment, user: User, now: datetime) -> dict[str, Any]:
    return {
        "name": comment.author_name,
        "title": comment.article.title,
        "rule": comment.explanation.rule if comment.explanation else "",
        "text": words_of(comment, SHOWN_CHARS),
        "links": {
            choice.value: mail.absolute(decide_path(user.id, comment, choice, now=now))
            for choice in CHOICES
        },
    }
