"""Contract + Target → nothing, or the first thing of which the target speaks and that the document does not have.

Each mistake has its line in the target file, and the nearest name that would have been right. Nothing is planned here.
"""

from fnmatch import fnmatchcase

from assay import shapes
from assay.claims import Ledger, name_of
from assay.contract import Contract, Operation
from assay.errors import UserError
from assay.plan.authorisation import carried, given, header_of, served, taken
from assay.target import Credential, State, Target

_SOURCES = ("http", "security")
"""Whose claims a target may set the level of."""


def check(ledger: Ledger, target: Target) -> None:
    """Raises UserError: an operation, status, parameter, credential or claim that there is not."""
    contract = ledger.contract
    operations = {operation.id: operation for operation in contract.operations}
    _check_responses(operations, target)
    for credential in target.credentials.values():
        _check_credential(contract, credential, target)
    _check_headers(contract, target)
    excluded = {each.response for each in target.excluded}
    for state in target.states:
        if name_of(state.operation, state.status) in excluded:
            what, todo = (
                f"{state.name!r} is a state of a response that is excluded",
                "delete the state or the exclusion",
            )
            raise UserError(what, where=target.where("states", state.name), todo=todo)
        _check_values(operations[state.operation], state, target)
        _check_state_credential(operations[state.operation], state, target)
    _check_levels(ledger, target)


def _check_responses(operations: dict[str, Operation], target: Target) -> None:
    named = [("states", state.name, state.operation, state.status) for state in target.states]
    named += [("excluded", each.response, *each.response.rpartition(" ")[::2]) for each in target.excluded]
    for table, name, operation_id, status in named:
        where = target.where(table, name)
        if operation_id not in operations:
            todo = shapes.suggest(operation_id, list(operations))
            raise UserError(f"{name!r}: the document has no operation {operation_id!r}", where=where, todo=todo)
        documented = [each.status for each in operations[operation_id].responses]
        if status not in documented:
            raise UserError(
                f"{name!r}: {operation_id} documents no {status}",
                where=where,
                todo=f"it documents {', '.join(documented)}",
            )


def _check_values(operation: Operation, state: State, target: Target) -> None:
    where = target.where("states", state.name)
    for place, values in (("path", state.path), ("query", state.query)):
        known = [each.name for each in operation.parameters if each.place == place]
        for name in values:
            if name not in known:
                raise UserError(
                    f"{operation.id} has no {place} parameter {name!r}", where=where, todo=shapes.suggest(name, known)
                )


def _check_credential(contract: Contract, credential: Credential, target: Target) -> None:
    """One that nothing takes would never be sent, and nobody would know."""
    where = target.where("credentials", credential.name) if target.path else "--url"
    schemes = {one.name: one for each in contract.operations for alternative in each.security for one in alternative}
    keys = [name for name, scheme in schemes.items() if scheme.kind == "apiKey"]
    for name in credential.api_keys:
        if name not in keys:
            todo = shapes.suggest(name, keys) if keys else "remove it"
            raise UserError(f"the document has no API key scheme {name!r}", where=where, todo=todo)
    if not any(served(operation, credential) for operation in contract.operations):
        asked = "; ".join(dict.fromkeys(taken(each) for each in contract.operations if any(each.security)))
        raise UserError(
            f"[credentials.{credential.name}] is {given(credential)}, and no operation of the document takes that",
            where=where,
            todo=f"they take {asked}" if asked else "write `security` down in an overlay, or send it in [http] headers",
        )


def _check_state_credential(operation: Operation, state: State, target: Target) -> None:
    where = target.where("states", state.name)
    if state.credentials and state.credentials not in target.credentials:
        known = list(target.credentials)
        todo = shapes.suggest(state.credentials, known) if known else "add them: the target has no credentials yet"
        raise UserError(f"there are no [credentials.{state.credentials}]", where=where, todo=todo)
    credential = target.credentials.get(state.credentials or "default")
    needed = state.credentials or (operation.protected and state.status != "401")
    if credential is None or not needed or served(operation, credential):
        return
    if state.credentials or not carried(operation, state.headers, state.query):
        told = f"{operation.id} takes {taken(operation)}, and [credentials.{credential.name}] is {given(credential)}"
        raise UserError(
            f"{state.name!r} would be asked without a credential: {told}",
            where=where,
            todo="name one that it takes: credentials = …",
        )


def _check_headers(contract: Contract, target: Target) -> None:
    """A credential that every request carries would make those carry it that are there to lack it."""
    schemes = [one for each in contract.operations for alternative in each.security for one in alternative]
    credentials = {header_of(each).lower(): each for each in schemes if header_of(each) not in ("", "Cookie")}
    for name in target.http.headers:
        if name.lower() in credentials:
            raise UserError(
                f"[http] headers: {name} is where a credential of {credentials[name.lower()].name!r} is sent",
                where=target.where("http", "headers", name),
                todo="give it under [credentials.default]",
            )


def _check_levels(ledger: Ledger, target: Target) -> None:
    own = [claim.id for claim in ledger.claims.values() if claim.source in _SOURCES]
    for pattern in target.levels:
        if pattern in _SOURCES or any(fnmatchcase(claim, pattern) for claim in own):
            continue
        stated = any(fnmatchcase(claim, pattern) for claim in ledger.claims)
        what = "claims of the document itself" if stated else "no claim"
        raise UserError(
            f"[levels] {pattern!r} names {what}",
            where=target.where("levels", pattern),
            todo="levels are set of rules that the document does not state"
            if stated
            else shapes.suggest(pattern, [*_SOURCES, *own]),
        )
