"""What models and responses are made of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, Final, Generic, Literal, TypeVar, final


@final
class Unset:
    """The type of UNSET. There is one value of it, also after copying and pickling."""

    __slots__ = ()

    def __new__(cls) -> "Unset":
        return globals()["UNSET"] if "UNSET" in globals() else super().__new__(cls)

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""Stands for a field that was left out. One that is null is None."""

# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@dataclass(eq=False)
class File:
    """A file to send, or one that was received."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """As httpx takes it for multipart/form-data."""
        return self.file_name, self.payload, self.mime_type


_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id")


@dataclass(frozen=True, eq=False)
class RawResponse:
    """What came over the wire. `path` is that of the request, `attempts` counts the requests that it took."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    """By name, in upper or lower case."""
    content: bytes = field(repr=False)
    method: str
    path: str
    attempts: int = 1

    @property
    def text(self) -> str:
        """The body, as UTF-8; what is not has replacement characters."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body's JSON. Raises ValueError where it is none."""
        return json.loads(self.content)

    @property
    def request_id(self) -> str | None:
        """What the server calls this request: name it when you report a fault."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)


T = TypeVar("T")


@dataclass(eq=False)
class Response(Generic[T]):
    """What the functions in `api` give: a documented response, of success or not, with what was decoded from it."""

    status_code: int
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    parsed: T | None


@dataclass(frozen=True, eq=False)
class ApiResponse(Generic[T]):
    """A success as `with_raw_response` gives it: what was decoded, and what it was decoded from."""

    parsed: T
    raw: RawResponse

    @property
    def status(self) -> int:
        return self.raw.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, in upper or lower case."""
        return self.raw.headers

    @property
    def content(self) -> bytes:
        return self.raw.content

    @property
    def request_id(self) -> str | None:
        """What the server calls this request: name it when you report a fault."""
        return self.raw.request_id


__all__ = ["UNSET", "ApiResponse", "File", "FileTypes", "RawResponse", "RequestFiles", "Response", "Unset"]
