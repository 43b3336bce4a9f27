"""The forms in which `_contract` writes down what the document says.

All else that a dataclass can have is written anew at each import, and would make that longer.
"""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(eq=False, repr=False)
class Scheme:
    """One credential: the argument and the variable that give it, and where in a request it goes."""

    name: str
    argument: str
    variable: str
    kind: Literal["bearer", "basic", "apiKey", "other"]
    place: str
    parameter: str


@dataclass(eq=False, repr=False)
class Operation:
    """`path` has `{}` for each parameter. `security` holds alternatives, each with the names of its schemes.

    `responses` are by status as documented (404, 4XX, default), each with what can be checked of its body, if
    anything can. `success` are those whose body is the result; all others are raised.
    """

    method: str
    path: str
    security: tuple[tuple[str, ...], ...]
    success: tuple[str, ...]
    responses: dict[str, dict[str, Any] | None]

    def documented(self, status: int) -> str | None:
        """The documented response that a status falls under."""
        keys = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        return next((key for key in keys if key in self.responses), None)

    def succeeded(self, status: int) -> bool:
        return 200 <= status < 300 and self.documented(status) in self.success
