"""Arguments + `[tool.assay]` of pyproject.toml → Settings: which contract, which target, how.

Not what the two lead to: that is `loading`'s part. Nothing heavy is imported here, since the command line waits for it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import evolve, frozen

from assay.errors import UserError

DEFAULT_EXAMPLES = 100
_KEYS: dict[str, tuple[tuple[type, ...], str]] = {
    "spec": ((str,), "a path"),
    "overlays": ((list,), "a list of paths"),
    "target": ((str,), "a path"),
    "url": ((str,), "a URL"),
    "report": ((str,), "a path"),
    "strict": ((bool,), "true or false"),
    "seed": ((str, int), "a whole number, or `random`"),
    "examples": ((int,), "a whole number, 0 or more"),
    "client": ((str,), "the name of a package"),
    "client_gates": ((bool,), "true or false"),
}
"""Key of [tool.assay] → the types that TOML may give it, and what it is in words."""


@frozen
class Settings:
    """`seed` is empty (it derives from the contract), a whole number, or `random`. One of `target` and `url` is set.

    `client` is the package of the generated client, empty for none; its claims count only with `client_gates`.
    """

    spec: Path | None = None
    overlays: tuple[Path, ...] = ()
    target: Path | None = None
    url: str = ""
    report: Path = Path("report")
    strict: bool = False
    select: str = ""
    shard: str = ""
    seed: str = ""
    examples: int = DEFAULT_EXAMPLES
    allow_writes: bool = False
    quiet: bool = False
    client: str = ""
    client_gates: bool = False

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The defaults of the nearest pyproject.toml at or above `folder`. Raises UserError: an unknown key."""
        for each in (folder, *folder.parents):
            file = each / "pyproject.toml"
            if file.is_file():
                return cls._from_table(file, _table(file))
        return cls()

    @classmethod
    def _from_table(cls, file: Path, table: Mapping[str, Any]) -> Self:
        for key, value in table.items():
            if key not in _KEYS:
                from assay import shapes  # noqa: PLC0415 - see above

                raise UserError(
                    f"unknown key {key!r} in [tool.assay]", where=str(file), todo=shapes.suggest(key, list(_KEYS))
                )
            _check_kind(file, key, value)
        base = file.parent
        return cls(
            spec=base / table["spec"] if "spec" in table else None,
            overlays=tuple(base / each for each in table.get("overlays", ())),
            target=base / table["target"] if "target" in table else None,
            url=table.get("url", ""),
            report=base / table.get("report", "report"),
            strict=table.get("strict", False),
            seed=str(table.get("seed", "")),
            examples=table.get("examples", DEFAULT_EXAMPLES),
            client=table.get("client", ""),
            client_gates=table.get("client_gates", False),
        )

    def required_spec(self) -> Path:
        """Raises UserError where no document is given."""
        if self.spec is None:
            raise UserError(
                "no document is given", todo="give --spec FILE, or `spec` in [tool.assay] of pyproject.toml"
            )
        return self.spec

    def required_server(self) -> None:
        """Raises UserError where neither a target nor a URL is given."""
        if self.target is None and not self.url:
            raise UserError("no server is given", todo="give --target FILE or --url URL")

    def overridden(self, **given: Any) -> Self:
        """With the arguments that were given. Another document does not get the overlays and the client of the default
        one, and another URL never gets the credentials of the default target.
        """
        said = {key: value for key, value in given.items() if value is not None and value not in ((), "")}
        # a flag that is not given does not take back a default; 0 examples are a number that is given
        said = {key: value for key, value in said.items() if value is not False}
        if "spec" in said:
            said.setdefault("overlays", ())
            said.setdefault("client", "")
        if "url" in said:
            said.setdefault("target", None)
        elif "target" in said:
            said["url"] = ""
        return evolve(self, **said)


def to_arguments(settings: Settings) -> list[str]:
    """The settings as options of the pytest plugin, paths absolute."""
    arguments = [f"--assay-overlay={path.resolve()}" for path in settings.overlays]
    for name, value in (
        ("spec", settings.spec and settings.spec.resolve()),
        ("target", settings.target and settings.target.resolve()),
        ("url", settings.url),
        ("report", settings.report.resolve()),
        ("select", settings.select),
        ("shard", settings.shard),
        ("seed", settings.seed),
        ("examples", settings.examples),
        ("client", settings.client),
    ):
        if value not in (None, ""):
            arguments.append(f"--assay-{name}={value}")
    flags: Sequence[tuple[str, bool]] = (
        ("strict", settings.strict),
        ("allow-writes", settings.allow_writes),
        ("quiet", settings.quiet),
        ("client-gates", settings.client_gates),
    )
    return arguments + [f"--assay-{name}" for name, on in flags if on]


def _check_kind(file: Path, key: str, value: Any) -> None:
    kinds, words = _KEYS[key]
    fits = isinstance(value, kinds) and (isinstance(value, bool) is (bool in kinds)) and value != ""
    if isinstance(value, list):
        fits = fits and all(isinstance(each, str) for each in value)
    elif key == "examples":
        fits = fits and value >= 0
    if not fits:
        raise UserError(f"`{key}` in [tool.assay] is {value!r}", where=str(file), todo=f"make it {words}")


def _table(file: Path) -> dict[str, Any]:
    try:
        tool = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file), todo="mend the file there") from None
    table = tool.get("assay", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UserError("`assay` in [tool] is no table", where=str(file), todo="write [tool.assay]")
    return table
