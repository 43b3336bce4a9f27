"""A document of many operations → seconds of ledger, plan, judgement and exploration, and peak memory, as it grows.

    python conformance/selftests/bench/growing.py OPERATIONS

Each size is measured in a process of its own: of memory, only a process knows its peak. What is linear takes four
times as long for four times as much.
"""

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assay import claims, contract, judge, plan
from assay.claims import Ledger
from assay.recording import Recording, RunHeader
from assay.recording.exchange import Exchange, Reply, Request
from assay.run import generating
from assay.target import target_file
from table import Compared

_EXPLORED, _EXAMPLES = 20, 10
_GOAL = 1.2
"""Times the ratio of the sizes: more is not linear."""
_STAGES = {
    "contract": "reading a document", "ledger": "its ledger", "plan": "its plan",
    "judgement": "judging each of its responses once", "exploring": "making up an operation's requests",
    "memory": "peak memory of all that",
}  # fmt: skip

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 80}
_THING = {
    "id": 1, "name": "a", "state": "new", "created_at": "2026-01-01T00:00:00Z", "owner": {"login": "a"}, "tags": ["a"],
}  # fmt: skip


def compared(sizes: Sequence[int]) -> Iterator[Compared]:
    """The greatest size against the least; all between are told on standard error."""
    found = {size: _measured(size) for size in sizes}
    for size, figures in found.items():
        told = ", ".join(f"{name} {figure:.3g}" for name, figure in figures.items())
        sys.stderr.write(f"{size} operations: {told}\n")
    least, greatest = min(sizes), max(sizes)
    for name, what in _STAGES.items():
        alike = name == "exploring"  # of one operation, whatever their number
        yield Compared(
            f"{what}: {greatest} operations against {least}", 0, (found[greatest][name],), (found[least][name],),
            "MB" if name == "memory" else "s", _GOAL * (1 if alike else greatest / least), at_most=True,
        )  # fmt: skip


def _measured(size: int) -> dict[str, float]:
    ran = subprocess.run([sys.executable, __file__, str(size)], capture_output=True, check=True, encoding="utf-8")
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def document(operations: int) -> dict[str, Any]:
    """Two operations a path, five documented responses, and a schema for every ten operations."""
    count = max(1, operations // 10)
    things = {f"Thing{index}": _schema() for index in range(count)}
    owner = {"type": "object", "required": ["login"], "properties": {"login": _TEXT}}
    error = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
    paths = {f"/things{index}/{{id}}": _path(index, f"Thing{index % count}") for index in range(operations // 2)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Large", "version": "1"},
        "paths": paths,
        "components": {"schemas": {**things, "Owner": owner, "Error": error}},
    }


def _schema() -> dict[str, Any]:
    properties = {
        "id": {"type": "integer", "minimum": 1}, "name": _TEXT, "state": {"enum": ["new", "old"]},
        "created_at": {"type": "string", "format": "date-time"}, "owner": {"$ref": "#/components/schemas/Owner"},
        "tags": {"type": "array", "items": _TEXT},
    }  # fmt: skip
    return {"type": "object", "required": ["id", "name"], "properties": properties}


def _path(index: int, thing: str) -> dict[str, Any]:
    def answer(name: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        return {"description": "d", "content": content}

    body = {"required": True, "content": answer(thing)["content"]}
    good, bad = answer(thing), answer("Error")
    return {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"operationId": f"get{index}", "responses": {"200": good, "404": bad}},
        "put": {
            "operationId": f"put{index}", "requestBody": body, "responses": {"200": good, "404": bad, "422": bad},
        },
    }  # fmt: skip


def _recording(ledger: Ledger) -> Recording:
    header = RunHeader(contract={}, target={}, seed=0, started="2026-01-01T00:00:00Z", versions={})
    headers = (("content-type", "application/json"),)
    exchanges = tuple(
        Exchange(
            number, operation, "traffic", operation, "", "observed", number, number + 0.5,
            Request("GET", "http://h/x", ()),
            Reply(int(status), headers, json.dumps(_THING if status == "200" else {"message": str(number)}).encode()),
        )
        for number, (operation, status) in enumerate(ledger.responses)
    )  # fmt: skip
    return Recording(header, exchanges, "", complete=True, interrupted=False)


def _figures(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.json"
        path.write_text(json.dumps(document(size)), encoding="utf-8")
        clock = [time.process_time()]
        loaded = contract.load(path)
        gc.freeze()  # as a run does: what stays is not looked through for garbage
        clock.append(time.process_time())
        ledger = claims.ledger(loaded)
        clock.append(time.process_time())
        planned = plan.plan(ledger, target_file.from_url("http://h"), seed=1, writes=True, examples=_EXAMPLES)
        clock.append(time.process_time())
    recording = _recording(ledger)
    gc.freeze()
    clock.append(time.process_time())
    judge.judge(ledger, recording)
    clock.append(time.process_time())
    for each in planned.explorations[: _EXPLORED + 1]:
        generating.generate(loaded, each.operation, each.known, each.base, seed=1, examples=_EXAMPLES)
        if each is planned.explorations[0]:  # which reads the document, and warms up
            clock.append(time.process_time())
    explored = (time.process_time() - clock[-1]) / _EXPLORED
    return {
        "contract": clock[1] - clock[0], "ledger": clock[2] - clock[1], "plan": clock[3] - clock[2],
        "judgement": clock[5] - clock[4], "exploring": explored,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_figures(int(sys.argv[1]))))
