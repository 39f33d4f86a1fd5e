"""Reading the site's own row."""

import sqlalchemy as sa

from newsite.db import db
from newsite.site.models import Logo, Site


class SiteMissing(Exception):
    """The database holds no site: `newsite upgrade` has not been run on it."""


def the_site() -> Site:
    """The site, with its logo's measures loaded. Raises SiteMissing if there is none."""
    site = find_site()
    if site is None:
        raise SiteMissing("There is no site in the database. Run: newsite upgrade")
    return site


def find_site() -> Site | None:
    """The site, or None before it is founded."""
    return db.session.scalar(sa.select(Site))


def logo(sha256: str) -> Logo | None:
    """The logo whose bytes have this hash."""
    return db.session.scalar(sa.select(Logo).where(Logo.sha256 == sha256))
