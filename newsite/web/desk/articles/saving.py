"""The actions on articles, done by the user who asks, now, on this site."""

from flask import g

from newsite.articles import actions
from newsite.articles.models import Article, Kind
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


def publish(article: Article) -> Article:
    """The article, published or scheduled. Raises as `actions.publish`."""
    return actions.publish(article, by=g.user, now=now(), site=current_site(), reserved=reserved())
