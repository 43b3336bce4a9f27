"""A page as a parser sees it: its elements, and the text in them. Not how it looks: that is for a browser to say."""

import base64
import gzip
import re
from html.parser import HTMLParser

from attrs import define, field

_VOID = frozenset({"meta", "input", "br", "rect", "line", "circle"})
"""Elements without an end; the last three are SVG's, which close themselves."""


@define(eq=False)
class Element:
    """`attributes` without a value have an empty one. `text` is that of the whole element."""

    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(factory=list, repr=False)
    pieces: list["str | Element"] = field(factory=list, repr=False)

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.pieces)

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    def has(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()

    def all(self, tag: str = "", name: str = "") -> list["Element"]:
        """Those within, in the order of the page, of this tag and class."""
        found = []
        for each in self.children:
            if (not tag or each.tag == tag) and (not name or each.has(name)):
                found.append(each)
            found += each.all(tag, name)
        return found

    def one(self, tag: str = "", name: str = "") -> "Element":
        return self.all(tag, name)[0]

    def by_id(self, wanted: str) -> "Element":
        [found] = [each for each in self.all() if each.id == wanted]
        return found

    def shape(self) -> list[tuple[str, ...]]:
        """Each element with the names of its attributes."""
        return [(each.tag, *sorted(each.attributes)) for each in self.all()]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        assert len(made.attributes) == len(attrs), f"an attribute twice: {attrs}"
        self._open[-1].children.append(made)
        self._open[-1].pieces.append(made)
        if tag not in _VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _VOID, tag
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> ends <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].pieces.append(data)

    def done(self) -> Element:
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].tag}> never ends"
        return self.root


def parsed(page: bytes | str) -> Element:
    """Raises AssertionError: an element is not ended where it has to be."""
    parser = _Parser()
    parser.feed(page if isinstance(page, str) else page.decode())
    return parser.done()


def unpacked(page: bytes) -> str:
    """With what is packed in its place, as a browser would put it there once it is opened."""
    return re.sub(
        r'<script type="text/plain" class="pack"[^>]*>([^<]*)</script>',
        lambda match: gzip.decompress(base64.b64decode(match[1])).decode(),
        page.decode(),
    )
