"""A passkey in a real browser, by a device that Chromium plays."""

import re
from collections.abc import Callable

from looked_at import examine
from playwright.sync_api import BrowserContext, expect
from served import PASSWORD, Served

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_and_opens_the_desk_without_a_password(
    serve: Callable[..., Served], open_context: Callable[..., BrowserContext]
) -> None:
    site = serve()
    desk = f"{site.url.replace('127.0.0.1', 'localhost')}/desk"  # a passkey is made for a name
    context = open_context(viewport={"width": 320, "height": 900}, color_scheme="dark")
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{desk}/login")
    page.get_by_label(re.compile("^Email")).fill(site.email)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{desk}/second-factor/passkeys/new")
    examine(page)
    page.get_by_label("Name").fill("Chromium")
    page.get_by_role("button", name="Add this device").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The passkey is added")
    examine(page)
    page.goto(f"{desk}/second-factor/")
    examine(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{desk}/")
    expect(page.get_by_role("banner").get_by_role("link", name="Ada")).to_be_visible()


def test_the_pages_of_a_second_factor_are_for_everybody(
    serve: Callable[..., Served], open_context: Callable[..., BrowserContext]
) -> None:
    site = serve()
    page = open_context(viewport={"width": 320, "height": 900}).new_page()
    page.goto(f"{site.url}/desk/forgotten")
    examine(page)
    page.goto(f"{site.url}/desk/login")
    page.get_by_label(re.compile("^Email")).fill(site.email)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{site.url}/desk/second-factor/")
    page.get_by_role("button", name="Set up codes by an app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up codes by an app")
    examine(page)
    page.goto(f"{site.url}/desk/second-factor/passkeys/new")
    examine(page)
    page.goto(f"{site.url}/desk/log/")
    examine(page)
