"""Bans: who falls under one, for how long, and what is kept of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsite import audit
from newsite.accounts.models import User
from newsite.comments import bans
from newsite.comments.models import Ban, BanKind, Comment
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken

Send = Callable[..., Comment]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class From:
    network: str = ""


@pytest.fixture
def banned(editor: User, now: datetime) -> Callable[..., Ban]:
    """Edith bans somebody for a day."""

    def make(kind: BanKind, value: str, **given: Any) -> Ban:
        values: dict[str, Any] = {"until": now + DAY, "reason": "", "by": editor, "now": now}
        made = bans.ban(kind, value, **(values | given))
        db.session.commit()
        return made

    return make


@pytest.mark.parametrize(
    ("kind", "value", "given"),
    [
        (BanKind.address, "Ann@Example.org", {}),
        (BanKind.name, "  ANN  Other ", {"author_name": "Ann Other"}),
        (BanKind.name, "Ａnn", {"author_name": "ANN"}),  # full-width letters
        (BanKind.network, "192.0.2.77", {}),
        (BanKind.network, "192.0.2.0/24", {}),
        (BanKind.host, "spam.example", {"body": "See https://spam.example/x"}),
        (BanKind.host, "https://www.Spam.example/buy", {"body": "https://shop.spam.example:8080/"}),
        (BanKind.host, "spam.example", {"website": "https://spam.example"}),
        (BanKind.host, "bücher.example", {"body": "https://xn--bcher-kva.example/"}),
        (
            BanKind.host,
            "spam.example",
            {"body": '<a href="https://spam.example/?a=1&amp;b">a</a>'},
        ),
    ],
)
def test_whoever_is_meant_falls_under_a_ban(
    banned: Any, sent: Send, now: datetime, kind: BanKind, value: str, given: dict[str, str]
) -> None:
    made = banned(kind, value)
    comment = sent(**given)
    assert bans.standing(comment, From("192.0.2.0/24"), now) is made


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BanKind.address, "ann@example.com"),
        (BanKind.name, "An"),
        (BanKind.network, "192.0.3.0/24"),
        (BanKind.host, "ample.net"),  # the end of a name is not the name
        (BanKind.host, "deep.example.net"),
    ],
)
def test_nobody_else_does(
    banned: Any, sent: Send, now: datetime, kind: BanKind, value: str
) -> None:
    banned(kind, value)
    comment = sent("See https://example.net/")
    assert bans.standing(comment, From("192.0.2.0/24"), now) is None
    assert bans.standing(comment, From(), now) is None


def test_a_ban_ends_by_itself_and_one_without_an_end_does_not(
    banned: Any, sent: Send, now: datetime
) -> None:
    comment = sent()
    banned(BanKind.address, "ann@example.org")
    assert bans.standing(comment, From(), now + DAY - timedelta(seconds=1)) is not None
    assert bans.standing(comment, From(), now + DAY) is None
    banned(BanKind.name, "Ann", until=None)
    assert bans.standing(comment, From(), now + 10_000 * DAY) is not None


def test_somebody_is_banned_once_by_the_last_word_about_them(
    banned: Any, now: datetime, admin: User
) -> None:
    first = banned(BanKind.name, "Ann", reason="Shouts")
    again = banned(BanKind.name, "ann", until=None, reason="Shouts\nagain", by=admin)
    assert again is first
    assert (again.ends_at, again.reason, again.created_by) == (None, "Shouts again", admin)
    assert bans.running(now).items == [again]


def test_no_address_is_kept_and_no_network_outlives_its_ban(
    banned: Any, editor: User, now: datetime
) -> None:
    address = banned(BanKind.address, "Ann.Other@example.org")
    network = banned(BanKind.network, "2001:db8:1:2::3")
    name, host = banned(BanKind.name, "Ann Other"), banned(BanKind.host, "www.spam.example")
    assert [one.label for one in (address, network, name, host)] == [
        "A…@example.org",
        "2001:db8:1::/48",
        "Ann Other",
        "spam.example",
    ]
    assert "ann" not in address.value.casefold()
    bans.lift(network, by=editor, now=now)
    db.session.commit()
    told = [f"{entry.action} {entry.subject}" for entry in audit.latest(9)]
    assert told[:4] == [
        "lifted the ban of a network",
        "banned spam.example",
        "banned a name",
        "banned a network",
    ]
    assert db.session.scalars(sa.select(Ban.label)).all() == [
        "A…@example.org",
        "Ann Other",
        "spam.example",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (BanKind.address, "ann", "An email address looks like"),
        (BanKind.address, "@example.org", "An email address looks like"),
        (BanKind.name, " \u200b ", "Enter the name"),
        (BanKind.network, "here", "A network looks like"),
        (BanKind.network, "10.0.0.0/8", "A network looks like"),  # a tenth of the world by one slip
        (BanKind.host, "example", "A host looks like"),
        (BanKind.host, "a b.example", "A host looks like"),
        (BanKind.host, "https://[x/", "A host looks like"),
        (BanKind.host, f"{'x' * 64}.example", "A host looks like"),
        (BanKind.host, "", "A host looks like"),
    ],
)
def test_what_cannot_be_banned_is_refused_with_how_it_is_written(
    banned: Any, kind: BanKind, value: str, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as refused:
        banned(kind, value)
    assert refused.value.field == "value"


def test_a_ban_that_is_over_is_no_ban(banned: Any, now: datetime) -> None:
    with pytest.raises(RuleBroken, match="in the future") as refused:
        banned(BanKind.name, "Ann", until=now)
    assert refused.value.field == "until"


def test_only_editors_ban_and_lift(banned: Any, writer: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        banned(BanKind.name, "Ann", by=writer)
    made = banned(BanKind.name, "Ann")
    with pytest.raises(NotAllowed):
        bans.lift(made, by=writer, now=now)


def test_running_bans_are_listed_newest_first_and_ended_ones_forgotten(
    banned: Any, now: datetime
) -> None:
    over = banned(BanKind.name, "Over")
    made = [banned(BanKind.name, f"No. {n}", until=None) for n in range(3)]
    later = now + 2 * DAY
    page = bans.running(later, limit=2)
    assert page.items == [made[2], made[1]]
    assert bans.running(later, page.next, limit=2).items == [made[0]]
    assert bans.running(now, limit=9).items[-1] is over
    assert bans.tidy(later) == 1
    assert bans.by_id(made[0].id) is made[0]
    assert bans.by_id(over.id) is None
    assert bans.by_id(2**40) is None


def test_the_desk_sees_all_bans_that_a_stored_reply_falls_under(
    banned: Any, sent: Send, now: datetime
) -> None:
    comment = sent()
    comment.network = "192.0.2.0/24"
    made = [banned(BanKind.network, "192.0.2.0/24"), banned(BanKind.address, "ann@example.org")]
    banned(BanKind.name, "Bob")
    assert bans.against(comment, now) == made


def test_to_look_takes_one_query_however_many_links_there_are(
    banned: Any, sent: Send, now: datetime, counted: Any
) -> None:
    banned(BanKind.host, "h3.example")
    comment = sent(" ".join(f"https://h{n}.example/" for n in range(80)))
    assert len(bans.hosts(comment)) == bans.MOST_HOSTS
    with counted() as run:
        assert bans.standing(comment, From("192.0.2.0/24"), now) is not None
    assert len(run) == 1
