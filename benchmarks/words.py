"""Text that reads like a paper's: the sentences of the demo, which are ours, in another order each time."""

import random
import re

from newsite.demo import reading

FIRST_NAMES = (
    "Ada Amina Ben Carla Daniel Dora Edith Farah George Hana Ivan Jo Karim Lena Marek Nadia "
    "Oscar Petra Quentin Rosa Samir Tess Uma Victor Wanda Yusuf Zoe"
)
LAST_NAMES = (
    "Abbott Ahmed Baker Clarke Dubois Evans Fletcher Grant Hughes Ivanova Jones Khan Lewis "
    "Mbeki Novak Okafor Price Quinn Reid Silva Turner Usman Voss Walsh Young Zhang"
)
_MARKUP = re.compile(r"<[^>]+>|\[([^\]]+)\]\([^)]*\)|[*_`>#|]|^- ", re.MULTILINE)


class Words:
    """Everything that is written in the corpus; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # the same at every run is the point
        text = "\n\n".join(one.body for one in reading.texts("articles"))
        plain = " ".join(_MARKUP.sub(lambda found: found[1] or "", text).split())
        parts = re.split(r"(?<=[.?!]) (?=[A-Z“])", plain)
        self.sentences = [part for part in parts if 30 <= len(part) <= 220]

    def name(self) -> str:
        """A person's name."""
        return " ".join(self.random.choice(names.split()) for names in (FIRST_NAMES, LAST_NAMES))

    def words(self, count: int) -> str:
        """A few words, as a title or a tag has them."""
        words = re.findall(r"[A-Za-z]{3,}", " ".join(self.random.sample(self.sentences, 3)))
        return " ".join(words[:count]).capitalize()

    def text(self, chars: int) -> str:
        """Whole sentences of about so many characters."""
        said: list[str] = []
        while sum(map(len, said)) < chars:
            said.append(self.random.choice(self.sentences))
        return " ".join(said)

    def body(self) -> str:
        """An article's body in Markdown: some 400 words, two sub-headings, a link."""
        blocks = [self.text(330) for _ in range(7)]
        blocks[2] += " [What was agreed](https://example.org/agreed/) is public."
        blocks.insert(3, f"## {self.words(4)}")
        blocks.insert(6, f"## {self.words(3)}")
        return "\n\n".join(blocks)
