"""Articles and pages at the desk: the list, the editor, the preview, the versions, what becomes of them."""

from newsite.web.desk.articles import editor, lists, preview, states, versions
from newsite.web.desk.articles.blueprint import bp

__all__ = ["bp", "editor", "lists", "preview", "states", "versions"]
