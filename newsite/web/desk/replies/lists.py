"""The lists of replies: what waits, what was reported, and what was decided about the others."""

from flask import render_template
from flask_babel import lazy_gettext

from newsite.articles import queries as articles
from newsite.comments import queries, reports
from newsite.comments.queries import Queue
from newsite.web.context import now
from newsite.web.desk.replies.asked import asked, place_asked
from newsite.web.desk.replies.blueprint import bp

TABS = {
    Queue.waiting: lazy_gettext("Waiting"),
    Queue.likely_spam: lazy_gettext("Likely spam"),
    Queue.reported: lazy_gettext("Reported"),
    Queue.appeals: lazy_gettext("Appeals"),
    Queue.approved: lazy_gettext("Approved"),
    Queue.spam: lazy_gettext("Spam"),
    Queue.trash: lazy_gettext("Trash"),
}


@bp.get("/", defaults={"queue": Queue.waiting.value})
@bp.get("/<any('likely-spam', reported, appeals, approved, spam, trash):queue>/")
def index(queue: str) -> str:
    """One of the lists, newest first, narrowed to what is sought."""
    here = asked(queue)
    sought = here.sought
    page = queries.queue(here.queue, place_asked(), sought=sought)
    return render_template(
        "desk/replies/index.html",
        asked=here,
        which=here.queue,
        moment=now(),
        tabs=TABS,
        counts=queries.counts(),
        counted=queries.COUNTED,
        many=f"{queries.COUNTED:,}+",
        found=queries.count(here.queue, sought) if sought or page.next else len(page.items),
        about=articles.without_text(here.article_id) if here.article_id else None,
        page=page,
        reports=reports.of(page.items),
    )
