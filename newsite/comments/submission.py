"""What somebody sends as a reply: its fields tidied, and what is wrong with them."""

import hashlib
import re
from dataclasses import dataclass, replace

from newsite.accounts.emails import email_key
from newsite.sanitize import MAX_REPLY_CHARS, is_web_address
from newsite.text import tidy_line, tidy_text

MAX_NAME_CHARS = 245  # these three are WordPress's, so that what it took fits here
MAX_EMAIL_CHARS = 100
MAX_WEBSITE_CHARS = 200

# Only what every mail program takes; whether anybody reads it, a mail would have to show.
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+\.[^\s@<>()\[\]\\,;:\".]+")


@dataclass(frozen=True)
class NewReply:
    """A reply as it was sent. `problems` wants it tidied."""

    author_name: str
    email: str
    website: str  # empty if none was given
    body: str
    parent_id: int | None = None  # the comment that it answers

    def tidied(self) -> "NewReply":
        """The same reply: lines trimmed, and the website with its scheme if only that was left out."""
        website = tidy_line(self.website)
        if website and "://" not in website and is_web_address(f"https://{website}"):
            website = f"https://{website}"
        return replace(
            self,
            author_name=tidy_line(self.author_name),
            email=tidy_line(self.email),
            website=website,
            body=storable(self.body).strip(),
        )


def problems(reply: NewReply) -> dict[str, str]:
    """A sentence for every field of a tidied reply that has to change, by its name, in the form's order."""
    found = {
        "body": _body_problem(reply.body),
        "author_name": _name_problem(reply.author_name),
        "email": _email_problem(reply.email),
        "website": _website_problem(reply.website),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def storable(text: str) -> str:
    """The text as sent, but for what no database can hold: the null character and half characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def fingerprint(reply: NewReply, parent_id: int | None) -> str:
    """What is said to whom in a tidied reply, and by whom, however it is spaced or capitalised: 64 hex digits.

    Two replies to one article that have the same are the same reply.
    """
    return of_words(reply, parent_id) + _digest(email_key(reply.email), reply.author_name)


def of_words(reply: NewReply, parent_id: int | None) -> str:
    """How the fingerprint begins of every reply that says this to the same one, whoever says it."""
    return _digest(str(parent_id or ""), tidy_text(reply.body))


def of_none(comment_id: int) -> str:
    """A fingerprint that no words have: those of this reply may be sent again."""
    return f"none:{comment_id}"


def _digest(*parts: str) -> str:
    """Half of a SHA-256, in hex."""
    words = "\x00".join(" ".join(part.casefold().split()) for part in parts)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _body_problem(body: str) -> str | None:
    if not tidy_text(body):
        return "Write something before you post."
    length = len(body.replace("\r\n", "\n"))
    if length > MAX_REPLY_CHARS:
        return (
            f"A reply has at most {MAX_REPLY_CHARS:,} characters; this one has {length:,}. "
            "Shorten it, or send it as two replies."
        )
    return None


def _name_problem(name: str) -> str | None:
    if not name:
        return "Enter your name."
    return _too_long("name", name, MAX_NAME_CHARS)


def _email_problem(email: str) -> str | None:
    if not email:
        return "Enter your email address."
    if not _EMAIL.fullmatch(email):
        return "An email address looks like name@example.org."
    return _too_long("email address", email, MAX_EMAIL_CHARS)


def _website_problem(website: str) -> str | None:
    if website and not is_web_address(website):
        return "A website looks like https://example.org."
    return _too_long("website", website, MAX_WEBSITE_CHARS)


def _too_long(name: str, value: str, limit: int) -> str | None:
    return f"Use a shorter {name}: at most {limit} characters." if len(value) > limit else None
