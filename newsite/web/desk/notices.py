"""What the desk says after something was done, on the next page that is shown."""

from collections.abc import Mapping

from flask import flash


def tell(text: str, *, undo: str | None = None, fields: Mapping[str, str] | None = None) -> None:
    """Says `text`, a whole sentence, at the top of the next page.

    With `undo`, an address that takes a POST, an Undo button stands beside it; `fields` go along.
    """
    notice = {"text": text, "undo": undo, "fields": dict(fields or {})}
    flash(notice)  # type: ignore[arg-type]  # the session holds any JSON
