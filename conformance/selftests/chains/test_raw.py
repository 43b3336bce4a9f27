"""A body that is no JSON, or of another type than the operation takes: `raw` in a state of the target file."""

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from assay.claims import Ledger
from assay.errors import UserError
from assay.plan.calls import wire
from assay.plan.steps import Plan
from assay.recording.exchange import Exchange
from assay.report.curl import curl
from selftests.chains import shelf
from selftests.chains.conftest import Ran
from selftests.chains.shelf import Shelf, no
from selftests.running.miniatures import Answer, Asked

Run = Callable[..., Ran]
Planned = Callable[..., Plan]
CUT = '[states."addBook 400 cut off"]\nraw = \'{"title": "{it.code} ä'
TYPED = '[states."addBook 415"]\nraw = "title: Emma\\n"\nheaders = { content-type = "application/yaml; v=\\"1,2\\"" }\n'


class Choosy(Shelf):
    """It keeps what it was asked, and takes nothing but JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.body and asked.headers["content-type"] != "application/json":
            return no(415, "no JSON")
        return super().__call__(asked)


def with_415() -> str:
    return shelf.document().replace('"409": {$ref: "#/components/responses/No"}\n', (
        '"409": {$ref: "#/components/responses/No"}\n        "415": {$ref: "#/components/responses/No"}\n'
    ), 1)  # fmt: skip


def asked(came: Ran, step: str) -> Exchange:
    (found,) = came.of(step)
    return found


@pytest.fixture
def came(ran: Run, of: Callable[[str], Ledger]) -> Ran:
    return ran(f"{CUT}'\n{TYPED}", ledger=of(with_415()), server=Choosy(), select="addBook 4[01]*")


def test_it_is_sent_and_recorded_as_it_is(came: Ran) -> None:
    body = '{"title": "{it.code} ä'.encode()
    assert came.verdict("addBook 400") == "held"
    assert asked(came, "addBook 400 cut off").request.body == body
    assert isinstance(came.shelf, Choosy)
    assert [each.headers["content-type"] for each in came.shelf.asked if each.body == body] == ["application/json"]


def test_its_type_is_what_the_headers_say(came: Ran) -> None:
    assert came.verdict("addBook 415") == "held"
    types = [value for name, value in asked(came, "addBook 415").request.headers if name.lower() == "content-type"]
    assert types == ['application/yaml; v="1,2"']


@pytest.mark.parametrize("step", ["addBook 400 cut off", "addBook 415"])
def test_the_curl_line_sends_the_same(step: str, came: Ran, start: Any) -> None:
    server = Choosy()
    exchange = asked(came, step)
    line = curl(exchange).replace(came.recording.header.target["base_url"], start(server).url)
    assert " --data-binary " in line
    subprocess.run(["/bin/sh", "-c", line], check=True, capture_output=True, env={"DEFAULT_CREDENTIAL": shelf.KEY})
    assert server.asked[0].body == exchange.request.body
    sent = {name.lower(): value for name, value in exchange.request.headers}
    assert server.asked[0].headers["content-type"] == sent["content-type"]


def test_a_secret_in_it_is_not_recorded(ran: Run) -> None:
    came = ran(f'[states."addBook 400"]\nraw = "<{shelf.KEY}>"\n', select="addBook 400")
    assert asked(came, "addBook 400").request.body == "<«credential:default»>".encode()


def test_an_operation_without_a_body_is_sent_it_too(planned: Planned, document: Ledger) -> None:
    steps = planned(document, '[states."readBook 404"]\nraw = "no book"\npath = { book = "b0" }\n').steps
    step = next(each for each in steps if each.id == "readBook 404")
    assert wire(step.call, "").body == b"no book"


def test_an_empty_one_is_one(planned: Planned, document: Ledger) -> None:
    step = next(each for each in planned(document, '[states."addBook 400"]\nraw = ""\n').steps if each.due == "400")
    assert (step.call.body, wire(step.call, "").body) == (b"", b"")


def test_what_only_looks_like_the_value_of_a_setup_needs_none(planned: Planned, document: Ledger) -> None:
    states = '[states."addBook 400"]\nraw = "{setup.id}"\nsetup = { url = "http://h.example", state = "x" }\n'
    step = next(each for each in planned(document, states).steps if each.due == "400")
    assert (step.call.injects, step.uncontrolled) == (False, "")
    assert step.call.filled({}).body == b"{setup.id}"


def test_a_state_has_one_body(planned: Planned, document: Ledger) -> None:
    with pytest.raises(UserError) as told:
        planned(document, '[states."addBook 400"]\nraw = "{"\nbody = { title = "Emma" }\n')
    assert "a state has `body` or `raw`, which is sent as it is, not both" in str(told.value)
    assert "target.toml:5" in str(told.value)


def test_it_is_text(planned: Planned, document: Ledger) -> None:
    with pytest.raises(UserError) as told:
        planned(document, '[states."addBook 400"]\nraw = { title = "Emma" }\n')
    assert "target.toml:6" in str(told.value)
