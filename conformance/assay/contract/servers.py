"""The servers of a document, a path and an operation → where an operation's requests go.

The target's base URL stands for the document's first server. A path or an operation that names servers of its own is
below another path of the same host, or at another host altogether: that one gets nothing, since neither the target's
address nor its credentials are meant for it.
"""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from attrs import frozen

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_RELATIVE = "http://document.invalid/"
"""What a relative server is relative to: where the document came from, which nobody knows."""


@frozen
class Server:
    """`path` stands in the place of `instead`, the path of the document's first server; no slash at the end.

    `elsewhere` is the server's URL where it is another host; empty where it is not.
    """

    path: str = ""
    instead: str = ""
    elsewhere: str = ""

    def base(self, base_url: str) -> str:
        """The base URL of the operation's requests: as it is where it does not end as the document's server does."""
        if self.path == self.instead or not base_url.endswith(self.instead):
            return base_url
        return base_url[: len(base_url) - len(self.instead)] + self.path


HERE = Server()
"""Where all others are."""


def server(data: dict[str, Any], *owners: dict[str, Any]) -> Server:
    """That of an operation: the nearest of `owners` (the operation, its path) that has servers names it."""
    first = urlsplit(_url(data))
    own = next((urlsplit(_url(owner)) for owner in owners if owner.get("servers")), first)
    elsewhere = own.geturl() if (own.scheme, own.netloc) != (first.scheme, first.netloc) else ""
    return Server(own.path.rstrip("/"), first.path.rstrip("/"), elsewhere)


def _url(owner: dict[str, Any]) -> str:
    """Its first server, with the default of each variable."""
    declared = (owner.get("servers") or [{"url": "/"}])[0]
    variables = declared.get("variables", {})
    filled = _VARIABLE.sub(lambda found: str(variables.get(found[1], {}).get("default", found[0])), declared["url"])
    return urljoin(_RELATIVE, filled)
