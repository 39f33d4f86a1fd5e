"""A news site that an organisation owns: articles, readers' replies, and nothing given away about anybody."""

import os

from flask import Flask

from newsite import config, db, limits, mail, tokens, web
from newsite.config import Settings
from newsite.media import storage

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """The site as a WSGI application; `settings` come from the environment unless given.

    Raises SettingsError if they cannot be used.
    """
    settings = settings or config.from_environment(os.environ)
    app = Flask("newsite", template_folder=str(config.folder("templates")), static_folder=None)
    db.init_app(app, settings)
    limits.init_app(app, settings)
    tokens.init_app(app, settings)
    mail.init_app(app, settings)
    storage.init_app(app, settings)
    web.init_app(app, settings)
    return app
