"""What the filter sees of a reply: its words, pairs of words, runs of four letters, hosts and shape, as numbers.

Only the numbers are kept, never the words: a word becomes one of 262,144 buckets. Whatever is sent is read in
time in proportion to its length: no pattern here can match what its neighbour matches.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from zlib import crc32

BUCKETS = 1 << 18  # enough that few of the words of some thousand replies share one
MOST_CHARS = 5_000  # of the text; as many as a reply may have
HEAD_CHARS, TAIL_CHARS = 800, 200  # whose runs of letters are read: spam stands at either end
GRAM_CHARS = 4  # "subscribe" and "subscrlbe" have half of these in common
MOST_LINKS = 4  # more say no more
MOST_NAMES = 8  # of one name's words
LINK = "\x01"  # stands for an address among the words; nobody types it

_MASK = BUCKETS - 1
_PIECE = 500  # characters that are normalised at once
_WORDS, _GRAMS, _HOSTS, _OTHERS = range(1, 5)  # where the sums of each kind begin
_BORDER = 0x2026_1122  # stands between two words of a pair; any number does
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\x01]")
_TAG = re.compile(r"<[A-Za-z/][^<>]*>")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|biz|ru|tk|tv|ly|co|uk|de|io|xyz|top|site|shop|club|online)"
    r"(?![a-z0-9-])",
    re.IGNORECASE,
)
_BEFORE_HOST = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_AFTER_HOST = re.compile(r"[/?#:]")
_WORD = re.compile(rf"[^\W_]+|{LINK}")
_AROUND = "([{<\"'*,;:!?.)]}>"


@dataclass(frozen=True)
class Suspect:
    """A reply as the filter is shown it."""

    body: str
    author: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True)
class Traits:
    """What the filter sees of one reply."""

    words: list[str]  # folded; LINK stands for every address
    hosts: list[str]  # of the addresses in the text, in its order, with repeats
    pairs: list[int]  # buckets of words that stand beside each other
    buckets: frozenset[int]  # of everything, the pairs among it


def read(suspect: Suspect) -> Traits:
    """The traits of a reply, of whose text the first 5,000 characters count."""
    text, hosts = _without_addresses(_plain(suspect.body))
    words = _WORD.findall(text.casefold())
    sums = [crc32(word.encode(), _WORDS) for word in words]
    pairs = [_pair(first, second) for first, second in zip(sums, words[1:], strict=False)]
    buckets = {number & _MASK for number in sums}
    buckets.update(pairs, _grams(words), map(host_bucket, hosts))
    others = [*_ends(words), *_shape(text, words, hosts), *_sender(suspect)]
    buckets.update(crc32(name.encode("utf-8", "ignore"), _OTHERS) & _MASK for name in others)
    if host := host_of(suspect.website):
        buckets.add(host_bucket(host))
    return Traits(words, hosts, pairs, frozenset(buckets))


def word_bucket(word: str) -> int:
    """The number of a word."""
    return crc32(word.encode(), _WORDS) & _MASK


def pair_bucket(first: str, second: str) -> int:
    """The number of two words that stand beside each other."""
    return _pair(crc32(first.encode(), _WORDS), second)


def host_bucket(host: str) -> int:
    """The number of a host that is linked to."""
    return crc32(host.encode("utf-8", "ignore"), _HOSTS) & _MASK


def host_of(address: str) -> str:
    """The host of an address as people write it, in small letters without `www.`."""
    bare = _BEFORE_HOST.sub("", address[:MOST_CHARS].strip().casefold())
    return _AFTER_HOST.split(bare, maxsplit=1)[0].strip(_AROUND)


def _pair(first: int, second: str) -> int:
    """The number of a word, of which the sum is given, and the next; the border between them counts."""
    return crc32(second.encode(), first ^ _BORDER) & _MASK


def _plain(body: str) -> str:
    """The text without tags (but for the addresses in them), in one form whatever alphabet imitates another."""
    text = _INVISIBLE.sub("", _compatible(body[:MOST_CHARS].encode("utf-8", "ignore").decode()))
    if "<" in text:
        text = _TAG.sub(lambda tag: f" {' '.join(_ADDRESS.findall(tag[0]))} ", text)
    return html.unescape(text).replace(LINK, "") if "&" in text else text


def _compatible(text: str) -> str:
    """The text in Unicode's compatibility form, as much of it as counts: one character can become eighteen."""
    if text.isascii():
        return text
    made = ""
    for start in range(0, len(text), _PIECE):
        made += unicodedata.normalize("NFKC", text[start : start + _PIECE])
        if len(made) > MOST_CHARS:
            break
    return made[:MOST_CHARS]


def _without_addresses(text: str) -> tuple[str, list[str]]:
    """The text with LINK in place of every address, and the hosts of those."""
    hosts: list[str] = []

    def note(match: re.Match[str]) -> str:
        hosts.append(host_of(match[0]))
        return f" {LINK} "

    chunks = _ADDRESS.sub(note, text).split()
    for place, chunk in enumerate(chunks):
        if "." in chunk[:-1] and (match := _BARE_HOST.match(chunk.lstrip(_AROUND))):
            chunks[place] = note(match)
    return " ".join(chunks), hosts


def _grams(words: list[str]) -> list[int]:
    text = " ".join(words)
    if len(text) > HEAD_CHARS + TAIL_CHARS:
        text = f"{text[:HEAD_CHARS]} {text[-TAIL_CHARS:]}"
    raw, step = text.encode("utf-32-le", "ignore"), 4
    size = GRAM_CHARS * step
    starts = range(0, len(raw) - size + 1, step)
    return [crc32(raw[start : start + size], _GRAMS) & _MASK for start in starts]


def _ends(words: list[str]) -> list[str]:
    return [f"first {words[0]}", f"last {words[-1]}"] if words else []


def _shape(text: str, words: list[str], hosts: list[str]) -> list[str]:
    first = _WORD.findall(text[:HEAD_CHARS])
    shouted = sum(len(word) > 1 and word.isupper() for word in first)
    return [
        f"links {min(len(hosts), MOST_LINKS)}",
        f"length {(len(words) + 1).bit_length()}",  # doubled with every step
        f"shouts {shouted > 2 and shouted * 2 > len(first)}",
        f"exclaims {min(text.count('!'), 3)}",
    ]


def _sender(suspect: Suspect) -> list[str]:
    """Traits of the other fields; of the address only its host, which many share."""
    names = _WORD.findall(suspect.author[:MOST_CHARS].casefold())[:MOST_NAMES]
    found = [f"name {name}" for name in names]
    if domain := suspect.email.casefold().rpartition("@")[2].strip():
        found.append(f"mail {domain[:MOST_CHARS]}")
    return [*found, "website"] if suspect.website.strip() else found
