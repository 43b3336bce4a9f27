"""The merged document → what is wrong in it without keeping anybody from reading it, a sentence each.

What keeps one from reading it is an error: `validity`'s part.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assay import pointer, shapes


def undefined_schemes(data: dict[str, Any], operations: Sequence[str], where: Callable[[str], str]) -> Iterator[str]:
    """Names in `security` that no scheme has, where each stands first. `operations`: their pointers.

    OpenAPI 3.1, 4.8.30: each name must correspond to a security scheme which is declared under components.
    """
    defined = pointer.at(data, "/components/securitySchemes")
    known = list(defined) if isinstance(defined, dict) else []
    places: dict[str, list[str]] = {}
    for owner in ("", *operations):
        for index, alternative in enumerate(pointer.at(data, owner).get("security") or ()):
            for name in alternative:
                if pointer.at(data, scheme(name)) is pointer.MISSING:
                    places.setdefault(name, []).append(owner + pointer.join("security", str(index), name))
    for name, found in places.items():
        more = f" (and {len(found) - 1} more of this name)" if len(found) > 1 else ""
        todo = shapes.suggest(name, known) if known else "define it there, an overlay can"
        yield (
            f"{where(found[0])}: {found[0]}: there is no scheme {name!r} under components/securitySchemes{more}: "
            "where its credential is sent nobody can know, so none is; that requests without one are refused is probed "
            f"nevertheless; {todo}"
        )


def scheme(name: str) -> str:
    """The pointer of the security scheme that is called so. OpenAPI 3.2, 4.29: it may be a reference."""
    return pointer.of_reference(name) if name.startswith("#/") else pointer.join("components", "securitySchemes", name)
