"""Paths of images → URLs that open them for an hour: a service of its own, behind the provider.

The provider reaches it over HTTP and in no other way, so that a provider without its upstream is a fact and not a
flag. It holds no images: nobody in a conformance run looks at one.
"""

import hashlib
import hmac
import secrets
import time
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router

VALID_FOR = 3600
"""Seconds: the lifetime that users are told signed URLs have."""

HOST = "https://images.example.com"


def signing_app() -> Router:
    """`POST /signatures {"paths": […]}` → `{"urls": {path: url}, "expires": seconds since 1970}`."""
    secret = secrets.token_bytes(32)

    async def sign(request: Request) -> JSONResponse:
        expires = int(time.time()) + VALID_FOR
        # Without a nonce, two URLs of one second would be the same URL, and not a renewed one.
        query = urlencode({"expires": expires, "nonce": secrets.token_hex(8)})
        paths: list[str] = (await request.json())["paths"]
        return JSONResponse({"urls": {path: _signed(path, query, secret) for path in paths}, "expires": expires})

    return Router([Route("/signatures", sign, methods=["POST"])])


def _signed(path: str, query: str, secret: bytes) -> str:
    opened = f"/{quote(path)}?{query}"
    return f"{HOST}{opened}&signature={hmac.new(secret, opened.encode(), hashlib.sha256).hexdigest()}"
