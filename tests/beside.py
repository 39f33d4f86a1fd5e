"""The program, in this process, over the folder of a site that another process serves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from flask import Flask
from served import Served, environment

from newsite import config, create_app
from newsite.articles import actions
from newsite.articles.drafts import Draft
from newsite.articles.models import Article
from newsite.db import db, expect
from newsite.site import queries as sites
from newsite.web.context import reserved


@contextmanager
def beside(site: Served) -> Iterator[Flask]:
    """The app in its context; what is written must be committed."""
    app = create_app(config.from_environment(environment(site.data, site.url)))
    with app.app_context():
        expect(only_reads=False)  # whatever was asked for in this process before
        yield app
        db.session.remove()
        db.engine.dispose()


def publish(app: Flask, title: str) -> Article:
    """A published article that takes replies."""
    now = datetime.now(UTC)
    with app.test_request_context():
        around = {"site": sites.the_site(), "reserved": reserved(), "now": now}
        draft = Draft(title=title, body="Words.", published_at=now - timedelta(hours=1))
        article = actions.create(draft, by=None, **around)
        actions.publish(article, by=None, **around)
    db.session.commit()
    return article
