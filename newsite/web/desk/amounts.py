"""How much may be sent to the desk at once, and what is said to whoever sent more."""

from flask import jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from newsite.media.reading import MAX_BYTES as MAX_PICTURE_BYTES
from newsite.site.logo import MAX_BYTES as MAX_LOGO_BYTES
from newsite.web import errors
from newsite.web.session import TOKEN

MAX_BYTES = 4 * 1024 * 1024  # 200,000 characters, percent-encoded, whatever they are written in
MAX_UPLOAD_BYTES = 101 * 1024 * 1024  # four pictures of the largest kind, or twenty of the usual
ROOMY = {"desk.pictures.upload", "desk.pictures.replace", "desk.pictures.files"}
LOGO = "desk.settings.put_up_logo"
_MEGABYTE = 1024**2


def make_room(endpoint: str | None, values: object) -> None:
    """Lets an article through, which is longer than what a reader may send, and a logo.

    Called before the first check, since forms are read before the gate: a text that comes after
    its session has ended is read too, and shown again.
    """
    request.max_content_length = request.max_form_memory_size = MAX_BYTES
    # Whoever has signed in on this device, as far as the cookie says: others need not send so much to be refused.
    if endpoint in ROOMY and session.get(TOKEN):
        request.max_content_length = MAX_UPLOAD_BYTES


def refuse(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The page for what was too much, with what to send instead; the script that sends pictures is told the same."""
    has_own_words = error.description != RequestEntityTooLarge.description
    if request.endpoint in ROOMY | {LOGO} and not has_own_words:
        error = RequestEntityTooLarge(_sentence())
    if request.endpoint in ROOMY and request.accept_mimetypes.best == "application/json":
        refused = [{"name": "", "sentence": error.description}]
        return jsonify(pictures=[], refused=refused), 413
    return errors.error_page(error)


def _sentence() -> str:
    if request.endpoint == LOGO:
        most = MAX_LOGO_BYTES // _MEGABYTE
        said = gettext(
            "A logo may have %(most)d MB. Save it smaller, and send it again.", most=most
        )
    elif not session.get(TOKEN):
        said = gettext(
            "Pictures and files are taken of those who are signed in. Sign in, and send it again."
        )
    else:
        said = gettext(
            "A picture or a file may have %(each)d MB, and one upload about %(all)d MB in all. "
            "Send fewer or smaller ones.",
            each=MAX_PICTURE_BYTES // _MEGABYTE,
            all=MAX_UPLOAD_BYTES // _MEGABYTE - 1,  # the rest is for what stands between them
        )
    return str(said)
