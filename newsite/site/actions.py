"""What is done with the site's own row. The caller commits."""

from datetime import datetime

from newsite import changes
from newsite.db import db
from newsite.errors import Conflict, RuleBroken
from newsite.site import queries
from newsite.site.models import Site
from newsite.text import tidy_line


def found(name: str, *, now: datetime) -> Site:
    """The site, brought into being. Raises Conflict if there is one, RuleBroken (field `name`) without a name."""
    if queries.find_site() is not None:
        raise Conflict("The site is founded already.")
    tidied = tidy_line(name)
    if not tidied:
        raise RuleBroken("Enter a name for the site.", field="name")
    site = Site(id=1, name=tidied, founded_at=now)
    db.session.add(site)
    db.session.flush()  # articles that follow ask the database for it
    changes.touch(changes.SITE, changes.FRONT)
    return site


def require_second_factor(site: Site, is_required: bool) -> Site:
    """The site, which asks everybody at the desk for a second factor, or leaves it to them."""
    site.requires_second_factor = is_required
    return site
