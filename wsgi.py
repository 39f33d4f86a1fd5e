"""gunicorn's door: `gunicorn wsgi:app`."""

from newsite import create_app

app = create_app()
