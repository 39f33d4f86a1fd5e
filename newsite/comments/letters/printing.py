"""What letters say of replies and articles: their words as plain text, and the addresses that lead to them."""

from newsite import mail
from newsite.articles import paths
from newsite.articles.models import Article
from newsite.comments.models import Comment
from newsite.printing import printed
from newsite.text import ELLIPSIS, plain

__all__ = ["address_of", "address_of_reply", "printed", "words_of"]

MOST_LINES = 30  # of one reply: the rest is where the link leads


def words_of(comment: Comment, most: int) -> str:
    """What a reply says, as plain text of at most about `most` characters, cut between words."""
    lines = plain(comment.body_html).split("\n")
    text = "\n".join(lines[:MOST_LINES])
    if len(text) > most:
        text = text[:most].rpartition(" ")[0] or text[:most]
    is_whole = len(lines) <= MOST_LINES and len("\n".join(lines)) <= most
    return text if is_whole else text.rstrip() + ELLIPSIS


def address_of(article: Article) -> str:
    """The whole address of an article."""
    assert article.path is not None  # it is public
    return mail.absolute(paths.encoded(article.path))


def address_of_reply(comment: Comment) -> str:
    """The whole address that leads to a reply in its place."""
    return mail.absolute(f"/articles/{comment.article_id}/replies/{comment.id}")
