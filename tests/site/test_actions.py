import pytest

from newsite import changes
from newsite.db import db
from newsite.errors import Conflict, RuleBroken
from newsite.site import actions, queries


def test_a_site_is_founded_with_a_name_and_the_rest_as_usual(app, now):
    _, before = changes.latest()
    site = actions.found("  The   Loading Bay ", now=now)
    db.session.commit()
    assert queries.the_site() is site
    assert site.name == "The Loading Bay"
    assert site.founded_at == now
    assert site.language == "en-GB"
    assert changes.since(before) == {changes.SITE, changes.FRONT}


def test_there_is_only_one_site(site, now):
    with pytest.raises(Conflict, match="founded already"):
        actions.found("Another", now=now)


def test_a_site_has_a_name(app, now):
    with pytest.raises(RuleBroken) as caught:
        actions.found(" \u200b ", now=now)
    assert caught.value.field == "name"


def test_a_second_factor_may_be_asked_of_everybody(site):
    assert actions.require_second_factor(site, True).requires_second_factor
    assert not actions.require_second_factor(site, False).requires_second_factor
