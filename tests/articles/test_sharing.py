"""A draft by its secret address."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from newsite.accounts.models import User
from newsite.articles import actions, reviewing, sharing
from newsite.articles.models import Article
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken
from newsite.site.models import Site

Make = Callable[..., Article]


def test_a_secret_address_opens_its_draft_until_it_ends_or_is_made_anew(
    make_article: Make, writer: User, now: datetime
) -> None:
    draft, other = (make_article(name, by=writer, publish=False) for name in ("Mine", "Other"))
    sharing.share(draft, by=writer, now=now)
    db.session.commit()
    first = draft.share_mark
    assert len(first) == 32
    assert sharing.opened(draft.id, first) is draft
    for wrong in ("", first[:-1], first + "x", "é"):
        assert sharing.opened(draft.id, wrong) is None
    assert sharing.opened(other.id, first) is None
    assert sharing.opened(other.id, "") is None
    assert sharing.opened(999, first) is None
    sharing.share(draft, by=writer, now=now)
    assert sharing.opened(draft.id, first) is None
    assert sharing.opened(draft.id, draft.share_mark) is draft
    second = draft.share_mark
    sharing.end(draft, by=writer)
    assert sharing.opened(draft.id, second) is None


def test_what_is_on_its_way_is_shared_and_nothing_else(
    make_article: Make, writer: User, editor: User, site: Site, now: datetime
) -> None:
    scheduled = make_article("Soon", published_at=now + timedelta(days=1))
    waiting = make_article("Mine", by=writer, publish=False)
    reviewing.submit(waiting, by=writer, now=now)
    for one in (scheduled, waiting):
        assert sharing.share(one, by=editor, now=now).share_mark
    out, withdrawn, thrown = (make_article(name) for name in ("Out", "Withdrawn", "Thrown"))
    for one in (withdrawn, thrown):
        actions.withdraw(one, reason="A name.", by=editor, now=now, site=site)
    actions.trash(thrown, by=editor, now=now)
    for one in (out, withdrawn, thrown):
        with pytest.raises(RuleBroken, match="not published yet"):
            sharing.share(one, by=editor, now=now)


def test_a_writer_shares_own_drafts_only(
    make_article: Make, writer: User, editor: User, now: datetime
) -> None:
    draft = make_article("Hers", by=editor, publish=False)
    with pytest.raises(NotAllowed):
        sharing.share(draft, by=writer, now=now)
    with pytest.raises(NotAllowed):
        sharing.end(draft, by=writer)
