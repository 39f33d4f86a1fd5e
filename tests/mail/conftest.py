"""A mail server for the app, and an outbox that is worked through."""

from collections.abc import Iterator

import pytest
from flask import Flask
from mail_server import PostOffice, running

from newsite.mail import office


@pytest.fixture
def post(app: Flask) -> Iterator[PostOffice]:
    """The server that the app's mail goes to."""
    made = PostOffice()
    with running(made) as settings:
        office.use(settings)
        yield made
        office.use(None)
