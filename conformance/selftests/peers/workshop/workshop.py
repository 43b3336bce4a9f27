"""A bicycle workshop, as one would write it with FastAPI: reads and writes, keys, pages, lists, conflicts.

What its document says FastAPI derives from the code. It keeps all of it, but for the one defect that `defects` plants
where the environment variable WORKSHOP_DEFECT names one. It knows nothing of assay.
"""

import datetime as dt
import os
import uuid
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from selftests.peers.workshop.defects import plant

KEY = "workshop-key-2mVt8RqX4bLs"
BIKE = uuid.UUID("3b0e6f8a-52c1-4d6e-9f0b-7a1c2d3e4f50")
"""A bike that is there, as are a second one with an open repair and a third one to take away."""
BUSY = uuid.UUID("8c5d7e21-0a4b-4b7e-8a3d-1f2e3d4c5b6a")
SPARE = uuid.UUID("d1f4a9c3-6b2e-4c8d-b5a7-9e8f7a6b5c4d")


class Kind(StrEnum):
    CITY = "city"
    CARGO = "cargo"
    RACING = "racing"


class NewBike(BaseModel):
    frame: str = Field(pattern=r"^[A-Z]{2}[0-9]{4}$")
    kind: Kind
    owner: str | None = Field(None, min_length=1, max_length=80)
    weight: float = Field(gt=0, le=100, allow_inf_nan=False)
    tags: list[str] = Field(default_factory=list, max_length=5)


class Bike(NewBike):
    id: uuid.UUID
    added_at: dt.datetime


class Page(BaseModel):
    items: list[Bike]
    total: int = Field(ge=0)
    next_offset: int | None


class NewRepair(BaseModel):
    what: str = Field(min_length=1, max_length=200)


class Repair(NewRepair):
    number: int = Field(ge=1)
    bike: uuid.UUID
    state: Literal["open", "done"]
    finished_on: dt.date | None


class Health(BaseModel):
    status: Literal["up"]


class Account(BaseModel):
    name: str
    email: Annotated[str, Field(json_schema_extra={"format": "email"})]


class Problem(BaseModel):
    detail: str


class Workshop:
    """What is in the workshop now."""

    def __init__(self) -> None:
        now = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
        frames = {BIKE: "AB1234", BUSY: "CD5678", SPARE: "EF9012"}
        self.bikes = {
            id_: Bike(id=id_, frame=frame, kind=Kind.CITY, owner=None, weight=14.5, tags=["blue"], added_at=now)
            for id_, frame in frames.items()
        }
        self.repairs = {
            1: Repair(number=1, bike=BUSY, what="the chain", state="open", finished_on=None),
            2: Repair(number=2, bike=BIKE, what="a tyre", state="done", finished_on=dt.date(2026, 3, 2)),
            3: Repair(number=3, bike=BIKE, what="the bell", state="open", finished_on=None),
        }

    def bike(self, bike_id: uuid.UUID) -> Bike:
        if bike_id not in self.bikes:
            raise HTTPException(404, "there is no such bike")
        return self.bikes[bike_id]

    def repair(self, number: int) -> Repair:
        if number not in self.repairs:
            raise HTTPException(404, "there is no such repair")
        return self.repairs[number]

    def check_free(self, frame: str, *, but: uuid.UUID | None = None) -> None:
        if any(each.frame == frame and each.id != but for each in self.bikes.values()):
            raise HTTPException(409, "there is a bike with this frame already")


async def admitted(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
) -> None:
    if credentials is None or credentials.credentials != KEY:
        raise HTTPException(401, "a valid key is needed", {"WWW-Authenticate": "Bearer"})


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem} for status in statuses}


def _label() -> dict[int | str, dict[str, Any]]:
    """A text, refused in JSON: with PlainTextResponse as its class FastAPI would document the refusals as text too."""
    text = {"type": "string", "pattern": "^[A-Z]{2}[0-9]{4}\\n$"}
    return {200: {"content": {"text/plain": {"schema": text}}}, **_problems(404)}


async def _unreadable(request: Request, fault: Exception) -> Response:
    """A body that is not even UTF-8 gets 400 of FastAPI, which its document does not know: 422, like other bad JSON."""
    assert isinstance(fault, StarletteHTTPException)
    if fault.status_code != 400:
        return await http_exception_handler(request, fault)
    what = {"type": "json_invalid", "loc": ("body",), "msg": fault.detail, "input": None}
    return await request_validation_exception_handler(request, RequestValidationError([what]))


def _routes(shop: Workshop) -> APIRouter:
    router = APIRouter(dependencies=[Depends(admitted)], responses=_problems(401))
    total = {"description": "Bikes in all", "required": True, "schema": {"type": "integer", "minimum": 0}}
    where = {"description": "The new bike", "required": True, "schema": {"type": "string", "format": "uri-reference"}}

    @router.get("/me")
    async def who_am_i() -> Account:
        return Account(name="The workshop", email="workshop@bikes.example")

    @router.get("/bikes", responses={200: {"headers": {"X-Total-Count": total}}})
    async def list_bikes(
        response: Response,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
        offset: Annotated[int, Query(ge=0)] = 0,
        kind: Kind | None = None,
    ) -> Page:
        found = [each for each in shop.bikes.values() if kind in (None, each.kind)]
        response.headers["X-Total-Count"] = str(len(found))
        end = offset + limit
        return Page(items=found[offset:end], total=len(found), next_offset=end if end < len(found) else None)

    @router.post("/bikes", status_code=201, responses={201: {"headers": {"Location": where}}, **_problems(409)})
    async def add_bike(new: NewBike, response: Response) -> Bike:
        shop.check_free(new.frame)
        bike = Bike(**new.model_dump(), id=uuid.uuid4(), added_at=dt.datetime.now(dt.UTC))
        shop.bikes[bike.id] = bike
        response.headers["Location"] = f"/bikes/{bike.id}"
        return bike

    @router.get("/bikes/{bike_id}", responses=_problems(404))
    async def get_bike(bike_id: uuid.UUID) -> Bike:
        return shop.bike(bike_id)

    @router.put("/bikes/{bike_id}", responses=_problems(404, 409))
    async def replace_bike(bike_id: uuid.UUID, new: NewBike) -> Bike:
        old = shop.bike(bike_id)
        shop.check_free(new.frame, but=bike_id)
        shop.bikes[bike_id] = Bike(**new.model_dump(), id=bike_id, added_at=old.added_at)
        return shop.bikes[bike_id]

    @router.delete("/bikes/{bike_id}", status_code=204, responses=_problems(404, 409))
    async def remove_bike(bike_id: uuid.UUID) -> None:
        shop.bike(bike_id)
        if any(each.bike == bike_id and each.state == "open" for each in shop.repairs.values()):
            raise HTTPException(409, "the bike is being repaired")
        del shop.bikes[bike_id]

    @router.get("/bikes/{bike_id}/label", response_class=Response, responses=_label())
    async def bike_label(bike_id: uuid.UUID) -> PlainTextResponse:
        return PlainTextResponse(f"{shop.bike(bike_id).frame}\n")

    return router


def _repairs(shop: Workshop) -> APIRouter:
    router = APIRouter(dependencies=[Depends(admitted)], responses=_problems(401, 404))

    @router.get("/bikes/{bike_id}/repairs")
    async def list_repairs(bike_id: uuid.UUID) -> list[Repair]:
        shop.bike(bike_id)
        return [each for each in shop.repairs.values() if each.bike == bike_id]

    @router.post("/bikes/{bike_id}/repairs", status_code=201)
    async def report_repair(bike_id: uuid.UUID, what: Annotated[str, Body(embed=True, min_length=1)]) -> Repair:
        shop.bike(bike_id)
        number = len(shop.repairs) + 1
        shop.repairs[number] = Repair(number=number, bike=bike_id, what=what[:200], state="open", finished_on=None)
        return shop.repairs[number]

    @router.get("/repairs/{number}")
    async def get_repair(number: int) -> Repair:
        return shop.repair(number)

    @router.post("/repairs/{number}/finish", responses=_problems(409))
    async def finish_repair(number: int) -> Repair:
        repair = shop.repair(number)
        if repair.state == "done":
            raise HTTPException(409, "it is finished already")
        done = {"state": "done", "finished_on": dt.datetime.now(dt.UTC).date()}
        shop.repairs[number] = repair.model_copy(update=done)
        return shop.repairs[number]

    return router


def create_app() -> FastAPI:
    """The workshop with its bikes and repairs, right or with the one defect that the environment names."""
    app = FastAPI(title="Workshop", version="1.0.0", generate_unique_id_function=lambda route: route.name)
    app.add_exception_handler(StarletteHTTPException, _unreadable)
    shop = Workshop()

    @app.get("/health")
    async def health() -> Health:
        return Health(status="up")

    app.include_router(_routes(shop))
    app.include_router(_repairs(shop))
    if defect := os.environ.get("WORKSHOP_DEFECT"):
        plant(app, defect)
    return app
