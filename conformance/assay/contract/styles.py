"""A parameter and a value → its text in a path, a query, a header or a cookie (OpenAPI 3.1, 4.8.12.2 to 4.8.12.6).

A value that is text already goes out as one text: it may be written in the parameter's style by somebody else.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from attrs import frozen

_RESERVED = "/:?@!$'()*,;"
"""What `allowReserved` leaves as it is, but for what would end the value: `#`, `&`, `+` and `=`, and brackets."""
_BETWEEN = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}

_Encode = Callable[[str], str]


@frozen
class Style:
    """How one parameter is written. `json`: by `content`, as JSON."""

    name: str
    style: str = "form"
    explode: bool = True
    json: bool = False
    reserved: bool = False

    def in_path(self, value: Any) -> str:
        """Percent-encoded. Dots alone are too, or clients and proxies would take them as steps of the path."""
        text = self._in_path(self._plain(value))
        return text.replace(".", "%2E") if text in (".", "..") else text

    def _in_path(self, value: Any) -> str:
        parts = list(_parts(value, _encoded, explode=self.explode))
        if self.style == "label":
            return "." + ("." if self.explode else ",").join(parts)
        if self.style != "matrix":
            return ",".join(parts)
        name = _encoded(self.name)
        if not self.explode or not isinstance(value, dict | list):
            return f";{name}={','.join(parts)}"
        return "".join(f";{part}" if isinstance(value, dict) else f";{name}={part}" for part in parts)

    def in_query(self, value: Any) -> Iterator[str]:
        """Percent-encoded pairs; none for null and for an empty array."""
        value, name = self._plain(value), _encoded(self.name)

        def encode(text: str) -> str:
            return quote(text, safe=_RESERVED if self.reserved else "")

        if isinstance(value, dict) and self.style == "deepObject":
            yield from (f"{_encoded(f'{self.name}[{key}]')}={encode(_text(each))}" for key, each in value.items())
        elif isinstance(value, dict) and self.explode:
            yield from _parts(value, encode, explode=True)
        elif isinstance(value, list) and self.explode:
            yield from (f"{name}={encode(_text(each))}" for each in value)
        elif value is not None and value != []:
            yield f"{name}={_BETWEEN.get(self.style, ',').join(_parts(value, encode, explode=False))}"

    def in_header(self, value: Any) -> str:
        return ",".join(_parts(self._plain(value), str, explode=self.explode))

    def in_cookie(self, value: Any) -> str:
        """Cookies have no form for several: they are joined by commas."""
        return ",".join(_parts(self._plain(value), str, explode=False))

    def _plain(self, value: Any) -> Any:
        return json.dumps(value) if self.json and not isinstance(value, str) else value


_DEFAULTS = {"path": ("simple", False), "header": ("simple", False), "query": ("form", True), "cookie": ("form", True)}


def style(raw: dict[str, Any]) -> Style:
    """That of a parameter object."""
    usual, explode = _DEFAULTS[raw["in"]]
    declared = raw.get("style", usual)
    return Style(
        raw["name"],
        declared,
        bool(raw.get("explode", explode if declared == usual else declared == "deepObject")),
        json="content" in raw,
        reserved=bool(raw.get("allowReserved", False)),
    )


def usual(place: str, name: str) -> Style:
    """That of a parameter of which nothing is said."""
    return Style(name, *_DEFAULTS[place])


def _parts(value: Any, encode: _Encode, *, explode: bool) -> Iterator[str]:
    if isinstance(value, dict):
        pairs = ((encode(str(key)), encode(_text(each))) for key, each in value.items())
        for key, each in pairs:
            yield from [f"{key}={each}"] if explode else [key, each]
    else:
        yield from (encode(_text(each)) for each in (value if isinstance(value, list) else [value]))


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)
