"""Exchange → a shell command that sends its request again. Not how assay sends: that is `send`'s part.

The command is one line of printable ASCII for a POSIX shell, so that it survives a terminal, a log and a clipboard.
What the request holds is data there, whatever it looks like: printable text stands in single quotes, other bytes are
written by printf, and a credential that the recording left out is a variable to export first. Nor may curl itself
find meaning in it: `@file`, `[a-z]` and `../` lose theirs.
"""

import re
import string
import urllib.parse

from assay.recording.exchange import Exchange, Request

_CURLS_OWN = frozenset(
    {"host", "content-length", "transfer-encoding", "accept-encoding", "connection", "expect", "user-agent"}
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2. What is none is no field (`:authority` of HTTP/2), and curl takes `@name` for a file."""

_MARKER = r"«credential:([^«»]*)»"
_PIECES = re.compile(rf"{_MARKER}|([ -~]+)|((?:(?!{_MARKER})[^ -~])+)")
_PRINTABLE = re.compile(rf"(?:{_MARKER}|[ -~])*")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|$)", re.IGNORECASE)
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte, unlike those of PEP 383."""

_LONGEST_ARGUMENT = 100_000
"""Bytes of a body given as an argument; Linux takes 131,072 at most."""

_LONGEST_SHOWN = 5_000
"""Characters of a command that people are shown."""

_IN_FORMAT = {byte: chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}" for byte in range(256)} | {
    ord("%"): "%%", ord("\\"): "\\\\", ord("'"): "\\047", ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t",
}  # fmt: skip
"""Byte → how printf's format says it (POSIX has no `\\x`)."""


def curl(exchange: Exchange) -> str:
    request = exchange.request
    before, body = _body(request)
    url, flags = _url(request.url)
    return " ".join([*before, "curl -sS -i", *_method(request), *flags, f"--url {url}", *_headers(request), *body])


def curl_to_show(exchange: Exchange) -> str:
    """The command, or where it stands if nobody would want to look at it."""
    line = curl(exchange)
    return line if len(line) <= _LONGEST_SHOWN else f"(its curl line, {len(line):,} characters, is in results.json)"


def _method(request: Request) -> list[str]:
    if request.method == "GET" and not request.body:
        return []
    if request.method == "HEAD" and not request.body:
        return ["--head"]
    plain = request.method.isascii() and request.method.isalpha()
    return [f"-X {request.method if plain else _word(_one_line(request.method))}"]


def _url(url: str) -> tuple[str, list[str]]:
    """The word for it, and the options that keep curl from reading more into it than a server would."""
    flags = ["--path-as-is"] if _DOT_SEGMENT.search(url) else []
    if re.search(r"[\[\]{}]", url):
        flags.append("--globoff")
    escaped = [
        match[0]
        if match[1] is not None
        # what no URL may hold raw (RFC 3986), as every client escapes it
        else urllib.parse.quote(match[0], safe=string.punctuation, errors="surrogateescape")
        for match in _PIECES.finditer(_bytes_only(url))
    ]
    return _word("".join(escaped)), flags


def _headers(request: Request) -> list[str]:
    kept = [(name, _one_line(value).strip()) for name, value in request.headers if _TOKEN.fullmatch(name)]
    kept = [(name, value) for name, value in kept if name.lower() not in _CURLS_OWN]
    # curl takes `Name:` for "send none" and `Name;` for "send it empty"
    words = ["-H " + _word(f"{name}: {value}" if value else f"{name};") for name, value in kept]
    if _has_content(request) and not any(name.lower() == "content-type" for name, _ in kept):
        words.append("-H 'Content-Type:'")
    return words


def _has_content(request: Request) -> bool:
    """Whether curl has to say a length: these methods say one for an empty body too (RFC 9110, 8.6)."""
    return bool(request.body) or request.method in ("POST", "PUT", "PATCH")


def _body(request: Request) -> tuple[list[str], list[str]]:
    """The words before `curl` and those at its end."""
    if not _has_content(request):
        return [], []
    text = request.body.decode("utf-8", "surrogateescape")
    if _PRINTABLE.fullmatch(text) and not text.startswith("@") and len(text) <= _LONGEST_ARGUMENT:
        return [], [f"--data-binary {_word(text)}"]
    return [_printf(text), "|"], ["--data-binary @-"]


def _bytes_only(text: str) -> str:
    return _LONE.sub("\ufffd", text)


def _one_line(text: str) -> str:
    """RFC 9110, 5.5: CR, LF and NUL within a field are dangerous; who does not refuse them makes them spaces."""
    return re.sub(r"[\r\n\0]", " ", _bytes_only(text))


def _word(text: str) -> str:
    """One shell word that stands for exactly the bytes of `text`, which holds no NUL and no line end at its end."""
    return "".join(_piece(match) for match in _PIECES.finditer(text)) or "''"


def _piece(match: re.Match[str]) -> str:
    credential, printable, other = match[1], match[2], match[3]
    if credential is not None:
        return _variable(credential)
    if printable:
        return "'" + printable.replace("'", "'\\''") + "'"
    return f'"$({_printf(other)})"'


def _printf(text: str) -> str:
    """The command that prints exactly the bytes of `text`, with the credentials filled in."""
    template, variables = "", ""
    for match in _PIECES.finditer(text):
        if match[1] is not None:
            template += "%s"
            variables += f" {_variable(match[1])}"
        else:
            template += "".join(_IN_FORMAT[byte] for byte in match[0].encode("utf-8", "surrogateescape"))
    # a leading hyphen would be an option
    template = re.sub("^-", r"\\055", template)
    return f"printf '{template}'{variables}"


def _variable(credential: str) -> str:
    """`no-credit` → `"$NO_CREDIT_CREDENTIAL"`."""
    name = re.sub("[^A-Z0-9]", "_", credential.upper())
    return f'"${"_" if name[:1].isdigit() else ""}{name}_CREDENTIAL"'
