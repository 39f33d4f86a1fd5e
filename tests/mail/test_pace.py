from datetime import timedelta

from newsite.mail import pace


def test_no_more_go_out_a_minute_than_was_set(app, now):
    assert [pace.take(3, now) for _ in range(3)] == [None] * 3
    assert pace.take(3, now) == now + timedelta(minutes=1)
    later = now + timedelta(seconds=59)
    assert pace.take(3, later) == now + timedelta(minutes=1)


def test_the_next_minute_has_places_again(app, now):
    for _ in range(5):
        pace.take(3, now)
    later = now + timedelta(minutes=1)
    assert [pace.take(3, later) for _ in range(4)] == [None] * 3 + [later + timedelta(minutes=1)]


def test_the_provider_counts_too_when_our_own_limits_are_off(app, now, make_settings):
    from newsite import limits

    limits.init_app(app, make_settings(limits=False))
    assert [pace.take(1, now), pace.take(1, now)] == [None, now + timedelta(minutes=1)]
    limits.init_app(app, make_settings())
