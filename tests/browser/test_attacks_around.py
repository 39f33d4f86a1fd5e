"""Words that attack, where they are told on: at the desk, in mails, on the page of one's data, in a download.

They are in replies, names, reports, appeals, reasons, notes and bans; nothing runs, though no policy forbids it.
"""

import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import mail_server
import pytest
import sqlalchemy as sa
from attacking import HOSTILE, all_attacks, look, together, watching
from beside import beside, publish
from playwright.sync_api import BrowserContext, Page
from served import Served, sign_in

from newsite.accounts.models import ReplyMail, User
from newsite.articles.models import Article
from newsite.comments import actions, arriving, bans, links, own, reports
from newsite.comments.letters import answers, deciding, moderators, threads
from newsite.comments.letters.jobs import Writer
from newsite.comments.letters.links import Choice, decide_path
from newsite.comments.models import BanKind, Comment, Follows, ModerationEntry, ReportReason
from newsite.comments.submission import MAX_NAME_CHARS, NewReply
from newsite.db import db
from newsite.mail import office
from newsite.outbox import Claim
from newsite.text import tidy_line
from newsite.web.privacy.showing import page_token

MOST_CHARS = 900  # of many attacks in one text: what a report may have
ADDRESS = "ann@example.org"


@dataclass(frozen=True)
class Attacked:
    """A site where everybody who may write something attacks."""

    site: Served
    attacks: list[str]
    ids: list[int]  # of replies
    own: list[str]  # of pages that say what became of a reply
    deciding: list[str]  # of pages that mails lead editors to
    data: str  # of the page of somebody's data
    mails: list[str]  # in HTML


@pytest.fixture(scope="module")
def attacked(serve: Callable[..., Served], fixtures_folder: Path) -> Attacked:
    """Every line of the lists in whatever can be written about replies; a third of them is put aside."""
    attacks, site = all_attacks(fixtures_folder), serve()
    texts = list(together(attacks, MOST_CHARS))
    with beside(site) as app:
        office.use(mail_server.settings(1))  # letters are printed; none is sent
        editor = db.session.scalars(sa.select(User)).one()
        article, sent = publish(app, "Attacked"), datetime.now(UTC) - timedelta(hours=2)
        comments = [reply(article, text, number, sent) for number, text in enumerate(texts)]
        db.session.commit()
        letters = told(comments, editor, sent, list(together(attacks, MAX_NAME_CHARS)))
        for comment, text in zip(comments, texts, strict=True):
            talk(comment, text, editor)
        now = datetime.now(UTC)
        choices = list(Choice)
        return Attacked(
            site,
            attacks,
            [one.id for one in comments],
            [links.status_path(one.id, links.MAIL, now=now) for one in comments],
            [decide_path(editor.id, one, choices[one.id % 3], now=now) for one in comments],
            f"/privacy/data/{page_token(comments[0].id, now + timedelta(minutes=30))}",
            letters + [html for one in comments for html in letters_of_decisions(one)],
        )


def reply(article: Article, text: str, number: int, sent: datetime) -> Comment:
    """One that stands on the page; the person is the same, by ever another name."""
    name = tidy_line(text)[number % 40 :][:MAX_NAME_CHARS] or "Ann"
    new = NewReply(name, ADDRESS, "", text).tidied()
    columns = arriving.cleaned(new, sent) | {"article_id": article.id, "network": "192.0.2.0/24"}
    arrival = arriving.Arrival(new, None, columns, 5, rule=f"Word on your list: {text}")
    comment = db.session.get_one(Comment, arriving.write(arrival, now=sent).id)
    comment.confirmed_at, comment.follows = sent, Follows.answers
    return comment


def talk(comment: Comment, text: str, editor: User) -> None:
    """A reader reports it, an editor puts it aside or leaves it and says why, its writer appeals, and is banned."""
    now, words = datetime.now(UTC), {"by": editor, "reason": text, "note": text}
    if comment.id % 3:
        reports.report(
            comment, ReportReason.other, text[:1000], reporter=f"192.0.2.{comment.id}", now=now
        )
    else:
        actions.trash(comment, now=now, **words)
        own.appeal(comment, text[:1000], now=now)
    if comment.id % 3 == 1:
        actions.leave(comment, now=now, **words)
        reports.report(
            comment, ReportReason.other, text[:1000], reporter=f"198.51.100.{comment.id}", now=now
        )
    bans.ban(BanKind.name, comment.author_name, until=None, reason=text, by=editor, now=now)
    db.session.commit()


def told(comments: list[Comment], editor: User, sent: datetime, names: Sequence[str]) -> list[str]:
    """Letters to an editor of all that wait, and to somebody who follows of all that was approved.

    The second tell of the replies under ever other names, until all have been used, whole.
    """
    editor.reply_mail, follower = ReplyMail.hourly, comments[0]
    letters = written(moderators.write, {"user": editor.id}, sent + timedelta(minutes=90))
    parts = [comments[at : at + 20] for at in range(0, len(comments), 20)]
    for number, part in enumerate(parts):
        for comment in part:
            actions.approve(comment, by=editor, now=sent + timedelta(minutes=5))
        db.session.commit()
        for comment in part:  # to somebody else, who wrote the first
            comment.email_key, comment.parent_id = "bob@example.org", follower.id
        for _ in renamed(part, names[number :: len(parts)]):
            letters += followed(follower, sent)
        for comment in part:
            comment.email_key, comment.parent_id = ADDRESS, None
            comment.approved_at = sent - timedelta(days=1)
        db.session.commit()
    return letters


def renamed(part: list[Comment], names: Sequence[str]) -> Iterator[None]:
    """Gives these replies all of the names, as many at a time as there are replies; then their own again."""
    own = [comment.author_name for comment in part]
    for at in range(0, len(names), len(part)):
        for comment, name in zip(part, names[at:], strict=False):
            comment.author_name = tidy_line(name)[:MAX_NAME_CHARS]
        yield
    for comment, name in zip(part, own, strict=True):
        comment.author_name = name


def followed(follower: Comment, sent: datetime) -> list[str]:
    """The letters to somebody who follows: of answers, and of the thread."""
    letters = []
    for wish, write in ((Follows.answers, answers.write), (Follows.thread, threads.write)):
        follower.follows, follower.told_at, follower.email_key = wish, None, ADDRESS
        letters += written(write, {"comment": follower.id}, sent + timedelta(hours=1))
    return letters


def letters_of_decisions(comment: Comment) -> list[str]:
    found = sa.select(ModerationEntry.id).where(
        ModerationEntry.comment_id == comment.id, ModerationEntry.note != ""
    )
    return [
        html
        for entry in db.session.scalars(found)
        for html in written(deciding.write, {"entry": entry}, datetime.now(UTC))
    ]


def written(write: Writer, payload: dict[str, int], at: datetime) -> list[str]:
    """The letter that a job makes, in HTML."""
    letter = write(Claim(0, "", "", payload, 1, at), at)
    return [letter.letter.html] if letter else []


@pytest.fixture
def watched(attacked: Attacked, open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A browser without a policy."""
    with watching(open_context(bypass_csp=True), attacked.site.url) as page:
        yield page


def through(page: Page, attacked: Attacked, path: str) -> int:
    """Looks at a list from its first page to its last; how many pages there are."""
    url, pages = attacked.site.url + path, 0
    while url:
        look(page, url)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        pages += 1
        further = page.locator('a[rel="next"]')
        found = further.first.get_attribute("href") if further.count() else None
        url = attacked.site.url + found if found else ""
    return pages


@pytest.mark.parametrize("path", ["reported/", "appeals/", "trash/", "decisions/", "bans/"])
def test_nothing_runs_in_the_lists_of_the_desk(
    attacked: Attacked, watched: Page, path: str
) -> None:
    sign_in(watched, attacked.site)
    assert through(watched, attacked, f"/desk/replies/{path}") > 1


def test_nothing_runs_on_the_desks_page_of_one_reply(attacked: Attacked, watched: Page) -> None:
    sign_in(watched, attacked.site)
    look(watched, f"{attacked.site.url}/desk/")
    for number in attacked.ids[::8]:
        look(watched, f"{attacked.site.url}/desk/replies/{number}/")
        look(watched, f"{attacked.site.url}/desk/replies/{number + 1}/answer")


def test_nothing_runs_when_it_is_looked_for_at_the_desk(attacked: Attacked, watched: Page) -> None:
    sign_in(watched, attacked.site)
    for attack in attacked.attacks[::40]:
        look(watched, f"{attacked.site.url}/desk/replies/?{urlencode({'q': attack[:500]})}")


def test_nothing_runs_where_a_writer_is_told_why(attacked: Attacked, watched: Page) -> None:
    for path in attacked.own[::5]:
        look(watched, attacked.site.url + path)


def test_nothing_runs_where_an_editor_decides_from_a_mail(
    attacked: Attacked, watched: Page
) -> None:
    for path in attacked.deciding[::5]:
        look(watched, attacked.site.url + path)


def test_nothing_runs_on_the_page_of_somebodys_data(attacked: Attacked, watched: Page) -> None:
    assert through(watched, attacked, attacked.data) > 1
    for number in attacked.ids[::10]:
        given = f"reply={number}&what=everything"
        look(watched, f"{attacked.site.url}{attacked.data}/name?{given}")
        look(watched, f"{attacked.site.url}{attacked.data}/erasure?{given}")


def test_somebodys_data_is_a_file_that_no_browser_opens(attacked: Attacked) -> None:
    url = f"{attacked.site.url}{attacked.data}/file"
    with urllib.request.urlopen(url, timeout=15) as answer:
        said, content = answer.headers, json.loads(answer.read())
    assert said["Content-Type"] == "application/json; charset=utf-8"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Disposition"].startswith("attachment;")
    assert len(content["replies"]) == len(attacked.ids)


def test_nothing_runs_in_a_mail(attacked: Attacked, watched: Page) -> None:
    assert len(attacked.mails) > len(attacked.ids) / 2
    watched.goto(attacked.site.url)
    for html in attacked.mails:
        watched.set_content(html)
        assert watched.evaluate(HOSTILE) == []
