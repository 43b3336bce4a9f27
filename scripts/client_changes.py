"""Two generated packages → what changed in their code for callers, as griffe reads it: nothing is imported or run.

What begins with an underscore is no surface, nor are the functions in `api/<tag>/<operation>.py`, which the client's
own methods call. griffe tells what is gone and which calls no longer work; it passes over the types of fields and of
arguments, so these are compared here. Whether a type that changed is one that callers read or send follows from
where it stands: fields are read, unless their class only ever goes into requests.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

from changes import Change, Class

_Surface = dict[str, griffe.Object]
_INNER = re.compile(r"api\.\w+\.\w+(\.|$)")
_GONE = griffe.BreakageKind.OBJECT_REMOVED
_RETURNS = griffe.BreakageKind.RETURN_CHANGED_TYPE


def client_changes(old: Path, new: Path) -> list[Change]:
    """`old` and `new` are the packages' folders."""
    if old.name != new.name:
        return [Change("breaking", old.name, f"the package is called {new.name} now", f"import {new.name}", "code")]
    before, after = _loaded(old), _loaded(new)
    return [*_broken(before, after), *_gained(before, after), *_retyped(before, after)]


def _loaded(package: Path) -> griffe.Module:
    loaded = griffe.load(package.name, search_paths=[str(package.parent)], allow_inspection=False, resolve_aliases=True)
    assert isinstance(loaded, griffe.Module)
    return loaded


def _surface(package: griffe.Module) -> _Surface:
    """Every public object by its path below the package. What is imported from elsewhere counts where it is made."""
    return dict(_public(package))


def _public(owner: griffe.Object) -> Iterator[tuple[str, griffe.Object]]:
    for member in owner.members.values():
        if not isinstance(member, griffe.Object) or member.name.startswith("_"):
            continue
        path = _below(member.path)
        if not (member.is_module and not member.is_init_module and _INNER.match(path)):
            yield path, member
            if not member.is_function:
                yield from _public(member)


def _below(path: str) -> str:
    return path.partition(".")[2]


def _broken(old: griffe.Module, new: griffe.Module) -> Iterator[Change]:
    surface = _surface(old).keys() | _surface(new).keys()
    for breakage in griffe.find_breaking_changes(old, new):
        place = _below(breakage.obj.path)
        if breakage.kind is _GONE:
            exported = place.count(".") == 0 and not place.startswith("_")
            if place in surface or exported:
                yield Change("breaking", place, "is gone", "do without it", "code")
        elif place in surface or place.rpartition(".")[0] in surface:
            yield _explained(breakage, place)


def _explained(breakage: griffe.Breakage, place: str) -> Change:
    kind = breakage.kind.value.lower()
    if breakage.kind is _RETURNS:
        was, now = str(breakage.old_value), str(breakage.new_value)
        of: Class = "additive" if _parts(now) < _parts(was) else "breaking"
        return Change(of, place, f"returns {now}, no more {was}", "handle it" if of == "breaking" else "", "code")
    about = breakage.new_value if breakage.old_value is None else breakage.old_value
    what = f"{about.name}: {kind}" if isinstance(about, griffe.Parameter) else kind
    return Change("breaking", place, what, "look at each use", "code")


def _gained(old: griffe.Module, new: griffe.Module) -> Iterator[Change]:
    before, after = _surface(old), _surface(new)
    for path, member in after.items():
        if path not in before and (path.rpartition(".")[0] in before or "." not in path):
            yield Change("additive", path, f"a new {member.kind.value}", source="code")
        elif path in before and isinstance(member, griffe.Function):
            yield from _new_arguments(path, before[path], member)


def _new_arguments(path: str, old: griffe.Object, new: griffe.Function) -> Iterator[Change]:
    known = {each.name for each in old.parameters} if isinstance(old, griffe.Function) else set()
    for each in new.parameters:
        if known and each.name not in known and not each.required:
            yield Change("additive", path, f"{each.name}: a new optional parameter", source="code")


def _retyped(old: griffe.Module, new: griffe.Module) -> Iterator[Change]:
    before, after = _surface(old), _surface(new)
    sent = _only_sent(before) & _only_sent(after)
    for path, member in after.items():
        was = before.get(path)
        if isinstance(member, griffe.Attribute) and isinstance(was, griffe.Attribute):
            reads = path.rpartition(".")[0] not in sent
            yield from _type(path, "", str(was.annotation or ""), str(member.annotation or ""), reads=reads)
        elif isinstance(member, griffe.Function) and isinstance(was, griffe.Function):
            declared = {each.name: str(each.annotation or "") for each in was.parameters}
            for each in member.parameters:
                if each.name in declared:
                    types = declared[each.name], str(each.annotation or "")
                    yield from _type(path, f"{each.name}: ", *types, reads=False)


def _type(path: str, name: str, old: str, new: str, *, reads: bool) -> Iterator[Change]:
    if _parts(old) == _parts(new):
        return
    fewer, more = _parts(new) < _parts(old), _parts(old) < _parts(new)
    of: Class = "additive" if (fewer if reads else more) else "breaking"
    todo = "" if of == "additive" else "handle what it may be now" if reads else "pass what it takes now"
    yield Change(of, path, f"{name}is {new or 'untyped'}, no more {old or 'untyped'}", todo, "code")


def _parts(annotation: str) -> frozenset[str]:
    """The alternatives of a union, without regard to brackets: `list[A | B]` is one of its own."""
    parts, depth, start = list[str](), 0, 0
    for index, character in enumerate(annotation):
        depth += (character in "[(") - (character in "])")
        if character == "|" and depth == 0:
            parts.append(annotation[start:index].strip())
            start = index + 1
    return frozenset([*parts, annotation[start:].strip()])


def _only_sent(surface: _Surface) -> set[str]:
    """The paths of models that arguments name and no result does, neither directly nor in a field."""
    given = [each for each in surface.values() if isinstance(each, griffe.Function) and ".models." not in each.path]
    sent = _reached(surface, (str(argument.annotation) for each in given for argument in each.parameters))
    return sent - _reached(surface, (str(each.returns) for each in given))


def _reached(surface: _Surface, annotations: Iterator[str]) -> set[str]:
    models = {each.name: path for path, each in surface.items() if each.is_class and path.startswith("models.")}
    waiting, found = list(annotations), set[str]()
    while waiting:
        for name in re.findall(r"\w+", waiting.pop()):
            path = models.get(name, "")
            if path and path not in found:
                found.add(path)
                fields = surface[path].members.values()
                waiting += [str(each.annotation) for each in fields if isinstance(each, griffe.Attribute)]
    return found
