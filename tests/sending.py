"""Sending files as a browser does."""

import io
from typing import Any

from pages import Pages, PageView
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart


class Sender:
    """Sends files by a form of the desk."""

    def __init__(self, desk: Pages) -> None:
        self.desk = desk

    def raw(self, path: str, files: list[tuple[str, bytes]], **given: Any) -> TestResponse:
        """The bare answer to these files; `field` names them, all else is sent as it is."""
        page = self.desk.get(path.removesuffix("replacement"))
        token = page.all('input[name="csrf_token"]')[0]["value"]
        field, headers = given.pop("field", "files"), given.pop("headers", {})
        sent: Any = {field: [FileStorage(io.BytesIO(content), name) for name, content in files]}
        # Encoded here: the test client leaves the temporary file of a long body open.
        boundary, body = encode_multipart({"csrf_token": token} | sent | given)
        kind = f"multipart/form-data; boundary={boundary}"
        return self.desk.post(path, body, content_type=kind, headers=headers)  # type: ignore[arg-type]

    def __call__(
        self, path: str, files: list[tuple[str, bytes]], status: int = 200, **given: Any
    ) -> PageView:
        """The page that follows, checked."""
        answer = self.raw(path, files, **given)
        if answer.status_code == 303:
            return self.desk.get(answer.headers["Location"], status)
        return self.desk._view(answer, status)
