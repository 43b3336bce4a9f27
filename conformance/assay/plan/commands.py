"""Plan + target → nothing, or the first command that would be run and whose program is not there.

Nothing is run here.
"""

import os
import shutil
from collections.abc import Mapping

from assay.errors import UserError
from assay.plan.steps import Plan
from assay.target import Credential, Target


def check(plan: Plan, target: Target) -> None:
    """Raises UserError: there is no such program, or it may not be run. Of states and credentials, those planned."""
    if target.serve and target.serve.command:
        _check(target.serve.command[0], {**os.environ, **target.serve.env}, target, "serve", "command")
    for step in (*plan.steps, *plan.makers.values()):
        if step.state and step.state.command:
            _check(step.state.command[0], os.environ, target, "states", step.state.name, "command")
    for credential in _shown(plan):
        if credential.command:
            _check(credential.command[0], os.environ, target, "credentials", credential.name, "bearer")


def _shown(plan: Plan) -> list[Credential]:
    """Each credential that something of the plan is asked with, once."""
    calls = [each.call for each in (*plan.steps, *plan.makers.values())]
    calls += [each.base for each in plan.explorations]
    return list({each.credential.name: each.credential for each in calls if each.credential}.values())


def _check(program: str, env: Mapping[str, str], target: Target, *keys: str) -> None:
    path = os.pathsep.join(os.get_exec_path(env))
    if shutil.which(program, path=path) is None:
        raise UserError(
            f"[{'.'.join(map(_key, keys[:-1]))}] `{keys[-1]}`: there is no program {program!r} that can be run",
            where=target.where(*keys),
            todo="install it, or mend the command: without a slash it is looked up in PATH, else from this file on",
        )


def _key(name: str) -> str:
    return name if name.isalnum() else f'"{name}"'
