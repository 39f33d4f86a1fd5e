from datetime import timedelta

import pytest
import sqlalchemy as sa
from pages import Pages

from newsite import demo, outbox
from newsite.accounts import passwords
from newsite.accounts.models import User
from newsite.articles import queries as articles
from newsite.articles.models import Article, Kind, State
from newsite.comments.models import Comment, Status
from newsite.comments.spam import learning
from newsite.db import db
from newsite.demo import reading
from newsite.errors import Conflict
from newsite.media import actions as media
from newsite.media.models import Picture
from newsite.outbox import Job
from newsite.site import queries as sites
from newsite.web.context import reserved


@pytest.fixture
def founded(app, now):
    site = demo.found(now=now, reserved=reserved())
    db.session.commit()
    return site


@pytest.fixture
def filled(app, now):
    known = demo.fill(now=now, reserved=reserved())
    db.session.commit()
    return known


def count(model, *conditions):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))


def test_a_new_site_has_its_first_pages_and_those_with_gaps_wait(founded, now):
    found = {page.path: page.state for page in db.session.scalars(sa.select(Article))}
    assert found == {
        "/about/": State.draft,
        "/contact/": State.draft,
        "/house-rules/": State.published,
        "/your-data/": State.draft,
    }
    assert [item.address for item in founded.footer_items] == ["/house-rules/"]
    assert founded.founded_at == now


def test_a_site_is_founded_once(founded, now):
    with pytest.raises(Conflict):
        demo.found(now=now, reserved=reserved())


def test_the_demo_is_a_whole_paper(filled, app, now):
    written = reading.texts("articles")
    assert count(Article, Article.kind == Kind.article) == len(written)
    assert count(Article, Article.kind == Kind.page, Article.state == State.published) == 4
    assert len(articles.sections()) == 5
    states = {article.state for article in db.session.scalars(sa.select(Article))}
    assert states == {State.published, State.draft, State.withdrawn}
    assert sites.the_site().name == "The Loading Bay"
    # Every page can be read.
    reader = Pages(app)
    for article in db.session.scalars(sa.select(Article).where(Article.path.is_not(None))).all():
        status = {State.withdrawn: 410, State.draft: 404}.get(article.state, 200)
        reader.get(article.path, status if article.is_public(now) or status != 200 else 404)
    # The articles stand where others link to.
    article = articles.by_path("/2026/11/agency-drivers-holiday-pay/")
    assert article.is_public(now)
    assert article.is_sticky
    assert [person.name for person in article.contributors] == ["The branch pay group"]
    assert article.created_at == article.published_at
    # What is scheduled lies in the future, whenever the demo is made.
    minutes = db.session.scalars(sa.select(Article).where(Article.title.like("Minutes%"))).one()
    assert minutes.published_at == now + timedelta(days=3)
    assert not minutes.is_public(now)


def test_the_demos_pictures_are_where_its_texts_want_them(filled, app, now):
    pictures = {one.name: one for one in db.session.scalars(sa.select(Picture))}
    assert set(pictures) == {"bays.png", "heat-map.png", "thermos.png"}
    reader, address = Pages(app), "/2026/11/agency-drivers-holiday-pay/"
    bays = pictures["bays.png"]
    assert reader.get(address).one("figure img")["alt"] == bays.alt
    assert reader.get(address).texts("figure small") == ["Drawing: The Loading Bay"]
    heat, thermos = ("/2026/09/the-heat-map/", "/2026/09/a-day-on-the-gates/")
    assert reader.get(heat).one("figure img")["alt"] == pictures["heat-map.png"].alt
    assert reader.get(thermos).one("figure img")["alt"] == ""
    # Their sizes are the worker's to make, as those of any upload.
    asked = set(db.session.scalars(sa.select(Job.key).where(Job.kind == media.RENDITIONS)))
    assert asked == {f"{media.RENDITIONS}:{one.key}" for one in pictures.values()}


def test_the_replies_are_where_the_editors_put_them(filled):
    told = reading.table("replies.toml")["reply"]
    for status in Status:
        wanted = sum(reply["status"] == status for reply in told)
        assert count(Comment, Comment.status == status) == wanted
    busiest = db.session.scalars(sa.select(Article).order_by(Article.reply_count.desc())).first()
    approved = (Comment.article_id == busiest.id, Comment.status == Status.approved)
    assert busiest.reply_count == count(Comment, *approved)
    assert count(Comment, Comment.user_id.is_not(None)) > 3  # the editors answer
    # The admin signs in with a password that nobody else has.
    people = {user.email: user for user in db.session.scalars(sa.select(User))}
    assert len(people) == 3
    fits = [
        email
        for email, user in people.items()
        if passwords.matches(user.password_hash, filled.password)
    ]
    assert fits == [filled.email]
    assert people[filled.email].is_admin


def test_the_demo_may_follow_the_founding(founded, now):
    db.session.delete(articles.by_path("/contact/"))
    db.session.commit()
    demo.fill(now=now, reserved=reserved())
    db.session.commit()
    assert articles.by_path("/contact/").is_public(now)
    about = articles.by_path("/about/")
    assert about.state is State.published
    assert about.body.startswith("People who sort")
    assert count(Article, Article.path_key == "/house-rules") == 1


def test_the_demo_does_not_touch_a_site_that_somebody_uses(article, now):
    with pytest.raises(Conflict, match="for an empty site"):
        demo.fill(now=now, reserved=reserved())


def test_the_demo_does_not_touch_a_site_that_has_people(admin, now):
    with pytest.raises(Conflict, match="for an empty site"):
        demo.fill(now=now, reserved=reserved())


@pytest.mark.parametrize(
    ("body", "has_gaps"),
    [
        ("Write to [email address].", True),
        ("[Say who you are.]", True),
        ("See [the house rules](/house-rules/).", False),
        ("Nothing to fill in.", False),
    ],
)
def test_words_in_brackets_are_a_gap_unless_they_are_a_link(body, has_gaps):
    assert reading.Text({}, body).has_gaps is has_gaps


def test_a_fresh_demo_has_no_job_that_is_late(filled, now):
    assert outbox.waiting(now - timedelta(seconds=1)) == (0, None)
    later = now + learning.EVERY
    waiting = db.session.scalars(sa.select(Job).where(Job.next_at == later, Job.done_at.is_(None)))
    assert [job.kind for job in waiting] == [learning.KIND]
