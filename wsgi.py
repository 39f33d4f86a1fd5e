"""gunicorn's door: `gunicorn wsgi:app`."""

import sys

from newsite import create_app
from newsite.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(str(error))  # the sentences, without a traceback
