"""The settings an operator starts with, where gunicorn is run by itself: `gunicorn wsgi:app`.

They are those of `newsite serve`; newsite/web/server.py has them with their reasons. What is set
below the import takes the place of what was imported: bind = "127.0.0.1:9000", workers = 4.
"""

from newsite.web.server import *  # noqa: F403  # gunicorn takes the names it knows
