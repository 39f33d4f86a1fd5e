"""The empty form under an article: written once for each language, and filled in with what is an article's own."""

from datetime import datetime

from flask import current_app, render_template

from newsite.articles.printed import Text
from newsite.web.comments import tokens
from newsite.web.comments.form import reply_form
from newsite.web.context import current_site
from newsite.web.templating import own_path

KEY = "newsite.empty_forms"
_ADDRESS, _TOKEN = "\0address\0", "\0token\0"  # no template and no translation writes these


def form_html(article: Text, now: datetime) -> str:
    """The form as a reader meets it. Fields are the same under every article: writing them took a tenth of a page."""
    address = own_path("comments.create", article_id=article.id)
    token = tokens.form_token(article.id, now)
    kept: dict[str, str] = current_app.extensions.setdefault(KEY, {})
    language = current_site().language
    if language not in kept:
        form = reply_form(article, now)
        whole = render_template("comments/_fields.html", article=article, form=form)
        kept[language] = whole.replace(address, _ADDRESS).replace(token, _TOKEN)
    return kept[language].replace(_ADDRESS, address).replace(_TOKEN, token)
