"""Contract + target → nothing, or the first thing that the target names and the document has not.

The nearest name is told, with the line of the target file. Whether a state leads anywhere is seen in the run.
"""

from assay import shapes
from assay.contract import Contract, Operation
from assay.errors import UserError
from assay.target import State, Target


def check(contract: Contract, target: Target) -> None:
    """Raises UserError: the target speaks of an operation, status, parameter or credential that there is not."""
    operations = {operation.id: operation for operation in contract.operations}
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
    for state in target.states:
        _check_state(operations[state.operation], state, target)


def _check_state(operation: Operation, state: State, target: Target) -> None:
    where = target.where("states", state.name)
    if state.credentials and state.credentials not in target.credentials:
        raise UserError(
            f"there are no [credentials.{state.credentials}]",
            where=where,
            todo=shapes.suggest(state.credentials, list(target.credentials)),
        )
    for place, values in (("path", state.path), ("query", state.query)):
        known = [each.name for each in operation.parameters if each.place == place]
        for name in values:
            if name not in known:
                raise UserError(
                    f"{operation.id} has no {place} parameter {name!r}", where=where, todo=shapes.suggest(name, known)
                )
