from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from newsite import changes
from newsite.accounts.models import User
from newsite.articles import actions, drafts, taxonomy
from newsite.articles.drafts import Draft
from newsite.articles.models import (
    Article,
    ContributorKind,
    Format,
    Kind,
    Redirect,
    Revision,
    RevisionKind,
    State,
)
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken
from newsite.site.models import Site

Make = Callable[..., Article]
RESERVED = Reserved(frozenset({"desk", "search"}), ("theme-",))
DRAFT = Draft(title="Night shift votes", body="The count was at *six*.")


@pytest.fixture
def around(site: Site, now: datetime) -> dict[str, Any]:
    """What every action is given: when, where, and which addresses are the site's own."""
    return {"now": now, "site": site, "reserved": RESERVED}


@pytest.fixture
def draft(writer: User, around: dict[str, Any]) -> Article:
    """Will's draft."""
    article = actions.create(DRAFT, by=writer, **around)
    db.session.commit()
    return article


def keys() -> set[str]:
    """What the last commit changed for readers."""
    _, latest = changes.latest()
    return set(
        db.session.scalars(sa.select(changes.Change.key).where(changes.Change.sequence == latest))
    )


def redirects() -> dict[str, int | None]:
    """Old addresses and the ids of the articles that they lead to."""
    rows = db.session.execute(sa.select(Redirect.path_key, Redirect.article_id))
    return {row.path_key: row.article_id for row in rows}


def test_a_new_draft_is_cleaned_and_kept_as_its_first_version(
    draft: Article, writer: User, now: datetime
) -> None:
    assert (draft.state, draft.version, draft.path) == (State.draft, 1, None)
    assert draft.body_html == "<p>The count was at <em>six</em>.</p>\n"
    assert draft.words == 5
    (revision,) = draft.revisions
    assert (revision.version, revision.kind, revision.by, revision.at) == (
        1,
        RevisionKind.draft,
        writer,
        now,
    )
    assert revision.body == "The count was at *six*."


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "t" * 301}, "title"),
        ({"tags": tuple(f"tag {n}" for n in range(1000))}, "tags"),
        ({"source_is_original": True}, "source_url"),
        ({"first_published": date(2027, 1, 1)}, "first_published"),
        ({"section": 99}, "section"),
        ({"contributors": (99,)}, "contributors"),
        ({"path": "/desk/mine/"}, "path"),
        ({"body": "<b>" * 12_001}, "body"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    given: dict[str, Any], field: str, editor: User, around: dict[str, Any]
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        actions.create(Draft(**{"title": "Title", **given}), by=editor, **around)
    assert refusal.value.field == field


def test_every_save_is_a_version_by_whoever_saved(
    draft: Article, writer: User, editor: User, around: dict[str, Any]
) -> None:
    actions.save(draft, Draft(title="Second"), version=1, by=editor, **around)
    actions.save(draft, Draft(title="Third"), version=2, by=writer, **around)
    db.session.commit()
    assert [(one.version, one.title, one.by and one.by.name) for one in draft.revisions] == [
        (1, "Night shift votes", "Will"),
        (2, "Second", "Edith"),
        (3, "Third", "Will"),
    ]
    assert {one.kind for one in draft.revisions} == {RevisionKind.draft}


def test_whoever_began_from_an_older_version_stores_nothing(
    draft: Article, writer: User, around: dict[str, Any]
) -> None:
    actions.save(draft, Draft(title="Second"), version=1, by=writer, **around)
    with pytest.raises(actions.VersionConflict, match="while you were writing"):
        actions.save(draft, Draft(title="Late"), version=1, by=writer, **around)
    assert draft.title == "Second"


def test_two_saves_at_the_same_moment_cannot_both_be_stored(
    draft: Article, writer: User, around: dict[str, Any]
) -> None:
    assert draft.version == 1  # loaded
    db.session.execute(
        sa.update(Article).values(version=2), execution_options={"synchronize_session": False}
    )
    with pytest.raises(StaleDataError):
        actions.save(draft, Draft(title="Late"), version=1, by=writer, **around)


def test_a_writer_changes_own_drafts_only(
    draft: Article, make_article: Make, writer: User, editor: User, around: dict[str, Any]
) -> None:
    of_others = make_article("Another", publish=False, by=editor)
    page = make_article("About", kind=Kind.page, publish=False, by=writer)
    own_published = make_article("Out", by=writer)
    for article in (of_others, page, own_published):
        with pytest.raises(NotAllowed):
            actions.save(article, DRAFT, version=article.version, by=writer, **around)
        actions.save(
            article,
            Draft(title="T", body="b", published_at=article.published_at),
            version=article.version,
            by=editor,
            **around,
        )
    actions.require_may_edit(draft, writer)


def test_a_writer_may_not_publish(draft: Article, writer: User, around: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="Only an editor may publish"):
        actions.publish(draft, by=writer, **around)


def test_publishing_gives_an_article_its_time_and_its_address(
    draft: Article, editor: User, around: dict[str, Any], now: datetime
) -> None:
    actions.publish(draft, by=editor, **around)
    db.session.commit()
    assert draft.is_public(now)
    assert draft.published_at == now
    assert draft.path == "/2026/11/night-shift-votes/"
    assert {f"article:{draft.id}", "front", "month:2026-11"} <= keys()


def test_an_article_with_a_time_to_come_is_scheduled(
    draft: Article, editor: User, around: dict[str, Any], now: datetime
) -> None:
    later = now + timedelta(days=40)
    actions.save(
        draft, Draft(title="T", body="b", published_at=later), version=1, by=editor, **around
    )
    actions.publish(draft, by=editor, **around)
    db.session.commit()
    assert draft.is_scheduled(now)
    assert draft.path == "/2027/01/t/"
    assert "month:2027-01" in keys()


def test_what_has_no_text_or_lies_in_the_trash_is_not_published(
    draft: Article, editor: User, around: dict[str, Any]
) -> None:
    empty = actions.create(Draft(title="Empty", body=" \n"), by=editor, **around)
    with pytest.raises(RuleBroken) as refusal:
        actions.publish(empty, by=editor, **around)
    assert refusal.value.field == "body"
    actions.trash(draft, by=editor, now=around["now"])
    with pytest.raises(RuleBroken, match="out of the trash"):
        actions.publish(draft, by=editor, **around)


@pytest.mark.parametrize(
    ("kind", "is_dated"),
    [(RevisionKind.typo, False), (RevisionKind.update, True), (RevisionKind.correction, True)],
)
def test_readers_see_the_date_of_changes_that_matter(
    kind: RevisionKind,
    is_dated: bool,
    article: Article,
    editor: User,
    around: dict[str, Any],
    now: datetime,
) -> None:
    draft = Draft(title="New title", body="b", published_at=article.published_at)
    actions.save(
        article,
        draft,
        version=article.version,
        kind=kind,
        note="Six, not five.",
        by=editor,
        **around,
    )
    db.session.commit()
    assert (article.updated_at == now) is is_dated
    assert (
        db.session.scalars(sa.select(Revision.kind).order_by(Revision.version.desc())).first()
        is kind
    )


@pytest.mark.parametrize("kind", [RevisionKind.typo, RevisionKind.update])
def test_a_save_without_another_word_says_nothing_to_readers(
    kind: RevisionKind, article: Article, editor: User, around: dict[str, Any]
) -> None:
    same = replace(drafts.of(article), tags=("rota",), path="/rota/", body=f"{article.body}\r\n")
    actions.save(article, same, version=article.version, kind=kind, by=editor, **around)
    db.session.commit()
    assert (article.updated_at, article.change_count, len(article.revisions)) == (None, 0, 1)
    assert (article.version, article.path) == (3, "/rota/")
    tag = db.session.scalars(sa.select(taxonomy.Tag)).one()
    assert {"front", f"article:{article.id}", f"text:{article.id}", f"tag:{tag.id}"} <= keys()


@pytest.mark.parametrize(
    "given",
    [
        {"title": "T"},
        {"standfirst": "S"},
        {"byline": "B"},
        {"body": "b"},
        {"body": "    The count was at six."},  # a block of code
        {"body_format": Format.html},
    ],
)
def test_all_that_a_version_keeps_is_a_change_to_readers(
    given: dict[str, Any], article: Article, editor: User, around: dict[str, Any], now: datetime
) -> None:
    other = replace(drafts.of(article), **given)
    actions.save(article, other, version=article.version, by=editor, **around)
    assert (article.updated_at, article.change_count) == (now, 1)


def test_a_correction_that_changes_no_word_is_said_to_readers(
    article: Article, editor: User, around: dict[str, Any], now: datetime
) -> None:
    actions.save(
        article, drafts.of(article), version=article.version, kind=RevisionKind.correction,
        note="The picture was of another gate.", by=editor, **around,
    )  # fmt: skip
    assert (article.updated_at, article.change_count) == (now, 1)


def test_a_correction_says_what_was_wrong(
    article: Article, editor: User, around: dict[str, Any]
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        actions.save(
            article,
            DRAFT,
            version=article.version,
            kind=RevisionKind.correction,
            note=" ",
            by=editor,
            **around,
        )
    assert refusal.value.field == "note"


@pytest.mark.parametrize(("missing", "field"), [("published_at", "published_at"), ("body", "body")])
def test_a_published_article_keeps_its_date_and_its_text(
    missing: str, field: str, article: Article, editor: User, around: dict[str, Any]
) -> None:
    given = {"published_at": article.published_at, "body": "b"} | {
        missing: None if missing == "published_at" else ""
    }
    with pytest.raises(RuleBroken) as refusal:
        actions.save(
            article, Draft(title="T", **given), version=article.version, by=editor, **around
        )
    assert refusal.value.field == field


def test_work_of_an_earlier_year_is_old_work(editor: User, around: dict[str, Any]) -> None:
    old = actions.create(
        Draft(title="T", body="b", first_published=date(2023, 1, 26)), by=editor, **around
    )
    assert not old.is_old_work  # it is not out yet
    actions.publish(old, by=editor, **around)
    assert old.is_old_work


def test_all_that_shows_an_article_ends_when_it_moves(
    make_article: Make, editor: User, around: dict[str, Any], now: datetime
) -> None:
    first = make_article("First", published_at=now - timedelta(days=3))
    last = make_article("Last", published_at=now - timedelta(days=1))
    news = taxonomy.save_section(None, name="News", slug="", description="")
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    rosa = taxonomy.save_contributor(
        None, name="Rosa", slug="", kind=ContributorKind.person, about=""
    )
    db.session.commit()
    article = make_article("Moves", section=news.id, tags=("rota",), contributors=(rosa.id,))
    draft = Draft(title="Moves", body="b", section=pay.id, published_at=now - timedelta(days=60))
    actions.save(article, draft, version=article.version, by=editor, **around)
    db.session.commit()
    tag = db.session.scalars(sa.select(taxonomy.Tag)).one()
    assert keys() == {
        "front",
        "corrections",
        "month:2026-11",
        "month:2026-09",
        f"section:{news.id}",
        f"section:{pay.id}",
        f"tag:{tag.id}",
        f"by:{rosa.id}",
        *(f"{kind}:{article.id}" for kind in ("article", "text")),
        *(f"beside:{one.id}" for one in (article, first, last)),
        *("map", "map:1"),
    }


def test_a_page_is_in_no_list(make_article: Make) -> None:
    page = make_article("About", kind=Kind.page)
    own = {f"article:{page.id}", f"text:{page.id}"}
    assert keys() == {*own, "corrections", "map", "map:1"}


def test_a_withdrawn_article_says_why(
    article: Article, editor: User, site: Site, now: datetime
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        actions.withdraw(article, reason=" ", by=editor, now=now, site=site)
    assert refusal.value.field == "reason"
    actions.withdraw(article, reason=" A name was wrong. ", by=editor, now=now, site=site)
    assert (article.state, article.withdrawn_reason) == (State.withdrawn, "A name was wrong.")
    with pytest.raises(RuleBroken, match="Only a published article"):
        actions.withdraw(article, reason="Again", by=editor, now=now, site=site)


def test_an_article_published_again_has_its_date_and_no_reason_any_more(
    article: Article, editor: User, around: dict[str, Any]
) -> None:
    was = article.published_at
    actions.withdraw(article, reason="A name.", by=editor, now=around["now"], site=around["site"])
    actions.publish(article, by=editor, **around)
    assert (article.published_at, article.withdrawn_reason) == (was, "")


def test_a_scheduled_article_that_is_taken_back_is_a_draft(
    make_article: Make, editor: User, site: Site, now: datetime
) -> None:
    scheduled = make_article(published_at=now + timedelta(days=1))
    actions.withdraw(scheduled, reason="", by=editor, now=now, site=site)
    assert (scheduled.state, scheduled.published_at) == (State.draft, None)
    assert scheduled.path is None  # it had the day in it on which it does not appear
    typed = make_article("Typed", path="/typed/", published_at=now + timedelta(days=1))
    actions.withdraw(typed, reason="", by=editor, now=now, site=site)
    assert typed.path == "/typed/"


def test_what_was_public_is_found_at_its_address_after_it_was_a_draft_again(
    make_article: Make, editor: User, around: dict[str, Any], now: datetime
) -> None:
    article = make_article("T")
    assert article.is_public(now)
    for days in (1, 40):  # its day is moved while readers see it, then it is taken back; and again
        text = Draft(title="T", body="b", published_at=now + timedelta(days=days))
        text = replace(text, path=article.path or "")
        actions.save(article, text, version=article.version, by=editor, **around)
        if article.state is State.draft:
            actions.publish(article, by=editor, **around)
        else:
            actions.withdraw(article, reason="", by=editor, now=now, site=around["site"])
            assert article.path is None
    db.session.commit()
    assert article.path == "/2027/01/t/"
    assert redirects() == {"/2026/11/t": article.id}


def test_what_comes_back_to_its_address_is_not_led_there(
    make_article: Make, editor: User, around: dict[str, Any], now: datetime
) -> None:
    for given in ({}, {"path": "/typed/"}):
        article = make_article("T", published_at=now + timedelta(days=1), **given)
        was = article.path
        actions.withdraw(article, reason="", by=editor, now=now, site=around["site"])
        db.session.commit()
        actions.publish(article, by=editor, **around)
        db.session.commit()
        assert (article.path, redirects()) == (was, {})


def test_a_typed_address_that_was_announced_is_not_lost_by_changes_of_the_draft(
    make_article: Make, editor: User, around: dict[str, Any], now: datetime
) -> None:
    def save(path: str) -> None:
        text = Draft(title="T", body="b", path=path, published_at=article.published_at)
        actions.save(article, text, version=article.version, by=editor, **around)
        db.session.commit()

    article = make_article("T", path="/typed/", published_at=now + timedelta(days=1))
    actions.withdraw(article, reason="", by=editor, now=now, site=around["site"])
    assert article.path == "/typed/"
    for path in ("/other/", "", "/typed/", "/other/"):  # nobody has heard of these but for one
        save(path)
    actions.publish(article, by=editor, **around)
    assert redirects() == {"/typed": article.id}
    save("/third/")
    assert redirects() == {"/typed": article.id, "/other": article.id}


def test_the_address_of_a_draft_that_was_announced_is_left_once(
    make_article: Make, editor: User, around: dict[str, Any], now: datetime
) -> None:
    article = make_article("T", path="/typed/", published_at=now + timedelta(days=1))
    actions.withdraw(article, reason="", by=editor, now=now, site=around["site"])
    actions.trash(article, by=editor, now=now)
    text = Draft(title="T", body="b", path="/other/")
    actions.save(article, text, version=article.version, by=editor, **around)
    db.session.commit()
    assert redirects() == {"/typed": article.id}


def test_a_writer_may_not_withdraw(
    article: Article, writer: User, site: Site, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        actions.withdraw(article, reason="Because", by=writer, now=now, site=site)


def test_what_readers_see_is_not_put_in_the_trash(
    article: Article, editor: User, now: datetime
) -> None:
    with pytest.raises(RuleBroken, match="Withdraw the article before"):
        actions.trash(article, by=editor, now=now)


def test_a_writer_takes_an_own_draft_out_of_the_trash(
    draft: Article, writer: User, now: datetime
) -> None:
    draft.published_at = now - timedelta(days=1)  # planned, never published
    actions.trash(draft, by=writer, now=now)
    assert draft.state is State.trash
    actions.restore(draft, by=writer, now=now)
    assert draft.state is State.draft
    with pytest.raises(RuleBroken, match="not in the trash"):
        actions.restore(draft, by=writer, now=now)
    db.session.commit()
    assert keys() == set()


def test_a_withdrawn_article_is_withdrawn_again_after_the_trash(
    article: Article, editor: User, site: Site, now: datetime
) -> None:
    actions.withdraw(article, reason="A name.", by=editor, now=now, site=site)
    actions.trash(article, by=editor, now=now)
    db.session.commit()
    assert keys() >= {f"article:{article.id}"}
    actions.restore(article, by=editor, now=now)
    db.session.commit()
    assert article.state is State.withdrawn
    assert keys() == {f"article:{article.id}"}  # its address speaks again


def test_what_readers_have_seen_stays_an_editors_in_the_trash_too(
    draft: Article, writer: User, editor: User, around: dict[str, Any], now: datetime
) -> None:
    actions.publish(draft, by=editor, **around)
    actions.withdraw(draft, reason="A name.", by=editor, now=now, site=around["site"])
    actions.trash(draft, by=editor, now=now)
    with pytest.raises(NotAllowed, match="It has been published"):
        actions.restore(draft, by=writer, now=now)
    actions.restore(draft, by=editor, now=now)


def test_an_address_that_was_left_leads_to_the_new_one(
    article: Article, editor: User, around: dict[str, Any]
) -> None:
    draft = Draft(title="T", body="b", published_at=article.published_at, path="/strike/")
    actions.save(article, draft, version=article.version, by=editor, **around)
    db.session.commit()
    assert article.path == "/strike/"
    assert db.session.scalars(sa.select(Redirect.path_key)).all() == ["/2026/11/night-shift-votes"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "/2027/01/night-shift-votes-2/"),
        ({"path": "/typed/"}, "/typed/"),
        ({"path": "/2026/12/night-shift-votes-2026/"}, "/2026/12/night-shift-votes-2026/"),
        ({"path": "/2026/12/night-shift-votes-1/"}, "/2026/12/night-shift-votes-1/"),
        ({"path": "/2026/12/night-shift-votes-02/"}, "/2026/12/night-shift-votes-02/"),
        (
            {"path": "/2026/12/night-shift-votes-12/"},
            "/2027/01/night-shift-votes-2/",
        ),  # may be ours
    ],
)
def test_the_address_of_what_is_scheduled_follows_its_day_unless_it_was_typed(
    make_article: Make, editor: User, around: dict[str, Any], given: dict[str, Any], path: str
) -> None:
    at, later = (datetime(year, month, 3, tzinfo=UTC) for year, month in ((2026, 12), (2027, 1)))
    make_article(published_at=later)
    make_article(published_at=at)
    article = make_article(published_at=at, **given)
    was = str(article.path)
    draft = Draft(title=article.title, body="Words.", path=was, published_at=at)
    actions.save(article, draft, version=article.version, by=editor, **around)
    assert article.path == was
    actions.save(
        article, replace(draft, published_at=later), version=article.version, by=editor, **around
    )
    assert article.path == path
