"""A small server that obeys documents/library.yaml: a second API, so that the proof is not made for one alone.

A loan moves on by a state every tenth of a second from its first reading on, so that a life of it can be watched.
`library.toml` is its target.
"""

import time
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CARD = "card-of-the-library-7Hq2"
LOAN = "11111111-2222-4333-8444-555555555555"

_BOOK = {"number": 1, "title": "Emma", "added": "2024-02-29", "shelf": "A12", "price": 9.5, "author": "Jane Austen"}
_FILM = {"number": 2, "title": "Metropolis", "added": "2023-01-31", "minutes": 153, "languages": {"de": "Deutsch"}}
_SPARE = {"number": 3, "title": "Untitled", "added": "2020-05-05", "author": "unknown", "pages": None}
_TOPICS = {"name": "all", "parts": [{"name": "novels", "parts": []}, {"name": "films"}]}
_EVERY = 0.1
"""Seconds in a state."""
_STATES = ("reserved", "lent", "overdue", "returned")


class Library:
    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {"1": _BOOK, "2": _FILM, "3": _SPARE}
        self.lent_at = 0.0

    async def list_items(self, request: Request) -> Response:
        _admit(request)
        limit = request.query_params.get("limit", "20")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:
            raise HTTPException(400, "the limit is a number from 1 to 100")
        found = sorted(self.items.values(), key=lambda item: str(item["title"]))
        return JSONResponse(found[: int(limit)], headers={"X-Total": str(len(found))})

    async def add_item(self, request: Request) -> Response:
        _admit(request)
        asked = await _body(request, "title", "kind")
        if not isinstance(asked["title"], str) or asked["kind"] not in ("book", "film"):
            raise HTTPException(400, "that is no title, or no kind")
        if asked["title"] == _BOOK["title"]:
            raise HTTPException(409, "there is one already")
        number = str(len(self.items) + 1)
        told = {"minutes": 90} if asked["kind"] == "film" else {"author": "unknown"}
        self.items[number] = {"number": int(number), "title": asked["title"], "added": "2025-06-01", **told}
        return JSONResponse(self.items[number], status_code=201)

    async def get_item(self, request: Request) -> Response:
        _admit(request, 404)  # the document has no 401 here
        return JSONResponse(self._item(request))

    async def remove_item(self, request: Request) -> Response:
        _admit(request, 404)
        number = str(self._item(request)["number"])
        if number == "1":
            raise HTTPException(409, "somebody has it on loan")
        del self.items[number]
        return Response(status_code=204)

    async def get_topics(self, _request: Request) -> Response:
        return JSONResponse(_TOPICS)

    async def borrow(self, request: Request) -> Response:
        _admit(request)
        asked = await _body(request, "item")
        if str(asked["item"]) not in self.items:
            raise HTTPException(422, "there is no such item")
        return JSONResponse(_loan("reserved"), status_code=201)

    async def get_loan(self, request: Request) -> Response:
        _admit(request)
        if request.path_params["id"] != LOAN:
            raise HTTPException(404, "there is no such loan")
        self.lent_at = self.lent_at or time.monotonic()
        moves = int((time.monotonic() - self.lent_at) / _EVERY)
        return JSONResponse(_loan(_STATES[min(moves, len(_STATES) - 1)]))

    def _item(self, request: Request) -> dict[str, Any]:
        number = request.path_params["number"]
        if number not in self.items:
            raise HTTPException(404, "there is no such item")
        return self.items[number]


def create_app() -> Starlette:
    library = Library()
    return Starlette(
        routes=[
            Route("/items", library.list_items, methods=["GET"]),
            Route("/items", library.add_item, methods=["POST"]),
            Route("/items/{number}", library.get_item, methods=["GET"]),
            Route("/items/{number}", library.remove_item, methods=["DELETE"]),
            Route("/topics", library.get_topics, methods=["GET"]),
            Route("/loans", library.borrow, methods=["POST"]),
            Route("/loans/{id}", library.get_loan, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _refuse},
    )


def _loan(state: str) -> dict[str, Any]:
    returned = "2025-05-04T12:00:00Z" if state == "returned" else None
    return {"id": LOAN, "item": 1, "state": state, "due": "2025-05-01", "returned_at": returned}


def _admit(request: Request, refusal: int = 401) -> None:
    if request.headers.get("X-Library-Card") != CARD:
        raise HTTPException(refusal, "the card is not valid")


async def _body(request: Request, *needed: str) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise HTTPException(400, "the body is no JSON") from None
    if not isinstance(body, dict) or not all(body.get(name) for name in needed):
        raise HTTPException(400, "the body lacks something")
    return body


async def _refuse(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    return JSONResponse({"title": fault.detail, "fields": [{"name": "?", "why": "?"}]}, status_code=fault.status_code)
