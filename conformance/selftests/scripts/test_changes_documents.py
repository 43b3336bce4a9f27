"""Each change of a document has its class, and is told in words: judged from the documents alone."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import claim_changes
import contract_record
import document_changes
from assay import contract
from changes import Class, ordered, worst
from client_document import client_document

Document = dict[str, Any]
Edit = Callable[[Document], object]

ROOT = Path(__file__).resolve().parents[3]
JOB, LIBRARY = "flagship", "library"


def _job(document: Document) -> Document:
    return _schema(document, "Job")


def _schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def _field(document: Document, schema: str, name: str) -> Document:
    found: Document = _schema(document, schema)["properties"][name]
    return found


def _get_job(document: Document) -> Document:
    found: Document = document["paths"]["/v1/jobs/{id}"]["get"]
    return found


def _list_items(document: Document) -> Document:
    found: Document = document["paths"]["/items"]["get"]
    return found


def _limit(document: Document) -> Document:
    found: Document = document["components"]["parameters"]["Limit"]["schema"]
    return found


def _move(owner: Document, old: str, new: str) -> None:
    owner[new] = owner.pop(old)


def _rename_schema(document: Document) -> None:
    _move(document["components"]["schemas"], "Job", "Work")
    _get_job(document)["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] = (
        "#/components/schemas/Work"
    )


def _new_operation(document: Document) -> None:
    cancel = {"operationId": "cancelJob", "tags": ["jobs"], "responses": {"204": {"description": "Gone"}}}
    document["paths"]["/v1/jobs/{id}"]["delete"] = cancel


CHANGES: list[tuple[str, str, Edit, Class | None, str]] = [
    ("nothing", JOB, lambda _: None, None, ""),
    ("description", JOB, lambda d: _job(d).update(description="A job."), "internal", "in other words"),
    ("title of the field", JOB, lambda d: _field(d, "Job", "result").update(title="R"), "internal", "in other words"),
    ("response field removed", JOB, lambda d: _job(d)["properties"].pop("result"), "breaking",
     "`Job.result` the field of the response is gone"),
    ("response field added", JOB, lambda d: _job(d)["properties"].update(cost={"type": "number"}), "additive",
     "`Job.cost` a new field of the response"),
    ("response field renamed", JOB, lambda d: _move(_job(d)["properties"], "scenes_total", "scenes"), "breaking",
     "`Job.scenes_total` the field is called scenes now"),
    ("response field made required", JOB, lambda d: _job(d)["required"].append("scenes_total"), "additive",
     "`Job.scenes_total` is required in the response now"),
    ("response field made optional", JOB, lambda d: _job(d)["required"].remove("created_at"), "breaking",
     "`Job.created_at` may be left out of the response now"),
    ("response field made nullable", JOB, lambda d: _field(d, "Job", "scenes_total").update(type=["integer", "null"]),
     "breaking", "`Job.scenes_total` may be null now in the response"),
    ("response field never null", JOB, lambda d: _field(d, "Job", "started_at").update(type="string"), "additive",
     "`Job.started_at` is never null now in the response"),
    ("response type widened", JOB, lambda d: _field(d, "Job", "scenes_total").update(type="number"), "breaking",
     "`Job.scenes_total` may also be number now in the response"),
    ("response type narrowed", LIBRARY, lambda d: _field(d, "Thing", "price").update(type="integer"), "additive",
     "is only integer now in the response"),
    ("response type changed", JOB, lambda d: _field(d, "JobError", "code").update(type="integer"), "breaking",
     "`JobError.code` is integer now, no more string"),
    ("response enum value added", JOB, lambda d: _field(d, "Job", "status")["enum"].append("cancelled"), "additive",
     "`Job.status` cancelled is a new value of the response → callers with exhaustive matches must look"),
    ("response enum value removed", JOB, lambda d: _field(d, "Job", "status")["enum"].remove("pending"), "breaking",
     "`Job.status` pending is no value of the response any more"),
    ("response format added", LIBRARY, lambda d: _field(d, "Problem", "title").update(format="uuid"), "breaking",
     "`Problem.title` is a UUID now, no more a plain value"),
    ("response format removed", JOB, lambda d: _field(d, "Job", "created_at").pop("format"), "breaking",
     "`Job.created_at` is a plain value now, no more a datetime"),
    ("response bound tightened", JOB, lambda d: _field(d, "Job", "scenes_total").update(minimum=1), "internal",
     "`Job.scenes_total` minimum is 1 in the response"),
    ("condition of a response added", JOB, lambda d: _schema(d, "Error").update(
        {"not": {"required": ["code"]}}), "additive", "`Error` a further condition (not) holds in the response"),
    ("condition of a response removed", JOB, lambda d: _job(d)["allOf"].pop(), "breaking",
     "`Job` a condition (if, then) holds no more in the response → handle all else"),
    ("condition of a response changed", JOB, lambda d: _job(d)["allOf"][-1]["then"]["required"].append("result"),
     "breaking", "`Job` other conditions (if, then) hold in the response, which may be narrower or wider"),
    ("words of a condition changed", JOB, lambda d: _job(d)["allOf"][-1].update(description="So."), "internal",
     "in other words"),
    ("condition of a request added", LIBRARY, lambda d: _schema(d, "NewItem").update(
        {"not": {"required": ["code"]}}), "breaking", "`NewItem` a further condition (not) holds in the request"),
    ("status added", JOB, lambda d: _get_job(d)["responses"].update({"410": {"description": "Gone"}}), "additive",
     "`getJob 410` a new documented response, with its own exception"),
    ("status removed", JOB, lambda d: _get_job(d)["responses"].pop("402"), "breaking",
     "`getJob 402` the documented response is gone"),
    ("media type replaced", JOB, lambda d: _move(_get_job(d)["responses"]["404"]["content"], "application/json",
                                                 "application/problem+json"), "breaking",
     "`getJob 404` the response comes as application/json no more"),
    ("response header removed", LIBRARY, lambda d: _list_items(d)["responses"]["200"].pop("headers"), "breaking",
     "`listItems 200` the header X-Total is documented no more"),
    ("schema renamed", JOB, _rename_schema, "breaking", "`Job` the schema is called Work now"),
    ("operation added", JOB, _new_operation, "additive", "`cancelJob` a new operation: DELETE /v1/jobs/{id}"),
    ("operation removed", LIBRARY, lambda d: d["paths"]["/items"].pop("post"), "breaking",
     "`addItem` the operation POST /items is gone"),
    ("operation renamed", JOB, lambda d: _get_job(d).update(operationId="readJob"), "breaking",
     "`getJob` the operation is called readJob now"),
    ("operation under another path", JOB, lambda d: _move(d["paths"], "/v1/jobs/{id}", "/v2/jobs/{id}"), "breaking",
     "`getJob` the operation moved from GET /v1/jobs/{id} to GET /v2/jobs/{id}"),
    ("operation under another tag", JOB, lambda d: _get_job(d).update(tags=["work"]), "breaking",
     "`getJob` the operation moved from jobs to work"),
    ("operation deprecated", JOB, lambda d: _get_job(d).update(deprecated=True), "additive", "is deprecated"),
    ("optional parameter added", LIBRARY, lambda d: _list_items(d)["parameters"].append(
        {"name": "shelf", "in": "query", "schema": {"type": "string"}}), "additive",
     "`listItems(shelf)` a new optional query parameter"),
    ("required parameter added", LIBRARY, lambda d: _list_items(d)["parameters"].append(
        {"name": "shelf", "in": "query", "required": True, "schema": {"type": "string"}}), "breaking",
     "`listItems(shelf)` a new required query parameter"),
    ("parameter removed", LIBRARY, lambda d: _list_items(d)["parameters"].pop(), "breaking",
     "`listItems(available)` the query parameter is gone"),
    ("parameter renamed", LIBRARY, lambda d: _list_items(d)["parameters"][1].update(name="subject"), "breaking",
     "`listItems(topic)` the parameter is called subject now"),
    ("parameter made required", LIBRARY, lambda d: _list_items(d)["parameters"][1].update(required=True), "breaking",
     "`listItems(topic)` the parameter is required now"),
    ("parameter type narrowed", LIBRARY, lambda d: _limit(d).update(maximum=50),
     "breaking", "`listItems(limit)` maximum is 50 in the request"),
    ("parameter bound loosened", LIBRARY, lambda d: _limit(d).update(maximum=500),
     "additive", "`listItems(limit)` maximum is 500 in the request"),
    ("parameter type widened", LIBRARY, lambda d: d["paths"]["/items/{number}"]["parameters"][0]["schema"].update(
        type="number"), "additive", "`getItem(number)` may also be number now in the request"),
    ("parameter enum value removed", LIBRARY, lambda d: d["paths"]["/items/{number}"]["delete"]["parameters"][0][
        "schema"]["enum"].remove("sold"), "breaking", "`removeItem(X-Reason)` sold is no value of the request"),
    ("parameter default changed", LIBRARY, lambda d: _limit(d).update(default=9),
     "breaking", "`listItems(limit)` has another default"),
    ("request field made required", LIBRARY, lambda d: _schema(d, "NewItem")["required"].append("topics"), "breaking",
     "`NewItem.topics` is required in the request now"),
    ("request field made optional", LIBRARY, lambda d: _schema(d, "NewItem")["required"].remove("kind"), "additive",
     "`NewItem.kind` may be left out of the request now"),
    ("request field made nullable", LIBRARY, lambda d: _field(d, "NewItem", "title").update(nullable=True), "additive",
     "`NewItem.title` may be null now in the request"),
    ("optional request field added", LIBRARY, lambda d: _schema(d, "NewItem")["properties"].update(
        note={"type": "string"}), "additive", "`NewItem.note` a new field of the request"),
    ("enum value of the request added", LIBRARY, lambda d: _schema(d, "Kind")["enum"].append("map"), "additive",
     "`Kind` map is a new value of the request"),
    ("alternative of a response added", LIBRARY, lambda d: _schema(d, "Item")["oneOf"].append(
        {"$ref": "#/components/schemas/Topic"}), "breaking", "`Item` may also be Topic in the response"),
    ("base URL changed", JOB, lambda d: d["servers"][0].update(url="https://jobs.example"), "breaking",
     "`base URL` the default is https://jobs.example"),
    ("credential needed", LIBRARY, lambda d: d["paths"]["/topics"]["get"].update(security=[{"card": []}]), "breaking",
     "`GET /topics` asks for card now"),
    ("credential needed no more", JOB, lambda d: _get_job(d).update(security=[]), "additive",
     "`getJob` asks for nothing now"),
    ("credential sent elsewhere", LIBRARY, lambda d: d["components"]["securitySchemes"]["card"].update(name="X-Card"),
     "breaking", "`credential card` it is sent in another way"),
]  # fmt: skip


@pytest.fixture(scope="module")
def contracts() -> dict[str, contract.Contract]:
    documents = ROOT / "conformance/selftests/documents"
    return {
        JOB: contract.load(ROOT / "spec/openapi.yaml", [ROOT / "spec/promises.overlay.yaml"]),
        LIBRARY: contract.load(documents / "library.yaml", [documents / "library.overlay.yaml"]),
    }


@pytest.mark.parametrize(
    ("name", "edit", "of", "told"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES]
)
def test_a_change_of_the_document_has_its_class(
    contracts: dict[str, contract.Contract], name: str, edit: Edit, of: Class | None, told: str
) -> None:
    old = client_document(contracts[name])
    new = copy.deepcopy(old)
    edit(new)
    found = ordered(document_changes.document_changes(old, new))
    lines = [f"`{each.place}` {each.sentence}" + (f" → {each.todo}" if each.todo else "") for each in found]
    assert worst(found) == of, lines
    assert told in "\n".join(lines)


def test_a_condition_is_another_if_what_it_refers_to_is(contracts: dict[str, contract.Contract]) -> None:
    old = copy.deepcopy(client_document(contracts[LIBRARY]))
    _schema(old, "NewItem")["not"] = {"properties": {"title": {"$ref": "#/components/schemas/Kind"}}}
    new = copy.deepcopy(old)
    _schema(new, "Kind")["enum"].append("map")
    found = document_changes.document_changes(old, new)
    assert ("breaking", "NewItem") in [(each.of, each.place) for each in found if "conditions (not)" in each.sentence]


def test_a_relation_that_came_is_a_claim_and_nothing_to_callers(contracts: dict[str, contract.Contract]) -> None:
    with_relations = contracts[LIBRARY]
    without = contract.load(ROOT / "conformance/selftests/documents/library.yaml")
    old, new = (contract_record.of(each, client_document(each)) for each in (without, with_relations))
    assert worst(document_changes.document_changes(old.document, new.document)) == "internal"
    told = claim_changes.claim_changes(old.claims, new.claims)
    assert ("came", "getLoan/relations/echo/id") in [(each.how, each.id) for each in told]
    assert {each.how for each in claim_changes.claim_changes(new.claims, old.claims)} == {"went"}


def test_a_claim_that_says_something_else_is_told_with_what_it_was(contracts: dict[str, contract.Contract]) -> None:
    agreed = contracts[JOB]
    old = contract_record.of(agreed, client_document(agreed)).claims
    new = {**old, "getJob/402/status": {**old["getJob/402/status"], "level": "should"}}
    (change,) = claim_changes.claim_changes(old, new)
    assert (change.how, change.id) == ("changed", "getJob/402/status")
    assert change.sentence.endswith("(should, stated)")
    assert change.was.endswith("(must, stated)")
