"""The actions on articles, done by the user who asks, now, on this site."""

from flask import g

from newsite.articles import actions, checking
from newsite.articles import links as noted
from newsite.articles.checking import Finding
from newsite.articles.models import Article, Kind
from newsite.web import links
from newsite.web.context import current_site, now, reserved
from newsite.web.desk.articles.forms import PageForm


def create(form: PageForm, kind: Kind) -> Article:
    """A new draft with what is in the form. Raises RuleBroken naming the field."""
    return actions.create(
        form.draft(None),
        kind=kind,
        by=g.user,
        now=now(),
        site=current_site(),
        reserved=reserved(),
    )


def save(article: Article, form: PageForm, *, version: int) -> Article:
    """The article with what is in the form, which began from `version`. Raises as `actions.save`."""
    return actions.save(
        article,
        form.draft(article),
        version=version,
        kind=form.wanted_change(),
        note=form.note.data or "",
        by=g.user,
        now=now(),
        site=current_site(),
        reserved=reserved(),
    )


def noted_findings(article: Article) -> list[Finding]:
    """What may be wanting of the article as it is; its broken links are noted. The caller commits."""
    dead = links.dead(article, now())
    noted.keep(article, dead, now=now())
    return checking.findings(article, dead)


def findings(article: Article) -> list[Finding]:
    """What may be wanting of the article as it is."""
    return checking.findings(article, links.dead(article, now()))


def publish(article: Article) -> Article:
    """The article, published or scheduled. Raises as `actions.publish`."""
    return actions.publish(article, by=g.user, now=now(), site=current_site(), reserved=reserved())
