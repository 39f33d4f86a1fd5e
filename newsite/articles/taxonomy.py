"""Sections, tags and contributors: made, changed, put in order, and tied to articles. The caller commits."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from newsite import changes
from newsite.articles import keys, renaming
from newsite.articles.models import Article, Contributor, ContributorKind, Credit, Section, Tag
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.text import slugify, tidy_line

MAX_NAME_CHARS = 100
Named = TypeVar("Named", Section, Tag, Contributor)


def section(section_id: int | None) -> Section | None:
    """The section with this id, or None. Raises RuleBroken if it is gone."""
    if section_id is None:
        return None
    found = db.session.get(Section, section_id)
    if found is None:
        raise RuleBroken("That section is gone. Choose another.", field="section")
    return found


def tags(names: Iterable[str]) -> list[Tag]:
    """The tags with these names, each once, made where there is none yet."""
    wanted: dict[str, str] = {}
    for name in names:
        tidied = tidy_line(name)[:MAX_NAME_CHARS]
        if tidied:
            wanted.setdefault(slugify(tidied, tidied.casefold().encode().hex()[:40]), tidied)
    known = {
        tag.slug: tag for tag in db.session.scalars(sa.select(Tag).where(Tag.slug.in_(wanted)))
    }
    found = [known.get(slug) or Tag(slug=slug, name=name) for slug, name in wanted.items()]
    made = [tag for tag in found if tag.slug not in known]
    if made:
        renaming.clear(*(renaming.place(tag).address for tag in made))
    db.session.add_all(made)
    return found


def contributors_named(names: Sequence[str]) -> tuple[int, ...]:
    """The ids of the contributors with these names or slugs, in this order.

    Raises RuleBroken (field `contributors`) for a name that nobody has, or that several have.
    """
    if not names:
        return ()
    rows = db.session.execute(sa.select(Contributor.id, Contributor.name, Contributor.slug)).all()
    by_slug = {row.slug: row.id for row in rows}
    by_name: dict[str, list[int]] = {}
    for row in rows:
        by_name.setdefault(row.name.casefold(), []).append(row.id)
    return tuple(
        by_slug.get(name) or _the_only(name, by_name, [row.name for row in rows]) for name in names
    )


def typed(people: Sequence[Contributor]) -> list[str]:
    """What `contributors_named` finds these by: the name, or the slug where the name does not do."""
    lowered = sa.func.lower(Contributor.name)
    query = sa.select(lowered).where(lowered.in_(one.name.lower() for one in people))
    shared = set(db.session.scalars(query.group_by(lowered).having(sa.func.count() > 1)))
    return [
        one.slug if "," in one.name or one.name.lower() in shared else one.name for one in people
    ]


def credit(article: Article, contributor_ids: Sequence[int]) -> None:
    """Sets whose names stand over the article, in this order. Raises RuleBroken if one is gone."""
    wanted = list(dict.fromkeys(contributor_ids))
    query = sa.select(Contributor).where(Contributor.id.in_(wanted))
    people = {person.id: person for person in db.session.scalars(query)}
    if len(people) < len(wanted):
        raise RuleBroken("One of the contributors is gone. Choose again.", field="contributors")
    standing = {line.contributor_id: line for line in article.credits}
    lines = [standing.get(one) or Credit(contributor=people[one]) for one in wanted]
    for position, line in enumerate(lines):
        line.position = position
    article.credits = lines


def save_section(found: Section | None, *, name: str, slug: str, description: str) -> Section:
    """A new section, or the changed one. Raises RuleBroken naming the field."""
    one = found or Section(position=_next_position())
    _name(one, Section, name=name, slug=slug)
    one.description = description.strip()
    return _stored(one, keys.section, changes.SITE, changes.FRONT)


def save_tag(found: Tag | None, *, name: str, slug: str) -> Tag:
    """A new tag, or the changed one. Raises RuleBroken naming the field."""
    one = found or Tag()
    named = sa.func.lower(Tag.name) == tidy_line(name).lower()
    with db.session.no_autoflush:
        others = [tag for tag in db.session.scalars(sa.select(Tag).where(named)) if tag is not one]
    if others:  # readers would see one word twice, with other articles behind each
        raise RuleBroken(f"There is a tag of this name already: {others[0].name}.", field="name")
    _name(one, Tag, name=name, slug=slug)
    return _stored(one, keys.tag)


def save_contributor(
    found: Contributor | None, *, name: str, slug: str, kind: ContributorKind, about: str
) -> Contributor:
    """A new contributor, or the changed one. Raises RuleBroken naming the field."""
    one = found or Contributor()
    _name(one, Contributor, name=name, slug=slug)
    one.kind = kind
    one.about = about.strip()
    _stored(one, keys.by, changes.FRONT)
    changes.touch(keys.contributor(one.id))
    return one


def move_section(one: Section, places: int) -> None:
    """Moves a section up (negative) or down among the others."""
    everyone = list(db.session.scalars(sa.select(Section).order_by(Section.position, Section.name)))
    here = everyone.index(one)
    everyone.insert(max(0, min(len(everyone) - 1, here + places)), everyone.pop(here))
    for position, each in enumerate(everyone):
        each.position = position
    changes.touch(changes.SITE, changes.FRONT)


def delete(one: Section | Tag | Contributor) -> None:
    """Takes a section, tag or contributor away; its articles stay. Kept pages of them all end."""
    key = {Section: keys.section, Tag: keys.tag, Contributor: keys.by}[type(one)]
    changes.touch(key(one.id), changes.SITE, changes.FRONT)
    renaming.forget(one)
    if isinstance(one, Section):
        db.session.execute(
            sa.update(Article).where(Article.section_id == one.id).values(section_id=None)
        )
    db.session.delete(one)


def _the_only(name: str, by_name: dict[str, list[int]], names: list[str]) -> int:
    found = by_name.get(name.casefold(), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise RuleBroken(
            f"Several contributors are called “{name}”. Write the end of one’s address instead.",
            field="contributors",
        )
    near = difflib.get_close_matches(name[:MAX_NAME_CHARS], names, n=1)
    mend = f" Did you mean “{near[0]}”?" if near else " Add them under Contributors first."
    raise RuleBroken(
        f"There is no contributor called “{name[:MAX_NAME_CHARS]}”.{mend}", field="contributors"
    )


def _next_position() -> int:
    return (db.session.scalar(sa.select(sa.func.max(Section.position))) or 0) + 1


def _name(one: Named, model: type[Named], *, name: str, slug: str) -> None:
    tidied = tidy_line(name)
    if not tidied:
        raise RuleBroken("Write a name.", field="name")
    if len(tidied) > MAX_NAME_CHARS:
        raise RuleBroken(
            f"Make the name shorter: {MAX_NAME_CHARS} characters or fewer.", field="name"
        )
    made = slugify(slug or tidied, "")
    if not made:
        raise RuleBroken("Write an address for it with letters or digits.", field="slug")
    with db.session.no_autoflush:
        holder = db.session.scalar(sa.select(model).where(model.slug == made))
    if holder is not None and holder is not one:
        raise RuleBroken(f"“{holder.name}” has this address. Choose another.", field="slug")
    one.name, one.slug = tidied, made
    renaming.clear(renaming.place(one).address)


def _stored(one: Named, key: Callable[[int], str], *others: str) -> Named:
    db.session.add(one)
    db.session.flush()  # a new one's key carries its id
    changes.touch(key(one.id), *others)
    return one
