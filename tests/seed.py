"""The page that everything began with. Its sentences are not ours: tests read it, nothing ships it."""

from pathlib import Path


def seed(folder: Path) -> dict[str, str]:
    """The page everything began with, taken apart: title, byline and body as Markdown."""
    lines = (
        (folder / "seed" / "amazon-strike.txt").read_text().split("Leave a Reply")[0].splitlines()
    )
    kept = [line.strip() for line in lines if line.strip()]
    title, first, byline, *body = kept[1:]
    assert first == "Originally published 26 January 2023"
    text = "\n\n".join(f"## {line}" if len(line) < 40 else line for line in body)
    return {"title": title, "byline": byline.removeprefix("By "), "body": text}
