"""The refusals of the rules: each carries a sentence that may be shown to the person it stops."""


class RuleBroken(Exception):
    """A rule said no.

    `message` is a whole sentence, written by whoever raises it, that says what happened and what
    to do; `field` is the name of the form field that it belongs to, None for the form as a whole.
    """

    status: int = 422  # the HTTP status that the web half answers with

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(RuleBroken):
    """This person may not do this."""

    status = 403


class RepliesClosed(RuleBroken):
    """The article takes no replies, or no more."""

    status = 403


class ThreadLocked(RepliesClosed):
    """Nobody can answer in this thread; the article may take replies."""


class Conflict(RuleBroken):
    """Something else changed first, so that what was sent no longer fits."""

    status = 409


class DuplicateReply(Conflict):
    """The same words were sent to the same article before."""


class TooFast(RuleBroken):
    """Too many attempts in too short a time; `seconds` is how long to wait, if that is known."""

    status = 429

    def __init__(self, message: str, *, field: str | None = None, seconds: int = 0) -> None:
        super().__init__(message, field=field)
        self.seconds = seconds


class AddressTaken(RuleBroken):
    """Another article, page, redirect or part of the program has this address."""

    def __init__(self, message: str, *, field: str | None = "path") -> None:
        super().__init__(message, field=field)


class BadText(RuleBroken):
    """The text cannot be taken as it is: too long, too many tags, or nested too deeply."""
