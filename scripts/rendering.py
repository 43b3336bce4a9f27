"""Facts + the templates of ours → the modules that the generator does not write, and the templates for those it does.

    templates/overrides/   in place of the generator's own: those whose context its releases have left as it was
    templates/package/     modules beside the generator's
    templates/             what stands beside the package

The set of files that the generator writes is fixed, and it tells its templates little. So the facts go along with the
overrides, as one more template that these import.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def overrides(facts: dict[str, Any], workspace: Path) -> Path:
    """A folder below the workspace with the templates that replace the generator's own."""
    folder = workspace / "templates"
    shutil.copytree(_TEMPLATES / "overrides", folder)
    (folder / "contract.jinja").write_text(f"{{% set facts = {facts!r} %}}\n", encoding="utf-8")
    return folder


def write_modules(facts: dict[str, Any], package: Path) -> None:
    """Write each module of ours into the package, over the generator's where it has one of that name."""
    environment = _environment()
    for template in sorted((_TEMPLATES / "package").glob("*.jinja")):
        text = environment.get_template(f"package/{template.name}").render(facts=facts)
        (package / template.stem).write_text(text, encoding="utf-8")


def text(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(values)


def _environment() -> "Environment":
    # one of the tools that generator.check_tools asks for first
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - what comes out is Python and Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["python"] = repr
    environment.filters["tuples"] = _tuples
    environment.filters["docstring"] = _docstring
    return environment


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'")
