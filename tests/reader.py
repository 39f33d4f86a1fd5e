"""A reader's browser over real sockets: it has an address, cookies, and fills in forms."""

import contextlib
import http.client
import io
import re
import ssl
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def fate(self) -> str:
        """All that hosts and caches said about how they came to it, the newest last."""
        return ", ".join(self.headers.get_all("Cache-Status", []))


@dataclass
class Reader:
    """Somebody's browser: an address on the loopback network, and cookies."""

    port: int
    host: str = ""  # as the browser writes it; empty: 127.0.0.1 and the port
    source: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, **headers: str
    ) -> Answer:
        named = {"Host": self.host or f"127.0.0.1:{self.port}"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with contextlib.closing(self.connection()) as connection:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(answer.status, answer.headers, answer.read())

    def connection(self) -> http.client.HTTPConnection:
        source = (self.source, 0)
        if self.tls is not None:
            return http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=30, source_address=source, context=self.tls
            )
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=source)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        given = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        return self.ask("POST", path, urlencode(fields), **given, **headers)

    def upload(self, page: str, field: str, name: str, content: bytes, **headers: str) -> Answer:
        """Sends a file by the form of a page that is sent to the page's own address."""
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get(page).text)
        assert token
        boundary, body = encode_multipart(
            {"csrf_token": token[1], field: [FileStorage(io.BytesIO(content), name)]}
        )
        given = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Sec-Fetch-Site": "same-origin",
        }
        return self.ask("POST", page, body, **given, **headers)

    def send(self, page: str, action: str, **typed: str) -> Answer:
        """Fills in the form on a page that is sent to an address ending so, and sends it; not followed."""
        soup = BeautifulSoup(self.get(page).text, "html.parser")
        [form, *_] = [
            form
            for form in soup.find_all("form", method="post")
            if re.search(action + "$", str(form.get("action") or page))
        ]
        fields = {
            str(one["name"]): str(one.get("value", ""))
            for one in form.find_all("input")
            if one.get("name")
            and (one.get("type") not in ("radio", "checkbox") or one.has_attr("checked"))
        }
        fields |= {
            str(one["name"]): one.text.removeprefix("\n") for one in form.find_all("textarea")
        }
        for one in form.find_all("select"):
            chosen = one.find("option", selected=True) or one.find("option")
            fields[str(one["name"])] = str(chosen["value"])
        return self.post(str(form.get("action") or page), fields | typed)

    def sign_in(self, email: str, password: str) -> "Reader":
        answer = self.send("/desk/login", "/desk/login", email=email, password=password)
        assert answer.status == 303, answer.text
        return self
