"""What the states of a target need → nothing, or the first of it that there cannot be. Nothing is sent here."""

from assay import shapes
from assay.claims import name_of
from assay.contract import Contract
from assay.errors import UserError
from assay.plan.expressions import is_expression, placeholders
from assay.target import State, Target, makes


def check(contract: Contract, target: Target) -> None:
    """Raises UserError: a need of nothing, of what leaves nothing, or in a circle; a placeholder for no value."""
    states = {state.name: state for state in target.states}
    documented = [name_of(each.id, response.status) for each in contract.operations for response in each.responses]
    good = [name for name in documented if name.rpartition(" ")[2][0] == "2"]
    for state in target.states:
        where = target.where("states", state.name, "needs")
        for step in state.needs.values():
            if step not in (*states, *documented):
                todo = shapes.suggest(step, [*states, *good])
                what = f"{state.name!r} needs {step!r}, which is neither a state nor a documented response"
                raise UserError(what, where=where, todo=todo)
            if not (makes(states[step]) if step in states else step in good):
                what = f"{state.name!r} needs {step!r}, which leaves nothing behind that could be used"
                todo = "name a 2xx that comes without setup, command, burst or poll"
                raise UserError(what, where=where, todo=todo)
        _check_placeholders(state, target)
        _check_circle(state, states, target)


def _check_placeholders(state: State, target: Target) -> None:
    """What is in a body may look like one and be none; where nothing is needed, that is what it is."""
    body = state.body if state.needs else None
    for name, expression in placeholders([state.path, state.query, state.headers, body]):
        where = target.where("states", state.name)
        if name != "setup" and name not in state.needs:
            what = f"{{{name}.{expression}}}: {state.name!r} needs nothing that it calls {name!r}"
            known = [*state.needs, *(["setup"] if state.setup or state.command else [])]
            todo = shapes.suggest(name, known) if known else f'say where it comes from: needs = {{ {name} = "…" }}'
            raise UserError(what, where=where, todo=todo)
        if name != "setup" and not is_expression(expression):
            todo = f"for example {{{name}.id}} or {{{name}.$response.header.ETag}}"
            raise UserError(f"{expression!r} is no expression", where=where, todo=todo)


def _check_circle(state: State, states: dict[str, State], target: Target) -> None:
    def around(name: str, way: tuple[str, ...]) -> tuple[str, ...] | None:
        if name in way:
            return (*way, name)
        needs = states[name].needs.values() if name in states else ()
        return next(filter(None, (around(each, (*way, name)) for each in needs)), None)

    found = around(state.name, ())
    if found and found[-1] == state.name:
        what = f"states need one another in a circle: {' → '.join(found)}"
        raise UserError(what, where=target.where("states", state.name, "needs"), todo="let one of them need nothing")
