"""The log of the desk for admins: who did what and when, to be looked through and taken along."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from newsite import audit
from newsite.accounts import queries
from newsite.audit import AuditEntry, Wanted
from newsite.db import db
from newsite.paging import Cursor
from newsite.web.context import current_site, now
from newsite.web.desk.accounts.blueprint import bp
from newsite.web.desk.fields import ChoiceField, DayField
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.storing import record

COLUMNS = ("at", "person", "action", "subject", "address")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would reckon out at its opening


class SeekForm(DeskForm):
    """What the log is narrowed by."""

    person = ChoiceField(_("By whom"))
    action = ChoiceField(_("What"))
    since = DayField(_("From"))
    until = DayField(_("To"))

    def __init__(self, sent: object) -> None:
        super().__init__(sent, meta={"csrf": False})  # it only asks
        people = [SelectChoice(str(user.id), user.name) for user in queries.users()]
        nobody = SelectChoice(str(audit.NOBODY), _("Without an account: by command"))
        self.person.choices = [SelectChoice("", _("Everybody")), *people, nobody]
        verbs = [SelectChoice(verb, verb) for verb in audit.actions()]
        self.action.choices = [SelectChoice("", _("Everything")), *verbs]
        for field in (self.person, self.action):
            field.data = field.data if field.data not in (None, "None") else ""

    def value(self) -> Wanted:
        """What is asked for; the last day is among it."""
        until = self.until.data
        return Wanted(
            user_id=int(self.person.data) if self.person.data else None,
            action=self.action.data,
            since=_begin(self.since.data),
            until=_begin(until + timedelta(days=1)) if until else None,
        )


@bp.get("/log/")
def log() -> ResponseReturnValue:
    """Who did what, newest first."""
    form = SeekForm(request.args)
    is_good = form.validate()
    page = audit.entries(form.value(), _place_asked()) if is_good else None
    asked = {name: value for name, value in request.args.items() if name in form and value}
    body = render_template(
        "desk/accounts/log.html",
        form=form,
        page=page,
        asked=asked,
        days=audit.COMING_AND_GOING_KEPT.days,
    )
    return body, 200 if is_good else 422


@bp.post("/log/export")
def export_log() -> ResponseReturnValue:
    """The same as a file, all of it; that it was taken is in the log too."""
    form = SeekForm(request.form)
    if not form.validate():
        return render_template(
            "desk/accounts/log.html", form=form, page=None, asked={}, days=0
        ), 422
    is_json = request.form.get("format") == "json"
    wanted = form.value()
    record("downloaded", "the log of the desk", "/desk/log/")
    name = f"log-{now().astimezone(current_site().zone):%Y-%m-%d}.{'json' if is_json else 'csv'}"
    db.session.commit()
    lines = _as_json(wanted) if is_json else _as_csv(wanted)
    kind = "application/json" if is_json else "text/csv; charset=utf-8"
    response = Response(stream_with_context(lines), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_csv(wanted: Wanted) -> Iterator[str]:
    yield _line(COLUMNS)
    for entries in audit.in_steps(wanted):
        yield "".join(_line([_defused(value) for value in _values(entry)]) for entry in entries)


def _as_json(wanted: Wanted) -> Iterator[str]:
    separator = "[\n"
    for entries in audit.in_steps(wanted):
        for entry in entries:
            values = dict(zip(COLUMNS, _values(entry), strict=True))
            yield separator + json.dumps(values, ensure_ascii=False)
            separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _values(entry: AuditEntry) -> list[str]:
    at = entry.at.isoformat(timespec="seconds")
    return [at, entry.user_name, entry.action, entry.subject, entry.address or ""]


def _line(values: tuple[str, ...] | list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _defused(value: str) -> str:
    """The same with a mark in front that keeps spreadsheets from taking it for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), current_site().zone) if day else None


def _place_asked() -> Cursor | None:
    try:
        return Cursor.parse(request.args.get("before", ""))
    except ValueError:
        return None
