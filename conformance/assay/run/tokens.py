"""A credential whose token a command gives → that token, and another before it expires or after it was refused.

What the command prints is the token, or JSON with `access_token` and perhaps `expires_in` (RFC 6749, 5.1). When a token
expires follows from that, or from `exp` if it is a JWT (RFC 7519, 4.1.4); of any other only a refusal tells.
"""

import asyncio
import base64
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable

from attrs import define, evolve, field

from assay.run import programs
from assay.target import Credential

_WITHIN = 60.0
"""Seconds that a command may take."""
_ATTEMPTS = 2
"""How often it is run before it counts as failed."""
_EARLY = 30.0
"""Seconds before a token expires in which it is not used any more; a fifth of its life where that is less."""
_TOKEN = re.compile(r"[\x21-\x7e]+")


class TokenError(Exception):
    """There is no token; the message says why, without anything that the command printed."""


@define
class _Token:
    text: str = field(repr=False)
    until: float
    """Monotonic seconds."""
    follows_refusal: bool
    worked: bool = False


class Tokens:
    """The tokens of one run. `given` is told each, with its credential's name, before it is used."""

    def __init__(self, given: Callable[[str, str], None]) -> None:
        self._given = given
        self._current: dict[str, _Token] = {}
        self._failed: dict[str, TokenError] = {}
        self._turn: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def filled(self, credential: Credential) -> Credential:
        """The credential with a token that has not expired. Raises TokenError."""
        async with self._turn[credential.name]:
            token = self._current.get(credential.name)
            if token is None or time.monotonic() >= token.until:
                token = await self._another(credential, follows_refusal=False)
        return evolve(credential, bearer=token.text)

    def worked(self, credential: Credential) -> None:
        """The server took it."""
        token = self._current.get(credential.name)
        if token is not None and token.text == credential.bearer:
            token.worked = True

    async def after_refusal(self, refused: Credential) -> Credential | None:
        """The credential with another token; None where the one before was refused at once, too. Raises TokenError."""
        async with self._turn[refused.name]:
            token = self._current[refused.name]
            if token.text == refused.bearer:
                if token.follows_refusal and not token.worked:
                    return None
                token = await self._another(refused, follows_refusal=True)
        return evolve(refused, bearer=token.text)

    async def _another(self, credential: Credential, *, follows_refusal: bool) -> _Token:
        """A command that failed is not run for each request anew."""
        if credential.name in self._failed:
            raise self._failed[credential.name]
        for attempt in range(_ATTEMPTS):
            try:
                text, lifetime = _read(await _run(credential), credential.name)
            except TokenError as error:
                if attempt + 1 == _ATTEMPTS:
                    self._failed[credential.name] = error
                    raise
            else:
                break
        self._given(credential.name, text)
        until = time.monotonic() + lifetime - min(_EARLY, lifetime / 5)
        token = self._current[credential.name] = _Token(text, until, follows_refusal)
        return token


async def _run(credential: Credential) -> str:
    what = f"the command of [credentials.{credential.name}]"
    try:
        ended = await programs.run(credential.command, within=_WITHIN)
    except TimeoutError:
        raise TokenError(f"{what} did not end within {_WITHIN:g} s") from None
    except (OSError, ValueError) as error:
        raise TokenError(f"{what} cannot be started: {getattr(error, 'strerror', None) or error}") from None
    if ended.status:
        raise TokenError(f"{what} ended with status {ended.status}")
    return ended.out.strip()


def _read(out: str, name: str) -> tuple[str, float]:
    """The token, and for how many seconds it is good (infinite where nothing tells)."""
    text, lifetime = out, float("inf")
    if out.startswith("{"):
        try:
            answer = json.loads(out)
            text, lifetime = str(answer["access_token"]), float(answer.get("expires_in", lifetime))
        except (ValueError, TypeError, KeyError):
            raise TokenError(f"the command of [credentials.{name}] printed JSON without an `access_token`") from None
    if not _TOKEN.fullmatch(text):
        raise TokenError(f"the command of [credentials.{name}] printed no token: one word is expected")
    lifetime = min(lifetime, _until(text) - time.time())
    # one that has expired already was made by another clock: only a refusal tells
    return text, lifetime if lifetime > 0 else float("inf")


def _until(token: str) -> float:
    """`exp` of a JWT, in seconds since the epoch; infinite where there is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return float("inf")
    try:
        told = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))["exp"]
        return float(told)
    except (ValueError, TypeError, KeyError, OverflowError):
        return float("inf")
