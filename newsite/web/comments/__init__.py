"""Readers' replies: the section under an article, the form, and what becomes of what was sent."""

from newsite.web.comments.section import ReplySection, reply_section
from newsite.web.comments.views import bp

__all__ = ["ReplySection", "bp", "reply_section"]
