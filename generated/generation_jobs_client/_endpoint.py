"""What the module of an operation in `api` is to the rest: a way to make its request, and one to read its response."""

from typing import Any, Protocol


class Endpoint(Protocol):
    def _get_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]: ...

    def _parse_response(self, *, client: Any, response: Any) -> Any: ...
