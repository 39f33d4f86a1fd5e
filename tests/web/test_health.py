from datetime import UTC, datetime

import migrated
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from newsite import create_app, migrations
from newsite.db import db
from newsite.site.models import Site


def ask(app, path, host="10.1.2.3:9000"):
    """The answer to a prober, which knows a machine's address and not the site's name."""
    return app.test_client().get(path, base_url=f"http://{host}")


def set_version(version):
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    db.session.commit()


def test_a_site_that_is_whole_is_ready(app, site):
    answer = ask(app, "/readyz")
    assert answer.status_code == 200
    assert answer.text == "ready\n"


def test_a_prober_is_given_no_cookie_and_no_old_answer(app, site):
    for path in ("/healthz", "/readyz"):
        answer = ask(app, path)
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers


def test_a_host_without_its_redis_is_ready_all_the_same(make_settings, tmp_path):
    """The database counts meanwhile: to send readers elsewhere would help nobody."""
    url = f"sqlite:///{tmp_path / 'ready.db'}"
    app = create_app(make_settings(database_url=url, redis_url="unix:///nowhere/redis.sock"))
    with app.app_context():
        migrated.upgrade()
        db.session.add(Site(id=1, name="Paper", tagline="", founded_at=datetime.now(UTC)))
        db.session.commit()
        assert ask(app, "/readyz").text == "ready\n"
        db.session.remove()
        db.engine.dispose()


def test_a_living_process_asks_no_database(app, monkeypatch):
    def away(*args, **kwargs):
        raise AssertionError("the database was asked")

    monkeypatch.setattr(db.engine, "connect", away)
    monkeypatch.setattr(db.session, "scalar", away)
    assert ask(app, "/healthz").text == "ok\n"


def test_a_site_that_nobody_founded_is_not_ready(app):
    answer = ask(app, "/readyz")
    assert answer.status_code == 503
    assert answer.text == "There is no site in the database. Run: newsite upgrade\n"


def test_a_database_of_another_newsite_is_not_ready(app, site):
    ours = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    set_version("of_the_future")
    try:
        answer = ask(app, "/readyz")
    finally:
        set_version(ours)  # PostgreSQL's tables are emptied between tests, but not this one
    assert answer.status_code == 503
    assert "made by a newer newsite" in answer.text


def test_a_database_that_does_not_answer_is_said_without_its_secrets(app, site, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("SELECT 1", {}, Exception("no route to db.internal"))

    monkeypatch.setattr(migrations, "check", away)
    answer = ask(app, "/readyz")
    assert answer.status_code == 503
    assert answer.text == "The database does not answer.\n"
