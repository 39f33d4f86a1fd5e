"""The half that speaks HTTP: pages, forms, and what stands around every request."""

from flask import Flask

from newsite.config import Settings
from newsite.web import (
    accesslog,
    articles,
    assets,
    bodies,
    cards,
    comments,
    context,
    desk,
    drafts,
    errors,
    feeds,
    guard,
    headers,
    health,
    history,
    media,
    privacy,
    proxies,
    session,
    templating,
    theme,
)
from newsite.web.comments import by_mail, own, reporting
from newsite.web.comments import feeds as thread_feeds
from newsite.web.pagecache import layer

MAX_FORM_BYTES = 256 * 1024  # 5,000 characters, percent-encoded, several times over
BLUEPRINTS = (
    health.bp,
    theme.bp,
    media.bp,
    cards.bp,
    feeds.bp,
    comments.bp,
    own.bp,
    by_mail.bp,
    reporting.bp,
    thread_feeds.bp,
    privacy.bp,
    desk.bp,
    drafts.bp,
    history.bp,
    articles.bp,
)


def init_app(app: Flask, settings: Settings) -> None:
    """Gives the app its pages. The order is that in which a request meets the parts."""
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=500,
    )
    context.init_app(app, settings)
    guard.init_app(app)
    bodies.init_app(app)
    session.init_app(app, settings)
    templating.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.init_app(app)
    headers.init_app(app, settings)
    # Around Flask, from the inside out.
    proxies.init_app(app, settings)
    layer.init_app(app, settings)
    assets.init_app(app, settings)
    app.wsgi_app = guard.HostCheck(app.wsgi_app, settings.hosts)  # type: ignore[method-assign]
    accesslog.init_app(app, settings)
