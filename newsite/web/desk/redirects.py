"""Redirects: where addresses of the past lead, listed, made, changed and taken from a list."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from newsite.articles import redirect_lists, redirects
from newsite.articles.models import Redirect
from newsite.articles.redirect_lists import Report
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.text import tidy_line
from newsite.web.articles import place_asked
from newsite.web.context import now, reserved, settings
from newsite.web.desk.fields import LineField, SourceField
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import record, stored

bp = Blueprint("redirects", __name__, url_prefix="/redirects")


class RedirectForm(DeskForm):
    """An old address, and where it leads."""

    address = LineField(
        _("Old address"), description=_("On this site, such as /2019/strike/ or /news?id=7.")
    )
    target = LineField(
        _("Leads to"),
        description=_("An article’s address, another page of this site, or a whole web address."),
    )

    def saved(self, found: Redirect | None) -> None:
        """Makes or changes the redirect. Raises RuleBroken naming the field."""
        address, target = self.address.data or "", self.target.data or ""
        where: dict[str, Any] = {"reserved": reserved(), "site_url": settings().site_url}
        if found is None:
            redirects.add(address, target, now=now(), **where)
        else:
            redirects.move(found, address, reserved=reserved())
            redirects.set_target(found, target, **where)
        word = "changed the redirect" if found else "added the redirect"
        record(word, address, url_for(".index", q=address))


class ListForm(DeskForm):
    """Many redirects at once."""

    file = FileField(_("A file"), description=_("CSV: old address, new address."))
    lines = SourceField(
        _("Or the lines themselves"),
        description=_("/old/,/new/ – also with a semicolon or a tab, as pasted from a sheet."),
        render_kw={"rows": 8},
    )

    def text(self) -> str:
        """What was chosen or pasted. Raises RuleBroken for what is no text."""
        if not self.file.data:
            return self.lines.data or ""
        try:
            return str(self.file.data.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise RuleBroken(gettext("Save the file as CSV in UTF-8."), field="file") from None


@bp.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The redirects that were asked for, newest first, and a form for one more."""
    form = RedirectForm()
    words = tidy_line(request.args.get("q", ""))

    def page(status: int) -> ResponseReturnValue:
        listed = redirects.listed(words, before=place_asked())
        shown = {"form": form, "page": listed, "words": words, "old": old_address}
        return render_template("desk/redirects/index.html", **shown), status

    if request.method == "GET":
        return page(200)
    refused = stored(form, lambda: form.saved(None), page)
    if refused is not None:
        return refused
    tell(gettext("%(address)s is led on.", address=form.address.data))
    return redirect(url_for(".index"), 303)


@bp.route("/<id:redirect_id>", methods=["GET", "POST"])
def edit(redirect_id: int) -> ResponseReturnValue:
    """One redirect, to be changed."""
    found = _redirect(redirect_id)
    target = (found.article.path if found.article else found.target) or ""
    form = RedirectForm(data={"address": old_address(found), "target": target})

    def page(status: int) -> ResponseReturnValue:
        shown = {"form": form, "redirect_id": redirect_id}
        return render_template("desk/redirects/edit.html", **shown), status

    if request.method == "GET":
        return page(200)
    refused = stored(form, lambda: form.saved(found), page)
    if refused is not None:
        return refused
    tell(gettext("%(address)s is led on.", address=form.address.data))
    return redirect(url_for(".index"), 303)


@bp.post("/<id:redirect_id>/delete")
def delete(redirect_id: int) -> ResponseReturnValue:
    """Takes a redirect away: its address leads nowhere."""
    found = _redirect(redirect_id)
    record("deleted the redirect", old_address(found), None)
    db.session.delete(found)
    db.session.commit()
    tell(gettext("The address leads nowhere any more."))
    return redirect(url_for(".index"), 303)


@bp.route("/import", methods=["GET", "POST"])
def take() -> ResponseReturnValue:
    """Takes a list, and says line by line what became of it."""
    form = ListForm()
    report: Report | None = None

    def page(status: int) -> ResponseReturnValue:
        return render_template("desk/redirects/take.html", form=form, report=report), status

    def deed() -> None:
        nonlocal report
        where: dict[str, Any] = {"reserved": reserved(), "site_url": settings().site_url}
        report = redirect_lists.take(form.text(), now=now(), **where)
        if report.problems:
            raise RuleBroken(
                gettext("Nothing was stored. Mend the lines below, and send all again.")
            )
        record("took a list of redirects", str(len(report.lines)), url_for(".index"))

    if request.method == "GET":
        return page(200)
    return stored(form, deed, page) or page(200)


def old_address(found: Redirect) -> str:
    """The old address as it is read: "/news?id=7"."""
    return found.path_key + (f"?{found.query}" if found.query else "")


def _redirect(redirect_id: int) -> Redirect:
    return db.session.get(Redirect, redirect_id) or abort(404)
