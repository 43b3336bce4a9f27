"""The workshop + the name of a defect → the workshop with it: one of each kind that servers commonly have.

FastAPI validates what its handlers return, so a defect is planted behind its back, where an application would answer
with a response of its own making. By which claims each has to be found stands beside it.
"""

import itertools
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import define, frozen
from fastapi import FastAPI, Request, Response


@define
class Said:
    """An answer that may be changed before it is sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    def tell(self, **members: Any) -> None:
        """Change members of the JSON object."""
        self.body = json.dumps({**self.data, **members}).encode()

    def leave_out(self, member: str) -> None:
        self.body = json.dumps({name: value for name, value in self.data.items() if name != member}).encode()

    def become(self, status: int, body: str, media_type: str = "application/json") -> None:
        self.status, self.body, self.headers = status, body.encode(), {"content-type": media_type}


Change = Callable[[Request, Said], object]


@frozen
class Defect:
    """`change` is done to the answers of `route`, a pattern, that have the status `at`; 0 is any.

    `explored`: no planned request meets it, only generated ones do.
    """

    route: str
    at: int
    change: Change
    claims: tuple[str, ...]
    explored: bool = False


def plant(app: FastAPI, name: str) -> None:
    """Raises KeyError: there is no such defect."""
    defect = DEFECTS[name]

    @app.middleware("http")
    async def changed(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await call_next(request)
        concerned = re.fullmatch(defect.route, f"{request.method} {request.url.path}")
        if not concerned or defect.at not in (0, answer.status_code):
            return answer
        body = b"".join([part async for part in answer.body_iterator])  # type: ignore[attr-defined]
        headers = {key: value for key, value in answer.headers.items() if key != "content-length"}
        said = Said(answer.status_code, headers, body)
        defect.change(request, said)
        return Response(said.body, said.status, said.headers)


def _of_each(member: str, value: Any) -> Change:
    return lambda _, said: said.tell(items=[{**item, member: value} for item in said.data["items"]])


def _told(**members: Any) -> Change:
    return lambda _, said: said.tell(**members)


def _instead(status: int, body: str = '{"detail": "no"}', media_type: str = "application/json") -> Change:
    return lambda _, said: said.become(status, body, media_type)


def _left_out(member: str, when: Callable[[Request], bool] = lambda _: True) -> Change:
    return lambda request, said: said.leave_out(member) if when(request) else None


def _every_seventh() -> Callable[[Request], bool]:
    turns = itertools.count(1)
    return lambda _: next(turns) % 7 == 0


def _header(name: str, value: str) -> Change:
    return lambda _, said: said.headers.update({name: value}) if value else said.headers.pop(name)


def _of_64_bits(request: Request, _said: Said) -> None:
    """As a database's integers are."""
    int(request.url.path.rpartition("/")[2]).to_bytes(8, signed=True)


def _in_latin(_request: Request, said: Said) -> None:
    (said.data["owner"] or "").encode("latin-1")


def _echoed(request: Request, said: Said) -> None:
    said.tell(detail=f"{request.headers.get('authorization')} is not valid")


BIKE, LIST = r"GET /bikes/[^/]+", r"GET /bikes"
BODY, ITEM = "get_bike/200/body", "list_bikes/200/body/properties/items/items"
REPAIR = json.dumps({"number": 1, "bike": "3b0e6f8a-52c1-4d6e-9f0b-7a1c2d3e4f50", "what": "it"}
                    | {"state": "open", "finished_on": None})  # fmt: skip
ACCOUNT = '{"name": "The workshop", "email": "workshop@bikes.example"}'

DEFECTS: dict[str, Defect] = {
    "a number as text": Defect(BIKE, 200, _told(weight="14.5"), (f"{BODY}/properties/weight/type",)),
    "a required field is missing": Defect(BIKE, 200, _left_out("added_at"), (f"{BODY}/required/added_at",)),
    "null where null is not allowed": Defect(BIKE, 200, _told(tags=None), (f"{BODY}/properties/tags/type",)),
    "a number out of range": Defect(BIKE, 200, _told(weight=0), (f"{BODY}/properties/weight/exclusiveMinimum",)),
    "too long a list": Defect(BIKE, 200, _told(tags=["a"] * 6), (f"{BODY}/properties/tags/maxItems",)),
    "no ISO time": Defect(BIKE, 200, _told(added_at="2026-03-01 9:30"), (f"{BODY}/properties/added_at/format",)),
    "no ISO date": Defect(
        r"GET /repairs/\d+", 200, _told(finished_on="02.03.2026"),
        ("get_repair/200/body/properties/finished_on/anyOf",),
    ),
    "an identifier of another form": Defect(LIST, 200, _of_each("id", "bike-1"), (f"{ITEM}/properties/id/format",)),
    "a value that the enum lacks": Defect(LIST, 200, _of_each("kind", "tandem"), (f"{ITEM}/properties/kind/enum",)),
    "a pattern not kept": Defect(LIST, 200, _of_each("frame", "ab1234"), (f"{ITEM}/properties/frame/pattern",)),
    "a field missing in long pages": Defect(
        LIST, 200, _left_out("next_offset", lambda asked: int(asked.query_params.get("limit", 0)) > 30),
        ("list_bikes/200/body/required/next_offset",), explored=True,
    ),
    "a field missing now and then": Defect(
        BIKE, 200, _left_out("id", _every_seventh()), (f"{BODY}/required/id",), explored=True
    ),
    "a header that is no number": Defect(
        LIST, 200, _header("x-total-count", "many"), ("list_bikes/200/headers/X-Total-Count/type",)
    ),
    "a header missing": Defect(
        r"POST /bikes", 201, _header("location", ""), ("add_bike/201/headers/Location/required",)
    ),
    "another media type": Defect(
        r"GET .*/label", 200, _header("content-type", "text/html"), ("bike_label/200/media-type",)
    ),
    "an error page": Defect(BIKE, 404, _instead(404, "<h1>Not found</h1>", "text/html"), ("get_bike/404/media-type",)),
    "NaN in the body": Defect(
        BIKE, 200, lambda _, said: said.tell(weight=float("nan")), ("get_bike/200/json",)
    ),
    "cut off": Defect(BIKE, 200, _instead(200, '{"id": "3b0e6f8a-5'), ("get_bike/200/json",)),
    "created, but said to be OK": Defect(
        r"POST /bikes", 201, lambda _, said: setattr(said, "status", 200),
        ("add_bike/201/status", "add_bike/any/status"),
    ),
    "gone where nothing ever was": Defect(BIKE, 404, _instead(410), ("get_bike/any/status",)),
    "a conflict not noticed": Defect(
        r"POST /repairs/\d+/finish", 409, _instead(200, REPAIR), ("finish_repair/409/status",)
    ),
    "a conflict told as absence": Defect(r"DELETE /bikes/.*", 409, _instead(404), ("remove_bike/409/status",)),
    "found where nothing is": Defect(r"GET /repairs/\d+", 404, _instead(200, REPAIR), ("get_repair/404/status",)),
    "a crash at a large number": Defect(
        r"GET /repairs/-?\d+", 0, _of_64_bits, ("get_repair/any/server-error",), explored=True
    ),
    "a crash at what is not Latin": Defect(
        r"POST /bikes", 201, _in_latin, ("add_bike/any/server-error",), explored=True
    ),
    "a crash at a quote": Defect(
        r"GET /bikes/[^/]*'[^/]*", 0, _instead(500, "near \"'\": syntax error", "text/plain"),
        ("get_bike/hygiene/hostile-value", "get_bike/any/server-error"),
    ),
    "the key is not asked for": Defect(r"GET /me", 401, _instead(200, ACCOUNT), ("who_am_i/security/missing",)),
    "any key will do": Defect(
        r"GET /me", 401,
        lambda asked, said: said.become(200, ACCOUNT) if "authorization" in asked.headers else None,
        ("who_am_i/security/wrong",),
    ),
    "a refused key is given back": Defect(BIKE, 401, _echoed, ("get_bike/security/echo",)),
    "a method that nobody knows of": Defect(
        r"DELETE /repairs/\d+", 405, _instead(204, ""), ("get_repair/hygiene/method/DELETE",)
    ),
}  # fmt: skip
