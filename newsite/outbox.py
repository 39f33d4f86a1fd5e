"""What is done after the answer: rows written in the transaction that caused them, and the worker that does them."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from newsite import db as database
from newsite.db import Base, db, insert

CLAIM = timedelta(minutes=10)  # a handler is done in less; afterwards the job is anybody's again
FIRST_DELAY = timedelta(seconds=30)  # after a failure; doubled with every further one
LONGEST_DELAY = timedelta(hours=6)
MOST_ATTEMPTS = 20  # with these delays, about three days: a mail server is mended by then
MOST_ERROR_CHARS = 500
POLL_SECONDS = 1.0
PAUSE_SECONDS = 10.0  # when the database is away
BEAT = timedelta(minutes=1)
WORKER = "worker"  # kind of the row that says when a worker was last alive

log = logging.getLogger(__name__)


class Job(Base):
    """One thing to do. Its key is unique, so that asking twice does it once."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_due", "done_at", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # names the handler
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]  # not before; while it is being done, when the claim ends
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")  # of the last attempt


@dataclass(frozen=True)
class Claim:
    """A job that this worker may do until `ends_at`; plain values, so that no transaction is open."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int  # 1 at first
    created_at: datetime  # when it was asked for


class NotNow(Exception):
    """What a handler raises to be called again later, and not because it failed."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class Trouble(Exception):
    """Why a job could not be done now, in words: it is tried again, and the log has no traceback."""


class Hopeless(Exception):
    """Why a job will never be done, in words: it is given up."""


# Does a job, at this time. It may run twice: a worker can be killed between the deed and the note of
# it. What it leaves in the session is committed together with that note. While it talks to another
# machine it holds no transaction open: on SQLite that would stop every writer.
Handler = Callable[[Claim, datetime], None]
Handlers = Mapping[str, Handler]  # by kind


def add(
    kind: str,
    key: str,
    payload: dict[str, Any] | None = None,
    *,
    now: datetime,
    due: datetime | None = None,
) -> bool:
    """Asks for a job in this transaction, at once or when it is due; False if one of that key is known already.

    The caller commits.
    """
    values = {"kind": kind, "key": key, "payload": payload or {}, "attempts": 0, "error": ""}
    row = insert(Job).values(**values, created_at=now, next_at=due or now).on_conflict_do_nothing()
    return db.session.execute(row.returning(Job.id)).first() is not None


def claim(now: datetime) -> Claim | None:
    """Takes the job that has waited longest, for as long as CLAIM; None if nothing is due. The caller commits."""
    due = (
        sa.select(Job.id)
        .where(Job.done_at.is_(None), Job.next_at <= now)
        .order_by(Job.next_at, Job.id)
        .limit(1)
        .with_for_update(
            skip_locked=True
        )  # SQLite has one writer at a time, and needs no such words
        .scalar_subquery()
    )
    row = db.session.execute(
        sa.update(Job)
        .where(Job.id == due)
        .values(attempts=Job.attempts + 1, next_at=now + CLAIM)
        .returning(Job.id, Job.kind, Job.key, Job.payload, Job.attempts, Job.created_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Claim(*row) if row else None


def waiting(now: datetime) -> tuple[int, datetime | None]:
    """How many jobs are due, and since when the oldest of them."""
    query = sa.select(sa.func.count(), sa.func.min(Job.next_at))
    row = db.session.execute(query.where(Job.done_at.is_(None), Job.next_at <= now)).one()
    return row[0], row[1]


def postpone(kinds: Iterable[str], until: datetime) -> None:
    """Lets all jobs of these kinds that nobody has begun wait until then; the caller commits."""
    waits = sa.and_(Job.kind.in_(list(kinds)), Job.done_at.is_(None), Job.next_at < until)
    db.session.execute(
        sa.update(Job)
        .where(waits)
        .values(next_at=until)
        .execution_options(synchronize_session=False)
    )


def failed(kinds: Iterable[str]) -> int:
    """How many jobs of these kinds were given up, as far as they are remembered."""
    is_over = sa.and_(Job.done_at.is_not(None), Job.error != "")
    query = sa.select(sa.func.count(Job.id)).where(Job.kind.in_(list(kinds)), is_over)
    return db.session.scalar(query) or 0


def last_beat() -> datetime | None:
    """When a worker last said that it is alive, to about a minute."""
    return db.session.scalar(sa.select(Job.done_at).where(Job.key == WORKER))


def forget(before: datetime) -> int:
    """Deletes jobs that were done or given up before then, and says how many; the caller commits."""
    result: Any = db.session.execute(sa.delete(Job).where(Job.done_at < before))
    return int(result.rowcount)


@dataclass
class Worker:
    """Does the jobs of the outbox until it is told to stop. Runs in an app context, in one thread."""

    handlers: Handlers
    clock: Callable[[], datetime]
    hourly: Iterable[str] = ()  # kinds of which one job is made every hour, whoever asks first
    rest: Callable[[], None] = lambda: None  # called when nothing is due

    def __post_init__(self) -> None:
        self._beat: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set; a job that has begun is finished. A database that is away is waited for."""
        while not stop.is_set():
            try:
                idle = not self.step()
                pause = POLL_SECONDS if idle else 0
                if idle:
                    self.rest()
            except SQLAlchemyError:
                log.exception(
                    "the worker could not reach its jobs, and tries again in %d s", PAUSE_SECONDS
                )
                pause = PAUSE_SECONDS
            finally:
                db.session.remove()
            stop.wait(pause)

    def step(self) -> bool:
        """Does the next job that is due; False if there is none."""
        now = self.clock()
        # Also after a clock was put back: else nothing would be heard until it is there again.
        if self._beat is None or abs(now - self._beat) >= BEAT:
            self._say_alive(now)
            self._beat = now
        with database.reading():  # looking must not keep writers waiting
            count, _ = waiting(now)
            db.session.rollback()
        taken = claim(now) if count else None
        db.session.commit()
        if taken is not None:
            self._do(taken)
        return taken is not None

    def _do(self, job: Claim) -> None:
        try:
            handler = self.handlers.get(job.kind)
            if handler is None:
                raise LookupError(f"this newsite has no handler for {job.kind}")
            handler(job, self.clock())
            _close(job, done_at=self.clock(), error="", payload={})
        except NotNow as wait:
            db.session.rollback()
            _close(job, next_at=wait.until, attempts=job.attempt - 1)
        except Hopeless as reason:
            db.session.rollback()
            log.error("job %d (%s) is given up: %s", job.id, job.kind, reason)
            _close(job, done_at=self.clock(), error=str(reason)[:MOST_ERROR_CHARS], payload={})
        except Trouble as reason:
            db.session.rollback()
            log.warning("job %d (%s) waits for its next attempt: %s", job.id, job.kind, reason)
            self._put_back(job, str(reason)[:MOST_ERROR_CHARS])
        except Exception as error:  # whatever a handler raises, the others get their turn
            db.session.rollback()
            log.exception("job %d (%s) failed at attempt %d", job.id, job.kind, job.attempt)
            self._put_back(job, f"{type(error).__name__}: {error}"[:MOST_ERROR_CHARS])

    def _put_back(self, job: Claim, error: str) -> None:
        now = self.clock()
        if job.attempt >= MOST_ATTEMPTS:
            _close(job, done_at=now, error=error, payload={})
        else:
            _close(job, next_at=now + delay(job.attempt), error=error)

    def _say_alive(self, now: datetime) -> None:
        values = {"kind": WORKER, "payload": {}, "attempts": 0, "error": "", "created_at": now}
        row = insert(Job).values(**values, key=WORKER, next_at=now, done_at=now)
        db.session.execute(
            row.on_conflict_do_update(index_elements=["key"], set_={"done_at": now, "next_at": now})
        )
        for kind in self.hourly:
            add(kind, f"{kind}:{now:%Y-%m-%dT%H}", now=now)
        db.session.commit()


def delay(attempt: int) -> timedelta:
    """How long a job rests after its `attempt`-th failure."""
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << (attempt - 1)))


def _close(job: Claim, **values: Any) -> None:
    # Only while the claim is ours: another worker may have taken the job over after it ended.
    ours = sa.and_(Job.id == job.id, Job.attempts == job.attempt, Job.done_at.is_(None))
    db.session.execute(sa.update(Job).where(ours).values(**values))
    db.session.commit()
