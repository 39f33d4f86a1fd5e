"""The only maker of HTML from people's text: what may come from a reply, and what from the desk.

Everything here cleans and links in one pass; nothing may be added to the result afterwards but what
our own templates put in place of a `data-picture`. Whoever stores a result stores `POLICY` with it,
and beside it the text as it was written, so that all of it can be cleaned again.

Bleach has had its last release. It is imported in this package and nowhere else, so that whatever
replaces it replaces this package.
"""

from newsite.sanitize.addresses import is_web_address
from newsite.sanitize.desk import MAX_ARTICLE_CHARS, article_html, markdown_html
from newsite.sanitize.links import link_count
from newsite.sanitize.replies import MAX_REPLY_CHARS, reply_html

POLICY: int = 2  # number of the cleaning policy; raise it whenever the same text may come out else

__all__ = [
    "MAX_ARTICLE_CHARS",
    "MAX_REPLY_CHARS",
    "POLICY",
    "article_html",
    "is_web_address",
    "link_count",
    "markdown_html",
    "reply_html",
]
