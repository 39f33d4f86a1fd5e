from collections.abc import Callable

import pytest
import sqlalchemy as sa

from newsite import changes
from newsite.articles import taxonomy
from newsite.articles.models import Article, Contributor, ContributorKind, Section, Tag
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site.models import Site

Make = Callable[..., Article]


def a_section(name: str, slug: str = "") -> Section:
    return taxonomy.save_section(None, name=name, slug=slug, description=" What it is. ")


def somebody(name: str, slug: str = "") -> Contributor:
    return taxonomy.save_contributor(
        None, name=name, slug=slug, kind=ContributorKind.person, about=" A driver. "
    )


def last_keys() -> set[str]:
    return changes.since(changes.latest()[1] - 1)


def in_order() -> list[str]:
    return list(db.session.scalars(sa.select(Section.name).order_by(Section.position)))


def test_tags_are_made_once_however_they_are_written(site: Site) -> None:
    first = taxonomy.tags([" Strikes ", "STRIKES", "", "\u202e", "罢工", "🔥"])
    db.session.commit()
    assert [(tag.name, tag.slug) for tag in first] == [
        ("Strikes", "strikes"),
        ("罢工", "ba-gong"),
        ("🔥", "f09f94a5"),
    ]
    assert taxonomy.tags(["strikes", "🔥"]) == [first[0], first[2]]


def test_a_long_tag_is_cut(site: Site) -> None:
    (tag,) = taxonomy.tags(["t" * 100_000])
    assert len(tag.name) == 100


def test_contributors_stand_in_the_order_of_the_byline(make_article: Make) -> None:
    rosa, ann = somebody("Rosa"), somebody("Ann")
    article = make_article(contributors=(rosa.id, ann.id, rosa.id))
    assert [one.name for one in article.contributors] == ["Rosa", "Ann"]
    taxonomy.credit(article, [ann.id, rosa.id])
    db.session.commit()
    db.session.refresh(article)
    assert [one.name for one in article.contributors] == ["Ann", "Rosa"]
    taxonomy.credit(article, [])
    assert list(article.contributors) == []


def test_contributors_are_found_by_name_or_address(site: Site) -> None:
    rosa, group = somebody("Rosa Achebe"), somebody("Unite, Branch 12")
    assert taxonomy.contributors_named(["unite-branch-12", "rosa ACHEBE"]) == (group.id, rosa.id)
    assert taxonomy.contributors_named([]) == ()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Rosa Achebee", "Did you mean “Rosa Achebe”?"),
        ("Quentin Zydeco", "Add them under Contributors first."),
        ("Ann", "Several contributors are called “Ann”."),
    ],
)
def test_a_name_that_nobody_has_is_refused_with_the_nearest(
    typed: str, sentence: str, site: Site
) -> None:
    somebody("Rosa Achebe")
    somebody("Ann", "ann")
    somebody("Ann", "ann-2")
    with pytest.raises(RuleBroken) as refusal:
        taxonomy.contributors_named([typed])
    assert refusal.value.field == "contributors"
    assert sentence in refusal.value.message


def test_whoever_shares_a_name_or_has_a_comma_in_it_is_typed_by_address(site: Site) -> None:
    people = [
        somebody("Rosa"),
        somebody("Ann", "ann"),
        somebody("ann", "ann-2"),
        somebody("A, B", "a-b"),
    ]
    typed = taxonomy.typed(people)
    assert typed == ["Rosa", "ann", "ann-2", "a-b"]
    assert taxonomy.contributors_named(typed) == tuple(one.id for one in people)


def test_a_section_is_added_at_the_end_and_named_in_its_keys(site: Site) -> None:
    news, pay = a_section(" News\n"), a_section("Pay", "Löhne!")
    db.session.commit()
    assert [(one.name, one.slug, one.description) for one in (news, pay)] == [
        ("News", "news", "What it is."),
        ("Pay", "lohne", "What it is."),
    ]
    assert news.position < pay.position
    assert last_keys() == {f"section:{news.id}", f"section:{pay.id}", "site", "front"}


def test_a_renamed_section_may_keep_its_address(site: Site) -> None:
    news = a_section("News")
    taxonomy.save_section(news, name="Latest", slug="news", description="")
    assert (news.name, news.slug) == ("Latest", "news")


@pytest.mark.parametrize(
    ("name", "slug", "field"),
    [
        ("", "", "name"),
        ("\u200b", "", "name"),
        ("n" * 101, "", "name"),
        ("🔥", "", "slug"),
        ("Other", "news", "slug"),
        ("NEWS", "", "slug"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(
    name: str, slug: str, field: str, site: Site
) -> None:
    a_section("News")
    with pytest.raises(RuleBroken) as refusal:
        a_section(name, slug)
    assert refusal.value.field == field


def test_sections_move_among_one_another(site: Site) -> None:
    first, _, third = (a_section(name) for name in ("A", "B", "C"))
    taxonomy.move_section(third, -1)
    assert in_order() == ["A", "C", "B"]
    taxonomy.move_section(first, -1)  # it is there already
    taxonomy.move_section(first, 5)
    db.session.commit()
    assert in_order() == ["C", "B", "A"]
    assert last_keys() >= {"site", "front"}


def test_a_tag_and_a_contributor_are_renamed(site: Site) -> None:
    (tag,) = taxonomy.tags(["Rota"])
    rosa = somebody("Rosa")
    db.session.commit()
    taxonomy.save_tag(tag, name="Rotas", slug="")
    taxonomy.save_contributor(
        rosa, name="Rosa A.", slug="rosa", kind=ContributorKind.organisation, about=""
    )
    db.session.commit()
    assert (tag.name, tag.slug) == ("Rotas", "rotas")
    assert (rosa.name, rosa.slug, rosa.kind) == ("Rosa A.", "rosa", ContributorKind.organisation)
    assert last_keys() >= {f"tag:{tag.id}", f"by:{rosa.id}"}
    assert taxonomy.save_tag(None, name="New", slug="").id
    with pytest.raises(RuleBroken, match="already: Rotas"):
        taxonomy.save_tag(None, name="ROTAS", slug="other")


def test_what_is_deleted_leaves_its_articles(make_article: Make) -> None:
    section, rosa = a_section("News"), somebody("Rosa")
    db.session.commit()
    article = make_article(section=section.id, tags=("rota",), contributors=(rosa.id,))
    tag = article.tags[0]
    for thing, key in (
        (section, f"section:{section.id}"),
        (tag, f"tag:{tag.id}"),
        (rosa, f"by:{rosa.id}"),
    ):
        taxonomy.delete(thing)
        db.session.commit()
        assert last_keys() == {key, "site", "front"}
    db.session.refresh(article)
    assert (article.section, article.tags, list(article.contributors)) == (None, [], [])
    assert db.session.scalars(sa.select(Tag)).all() == []


def test_a_section_that_is_gone_is_refused(site: Site) -> None:
    assert taxonomy.section(None) is None
    with pytest.raises(RuleBroken, match="gone"):
        taxonomy.section(99)
