"""The keys under which what articles show stands in the change log: named here for those who write and who read.

An article has three, so that a change drops the pages that show it and no others: `article:12` changes with
all that its own page shows, replies and their number too; `text:12` with its words, dates and address only,
for pages that show no more of it; `beside:12` with the articles before and after it.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

MAP = "map"  # which articles and pages readers may see: the index of the site map
MAP_PART_SIZE = 1_000  # ids that one part of the site map covers


def article(article_id: int) -> str:
    """The key of an article with its replies."""
    return f"article:{article_id}"


def text(article_id: int) -> str:
    """The key of an article without its replies."""
    return f"text:{article_id}"


def beside(article_id: int) -> str:
    """The key of which articles come before and after this one."""
    return f"beside:{article_id}"


def section(section_id: int) -> str:
    """The key of which articles a section has."""
    return f"section:{section_id}"


def tag(tag_id: int) -> str:
    """The key of a tag: its name, and which articles have it."""
    return f"tag:{tag_id}"


def by(contributor_id: int) -> str:
    """The key of which articles a contributor's name stands over."""
    return f"by:{contributor_id}"


def contributor(contributor_id: int) -> str:
    """The key of a contributor's name, address, kind and description."""
    return f"contributor:{contributor_id}"


def month(at: datetime, zone: ZoneInfo) -> str:
    """The key of which articles the month of this instant has."""
    return f"month:{at.astimezone(zone):%Y-%m}"


def map_part(article_id: int) -> str:
    """The key of the part of the site map that this id is in."""
    return f"{MAP}:{(article_id - 1) // MAP_PART_SIZE + 1}"
