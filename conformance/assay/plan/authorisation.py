"""The security of an operation + a credential → what the request carries to show it. Not whether the server agrees.

Of several alternatives the first that the credential can serve wholly; schemes that belong together are all served.
"""

import base64
import re
from collections.abc import Callable
from typing import Any, Literal

from attrs import evolve

from assay.contract import Operation, Security
from assay.recording.exchange import SHORTEST_SECRET
from assay.target import Credential

Spoiled = Literal["altered", "longer"]
SPOILED: tuple[Spoiled, ...] = ("altered", "longer")
"""How a credential is made one that opens nothing: a character of it is another, or it has one more."""


def served(operation: Operation, credential: Credential) -> tuple[Security, ...]:
    """The alternative of the operation's security that the credential serves; empty where it serves none."""
    return next((each for each in operation.security if each and all(_has(credential, one) for one in each)), ())


def authorise(operation: Operation, credential: Credential, headers: dict[str, str], query: dict[str, Any]) -> None:
    """Put the credential into the request; what stands there already comes first."""
    for scheme in served(operation, credential):
        _show(scheme, credential, headers, query)


def unserved(operation: Operation, credential: Credential | None) -> str:
    """Why the operation would be asked without a credential, which it needs; empty where it would not."""
    if not operation.protected or (credential is not None and served(operation, credential)):
        return ""
    name = credential.name if credential else "default"
    there = f"[credentials.{name}] is {given(credential)}" if credential else f"there are no [credentials.{name}]"
    return f"{operation.id} takes {taken(operation)}, and {there}"


def taken(operation: Operation) -> str:
    """What the operation takes, in words."""
    needed = (" with ".join(_words(scheme) for scheme in each) for each in operation.security if each)
    return ", or ".join(dict.fromkeys(needed)) or "no credential"


def given(credential: Credential) -> str:
    """What the credential is, in words."""
    kinds = {
        "a bearer token": credential.bearer or credential.command,
        "basic": credential.username or credential.password,
        "an API key": credential.api_key or credential.api_keys,
    }
    return " and ".join(words for words, there in kinds.items() if there)


def carried(operation: Operation, headers: dict[str, str], query: dict[str, Any]) -> bool:
    """Whether a request has a credential of its own, in a place where the operation takes one."""
    names = {name.lower() for name in headers}
    schemes = [scheme for each in operation.security for scheme in each]
    return any(
        scheme.parameter in query if scheme.place == "query" else header_of(scheme).lower() in names
        for scheme in schemes
    )


def without(
    operation: Operation, headers: dict[str, str], query: dict[str, Any]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Headers and query parameters but for those that show who asks, as a state may have its own.

    Where a scheme that assay does not know has its credential, nobody can tell: nothing stays but documented headers.
    """
    schemes = [scheme for each in operation.security for scheme in each]
    shown = {header_of(each).lower() for each in schemes} - {"cookie"}
    documented = {"cookie", *(each.name.lower() for each in operation.parameters if each.place == "header")}
    unknown = any(each.kind == "other" for each in schemes)
    cookies = {each.parameter for each in schemes if each.place == "cookie"}
    kept = {
        name: _without_cookies(value, cookies) if name.lower() == "cookie" else value
        for name, value in headers.items()
        if name.lower() not in shown and (name.lower() in documented or not unknown)
    }
    keys = {each.parameter for each in schemes if each.place == "query"}
    return (
        {name: value for name, value in kept.items() if value},
        {name: value for name, value in query.items() if name not in keys},
    )


def _without_cookies(header: str, names: set[str]) -> str:
    pairs = (pair.strip() for pair in header.split(";"))
    return "; ".join(pair for pair in pairs if pair.partition("=")[0] not in names)


def header_of(scheme: Security) -> str:
    """The header in which a credential of the scheme is sent; empty where it is sent in the query."""
    if scheme.kind != "apiKey":
        return "Authorization"
    return {"cookie": "Cookie", "query": ""}.get(scheme.place, scheme.parameter)


def default_header(headers: dict[str, str], name: str, value: str) -> None:
    """RFC 9110, 5.1: the names of headers have no case."""
    if name.lower() not in {each.lower() for each in headers}:
        headers[name] = value


def spoilable(operation: Operation, credential: Credential | None) -> bool:
    """Whether the operation would be asked with a token or a key, from which one can be made that opens nothing.

    Not a password: a wrong one of a user who exists may lock that user out. Nor what is short: it may open something.
    """
    if credential is None:
        return False
    schemes = served(operation, credential)
    return bool(schemes) and all(
        (each.kind == "bearer" and credential.command) or len(_secret(credential, each)) >= SHORTEST_SECRET
        for each in schemes
    )


def spoiled(credential: Credential, how: Spoiled) -> Credential:
    """The credential with each of its tokens and keys made one that opens nothing; none comes from a command."""
    change = _SPOILING[how]
    return evolve(
        credential,
        bearer=credential.bearer and change(credential.bearer),
        command=(),
        api_key=credential.api_key and change(credential.api_key),
        api_keys={scheme: change(key) for scheme, key in credential.api_keys.items()},
    )


def _secret(credential: Credential, scheme: Security) -> str:
    """The token or key that is shown for the scheme; empty where it is another kind."""
    return {"bearer": credential.bearer, "apiKey": credential.key_of(scheme.name)}.get(scheme.kind, "")


def _altered(secret: str) -> str:
    """With another character in place of the last but one of its letters and digits.

    Not of the last: in base64, as in the signature of a JWT, some of its bits mean nothing. A digit becomes a letter,
    since keys that were made by hand are numbered; what was hexadecimal stays so.
    """
    places = [match.start() for match in re.finditer("[0-9A-Za-z]", secret)][-2:-1]
    return next((secret[:at] + secret[at].translate(_ANOTHER) + secret[at + 1 :] for at in places), _longer(secret))


def _longer(secret: str) -> str:
    """With one more character: before it where it ends with the padding of base64, after which all may be ignored."""
    return f"f{secret}" if secret.endswith("=") else f"{secret}f"


_SPOILING: dict[Spoiled, Callable[[str], str]] = {"altered": _altered, "longer": _longer}
_ANOTHER = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "abcdefabcdbcdefahijklmnopqrstuvwxyzgBCDEFAHIJKLMNOPQRSTUVWXYZG",
)


def _has(credential: Credential, scheme: Security) -> bool:
    return bool(
        {
            "bearer": credential.bearer or credential.command,
            "basic": credential.username or credential.password,
            "apiKey": credential.key_of(scheme.name),
        }.get(scheme.kind)
    )


def _show(scheme: Security, credential: Credential, headers: dict[str, str], query: dict[str, Any]) -> None:
    if scheme.kind == "bearer":
        default_header(headers, "Authorization", f"Bearer {credential.bearer}")
    elif scheme.kind == "basic":
        pair = f"{credential.username}:{credential.password}".encode()
        default_header(headers, "Authorization", f"Basic {base64.b64encode(pair).decode()}")
    elif scheme.place == "query":
        query.setdefault(scheme.parameter, credential.key_of(scheme.name))
    elif scheme.place == "cookie":
        name = next((each for each in headers if each.lower() == "cookie"), "Cookie")
        pair_of = f"{scheme.parameter}={credential.key_of(scheme.name)}"
        headers[name] = "; ".join(filter(None, (headers.get(name), pair_of)))
    else:
        default_header(headers, scheme.parameter, credential.key_of(scheme.name))


def _words(scheme: Security) -> str:
    if scheme.kind == "apiKey":
        return f"an API key in the {scheme.place} {scheme.parameter!r} ({scheme.name})"
    if not scheme.defined:
        return f"{scheme.name!r}, which the document does not define: it can be sent in `headers` of a state only"
    words = {"bearer": "a bearer token", "basic": "basic"}
    return words.get(scheme.kind, f"{scheme.name!r}, which assay cannot send but in `headers` of a state")
