from enum import StrEnum
from typing import Self


class JobStatus(StrEnum):
    """An open set: a value that the document does not know yet decodes to itself, with `is_known` False."""

    COMPLETED = "completed"
    FAILED = "failed"
    PENDING = "pending"
    PROCESSING = "processing"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether the document knows this value."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        unknown = "" if self.is_known else " (unknown)"
        return f"<{type(self).__name__}: {self.value!r}{unknown}>"
