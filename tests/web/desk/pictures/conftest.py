"""Sending files as a browser does."""

import pytest
from pages import Pages
from sending import Sender


@pytest.fixture
def send(desk: Pages) -> Sender:
    return Sender(desk)
