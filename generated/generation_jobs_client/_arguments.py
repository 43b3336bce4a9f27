"""An argument → the same, fit for a URL, or InvalidArgumentError before anything is sent."""

from typing import TypeVar
from uuid import UUID

from .errors import InvalidArgumentError

T = TypeVar("T")


def as_uuid(name: str, value: UUID | str) -> UUID:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise InvalidArgumentError(f"{name} must be a UUID, not {value!r}") from None


def in_path(name: str, value: T) -> T:
    """Refuse what would lead to another path than the documented one."""
    if str(value) in ("", ".", ".."):
        raise InvalidArgumentError(f"{name} goes into the path, so it cannot be {value!r}")
    return value
