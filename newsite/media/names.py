"""What the files of a picture are called, behind its key."""

SUFFIXES = {"jpeg": "jpg"}  # where it is not the format's own name


def cache_key(key: str) -> str:
    """What caches in front drop the files under a key by: see `changes`."""
    return f"media:{key}"


def kept_name(form: str) -> str:
    """The name of the file that is kept of a picture in this format."""
    return f"full.{SUFFIXES.get(form, form)}"


def size_name(width: int, form: str) -> str:
    """The name of a size, in px, in this format."""
    return f"{width}.{SUFFIXES.get(form, form)}"
