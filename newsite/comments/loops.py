"""Replies that answer each other in a circle: none comes by newsite, but rows written past it may."""

import sqlalchemy as sa

from newsite.comments.models import Comment
from newsite.db import db


def found() -> list[list[int]]:
    """The ids of those in each circle, from the smallest on, each before the one that it answers.

    A reply that answers itself is a circle of one. Answers that hang on a circle are in none.
    """
    answered = dict(_without_a_beginning())
    circles = []
    while answered:
        path = [next(iter(answered))]
        while path[-1] in answered:
            path.append(answered.pop(path[-1]))
        begin = path.index(path[-1])
        if begin < len(path) - 1:
            circles.append(_from_smallest(path[begin:-1]))
    return sorted(circles)


def open_all() -> int:
    """How many circles there were; of each, the reply with the smallest id now answers nothing."""
    first = [circle[0] for circle in found()]
    db.session.execute(sa.update(Comment).where(Comment.id.in_(first)).values(parent_id=None))
    return len(first)


def _without_a_beginning() -> list[tuple[int, int]]:
    """Answers that no way leads down to from a reply to an article, each with what it answers.

    Whoever has one parent, and begins nowhere, is met once at most: the way down ends by itself.
    """
    begins = sa.select(Comment.id).where(Comment.parent_id.is_(None))
    standing = begins.cte("standing", recursive=True)
    standing = standing.union_all(sa.select(Comment.id).where(Comment.parent_id == standing.c.id))
    lost = sa.select(Comment.id, Comment.parent_id).where(
        Comment.parent_id.is_not(None), Comment.id.not_in(sa.select(standing.c.id))
    )
    return [(one, parent) for one, parent in db.session.execute(lost) if parent is not None]


def _from_smallest(circle: list[int]) -> list[int]:
    at = circle.index(min(circle))
    return circle[at:] + circle[:at]
