"""Paths of images → signed URLs, by asking the signing service.

Not the signer itself (`signing`). This module starts that service, talks to it, and can take it away.
"""

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import httpx
from attrs import define, field, frozen

from jobs_provider import refusals
from jobs_provider.listening import Listener
from jobs_provider.signing import signing_app

PATIENCE = 5.0
"""Seconds until a silent signer counts as broken."""


@frozen
class SignedUrls:
    url: Mapping[str, str]
    expires_at: datetime


def _pooled_client() -> httpx.AsyncClient:
    # A proxy of the environment would be asked for a loopback port of its own machine. The signer speaks no TLS, and
    # to read a trust store that nobody needs takes longer than all else that a provider starts with.
    return httpx.AsyncClient(timeout=PATIENCE, trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@define
class Images:
    """The upstream and our connection pool to it."""

    _signer: Listener = field(factory=lambda: Listener(signing_app()))
    _client: httpx.AsyncClient = field(factory=_pooled_client)

    async def start(self) -> None:
        """Also mends what `break_upstream` broke."""
        await self._signer.start()

    async def break_upstream(self) -> None:
        """From here on, connections to the signer are refused."""
        await self._signer.stop()

    async def stop(self) -> None:
        await self._client.aclose()
        await self._signer.stop()

    async def signed(self, paths: Sequence[str]) -> SignedUrls:
        """New URLs at each call. Raises the 502 when the signer cannot be reached or talks nonsense."""
        try:
            address = f"http://127.0.0.1:{self._signer.port}/signatures"
            answer = (await self._client.post(address, json={"paths": paths})).raise_for_status().json()
            return SignedUrls(
                url={path: answer["urls"][path] for path in paths},
                expires_at=datetime.fromtimestamp(answer["expires"], UTC),
            )
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as fault:
            raise refusals.images_unavailable() from fault
