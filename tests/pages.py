"""A client that reads pages as a careful visitor would: every page that it fetches is checked."""

import re
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from newsite.accounts.models import User
from newsite.db import db

SITE = "http://127.0.0.1:8000"
LOADED = {"stylesheet", "icon", "preload"}
NO_LABEL = {"hidden", "submit", "button", "image", "reset"}
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Pages:
    """A browser without JavaScript, with its cookies."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, status: int = 200, **options: Any) -> "PageView":
        """The page at `path`, checked; a redirect is followed to its end."""
        return self._view(self.fetch(path, follow_redirects=True, **options), status)

    def fetch(self, path: str, method: str = "GET", **options: Any) -> TestResponse:
        """The bare answer, nothing checked, no redirect followed."""
        db.session.commit()  # ends what the test itself has open: one SQLite connection is shared
        options.setdefault("base_url", SITE)
        options.setdefault("buffered", True)  # a static file is closed again
        # In a context of its own: within the test's, Flask would share its g and its session.
        response = Context().run(self.client.open, path, method=method, **options)
        db.session.expire_all()
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """The bare answer to a form that this site sent."""
        headers = {"Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
        return self.fetch(path, "POST", data=data or {}, headers=headers, **options)

    def submit(self, path: str, data: dict[str, Any], status: int = 200) -> "PageView":
        """The page that follows a posted form, checked."""
        return self._view(self.post(path, data, follow_redirects=True), status)

    def sign_in(self, user: User, password: str) -> Self:
        """This browser, signed in at the desk through its own form.

        Every test of the desk begins so, and the pages on the way have tests that look at them: here they
        are not parsed, and the desk's first page is not asked for.
        """
        token = TOKEN.search(self.fetch("/desk/login").text)
        assert token is not None
        given = {"csrf_token": token[1], "email": user.email, "password": password}
        answer = self.post("/desk/login", given)
        assert answer.status_code == 303, f"{answer.status_code}, and not signed in"
        return self

    def _view(self, response: TestResponse, status: int) -> "PageView":
        view = PageView(self, response)
        assert response.status_code == status, (
            f"{response.status_code}, not {status}: {view.text[:500]}"
        )
        check(view)
        return view


class PageView:
    """A page as it was shown."""

    def __init__(self, pages: Pages, response: TestResponse) -> None:
        self.pages = pages
        self.response = response
        self.html = response.get_data(as_text=True)
        self.soup = BeautifulSoup(self.html, "html.parser")
        self.elements: list[Tag] = self.soup.find_all(True)

    @property
    def path(self) -> str:
        """The address of the page, after redirects."""
        return self.response.request.path

    @property
    def title(self) -> str:
        return words(self.soup.title) if self.soup.title else ""

    @property
    def h1(self) -> str:
        (found,) = self.named("h1")
        return words(found)

    @property
    def text(self) -> str:
        """All that is read on the page, in one line."""
        return words(self.soup.body or self.soup)

    def all(self, selector: str) -> list[Tag]:
        """The elements that match a CSS selector."""
        return list(self.soup.select(selector))

    # Every page is checked: to match a dozen selectors one by one took a third of the time of all tests.

    def named(self, *names: str) -> list[Tag]:
        """The elements of these names."""
        return [element for element in self.elements if element.name in names]

    def having(self, attribute: str) -> list[Tag]:
        """The elements that have the attribute."""
        return [element for element in self.elements if attribute in element.attrs]

    def one(self, selector: str) -> Tag:
        """The one element that matches a CSS selector."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector} on {self.path}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """The words of every element that matches."""
        return [words(element) for element in self.all(selector)]

    def link(self, label: str) -> str:
        """The address of the first link with these words."""
        for anchor in self.all("a[href]"):
            if words(anchor) == label:
                return str(anchor["href"])
        raise AssertionError(f"no link “{label}” on {self.path}")

    def follow(self, label: str, status: int = 200) -> "PageView":
        """The page behind the first link with these words."""
        return self.pages.get(urljoin(self.path, self.link(label)).partition("#")[0], status)

    def press(self, words_on_it: str, status: int = 200) -> "PageView":
        """The page after pressing the first button with these words that is a form of its own."""
        for form in self.all('form[method="post"]'):
            if [words(button) for button in form.select("button")] == [words_on_it]:
                return FilledForm(self, form, values_of(form)).submit(status=status)
        raise AssertionError(f"no button “{words_on_it}” on {self.path}")

    def form(self, name: str) -> "FilledForm":
        """The form with this id or name, as it stands."""
        found = self.all(f'form[id="{name}"], form[name="{name}"]')
        assert len(found) == 1, f"{len(found)} forms “{name}” on {self.path}"
        return FilledForm(self, found[0], values_of(found[0]))


@dataclass
class FilledForm:
    """A form and what is in its fields."""

    view: PageView
    form: Tag
    values: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, **fields: Any) -> Self:
        """The form with these fields changed; a list fills a field several times, None leaves it out."""
        for name, value in fields.items():
            assert self.form.select(f'[name="{name}"]'), f"no field {name} in this form"
            listed = value if isinstance(value, list) else [value]
            self.values[name] = [str(one) for one in listed if one is not None]
        return self

    def submit(self, button: str | None = None, status: int = 200) -> PageView:
        """The page after pressing the button with these words, or the first one."""
        data, action = dict(self.values), self.form.get("action") or self.view.path
        for pressed in self.form.select("button, input[type=submit]"):
            if button is None or words(pressed) == button or pressed.get("value") == button:
                if pressed.get("name"):
                    data[str(pressed["name"])] = [str(pressed.get("value", ""))]
                action = pressed.get("formaction") or action
                break
        else:
            raise AssertionError(f"no button “{button}” in this form")
        address = urljoin(self.view.path, str(action))
        if str(self.form.get("method", "get")).lower() == "get":
            return self.view.pages.get(address, status, query_string=data)
        return self.view.pages.submit(address, data, status)


def values_of(form: Tag) -> dict[str, list[str]]:
    """What a browser would send for the form as it stands, without its buttons."""
    values: dict[str, list[str]] = {}
    for element in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(element["name"]), element.get("type", "text")
        if element.has_attr("disabled") or kind in ("submit", "button", "file"):
            continue
        if element.name == "textarea":
            values.setdefault(name, []).append(
                element.get_text().replace("\r\n", "\n").removeprefix("\n")
            )
        elif element.name == "select":
            options = element.select("option[selected]") or (
                [] if element.has_attr("multiple") else element.select("option")[:1]
            )
            chosen = [str(option.get("value", words(option))) for option in options]
            values.setdefault(name, []).extend(chosen)
        elif kind not in ("checkbox", "radio") or element.has_attr("checked"):
            values.setdefault(name, []).append(
                str(element.get("value", "on" if kind == "checkbox" else ""))
            )
    return values


def words(element: Tag) -> str:
    """The text of an element in one line."""
    return re.sub(r"\s+", " ", element.get_text(" ")).strip()


def check(view: PageView) -> None:
    """Asserts what must hold for every page."""
    response = view.response
    assert response.mimetype == "text/html", response.mimetype
    assert view.html.lstrip().lower().startswith("<!doctype html>")
    assert any(element.has_attr("lang") for element in view.named("html")), "no language"
    assert len(view.named("h1")) == 1, f"{len(view.named('h1'))} h1 on {view.path}"
    assert view.title.removeprefix("Error: ").startswith(view.h1), (view.title, view.h1)
    ids = [str(element["id"]) for element in view.having("id")]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    _check_references(view, set(ids))
    _check_fields(view)
    _check_nothing_inline(view)
    _check_nothing_foreign(view)
    if not view.path.startswith("/desk"):
        assert "Set-Cookie" not in response.headers
        assert "cookie" not in response.headers.get("Vary", "").lower()


def _check_references(view: PageView, ids: set[str]) -> None:
    for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for element in view.having(name):
            value = element[name]
            for one in value if isinstance(value, list) else str(value).split():
                assert one in ids, f"{name}={one} refers to nothing"
    for anchor in view.named("a"):
        address = str(anchor.get("href", ""))
        assert not address.startswith("#") or address[1:] in ids, (
            f"a link to {address} leads nowhere"
        )


def _check_fields(view: PageView) -> None:
    labelled = {str(label.get("for")) for label in view.named("label")}
    for element in view.named("input", "textarea", "select"):
        if element.get("type") in NO_LABEL:
            continue
        is_named = element.get("aria-label") or element.get("aria-labelledby")
        assert is_named or element.get("id") in labelled or element.find_parent("label"), (
            f"no label: {element}"
        )
    for form in view.named("form"):
        if str(form.get("method", "get")).lower() == "post":
            assert form.has_attr("action"), "a form that posts has no action"
            # A reply's own page and what is mailed: whoever has the signed address may do it.
            signed = ("/replies/", "/privacy/me/", "/privacy/data/")
            is_signed = str(form["action"]).startswith(signed)
            assert is_signed or form.select('input[name="csrf_token"][value]'), (
                f"no token: {form.get('action')}"
            )
    for image in view.named("img"):
        assert image.has_attr("alt"), f"no alt: {image}"


def _check_nothing_inline(view: PageView) -> None:
    assert not view.having("style") + view.named("style"), "inline style"
    for script in view.named("script"):
        assert script.get("src") or script.get("type") == "application/ld+json", "inline script"
    for element in view.elements:
        assert not [name for name in element.attrs if name.startswith("on")], (
            f"inline handler: {element}"
        )


def _check_nothing_foreign(view: PageView) -> None:
    """Nothing is loaded from another host; links may lead anywhere."""
    links = [link for link in view.named("link") if LOADED.intersection(link.get("rel", ()))]
    for element in view.having("src") + links:
        address = str(element.get("src") or element.get("href"))
        host = urlsplit(urljoin(SITE, address)).netloc
        assert host == urlsplit(SITE).netloc, f"loaded from elsewhere: {address}"
