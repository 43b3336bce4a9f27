"""Another document, a server that obeys it, and nothing in the engine that knows either."""

import itertools
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assay import claims, contract, plan
from assay.target import target_file as targets
from selftests.running.miniatures import Answer, Asked, Miniature

CARD = "card-of-a-reader-0001"
LOAN = str(uuid.UUID(int=1, version=4))
BOOK = {"number": 1, "title": "Moby-Dick", "added": "2020-01-02", "author": "H. Melville", "shelf": "A12"}
FILM = {"number": 2, "title": "Playtime", "added": "2021-03-04", "minutes": 124, "languages": {"fr": "French"}}
ITEMS = {"1": BOOK, "2": FILM}
TOPICS = {"name": "all", "parts": [{"name": "sea", "parts": []}, {"name": "city"}]}
TARGET = """
name = "library"
base_url = "{url}"
[credentials.default]
api_key = "{card}"
[states."listItems 200"]
[states."getItem 200"]
path = {{ number = 1 }}
[states."getItem 200 film"]
path = {{ number = 2 }}
[states."getLoan 200"]
path = {{ id = "{loan}" }}
"""


def problem(status: int, title: str) -> Answer:
    return Answer(status, {"title": title})


class Library:
    """The town library, as its document says it: whoever has no card is refused, in the words of each operation."""

    def __init__(self) -> None:
        self.numbers = itertools.count(3)

    def __call__(self, asked: Asked) -> Answer:
        url = urlsplit(asked.path)
        match url.path.split("/")[1:]:
            case ["topics"] if asked.method == "GET":
                return Answer(200, TOPICS)
            case ["topics" | "items" | "loans", *_] if asked.method in ("HEAD", "OPTIONS"):
                return Answer(200, b"")
            case ["items"] if asked.method == "GET":
                return self.items(asked, parse_qs(url.query, keep_blank_values=True))
            case ["items"] if asked.method == "POST":
                return self.added(asked)
            case ["items", number] if asked.method in ("GET", "DELETE"):
                return self.item(asked, number)
            case ["loans"] if asked.method == "POST":
                return problem(422 if asked.headers.get("x-library-card") == CARD else 401, "not lent")
            case ["loans", loan] if asked.method == "GET":
                return self.loan(asked, loan)
        return problem(405 if url.path.split("/")[1] in ("topics", "items", "loans") else 404, "not here")

    def items(self, asked: Asked, query: dict[str, list[str]]) -> Answer:
        if asked.headers.get("x-library-card") != CARD:
            return problem(401, "no card")
        limit, available = query.get("limit", ["20"])[-1], query.get("available", ["true"])[-1]
        if not limit.isdecimal() or not 1 <= int(limit) <= 100 or available not in ("true", "false"):
            return problem(400, "no such limit")
        return Answer(200, list(ITEMS.values())[: int(limit)], (("X-Total", "2"),))

    def added(self, asked: Asked) -> Answer:
        try:
            new = json.loads(asked.body)
        except ValueError:
            return problem(400, "no JSON")
        if asked.headers.get("x-library-card") != CARD:
            return problem(401, "no card")
        if not isinstance(new, dict) or not new.get("title") or new.get("kind") not in ("book", "film"):
            return problem(400, "no item")
        return Answer(201, {**BOOK, "number": next(self.numbers), "title": new["title"]})

    def item(self, asked: Asked, number: str) -> Answer:
        if asked.headers.get("x-library-card") != CARD or number not in ITEMS:
            return problem(404, "no such item")
        return problem(409, "on loan") if asked.method == "DELETE" else Answer(200, ITEMS[number])

    def loan(self, asked: Asked, loan: str) -> Answer:
        if asked.headers.get("x-library-card") != CARD or loan != LOAN:
            return problem(404, "no such loan")
        return Answer(200, {"id": LOAN, "item": 1, "state": "lent", "due": "2026-05-01", "returned_at": None})


@pytest.fixture
def library(start: Any) -> Miniature:
    server: Miniature = start(Library())
    return server


@pytest.fixture
def document(root: Path) -> Path:
    return root / "conformance/selftests/documents/library.yaml"


@pytest.fixture
def with_states(library: Miniature, tmp_path: Path) -> Path:
    (tmp_path / "library.toml").write_text(TARGET.format(url=library.url, card=CARD, loan=LOAN))
    return tmp_path / "library.toml"


def test_its_ledger_is_printed(assay: Any, document: Path) -> None:
    said = assay("claims", "--spec", document, "--overlay", document.with_suffix(".overlay.yaml"), "--json")
    ids = {json.loads(line)["id"] for line in said.out.splitlines()}
    assert ids >= {"listItems/200/status", "GET ~1topics/200/json", "addItem/default/status", "getItem/200/body/oneOf"}
    assert "getLoan/relations/states/state" in ids


def test_it_has_a_plan(document: Path, with_states: Path) -> None:
    ledger = claims.ledger(contract.load(document, []))
    planned = plan.plan(ledger, targets.load(with_states), seed=1)
    assert {step.id for step in planned.steps} >= {
        "listItems 200",
        "getItem 200 film",
        "getItem 404",
        "GET /topics 200",
    }
    assert {(none.operation, none.reason) for none in planned.unplanned} >= {
        ("addItem", "POST changes things"),
        ("removeItem", "DELETE changes things"),
    }


def test_doctor_lists_what_can_be_had_and_what_is_missing(
    assay: Any, document: Path, library: Miniature, with_states: Path
) -> None:
    said = assay("doctor", "--spec", document, "--target", with_states)
    assert said.status == 3, said.all
    lines = said.out.splitlines()
    assert "ok    GET /topics 200: derived: it came and held" in lines
    assert "ok    getItem 200: fixture: it came and held" in lines
    assert "MISS  removeItem 409: DELETE changes things" in lines
    assert {asked.method for asked in library.asked} == {"GET"}


def test_a_server_that_is_only_a_url_is_checked_as_far_as_that_goes(
    assay: Any, document: Path, library: Miniature, tmp_path: Path
) -> None:
    said = assay("check", "--spec", document, "--url", library.url, "--examples", 5, "--report", tmp_path / "report")
    told = json.loads((tmp_path / "report/results.json").read_text())
    assert [each["message"] for each in told["failures"] if each["claim"].rpartition("/")[2] != "undocumented"] == []
    assert said.status == 3, said.all
    verdicts = {(each["operation"], each["status"]): each["verdict"] for each in told["responses"]}
    assert verdicts["GET /topics", "200"] == "held"
    assert verdicts["getItem", "404"] == "held"
    assert verdicts["getItem", "200"] == "not-exercised"
    assert told["target"]["name"] == library.url.removeprefix("http://")


def test_operations_that_change_things_are_sent_where_that_is_allowed(
    ledger_of: Callable[[], claims.Ledger], with_states: Path
) -> None:
    planned = plan.plan(ledger_of(), targets.load(with_states), seed=1, writes=True)
    assert {step.operation.id for step in planned.steps} >= {"removeItem", "borrow"}


@pytest.fixture
def ledger_of(document: Path) -> Callable[[], claims.Ledger]:
    return lambda: claims.ledger(contract.load(document, []))
