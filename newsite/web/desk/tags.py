"""Tags: found, renamed, taken away. New ones are made by writing them into an article."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from newsite.articles import desk_queries, renaming, taxonomy
from newsite.articles.models import Tag
from newsite.db import db
from newsite.site import editing
from newsite.text import tidy_line
from newsite.web.context import current_site, now
from newsite.web.desk.fields import LineField
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import record, stored, tell_saved

bp = Blueprint("tags", __name__, url_prefix="/tags")


class TagForm(DeskForm):
    """A tag's name and address."""

    name = LineField(_("Name"))
    slug = LineField(_("Address"), description=_("The last part of /tag/…/."))

    def saved(self, tag: Tag) -> Tag:
        """The changed tag. Raises RuleBroken naming the field."""
        was = renaming.place(tag)
        taxonomy.save_tag(tag, name=self.name.data or "", slug=self.slug.data or "")
        renaming.lead_on(tag, was, site=current_site(), now=now())
        record(f"changed the tag {was.name} to", tag.name, url_for(".edit", tag_id=tag.id))
        return tag


@bp.get("/")
def index() -> ResponseReturnValue:
    """The tags by name, or those with some words in their name."""
    words = tidy_line(request.args.get("q", ""))
    listed = desk_queries.tags(words)
    return render_template(
        "desk/tags/index.html",
        words=words,
        listed=listed[: desk_queries.SHOWN_NAMES],
        has_more=len(listed) > desk_queries.SHOWN_NAMES,
    )


@bp.route("/<id:tag_id>", methods=["GET", "POST"])
def edit(tag_id: int) -> ResponseReturnValue:
    """One tag, to be renamed."""
    tag = _tag(tag_id)
    form, slug = TagForm(obj=tag), tag.slug

    def page(status: int) -> ResponseReturnValue:
        return render_template("desk/tags/edit.html", form=form, tag=tag), status

    if request.method == "GET":
        return page(200)
    refused = stored(form, lambda: form.saved(tag), page)
    if refused is not None:
        return refused
    saved = gettext("The tag “%(name)s” is saved.", name=tag.name)
    tell_saved(saved, is_moved=tag.slug != slug)
    return redirect(url_for(".index"), 303)


@bp.post("/<id:tag_id>/delete")
def delete(tag_id: int) -> ResponseReturnValue:
    """Takes a tag off all its articles."""
    tag = _tag(tag_id)
    record("deleted the tag", tag.name, None)
    taxonomy.delete(tag)
    editing.take_from_menus(current_site(), renaming.place(tag).address)
    db.session.commit()
    tell(gettext("The tag “%(name)s” is gone. Its articles are still here.", name=tag.name))
    return redirect(url_for(".index"), 303)


def _tag(tag_id: int) -> Tag:
    return db.session.get(Tag, tag_id) or abort(404)
