"""Why a reply looks like spam, in words for a moderator: parts of a sentence, each true by itself."""

from itertools import pairwise

from newsite.comments.spam.features import (
    LINK,
    Suspect,
    Traits,
    host_bucket,
    host_of,
    pair_bucket,
    word_bucket,
)
from newsite.comments.spam.model import LEAST_LESSONS, Model

LEAST_SEEN = 3  # replies marked spam; a phrase of fewer may be chance
PURITY = 4  # times as many replies marked spam as approved ones have the phrase
LEAST_LETTERS = 4  # of a word that is quoted alone: "my" tells nobody anything
MOST_CHARS = 60  # of a phrase or a host that is quoted: a reason is read at a glance
NO_PHRASE = "its wording as a whole is nearer to replies marked spam than to approved ones"


def why_held(model: Model, suspect: Suspect, traits: Traits) -> list[str]:
    """What speaks against a reply that is held: its links, hosts that are new here, and whom it resembles."""
    found = []
    if count := len(traits.hosts):
        found.append("1 link" if count == 1 else f"{count} links")
    hosts = [*traits.hosts, host_of(suspect.website.strip())]
    new = next((host for host in hosts if host and not model.in_honest[host_bucket(host)]), None)
    if new is not None:
        found.append(f"host never seen in an approved reply: {_short(new)}")
    phrase, count = _telling(model, traits)
    found.append(
        f"looks like {count} replies marked spam, which also say “{_short(phrase)}”"
        if phrase
        else NO_PHRASE
    )
    return found


def too_few(model: Model | None) -> str:
    """Why the filter does not act yet."""
    honest, spam = (model.honest, model.spam) if model else (0, 0)
    return (
        f"the filter has learned from {honest} approved replies and {spam} marked as spam; "
        f"it acts from {LEAST_LESSONS} of each"
    )


def _telling(model: Model, traits: Traits) -> tuple[str, int]:
    """The phrase that weighs most, and how many replies marked spam have it; "" if none tells anything.

    Two words together say more to a moderator than one, however much that weighs.
    """
    pairs = {f"{a} {b}": pair_bucket(a, b) for a, b in pairwise(traits.words) if LINK not in (a, b)}
    words = {word: word_bucket(word) for word in traits.words if len(word) >= LEAST_LETTERS}
    for phrases in (pairs, words):
        telling = {
            phrase: model.weights[bucket]
            for phrase, bucket in phrases.items()
            if model.in_spam[bucket] >= max(LEAST_SEEN, PURITY * model.in_honest[bucket])
        }
        if telling:
            best = max(telling, key=lambda phrase: telling[phrase])
            return best, model.in_spam[phrases[best]]
    return "", 0


def _short(words: str) -> str:
    return words if len(words) <= MOST_CHARS else f"{words[: MOST_CHARS - 1]}…"
