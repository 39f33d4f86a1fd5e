"""Signed values: in the reply form, against forms made elsewhere, and in the address of one's own reply.

The form stands on pages of which anybody may keep a copy, so its token knows no session: it is
bound to the article, and its time is rounded, so that every worker makes the same bytes.
"""

import enum
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from itsdangerous import BadSignature, SignatureExpired
from itsdangerous.url_safe import URLSafeSerializer, URLSafeTimedSerializer
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import ValidationError

from newsite.comments import links
from newsite.comments.links import Opened, Right
from newsite.tokens import FixedSigner
from newsite.web import pagecache
from newsite.web.context import settings

OLD_SALT = "newsite.reply-status"  # of the first addresses: they carry no time
DAY = 24 * 60 * 60  # seconds
VALID = 8 * DAY  # from the rounded time: a page that was kept for a week still takes replies
SKEW = 5 * 60  # seconds by which the clocks of two hosts may differ


class Purpose(enum.Enum):
    """The salt of a form's token, so that none is taken for the token of another form."""

    reply = "newsite.reply-form"
    report = "newsite.report-form"
    privacy = "newsite.privacy-form"


class FormToken(CSRF):
    """WTForms' own way in for a token of another kind; `csrf_context` is (purpose, article's id, now)."""

    def setup_form(self, form: Any) -> Any:
        """Reads what the token is bound to."""
        self.purpose, self.article_id, self.now = form.meta.csrf_context
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The token of today for this article."""
        return form_token(self.article_id, self.now, self.purpose)

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        """Raises ValidationError with a sentence for the reader."""
        try:
            at, secret = _seconds(self.now) + SKEW, settings().secret_key
            reading = _form_serializer(at, secret, self.purpose)
            signed = reading.loads(field.data or "", max_age=VALID + SKEW)
        except SignatureExpired:
            raise ValidationError(
                gettext("This page had been open for over a week. Send it again, and it is taken.")
            ) from None
        except BadSignature:
            signed = None
        if signed != self.article_id:
            raise ValidationError(
                gettext("This form was not made by this page. Post your reply again.")
                if self.purpose is Purpose.reply
                else gettext("This form was not made by this page. Send it again.")
            )


def form_token(article_id: int, now: datetime, purpose: Purpose = Purpose.reply) -> str:
    """The token of a form about an article: another one every 24 hours, at a time of the article's own.

    Were it midnight for all, every kept page would end at once.
    """
    seconds = _seconds(now)
    offset = article_id * 7919 % DAY  # any large prime spreads neighbours over the day
    begun = seconds - (seconds - offset) % DAY
    pagecache.until(datetime.fromtimestamp(begun + DAY, UTC))
    return _signed_once(settings().secret_key, begun, article_id, purpose)


@lru_cache(
    maxsize=1024
)  # of some 100 bytes; it is the same all day, and signing it is 4 % of a page
def _signed_once(secret: str, begun: int, article_id: int, purpose: Purpose) -> str:
    return _text(_form_serializer(begun, secret, purpose).dumps(article_id))


def read_status_token(token: str, now: datetime) -> Opened | None:
    """What the address of a reply's own page opens, be it one from before `links`; None if it is not ours."""
    opened = links.opened(token, now=now)
    if opened is not None:
        return opened
    try:
        comment_id, right = URLSafeSerializer(settings().secret_key, salt=OLD_SALT).loads(token)
    except BadSignature:
        return None
    return Opened(comment_id, Right.OWN if right == "own" else Right.VIEW, now)


def _form_serializer(at: int, secret: str, purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret, salt=purpose.value, signer=FixedSigner, signer_kwargs={"at": at}
    )


def _seconds(now: datetime) -> int:
    return int(now.timestamp())


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode("ascii")
