"""Turns a body as it was written into the HTML that may be printed."""

from newsite import sanitize, text
from newsite.articles.models import Article, Format


def body_html(body: str, body_format: Format) -> str:
    """The cleaned HTML of `body`. Raises BadText if it is beyond what is cleaned in one piece."""
    if body_format is Format.markdown:
        return sanitize.markdown_html(body)
    return sanitize.article_html(body)


def store(article: Article) -> None:
    """Makes the article's HTML anew from its body; the caller commits. Raises BadText as `body_html` does."""
    article.body_html = body_html(article.body, article.body_format)
    article.body_policy = sanitize.POLICY
    article.words = text.word_count(article.body_html)
