"""What the generator warned of → each part of the document that its client would lack, and why.

The generator ends well with a client that lacks operations, responses or fields, and prints schemas at length beside.
Whether it lost something without a word is for `endpoints`.
"""

import re
from collections.abc import Iterator

_STARTS = re.compile(
    r"WARNING parsing (?P<operation>[A-Z]+ \S+) within .*?\.(?P<gone> Endpoint will not be generated\.)?$"
    r"|Unable to (?:process|parse) schema (?P<schema>.*?):?$"
)
_STATUS = re.compile(r"Cannot parse response for status code (?P<status>\S+)")
_NO_REASON = re.compile(
    r'[\s"{}\[\]]|(Warning|Error)\(s\) encountered|If you believe|Failure to process|/components/|$'
)


def explained(said: str) -> list[str]:
    """One line for each thing that is lost, in the generator's order: `PUT /pets: Unsupported content type …`."""
    return list(dict.fromkeys(_losses(said.splitlines())))


def _losses(lines: list[str]) -> Iterator[str]:
    what = ""
    reason: list[str] = []
    for line in [*lines, "WARNING parsing END / within none."]:
        found = _STARTS.match(line)
        if found is None:
            if not _NO_REASON.match(line):
                reason.append(line.strip())
            continue
        if what:
            yield f"{what}: {_readable(' '.join(reason)) or 'it does not say why'}"
        what = found["operation"] or f"the schema {found['schema']}"
        what += " (the whole operation)" if found["gone"] else ""
        reason = []


def _readable(reason: str) -> str:
    """Without the addresses of objects, which differ from run to run."""
    reason = reason.replace("Unable to parse this part of your OpenAPI document: : ", "")
    return re.sub(r"<openapi_python_client\.\S+ object at 0x[0-9a-f]+>", "…", reason)
