"""Contract + endpoints → what makes an installable distribution of a package: names, pyproject.toml, README.md.

Not the package itself: that is `generator`'s. The generator could write these files too, but its README speaks of
`my_tag` and `MyDataModel`, and its pyproject.toml changes with its releases.
"""

import json
import keyword
import re
import unicodedata
from pathlib import Path

from attrs import frozen

from assay import pointer
from assay.contract import Contract, Operation
from assay.errors import UserError
from endpoints import Endpoint

MARK = "# Written from the API's document by scripts/regenerate.py: change the document, not this.\n"
"""How a folder is known as one that may be replaced."""

_VERSION = re.compile(
    r"v?\d+(\.\d+)*([-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?([-_.]?(post|rev|r)[-_.]?\d*)?([-_.]?dev[-_.]?\d*)?",
    re.IGNORECASE,
)
"""PEP 440, as far as documents' versions go."""

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = {distribution}
version = {version}
description = {description}
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["attrs>=24.2", "httpx>=0.28,<0.29"]

[tool.hatch.build.targets.wheel]
packages = [{package}]

[tool.hatch.build.targets.sdist]
include = [{package}, "README.md"]
"""

_README = """\
# {distribution}

A typed Python client for {title} {version}, for synchronous and for asyncio programs. All of it is written from the
API's OpenAPI document: to change it, change the document and generate it again.

It needs Python 3.11, httpx and attrs. From a checkout, `pip install .` in this folder installs it.

## Operations

| operation | call | what it does |
|---|---|---|
{operations}

{example}Each module has four functions: `sync` and `asyncio` give the decoded body, `sync_detailed` and
`asyncio_detailed` also the status and the headers.

## Worth knowing

- A documented error is not raised: its body comes back in place of the other, decoded.
- A status that the document does not list gives `None`, or `errors.UnexpectedStatus` with
  `raise_on_unexpected_status=True`.
- Without `timeout` the client waits for ever.
- A field that was left out is `UNSET`, one that is null is `None`; fields that the document does not know are in
  `additional_properties`.
"""

_EXAMPLE = """\
```python
import httpx

from {package} import {client}
from {parent} import {module}

with {client}(
    {arguments},
) as client:
    response = {call}
    print(response.status_code, response.parsed)
```

"""


@frozen
class Names:
    """`distribution` is what pip installs, `package` what Python imports."""

    distribution: str
    package: str


def names(title: str, package: str | None) -> Names:
    """Names for a client: of the package that was asked for, else of the document's title.

    Raises UserError: the package's name is none, or the title gives none.
    """
    if package is None:
        ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
        package = "_".join([*re.findall(r"[a-z0-9]+", ascii_title.lower()), "client"])
        what = f"the title {title!r} gives no name for a Python package"
        usable = package != "client"
    else:
        what, usable = f"{package!r} is no name for a Python package", package.isascii()
    if not usable or not package.isidentifier() or keyword.iskeyword(package):
        raise UserError(what, todo="give one with --package, such as --package my_client")
    return Names(package.replace("_", "-").lower(), package)


def write(contract: Contract, pairs: list[tuple[Operation, Endpoint]], called: Names, folder: Path) -> None:
    """Write pyproject.toml and README.md beside the package; `pairs` are those of `endpoints.matched`."""
    pyproject = _PYPROJECT.format(
        distribution=_toml(called.distribution),
        package=_toml(called.package),
        version=_toml(_version(contract.version)),
        description=_toml(f"A typed client for {_line(contract.title)}"),
    )
    readme = _README.format(
        distribution=called.distribution,
        title=_line(contract.title),
        version=contract.version,
        operations="\n".join(_row(contract, *pair) for pair in pairs),
        example=_example(contract, pairs, called.package),
    )
    (folder / "pyproject.toml").write_text(MARK + pyproject, encoding="utf-8")
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _version(version: str) -> str:
    """The document's version where pip can read it, else the numbers in it."""
    return version if _VERSION.fullmatch(version) else ".".join(re.findall(r"\d+", version)) or "0"


def _row(contract: Contract, operation: Operation, endpoint: Endpoint) -> str:
    summary = _line(str(pointer.at(contract.data, operation.pointer).get("summary", ""))).replace("|", r"\|")
    call = endpoint.module.partition(".")[2]
    return f"| {operation.method} {operation.path} | `{call}` | {summary} |"


def _example(contract: Contract, pairs: list[tuple[Operation, Endpoint]], package: str) -> str:
    """A call of the operation that needs the fewest arguments, the first of them."""
    if not pairs:
        return ""
    operation, endpoint = min(pairs, key=lambda pair: len(pair[1].arguments))
    parent, _, module = endpoint.module.rpartition(".")
    arguments = [f'base_url="{_server(contract)}"', *_credentials(operation), "timeout=httpx.Timeout(30)"]
    passed = ", ".join([*(f"{each}=..." for each in endpoint.arguments), "client=client"])
    return _EXAMPLE.format(
        package=package,
        client="AuthenticatedClient" if operation.protected else "Client",
        parent=parent,
        module=module,
        arguments=",\n    ".join(arguments),
        call=f"{module}.sync_detailed({passed})",
    )


def _credentials(operation: Operation) -> list[str]:
    """What the client is told, for the first scheme of the first alternative."""
    if not operation.protected:
        return []
    scheme = operation.security[0][0]
    match scheme.kind, scheme.place:
        case "apiKey", "header":
            return ['token="…"', 'prefix=""', f'auth_header_name="{scheme.parameter}"']
        case "apiKey", "query":
            return ['token=""', f'httpx_args={{"params": {{"{scheme.parameter}": "…"}}}}']
        case "apiKey", _:
            return ['token=""', f'cookies={{"{scheme.parameter}": "…"}}']
        case "basic", _:
            return ['token="…"', 'prefix="Basic"']
    return ['token="…"']


def _server(contract: Contract) -> str:
    return next((each for each in contract.servers if each.startswith("https://")), "https://…")


def _line(text: str) -> str:
    return " ".join(text.split())


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
