"""Replies at the desk: the queues, decisions about many and one, bans, and who decided what."""

from newsite.web.desk.replies import answer, bans, decisions, lists, log, measures, one
from newsite.web.desk.replies.blueprint import bp

__all__ = ["answer", "bans", "bp", "decisions", "lists", "log", "measures", "one"]
