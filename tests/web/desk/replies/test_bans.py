"""Editors ban by hand, see who is banned, and lift it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from moderating import QUEUE, send
from pages import Pages, PageView

from newsite.accounts.models import User
from newsite.comments import bans
from newsite.comments.models import BanKind, Comment
from newsite.db import db
from newsite.site.models import Site

Send = Callable[..., Comment]
BANS = f"{QUEUE}bans/"


def lift(page: PageView) -> PageView:
    """What follows a press on the first button that lifts a ban."""
    [address, *_] = [str(form["action"]) for form in page.all("form[action$='/lift']")]
    return send(page, address)


def test_an_editor_bans_by_hand_and_lifts_the_ban(desk: Pages, now: datetime) -> None:
    page = desk.get(QUEUE).follow("Bans")
    assert "Nobody is banned." in page.text
    form = page.form("ban").fill(kind="network", value="192.0.2.9", length="day", reason="Storm")
    page = form.submit()
    assert "192.0.2.0/24 is banned." in page.text
    assert page.texts("main > .lines > li") == [
        (
            "Network 192.0.2.0/24 Until 23 November 2026, 12.00pm · since 22 November 2026, 12.00pm"
            " · Edith · Storm Lift the ban of 192.0.2.0/24"
        )
    ]
    page = lift(page)
    assert "The ban of 192.0.2.0/24 is lifted." in page.text
    assert bans.running(now).items == []
    assert "Edith" in desk.get("/desk/").text


def test_a_ban_that_somebody_else_lifted_is_gone(desk: Pages, editor: User, now: datetime) -> None:
    made = bans.ban(BanKind.name, "Ann", until=None, reason="", by=editor, now=now)
    db.session.commit()
    page = desk.get(BANS)
    assert "Until it is lifted" in page.text
    bans.lift(made, by=editor, now=now)
    db.session.commit()
    assert "This ban had been lifted." in lift(page).text


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("network", "10.0.0.0/8", "A network looks like"),
        ("address", "", "An email address looks like"),
        ("host", "http://127.0.0.1:8000/", "That is this site."),
    ],
)
def test_what_cannot_be_banned_is_given_back(
    desk: Pages, now: datetime, kind: str, value: str, words: str
) -> None:
    page = desk.get(BANS).form("ban").fill(kind=kind, value=value).submit(status=422)
    assert words in page.one(".summary").get_text()
    assert page.form("ban").values["value"] == [value]
    assert bans.running(now).items == []


def test_a_ban_ends_with_a_day_that_was_chosen(desk: Pages, site: Site, now: datetime) -> None:
    site.timezone = "Europe/London"
    db.session.commit()
    form = desk.get(BANS).form("ban").fill(kind="name", value="Ann")
    page = form.fill(length="date").submit(status=422)
    assert page.link("Choose the last day of the ban.") == "#until"
    page = page.form("ban").fill(until="2026-11-21").submit(status=422)
    assert page.link("A ban ends in the future.") == "#until"
    page = page.form("ban").fill(until="2026-12-24", length="week").submit(status=422)
    assert page.link("Choose “Until the end of a day”, or leave the day empty.") == "#until"
    page.form("ban").fill(length="date").submit()
    [made] = bans.running(now).items
    assert made.ends_at == datetime(2026, 12, 25, tzinfo=UTC)
    assert "Until the end of 24 December 2026" in desk.get(BANS).text


def test_a_form_without_a_kind_is_given_back(desk: Pages) -> None:
    page = desk.get(BANS).form("ban").fill(value="Ann").submit(status=422)
    assert page.all(".summary a[href='#kind']")


def test_bans_are_paged_and_ended_ones_gone(
    desk: Pages, editor: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(bans.PAGE_SIZE + 1):
        bans.ban(
            BanKind.name,
            f"No. {number}.",
            until=now + timedelta(days=1),
            reason="",
            by=editor,
            now=now,
        )
    db.session.commit()
    page = desk.get(BANS)
    assert len(page.all("main > .lines > li")) == bans.PAGE_SIZE
    page = desk.get(page.link("Earlier bans"))
    assert "No. 0." in page.text
    desk.get(f"{BANS}?before=x", 404)


def test_the_ban_of_somebody_who_is_gone_stays(desk: Pages, admin: User, now: datetime) -> None:
    bans.ban(BanKind.name, "Ann", until=None, reason="", by=admin, now=now)
    db.session.commit()
    db.session.delete(admin)
    db.session.commit()
    assert "Somebody who is gone" in desk.get(BANS).text
