"""Articles and pages at the desk: the list, the editor, the preview, the versions, what becomes of them."""

from newsite.web.desk.articles import (
    converting,
    drafts,
    editor,
    finding,
    lists,
    notes,
    preview,
    publishing,
    review,
    sharing,
    states,
    versions,
)
from newsite.web.desk.articles.blueprint import bp

__all__ = [
    "bp",
    "converting",
    "drafts",
    "editor",
    "finding",
    "lists",
    "notes",
    "preview",
    "publishing",
    "review",
    "sharing",
    "states",
    "versions",
]
