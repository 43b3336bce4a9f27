"""`[http]` of a target and the id of a run → how httpx connects: whom it trusts, which way it takes, its own headers.

For everything that a run sends, setups included. Nothing is sent here, and nothing of the environment is used (proxies,
.netrc), since a run must be the same everywhere.
"""

import functools
import importlib.metadata
import ssl
from typing import TypedDict

import httpx

from assay.target import Http, certificates

USER_AGENT = f"assay/{importlib.metadata.version('assay-conformance')}"
_HERE = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class Options(TypedDict):
    """What each kind of httpx client takes."""

    verify: ssl.SSLContext
    proxy: httpx.Proxy | None
    headers: dict[str, str]
    trust_env: bool


def options(http: Http, run_id: str) -> Options:
    return Options(
        verify=_context(http.ca, http.certificate, http.key, http.key_password),
        proxy=httpx.Proxy(http.proxy) if http.proxy else None,
        headers={"User-Agent": USER_AGENT, "X-Assay-Run": run_id, "Accept": "*/*"},
        trust_env=False,
    )


def not_here() -> dict[str, None]:
    """What no proxy is asked for: this machine means another one to it."""
    return dict.fromkeys(_HERE)


@functools.cache
def _context(ca: str, certificate: str, key: str, password: str) -> ssl.SSLContext:
    """Made once: the certificates take as long to load as a dozen requests."""
    context = httpx.create_ssl_context(trust_env=False)
    certificates.add(context, ca=ca, certificate=certificate, key=key, password=password)
    return context
