"""Contract + plan → the text of a target file to begin with: what a run would need beside the document and the URL.

Every credential comes from the environment, and every documented response that no request brings about by itself has
an entry that says what to supply. Until it is supplied (`todo`), no request is made of it: nothing is guessed here.
"""

import json
import re
from collections.abc import Iterator

from attrs import evolve

from assay.claims import name_of
from assay.contract import Contract, Operation, Security
from assay.plan import gaps
from assay.plan.steps import Plan
from assay.recording import Unplanned
from assay.recording.redacting import without_userinfo
from assay.target import Credential, Target
from assay.target.target_file import from_url

_LONGEST = 100
"""Characters of a description that are quoted."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def target_file(contract: Contract, target: Target, plan: Plan) -> str:
    """`plan`: of a target that is only its URL, with the operations that change things."""
    parts = [list(_head(contract, target)), list(_credentials(contract))]
    operations = {each.id: each for each in contract.operations}
    parts += [list(_state(operations[each.operation], each)) for each in plan.unplanned]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def without_secrets(contract: Contract, url: str) -> Target:
    """The target of the URL alone, as if it had every credential that the file will have."""
    target = from_url(without_userinfo(url))
    kinds = {each.kind for each in _needed(contract)}
    basic = "…" if "basic" in kinds else ""
    default = Credential(
        "default", bearer="…" if "bearer" in kinds else "", username=basic, password=basic,
        api_key="…" if "apiKey" in kinds else "",
    )  # fmt: skip
    return evolve(target, credentials={"default": default} if kinds & {"bearer", "basic", "apiKey"} else {})


def environment(contract: Contract) -> list[str]:
    """The variables that the file reads."""
    return re.findall(r'env = "(\w+)"', "\n".join(_credentials(contract)))


def _head(contract: Contract, target: Target) -> Iterator[str]:
    yield f"# How {_plain(contract.title)} {_plain(contract.version)} is checked at {_plain(target.base_url)}."
    yield "# Below stands every documented response that no request brings about by itself. A state counts once its"
    yield "# line `todo` is gone; `assay doctor --target` with this file says what is missing still."
    yield "# What changes things is sent only with --allow-writes."
    yield f"name = {_text(target.name)}"
    yield f"base_url = {_text(target.base_url)}"


def _credentials(contract: Contract) -> Iterator[str]:
    needed = _needed(contract)
    if not needed:
        return
    yield "# Secrets come from the environment, and reach neither recordings nor reports."
    if any(each.kind in ("bearer", "basic", "apiKey") for each in needed):
        yield "[credentials.default]"
    bearer = next((each for each in needed if each.kind == "bearer"), None)
    basic = next((each for each in needed if each.kind == "basic"), None)
    keys = [each for each in needed if each.kind == "apiKey"]
    if bearer:
        yield f"bearer = {_from_environment(bearer.name, 'TOKEN')}"
    if basic:
        username, password = (_from_environment(basic.name, what) for what in ("USERNAME", "PASSWORD"))
        yield f"basic = {{ username = {username}, password = {password} }}"
    if len(keys) == 1:
        yield f"api_key = {_from_environment(keys[0].name, 'KEY')}"
    elif keys:
        each_own = ", ".join(f"{_text(each.name)} = {_from_environment(each.name, 'KEY')}" for each in keys)
        yield f"api_key = {{ {each_own} }}"
    for other in (each for each in needed if each.kind == "other"):
        yield f"# assay knows no credential for the security scheme {_plain(other.name)}: see `headers` of a state"


def _needed(contract: Contract) -> list[Security]:
    """Of each protected operation, the schemes of the first alternative for which there is a kind of credential."""
    found: dict[Security, None] = {}
    for operation in (each for each in contract.operations if each.protected):
        known = (each for each in operation.security if all(scheme.kind != "other" for scheme in each))
        found.update(dict.fromkeys(next(known, operation.security[0])))
    return list(found)


def _from_environment(scheme: str, what: str) -> str:
    """`apiKey` → API_KEY, `card` → CARD_KEY: no variable that is there for something else."""
    words = [word.upper() for word in _WORDS.split(scheme) if word]
    name = "_".join(words if words[-1:] == [what] and len(words) > 1 else [*words, what])
    return f'{{ env = "{name}" }}'


def _state(operation: Operation, unplanned: Unplanned) -> Iterator[str]:
    name = name_of(operation.id, unplanned.status)
    response = next(each for each in operation.responses if each.status == unplanned.status)
    told = _plain(response.description)
    yield f"# {_plain(name)}, {operation.method} {_plain(operation.path)}" + (f": {told[:_LONGEST]}" if told else "")
    yield f"[states.{_text(name)}]"
    yield f"todo = {_text(gaps.advice(unplanned.status))}"
    yield from (f"# {each}" for each in _suggested(operation, unplanned.status))


def _suggested(operation: Operation, status: str) -> Iterator[str]:
    """The entries that a state of this status has as a rule, to be filled in."""
    if status[0] == "5":
        yield 'setup = { url = "http://…", state = "…" }'
        yield 'command = ["…"]'
    elif status in ("401", "402", "403"):
        yield 'credentials = "…"'
    elif status == "429":
        yield "burst = 30"
    for place in ("path", "query"):
        wanted = [each.name for each in operation.parameters if each.place == place and each.required]
        if wanted:
            values = ", ".join(f'{_key(each)} = "…"' for each in wanted)
            yield f"{place} = {{ {values} }}"
    if status == "415":
        yield 'raw = "…"'
        yield 'headers = { Content-Type = "…" }'
    elif operation.body is not None:
        yield "body = { … }"


def _text(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _plain(text: str) -> str:
    """Its first line, as a comment can hold it."""
    line = next(iter(text.strip().splitlines()), "")
    return "".join(each if each.isprintable() else " " for each in line)
