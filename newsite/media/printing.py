"""A picture as HTML: in the sizes that are there, with its measures, so that no page jumps."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from markupsafe import Markup

from newsite.media.names import kept_name, size_name

BODY_SIZES = "(min-width: 44rem) 36rem, 100vw"  # the measure of the text
USUAL = 1_280  # px: what programs without `srcset` are given, if it is there
STEP = 25  # percent: focal points are classes, of which there are few
MIDDLE = 50


class Size(NamedTuple):
    """A size that is there to be served."""

    format: str
    width: int
    height: int


class Sized(Protocol):
    """What is read of a size."""

    @property
    def format(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


class Shown(Protocol):
    """What is read of a picture: a row is one, and so is a plain value."""

    @property
    def key(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def alt(self) -> str: ...
    @property
    def caption(self) -> str: ...
    @property
    def credit(self) -> str: ...
    @property
    def focal_x(self) -> int: ...
    @property
    def focal_y(self) -> int: ...
    @property
    def is_animated(self) -> bool: ...
    @property
    def renditions(self) -> Sequence[Sized]: ...


def address(picture: Shown, size: Sized | None = None) -> str:
    """The address of a size, or of the whole picture."""
    if size is None:
        return f"/media/{picture.key}/{kept_name(picture.format)}"
    return f"/media/{picture.key}/{size_name(size.width, size.format)}"


def small(picture: Shown, width: int = 320) -> str:
    """The address of the smallest size that is at least so wide, or of the largest that is there."""
    sizes = _of(picture, "webp")
    return address(
        picture, next((one for one in sizes if one.width >= width), sizes[-1] if sizes else None)
    )


def for_programs(picture: Shown) -> tuple[str, int, int]:
    """What a program is shown that knows no WebP: address, width and height; a JPEG or PNG if there is one."""
    found = _of(picture, "jpeg")
    if found:
        return address(picture, found[0]), found[0].width, found[0].height
    return address(picture), picture.width, picture.height


def image(
    picture: Shown, *, sizes: str = BODY_SIZES, alt: str = "", is_first: bool = False
) -> Markup:
    """The picture in whatever of its sizes a browser likes; lazy unless it is the first."""
    webp, avif = _of(picture, "webp"), _of(picture, "avif")
    usual = next((one for one in reversed(webp) if one.width <= USUAL), None)
    attributes = {
        "src": address(picture, None if picture.is_animated else usual),
        "srcset": "" if picture.is_animated else _set(picture, webp),
        "sizes": sizes if webp and not picture.is_animated else "",
        "width": str(picture.width),
        "height": str(picture.height),
        "class": _focal(picture),
        "loading": "" if is_first else "lazy",
    }
    told = Markup("").join(
        Markup(' {}="{}"').format(name, value) for name, value in attributes.items() if value
    )
    drawn = Markup('<img{} alt="{}">').format(told, alt or picture.alt)
    source = _source(picture, webp, avif, sizes)
    return Markup("<picture>{}{}</picture>").format(source, drawn) if source else drawn


def figure(
    picture: Shown, *, sizes: str = BODY_SIZES, caption: str | None = None, alt: str = "",
    is_first: bool = False, place: str = "",
) -> Markup:  # fmt: skip
    """The picture with its caption and credit; `caption` is HTML that is said in place of the picture's own."""
    own = Markup("{}").format(picture.caption)
    said = Markup(caption) if caption is not None else own  # noqa: S704  # cleaned by `sanitize`
    if picture.credit:
        credit = Markup("<small>{}</small>").format(picture.credit)
        said = Markup("{} {}").format(said, credit) if said else credit
    words = Markup("<figcaption>{}</figcaption>").format(said) if said else Markup("")
    drawn = image(picture, sizes=sizes, alt=alt, is_first=is_first)
    return Markup("<figure{}>{}{}</figure>").format(
        Markup(' class="{}"').format(place) if place else "", drawn, words
    )


def _source(
    picture: Shown, webp: Sequence[Sized], avif: Sequence[Sized], sizes: str
) -> Markup | None:
    """What is offered before the picture itself: AVIF; of one that moves, a still for those who ask for calm."""
    if picture.is_animated:
        still = Markup('<source media="(prefers-reduced-motion: reduce)" srcset="{}">')
        return still.format(address(picture, webp[-1])) if webp else None
    offered = Markup('<source type="image/avif" srcset="{}" sizes="{}">')
    return offered.format(_set(picture, avif), sizes) if avif else None


def _set(picture: Shown, sizes: Sequence[Sized]) -> str:
    return ", ".join(f"{address(picture, one)} {one.width}w" for one in sizes)


def _of(picture: Shown, form: str) -> list[Sized]:
    return sorted(
        (one for one in picture.renditions if one.format == form), key=lambda one: one.width
    )


def _focal(picture: Shown) -> str:
    """The classes that say what is not cut off, "x25 y0"; the middle needs none."""
    places = {"x": picture.focal_x, "y": picture.focal_y}
    rounded = {axis: (place + STEP // 2) // STEP * STEP for axis, place in places.items()}
    return " ".join(f"{axis}{place}" for axis, place in rounded.items() if place != MIDDLE)
