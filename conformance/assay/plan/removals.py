"""Contract + target → how what was made is removed again: which DELETE, with which values of the answer that made it;
and by which read it is seen to be gone.

By what the target says of the DELETE (a state of it that needs the one who made it), else by the links of the contract.
A state of a read is no word for it: it may lead from what was made to something that was there before. Only what is
clear: a DELETE of the wrong thing is worse than something left behind. Nothing is sent here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from assay.claims import name_of
from assay.contract import Contract, Operation
from assay.plan.expressions import placeholders
from assay.plan.links import SOURCE, Link
from assay.target import State, Target


def removals(contract: Contract, target: Target, links: Iterable[Link]) -> dict[str, Link]:
    """`<operation> <status>` that makes something → the link to the operation that removes it."""
    known: dict[str, list[Link]] = defaultdict(list)
    for link in (*_said(contract, target), *links, *_put(contract)):
        known[link.operation.path].append(link)
    found: dict[str, Link] = {}
    for delete in contract.operations:
        # of the thing itself, not of something that belongs to it
        if delete.method != "DELETE" or delete.server.elsewhere or not delete.path.rstrip("/").endswith("}"):
            continue
        for link in known[delete.path]:
            led = _led(link, delete)
            if led is not None and _clear(link, delete):
                found.setdefault(name_of(link.source.id, link.status), led)
    return found


def rereads(contract: Contract, removals: Mapping[str, Link]) -> dict[str, Link]:
    """The same responses → the link to the read of what they made, by which is seen whether it was removed."""
    reads = {each.path: each for each in contract.operations if each.method == "GET" and not each.server.elsewhere}
    known = ((name, link, reads.get(link.operation.path)) for name, link in removals.items())
    found = ((name, _led(link, read)) for name, link, read in known if read is not None)
    return {name: led for name, led in found if led is not None}


def _led(link: Link, operation: Operation) -> Link | None:
    """The same to that operation, with the values that it takes; None where a value that it needs is not given.

    A header that also the request took which made it, a tenant's say, is sent as there.
    """
    sent = {each.name.lower() for each in link.source.parameters if each.place == "header"}
    found: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    given: dict[str, dict[str, Any]] = {"path": link.path, "query": link.query, "header": link.headers}
    for each in operation.parameters:
        if each.name in given.get(each.place, {}):
            found[each.place][each.name] = given[each.place][each.name]
        elif each.required and each.place == "header" and each.name.lower() in sent:
            found["header"][each.name] = f"{{{SOURCE}.$request.header.{each.name}}}"
        elif each.required or each.place == "path":
            return None
    path, query, headers = (found[place] for place in ("path", "query", "header"))
    return evolve(link, operation=operation, path=path, query=query, headers=headers, body=None)


def _clear(link: Link, delete: Operation) -> bool:
    """An order names its customer too: it made only what is in its collection, or what is said to be removed so."""
    collection = delete.path.rstrip("/").rpartition("/")[0]
    made_there = link.source.method == "POST" and link.source.path.rstrip("/") == collection
    put_there = link.source.method == "PUT" and link.source.path == delete.path
    return made_there or put_there or (link.operation is delete and link.declared and not link.source.safe)


def _said(contract: Contract, target: Target) -> Iterator[Link]:
    states = {each.name: each for each in target.states}
    for state in target.states:
        operation = contract.operation(state.operation)
        if operation is None or operation.method != "DELETE":
            continue
        for name, step in state.needs.items() if state.status[0] == "2" else ():
            source, _, status = _names(step, states)
            maker = contract.operation(source)
            taken = {each for each, _ in placeholders([state.path, state.query, state.headers])}
            named = any(each == name for each, _ in placeholders(state.path))
            if maker is not None and named and taken == {name}:
                path, query, headers = (_renamed(each, name) for each in (state.path, state.query, state.headers))
                yield Link(maker, status, operation, path, query, headers, declared=True)


def _names(step: str, states: dict[str, State]) -> tuple[str, str, str]:
    """Operation and status of a step, from its state or its name."""
    if step in states:
        return states[step].operation, "", states[step].status
    return step.rpartition(" ")


def _renamed(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        key: value.replace(f"{{{name}.", f"{{{SOURCE}.") if isinstance(value, str) else value
        for key, value in values.items()
    }


def _put(contract: Contract) -> Iterator[Link]:
    """RFC 9110, 9.3.4: what a PUT made, as its 201 says, is where it was put."""
    for each in contract.operations:
        if each.method == "PUT":
            names = [parameter.name for parameter in each.parameters if parameter.place == "path"]
            path = {name: f"{{{SOURCE}.$request.path.{name}}}" for name in names}
            yield Link(each, "201", each, path)
