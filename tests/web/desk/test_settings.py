"""The site's settings: what an admin sets is what readers see."""

import io
from typing import Any

import pytest
from flask import Flask
from pages import Pages
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from newsite import audit
from newsite.accounts.models import User
from newsite.db import db
from newsite.site.models import Site

PASSWORD = "a long enough password"


def picture(kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (200, 50), "red").save(stream, kind)
    return stream.getvalue()


def upload(desk: Pages, content: Any, status: int = 200, name: str = "logo.png") -> Any:
    token = desk.get("/desk/settings/logo").form("logo-form").values["csrf_token"][0]
    sent = {"logo": FileStorage(io.BytesIO(content), name)} if content else {}
    data = {"csrf_token": token} | sent
    # Encoded here: the test client leaves the temporary file of a long body open.
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = desk.post("/desk/settings/logo", body, content_type=kind, follow_redirects=True)  # type: ignore[arg-type]
    return desk._view(answer, status)


def test_the_rules_for_replies_are_what_an_admin_says(desk: Pages, site: Site) -> None:
    page = desk.get("/desk/settings/")
    assert page.texts(".tabs a") == ["Site", "Replies", "Menus", "Logo", "Accounts"]
    form = desk.get("/desk/settings/replies").form("settings")
    assert form.values["replies_max_links"] == ["2"]
    assert form.values["replies_close_days"] == [""]
    page = form.fill(
        house_rules="Be kind.",
        replies_hold_all="y",
        replies_max_links="3",
        moderation_keys="casino\r\nviagra",
        disallowed_keys="203.0.113.",
        replies_flood_seconds="0",
        replies_close_days="14",
        replies_depth="10",
        replies_threads="20",
    ).submit()
    assert "The settings for replies are saved." in page.text
    assert (site.house_rules, site.moderation_keys) == ("Be kind.", "casino\nviagra")
    assert (site.replies_hold_all, site.replies_hold_unknown, site.takes_reports) == (True,) * 3
    assert (site.replies_max_links, site.replies_flood_seconds) == (3, 0)
    assert (site.replies_close_days, site.replies_depth, site.replies_threads) == (14, 10, 20)
    entry = audit.latest(1)[0]
    assert (entry.subject, entry.address) == ("the settings of the site", "/desk/settings/replies")
    form = desk.get("/desk/settings/replies").form("settings")
    form.fill(replies_close_days=" ").submit()
    assert site.replies_close_days is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("replies_threads", "many", "Write a whole number from 5 to 200."),
        ("replies_threads", "", "Write a whole number from 5 to 200."),
        ("replies_close_days", "0", "Write a whole number from 1 to 3,650."),
        ("moderation_keys", "x\n" * 10_001, "Make it shorter: 20,000 characters or fewer; it has"),
    ],
)
def test_a_rule_for_replies_that_cannot_be_comes_back_with_the_mend(
    desk: Pages, site: Site, field: str, value: str, sentence: str
) -> None:
    form = desk.get("/desk/settings/replies").form("settings")
    page = form.fill(**{field: value}).submit(status=422)
    assert sentence in page.one(".error").get_text()
    assert page.form("settings").values[field][0].split() == value.split()
    db.session.expire(site)
    assert (site.replies_threads, site.moderation_keys) == (50, "")


def test_every_number_that_is_wrong_is_said_at_once(desk: Pages) -> None:
    form = desk.get("/desk/settings/replies").form("settings")
    numbers = {"replies_max_links": "x", "replies_flood_seconds": "-1", "replies_depth": "11"}
    page = form.fill(**numbers).submit(status=422)
    assert {str(link["href"]) for link in page.all(".summary a")} == {f"#{one}" for one in numbers}


def test_the_site_is_what_its_admin_says(
    desk: Pages, pages: Pages, site: Site, article: object
) -> None:
    form = desk.get("/desk/settings/").form("settings")
    assert form.values["timezone"] == ["Europe/London"]
    page = form.fill(
        name="The Loading Bay",
        tagline="Paper of the night shift",
        description="News from the sheds.",
        footer="The branch, Coventry",
        language="cy",
        timezone="America/New_York",
        accent="#00AA00",
        path_pattern="news/%slug%",
    ).submit()
    assert "The settings are saved." in page.text
    assert (site.language, site.accent, site.path_pattern) == ("cy", "#00aa00", "/news/%slug%/")
    front = pages.get("/")
    assert front.h1 == "The Loading Bay"
    assert "The branch, Coventry" in front.text
    assert front.one("html")["lang"] == "cy"
    assert audit.latest(1)[0].subject == "the settings of the site"


def test_reads_are_counted_until_an_admin_says_otherwise(desk: Pages, site: Site) -> None:
    form = desk.get("/desk/settings/").form("settings")
    assert form.values["counts_reads"] == ["y"]
    form.fill(counts_reads=None).submit()
    assert not site.counts_reads
    desk.get("/desk/settings/").form("settings").fill(counts_reads="y").submit()
    assert site.counts_reads


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Enter a name for the site."),
        ("name", "n" * 100_000, "Make it shorter: 80 characters or fewer."),
        ("footer", "f" * 501, "Make it shorter: 500 characters or fewer."),
        ("language", "tlh", "Choose one from the list."),
        ("timezone", "../UTC", "Choose one from the list."),
        ("accent", "red", "Write the colour as # and six digits"),
        ("path_pattern", "/%year%/", "Write the pattern with %slug%"),
        ("path_pattern", "/desk/%slug%/", "The site itself uses addresses that begin with /desk."),
        ("path_pattern", "", "Write the pattern with %slug%"),
    ],
)
def test_what_cannot_be_set_is_said_at_its_field(
    field: str, value: str, sentence: str, desk: Pages, site: Site
) -> None:
    page = desk.get("/desk/settings/").form("settings").fill(**{field: value}).submit(status=422)
    assert sentence in page.one(f"#{field}-error").get_text()
    assert site.name == "The Test Paper"


def test_menus_are_put_in_order_by_number(desk: Pages, pages: Pages, site: Site) -> None:
    form = desk.get("/desk/settings/menus").form("menus")
    form.fill(
        **{
            "header-number": ["20", "", "10"],
            "header-label": ["About", "Last", "Join"],
            "header-address": ["/about/", "/last/", "https://example.org/join"],
        }
    ).submit()
    assert [item.label for item in site.header_items] == ["Join", "About", "Last"]
    assert site.footer_items == []
    page = desk.get("/desk/settings/menus")
    assert page.form("menus").values["header-number"] == ["10", "20", "30", "", "", ""]
    assert pages.get("/").link("Join") == "https://example.org/join"
    lines = {name: [*values] for name, values in page.form("menus").values.items()}
    lines["header-label"][1] = lines["header-address"][1] = ""  # an emptied line is left out
    page.form("menus").fill(
        **{name: lines[name] for name in lines if name.startswith("header")}
    ).submit()
    assert [item.label for item in site.header_items] == ["Join", "Last"]


def test_a_line_that_leads_nowhere_comes_back_as_typed(desk: Pages, site: Site) -> None:
    form = desk.get("/desk/settings/menus").form("menus")
    fields = {
        "footer-number": ["x", "²", "9" * 5000],
        "footer-label": ["Evil", "", "B"],
        "footer-address": ["javascript:x", "/a/", "/b/"],
    }
    page = form.fill(**fields).submit(status=422)
    assert "“Evil” needs an address" in page.one("#footer-error").get_text()
    assert page.form("menus").values["footer-address"][:3] == ["javascript:x", "/a/", "/b/"]
    page = form.fill(**{"footer-label": ["Hi\x00"] * 50, "footer-address": ["/a/"] * 50}).submit(
        status=422
    )
    assert "A menu has at most 12 lines." in page.text
    assert site.footer_items == []


def test_a_full_menu_has_room_for_a_line_to_be_exchanged(desk: Pages, site: Site) -> None:
    site.header_menu = [{"label": f"{n}", "address": "/a/"} for n in range(12)]
    db.session.commit()
    page = desk.get("/desk/settings/menus")
    assert len(page.form("menus").values["header-label"]) == 13
    assert len(page.form("menus").values["footer-label"]) == 3


def test_a_logo_is_put_up_and_taken_down(
    desk: Pages, pages: Pages, site: Site, article: object
) -> None:
    page = upload(desk, picture("JPEG"))
    assert "The logo is in the masthead." in page.text
    assert site.logo is not None
    address = f"/media/logo-{site.logo.sha256}.png"
    assert page.one("main img")["src"] == address
    assert pages.fetch(address).mimetype == "image/png"
    token = page.form("logo-form").values["csrf_token"]
    page = desk.submit("/desk/settings/logo/delete", {"csrf_token": token})
    assert "The name is in the masthead again." in page.text
    assert site.logo is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choose a picture."),
        (b"no picture", "This is no picture that can be read."),
        (picture("GIF"), "This is no picture that can be read."),
        (b"\x89PNG" + b"x" * 1024 * 1024, "The picture has more than 1 MB."),
    ],
)
def test_a_logo_that_cannot_be_is_refused(
    content: Any, sentence: str, desk: Pages, site: Site
) -> None:
    assert sentence in upload(desk, content, 422).one("#logo-error").get_text()
    assert site.logo is None


def test_editors_do_not_set_the_site(app: Flask, editor: User) -> None:
    editing = Pages(app).sign_in(editor, PASSWORD)
    for address in ("", "menus", "logo"):
        editing.get(f"/desk/settings/{address}", 403)


def test_an_admin_who_asks_for_a_second_factor_sets_one_up_first(desk: Pages, site: Site) -> None:
    form = desk.get("/desk/settings/security").form("settings")
    after = form.fill(requires_second_factor="y").submit()
    assert after.path == "/desk/second-factor/"
    assert "The settings for accounts are saved." in after.text
    assert site.requires_second_factor
