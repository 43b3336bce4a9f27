"""Contract → what makes an installable distribution of a package: its names and pyproject.toml.

Not the package itself: that is `generator`'s and `rendering`'s, nor its README.md, which is `manual`'s. The generator
could write pyproject.toml too, but that changes with its releases.
"""

import json
import keyword
import re
import unicodedata
from pathlib import Path

from attrs import frozen

from assay.contract import Contract
from assay.errors import UserError

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

[tool.basedpyright]
typeCheckingMode = "strict"
# openapi-python-client's own modules, and the JSON that is decoded, cannot do without
reportPrivateUsage = false
reportUnknownArgumentType = false
reportUnknownMemberType = false
reportUnknownVariableType = false
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


def write(contract: Contract, called: Names, folder: Path) -> None:
    """Write pyproject.toml beside the package."""
    pyproject = _PYPROJECT.format(
        distribution=_toml(called.distribution),
        package=_toml(called.package),
        version=_toml(published(contract.version)),
        description=_toml(f"A typed client for {' '.join(contract.title.split())}"),
    )
    (folder / "pyproject.toml").write_text(MARK + pyproject, encoding="utf-8")


def published(version: str) -> str:
    """The document's version where pip can read it, else the numbers in it."""
    return version if _VERSION.fullmatch(version) else ".".join(re.findall(r"\d+", version)) or "0"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
