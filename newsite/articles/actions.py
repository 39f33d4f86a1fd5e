"""What is done with articles: written, saved, published, withdrawn. The caller commits."""

from datetime import datetime, timedelta
from functools import partial

from newsite import changes, text
from newsite.accounts.models import User
from newsite.articles import addresses, keeping, keys, listing, pictured, render, taxonomy
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, Kind, Revision, RevisionKind, State
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.errors import Conflict, NotAllowed, RuleBroken
from newsite.site.models import Site

MAX_TITLE_CHARS = 300
MAX_TAGS = 30  # more is a keyword list, not an order


class VersionConflict(Conflict):
    """Somebody else saved the article in the meantime: nothing was stored."""


def create(
    draft: Draft,
    *,
    kind: Kind = Kind.article,
    by: User | None,
    now: datetime,
    site: Site,
    reserved: Reserved,
) -> Article:
    """A new draft and its first revision. Raises RuleBroken naming the field that has to change."""
    article = Article(
        kind=kind, created_by=by, created_at=now, saved_at=now, version=1, title=draft.title
    )
    db.session.add(article)
    _fill(article, draft, site=site, reserved=reserved, now=now)
    _keep_revision(article, RevisionKind.draft, "", by=by, now=now)
    return article


def save(
    article: Article,
    draft: Draft,
    *,
    version: int,
    kind: RevisionKind = RevisionKind.update,
    note: str = "",
    by: User,
    now: datetime,
    site: Site,
    reserved: Reserved,
) -> Article:
    """The article with the draft's text, one version further.

    `version` is the one that the writer began from. `kind` and `note` say what the change is for
    readers of a published article; before publication they are not asked for. Where what they read
    stays as it was, nothing is said to them and no revision is kept, but for a correction's note.
    Raises VersionConflict, NotAllowed, or RuleBroken naming the field that has to change.
    """
    require_may_edit(article, by)
    if article.version != version:
        raise VersionConflict("Somebody saved this article while you were writing.")
    was_public = article.is_public(now)
    if was_public and kind is RevisionKind.correction and not note.strip():
        raise RuleBroken("Say in the note what was wrong and what is right.", field="note")
    is_silent = was_public and kind is not RevisionKind.correction and _is_same(article, draft)
    touch_lists(article, site=site)
    _fill(article, draft, site=site, reserved=reserved, now=now)
    article.version += 1
    if not is_silent:
        if was_public and kind in (RevisionKind.update, RevisionKind.correction):
            article.updated_at = now
        _keep_revision(article, kind if was_public else RevisionKind.draft, note, by=by, now=now)
    touch_lists(article, site=site)
    return article


def publish(
    article: Article, *, by: User | None, now: datetime, site: Site, reserved: Reserved
) -> Article:
    """The article, in the lists from its `published_at` on: now, if none was given.

    Raises NotAllowed unless `by` is an editor (None: the command line), RuleBroken if it has no text
    or is in the trash.
    """
    if by is not None and not by.is_editor:
        raise NotAllowed("Only an editor may publish. Save the draft, and ask one to read it.")
    if article.state is State.trash:
        raise RuleBroken("Take the article out of the trash before you publish it.")
    if not article.body.strip():
        raise RuleBroken("Write the text before you publish.", field="body")
    article.published_at = article.published_at or now
    article.state = State.published
    article.withdrawn_reason = ""
    article.version += 1
    article.saved_at = now
    addresses.give(article, "", site=site, reserved=reserved, now=now)
    _set_old_work(article, site)
    listing.keep(article, site=site)
    touch_lists(article, site=site)
    return article


def withdraw(article: Article, *, reason: str, by: User, now: datetime, site: Site) -> Article:
    """The article, gone from the lists; its address says so, with the reason, which readers are owed.

    A scheduled one, which nobody sees, is a draft again and needs no reason.
    Raises NotAllowed, or RuleBroken, on the field `reason` where that is missing.
    """
    if not by.is_editor:
        raise NotAllowed("Only an editor may withdraw an article.")
    if article.state is not State.published:
        raise RuleBroken("Only a published article can be withdrawn.")
    if article.is_public(now) and not reason.strip():
        raise RuleBroken("Say why: readers who ask for the article see it.", field="reason")
    touch_lists(article, site=site)
    if article.is_public(now):
        article.state, article.withdrawn_reason = State.withdrawn, reason.strip()
    else:
        addresses.take_back(article, site=site, now=now)
        article.state, article.published_at = State.draft, None
    article.version += 1
    article.saved_at = now
    listing.keep(article, site=site)
    return article


def trash(article: Article, *, by: User, now: datetime) -> Article:
    """The article in the trash. Raises NotAllowed, or RuleBroken while readers can see it."""
    require_may_edit(article, by)
    if article.state is State.published:
        raise RuleBroken("Withdraw the article before you put it in the trash.")
    _touch_if_withdrawn(article)
    article.state, article.trashed_at = State.trash, now
    article.version += 1
    article.saved_at = now
    return article


def restore(article: Article, *, by: User, now: datetime) -> Article:
    """The article out of the trash: withdrawn if readers had seen it, else a draft. Raises NotAllowed."""
    require_may_edit(article, by)
    if article.state is not State.trash:
        raise RuleBroken("The article is not in the trash.")
    # Its dates do not tell: a draft may have one in the past. A withdrawal always has its reason.
    article.state = State.withdrawn if article.withdrawn_reason else State.draft
    article.trashed_at = None
    _touch_if_withdrawn(article)
    article.version += 1
    article.saved_at = now
    return article


def require_may_edit(article: Article, user: User) -> None:
    """Raises NotAllowed unless it is theirs to change: an editor's always, a writer's what is not published."""
    require_may_see(article, user)
    if user.is_editor:
        return
    if article.state is State.review:
        raise NotAllowed("An editor is asked to read it. Take it back before you change it.")
    was_public = article.withdrawn_reason != ""  # and may be again, as an editor left it
    if was_public or article.state not in (State.draft, State.trash):
        raise NotAllowed("It has been published: ask an editor to change it.")


def require_may_see(article: Article, user: User) -> None:
    """Raises NotAllowed unless it is theirs to look behind: an editor's always, a writer's own articles."""
    if user.is_editor:
        return
    if article.kind is Kind.page or article.created_by_id != user.id:
        raise NotAllowed("This is not yours to change. Ask its writer or an editor.")


def touch_lists(article: Article, *, site: Site) -> None:
    """Notes all that shows this article: its page, its lists, its neighbours. A draft shows nowhere.

    A scheduled one counts: it moves the moment at which kept lists end.
    """
    if article.state is not State.published or article.published_at is None:
        return
    touched = {keys.article(article.id), keys.text(article.id), keys.map_part(article.id), keys.MAP}
    touched.add(changes.CORRECTIONS)  # it may be moved to a time at which they are to be seen
    if article.kind is Kind.article:
        touched |= {changes.FRONT, keys.month(article.published_at, site.zone)}
        touched |= {keys.tag(tag.id) for tag in article.tags}
        touched |= {keys.by(credit.contributor_id) for credit in article.credits}
        touched |= {keys.beside(article.id)}
        if article.section_id is not None:
            touched.add(keys.section(article.section_id))
        place = (article.published_at, article.id)
        changes.touch_last(place, partial(_beside, *place))
    changes.touch(*touched)


def touch_replies(article: Article) -> None:
    """Notes what shows this article's replies, or how many there are."""
    if article.state is State.published:
        changes.touch(keys.article(article.id))


def _beside(at: datetime, article_id: int) -> set[str]:
    """The keys of the articles on both sides of a place: it became another's neighbour, or is none any more."""
    return {keys.beside(near) for near in keeping.beside(at, article_id)}


def _touch_if_withdrawn(article: Article) -> None:
    """The address of a withdrawn article says so; in the trash it says nothing."""
    if article.state is State.withdrawn:
        changes.touch(keys.article(article.id))


def _fill(article: Article, draft: Draft, *, site: Site, reserved: Reserved, now: datetime) -> None:
    _check(article, draft, now)
    with db.session.no_autoflush:
        is_moved = article.is_scheduled(now) and draft.published_at != article.published_at
        # Its day is in its address, unless somebody typed that.
        is_anew = is_moved and addresses.is_by_pattern(article, site, now)
        draft.copied_to(article)
        article.section = taxonomy.section(draft.section)
        article.tags = taxonomy.tags(draft.tags)
        taxonomy.credit(article, draft.contributors)
        pictured.lead(article, draft.lead_picture_id)
        render.store(article)
        article.saved_at = now
        if draft.path and not (is_anew and draft.path == article.path):
            addresses.give(article, draft.path, site=site, reserved=reserved, now=now)
        else:
            addresses.renew(article, site=site, reserved=reserved, now=now)
        _set_old_work(article, site)
    listing.keep(article, site=site)


def _check(article: Article, draft: Draft, now: datetime) -> None:
    if not draft.title.strip():
        raise RuleBroken("Write a title.", field="title")
    if len(draft.title) > MAX_TITLE_CHARS:
        raise RuleBroken(
            f"Make the title shorter: {MAX_TITLE_CHARS} characters or fewer.", field="title"
        )
    if len(draft.tags) > MAX_TAGS:
        raise RuleBroken(f"Keep the best {MAX_TAGS} tags or fewer.", field="tags")
    if draft.first_published and draft.first_published > now.date() + timedelta(days=1):
        raise RuleBroken("That day has not come yet.", field="first_published")
    if draft.source_is_original and not draft.source_url:
        raise RuleBroken("Give the address of the original.", field="source_url")
    if article.state is State.published and draft.published_at is None:
        raise RuleBroken("A published article needs its date.", field="published_at")
    if article.is_public(now) and not draft.body.strip():
        raise RuleBroken("A published article needs its text. Withdraw it instead.", field="body")


def _set_old_work(article: Article, site: Site) -> None:
    here, first = article.published_at, article.first_published
    article.is_old_work = bool(here and first and first.year < here.astimezone(site.zone).year)


def _is_same(article: Article, draft: Draft) -> bool:
    """Whether the draft has, in all that a revision keeps, what the article has: that of the last one.

    Line ends come back from a browser as it writes them, and it drops an empty first line: no change.
    """
    stored, given = (
        (one.title, one.standfirst, one.byline, one.body, one.body_format)
        for one in (article, draft)
    )
    older, newer = (
        [text.tidy_characters(part).strip("\n") for part in parts] for parts in (stored, given)
    )
    return older == newer


def _keep_revision(
    article: Article, kind: RevisionKind, note: str, *, by: User | None, now: datetime
) -> None:
    article.revisions.append(
        Revision(
            version=article.version,
            kind=kind,
            note=note.strip(),
            title=article.title,
            standfirst=article.standfirst,
            body=article.body,
            body_format=article.body_format,
            byline=article.byline,
            by=by,
            at=now,
        )
    )
