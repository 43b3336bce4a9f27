"""The media types of a response, and what came as Content-Type → the documented one that it is.

Names are in lower case. A parameter (`version=2`) stands with the name only where several documented media types
differ in nothing else: as a rule it says nothing of the body's shape, and servers add `charset` as they like.
"""

import functools
from collections import Counter
from collections.abc import Sequence


def names(documented: Sequence[str]) -> list[str]:
    """Each as it is called from here on, in the same order."""
    often = Counter(_plain(each) for each in documented)
    return [_whole(each) if often[_plain(each)] > 1 else _plain(each) for each in documented]


def is_json(media_type: str) -> bool:
    """RFC 6839: a structured syntax suffix says the same as application/json."""
    plain = _plain(media_type)
    return plain == "application/json" or plain.endswith("+json")


def is_range(media_type: str) -> bool:
    """`*/*` or `application/*`, which a body of any such type falls under."""
    return _plain(media_type).endswith("/*")


def is_text(media_type: str) -> bool:
    return media_type.startswith("text/")


def text(body: bytes, came: str) -> str:
    """A body as its Content-Type says that it is written; as UTF-8 where that says nothing that is known."""
    charset = dict(_parameters(came)).get("charset", "utf-8")
    try:
        return body.decode(charset, "replace")
    except (LookupError, ValueError):  # of no codec for text, or of one that is none
        return body.decode("utf-8", "replace")


def as_json(documented: str, came: str) -> bool:
    """Whether a body documented so, which came as that, is read as JSON."""
    return is_json(documented) or (is_range(documented) and is_json(came))


@functools.lru_cache(maxsize=1000)
def nearest(came: str, known: tuple[str, ...]) -> str:
    """The documented media type that a Content-Type is, or falls under (`text/*`); empty if there is none.

    Of several that differ in parameters: that which has most of those that came, and none that did not.
    """
    plain, parameters = _plain(came), _parameters(came)
    for wanted in (plain, f"{plain.partition('/')[0]}/*", "*/*"):
        fitting = [each for each in known if _plain(each) == wanted and _parameters(each) <= parameters]
        if fitting:
            return max(fitting, key=lambda each: len(_parameters(each)))
    return ""


def _plain(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _parameters(media_type: str) -> frozenset[tuple[str, str]]:
    """RFC 9110, 5.6.6: names have no case; values may be quoted."""
    pairs = (each.partition("=") for each in media_type.split(";")[1:])
    return frozenset((name.strip().lower(), value.strip().strip('"').lower()) for name, _, value in pairs if value)


def _whole(media_type: str) -> str:
    return ";".join([_plain(media_type), *(f"{name}={value}" for name, value in sorted(_parameters(media_type)))])
