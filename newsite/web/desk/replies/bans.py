"""Who may not reply: the list, a ban by hand or from a reply's page, and lifting one."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from newsite.comments import bans
from newsite.comments.models import Ban, BanKind, Comment
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import current_site, now, settings
from newsite.web.desk.fields import ChoiceField, DayField, LineField, RadioChoiceField, choices
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.replies.asked import place_asked
from newsite.web.desk.replies.blueprint import bp
from newsite.web.templating import date_text, date_time_text

LENGTHS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "ever": None,
}
FOR = {
    "day": _("1 day"),
    "week": _("1 week"),
    "month": _("1 month"),
    "ever": _("For ever, until it is lifted"),
    "date": _("Until the end of a day"),
}
KINDS = {
    BanKind.address: _("Mail address"),
    BanKind.name: _("Name"),
    BanKind.network: _("Network"),
    BanKind.host: _("Host"),
}


class BanForm(DeskForm):
    """For how long somebody may not reply, and why; who is meant, each kind of form says in its way."""

    meant: Callable[[], tuple[BanKind, str]]
    length = ChoiceField(_("For how long"), choices=choices(FOR), default="week")
    until = DayField(_("Last day"), description=_("Only where you chose the end of a day."))
    reason = LineField(_("Reason"), description=_("It may be empty. Only the desk sees it."))

    def banned(self) -> Ban:
        """The new ban. Raises RuleBroken for the field that is wrong."""
        kind, value = self.meant()
        own = urlsplit(settings().site_url).hostname or ""
        if kind is BanKind.host and own == bans.as_compared(kind, value):
            raise RuleBroken(gettext("That is this site."), field="value")
        reason = self.reason.data or ""
        return bans.ban(kind, value, until=self.end(), reason=reason, by=g.user, now=now())

    def end(self) -> datetime | None:
        """When the ban ends; None: when it is lifted. Raises RuleBroken for the field `until`."""
        day = self.until.data
        if self.length.data == "date" and day:
            midnight = datetime.combine(day + timedelta(days=1), time(), current_site().zone)
            return midnight.astimezone(UTC)
        if self.length.data == "date":
            raise RuleBroken(gettext("Choose the last day of the ban."), field="until")
        if day:
            sentence = gettext("Choose “Until the end of a day”, or leave the day empty.")
            raise RuleBroken(sentence, field="until")
        length = LENGTHS[self.length.data]
        return now() + length if length else None


class HandForm(BanForm):
    """A ban by hand: what is banned is typed."""

    kind = RadioChoiceField(_("What"), choices=choices(KINDS))
    value = LineField(
        _("Address, name, network or host"),
        description=_("Such as name@example.org, 192.0.2.0/24 or example.org."),
    )

    def meant(self) -> tuple[BanKind, str]:
        return BanKind(self.kind.data), self.value.data or ""


class WriterForm(BanForm):
    """A ban of whoever wrote a reply: by what is chosen from what is known of them."""

    value = RadioChoiceField(_("By what"))

    def meant(self) -> tuple[BanKind, str]:
        kind, _, value = str(self.value.data).partition(" ")
        return BanKind(kind), value


def ban_form(comment: Comment) -> WriterForm:
    """The form that bans the writer of a reply."""
    form = WriterForm()
    known = {
        f"{BanKind.address} {comment.email}": comment.email,
        f"{BanKind.name} {comment.author_name}": comment.author_name if comment.email else "",
        f"{BanKind.network} {comment.network}": comment.network,
    }
    known |= {f"{BanKind.host} {host}": host for host in bans.hosts(comment)}
    listed = {
        value: f"{KINDS[BanKind(value.partition(' ')[0])]}: {shown}"
        for value, shown in known.items()
        if shown
    }
    form.value.choices = choices(listed)
    return form


@bp.app_template_filter("end_of_ban")
def end_text(at: datetime) -> str:
    """When a ban ends, in words: of one that lasts to the end of a day, the day."""
    if at.astimezone(current_site().zone).time() == time():
        said: str = gettext("the end of %(day)s", day=date_text(at - timedelta(seconds=1)))
        return said
    return date_time_text(at)


@bp.get("/bans/")
def ban_list() -> ResponseReturnValue:
    """The bans that have not ended, newest first, and a form for one by hand."""
    return _page(HandForm(), 200)


@bp.post("/bans/")
def ban() -> ResponseReturnValue:
    """Bans what was typed."""
    form = HandForm()
    return made(form, url_for(".ban_list")) or _page(form, 422)


@bp.post("/bans/<id:ban_id>/lift")
def lift(ban_id: int) -> ResponseReturnValue:
    """Ends a ban."""
    found = bans.by_id(ban_id)
    if found is None:
        tell(gettext("This ban had been lifted."))
    else:
        label = found.label
        bans.lift(found, by=g.user, now=now())
        db.session.commit()
        tell(gettext("The ban of %(whom)s is lifted.", whom=label))
    return redirect(url_for(".ban_list"), 303)


def made(form: BanForm, then: str) -> ResponseReturnValue | None:
    """Leads to the address `then` once somebody is banned; None, with what is wrong in the form."""
    if not form.validate():
        return None
    try:
        label = form.banned().label
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return None
    db.session.commit()
    tell(gettext("%(whom)s is banned.", whom=label))
    return redirect(then, 303)


def _page(form: HandForm, status_code: int) -> ResponseReturnValue:
    page = bans.running(now(), place_asked())
    html = render_template("desk/replies/bans.html", page=page, kinds=KINDS, form=form)
    return html, status_code
