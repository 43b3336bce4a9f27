"""Several recordings of one contract → one recording, to be judged as a whole.

No judgement: it says only what the exchanges of each may count for. Each keeps a clock and steps of its own, so what
one shows precedes nothing in another. Where they disagree on what may be wrong (waivers, exclusions, levels), the
stricter is taken, and a note says so. Shards are a whole run only if all of them are there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from attrs import evolve

from assay.contract.overlay import Level
from assay.errors import UserError
from assay.recording import Recording, RunHeader, Shard, Unplanned, Waiver

Named = tuple[str, Recording]
"""A recording, and how messages name it."""


def combined(recordings: Sequence[Named]) -> Recording:
    """One recording of all; their exchanges have new ids, in the order of the recordings.

    Raises UserError: a mock's answers are joined with something else.
    """
    first = recordings[0][1]
    if len(recordings) == 1 and first.header.shard is None:
        return first
    numbers, apart = count(1), _apart([each for _, each in recordings])
    # an exchange of theirs → its id in the whole
    ids = [{exchange.id: next(numbers) for exchange in each.exchanges} for each in apart]
    return Recording(
        _header(recordings, apart),
        tuple(evolve(each, id=own[each.id]) for own, of in zip(ids, apart, strict=True) for each in of.exchanges),
        # as old as the oldest run in it: a gate asks for the age of what was seen
        finished=min(each.finished for each in _runs(apart)),
        complete=all(each.complete for each in apart),
        interrupted=any(each.interrupted for each in apart),
        left=tuple(each for recording in apart for each in recording.left),
        removed=tuple(
            (own[maker], own[remover])
            for own, each in zip(ids, apart, strict=True)
            for maker, remover in each.removed
            if {maker, remover} <= own.keys()
        ),
        builds=tuple(dict.fromkeys(build for each in apart for build in each.builds)),
    )


def _apart(recordings: Sequence[Recording]) -> list[Recording]:
    """Each with sources of its own: one may be of several recordings already."""
    found, first = list[Recording](), 0
    for each in recordings:

        def moved(part: Any, by: int = first) -> Any:
            return evolve(part, source=part.source + by)

        header = evolve(
            each.header, steps=tuple(map(moved, each.header.steps)), watches=tuple(map(moved, each.header.watches))
        )
        found.append(evolve(each, header=header, exchanges=tuple(map(moved, each.exchanges))))
        first += 1 + max([part.source for part in each.header.steps] + [part.source for part in each.exchanges] + [0])
    return found


def _runs(recordings: Sequence[Recording]) -> list[Recording]:
    """Traffic has no target file, and so no opinion on what one may say; nor has a run the age of old traffic."""
    return [each for each in recordings if not each.header.observed] or list(recordings)


def _header(recordings: Sequence[Named], apart: Sequence[Recording]) -> RunHeader:
    headers = [each.header for each in apart]
    _check_mocks(recordings)
    runs = [each.header for each in _runs(apart)]
    notes = [note for each in headers for note in each.notes]
    # waivers have to hold on the last day that something was seen
    started = max(each.started for each in runs)
    if started > (first := min(each.finished for each in _runs(apart))):
        notes.append(f"the recordings are of several times: one ended at {first}, another began at {started}")
    planned = {(step.operation, step.due) for each in runs for step in each.steps}
    return RunHeader(
        contract=runs[0].contract,
        target={key: _joined(each.target.get(key, "") for each in headers) for key in runs[0].target},
        seed=runs[0].seed,
        started=started,
        versions={
            name: _joined(each.versions.get(name, "") for each in headers)
            for name in dict.fromkeys(name for each in headers for name in each.versions)
        },
        run_id=_joined(each.run_id for each in headers),
        mock=runs[0].mock,
        probes=any(each.probes for each in runs),
        strict=any(each.strict for each in headers),
        partial=_left_out([each for each in recordings if not each[1].header.observed], notes),
        steps=tuple(step for each in headers for step in each.steps),
        unplanned=_unplanned(runs, planned),
        waivers=_waivers(runs, notes),
        excluded=_in_all([each.excluded for each in runs], lambda each: each.response, "exclusion", notes),
        watches=tuple(watch for each in headers for watch in each.watches),
        levels=_levels(runs, notes),
        short_secrets=tuple(dict.fromkeys(name for each in headers for name in each.short_secrets)),
        notes=tuple(dict.fromkeys(notes)),
        observed=all(each.observed for each in headers),
    )


def _check_mocks(recordings: Sequence[Named]) -> None:
    mocks = [name for name, each in recordings if each.header.mock]
    if mocks and len(mocks) < len(recordings):
        raise UserError(
            "a mock shows what it answers when asked to, not how a server behaves: it counts for no other recording",
            where=mocks[0], todo="judge it by itself",
        )  # fmt: skip


def _joined(words: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(filter(None, words)))


def _unplanned(headers: Sequence[RunHeader], planned: set[tuple[str, str]]) -> tuple[Unplanned, ...]:
    found: dict[tuple[str, str], Unplanned] = {}
    for each in (none for header in headers for none in header.unplanned):
        if (each.operation, each.status) not in planned:
            found.setdefault((each.operation, each.status), each)
    return tuple(found.values())


# What was left out --------------------------------------------------------------------------------------------------


def _left_out(runs: Sequence[Named], notes: list[str]) -> str:
    """Empty as soon as one run, or all shards of one, left nothing out."""
    reasons = [each.header.partial for _, each in runs if each.header.shard is None]
    shards: dict[tuple[int, str], list[tuple[str, RunHeader, Shard]]] = defaultdict(list)
    for name, each in runs:
        if each.header.shard is not None:
            shards[each.header.shard.of, each.header.shard.plan].append((name, each.header, each.header.shard))
    for (of, _), parts in shards.items():
        missing = sorted({*range(1, of + 1)} - {shard.index for _, _, shard in parts})
        reasons.append(_missing(missing, of, [name for name, _, _ in parts]) or parts[0][2].left_out)
    notes += _other_runs([parts[0] for parts in shards.values()])
    return "" if "" in reasons else "; ".join(dict.fromkeys(reasons))


def _missing(missing: Sequence[int], of: int, names: Sequence[str]) -> str:
    if not missing:
        return ""
    numbers = ", ".join(map(str, missing))
    verb = "shard {} of {} is" if len(missing) == 1 else "shards {} of {} are"
    return f"{verb.format(numbers, of)} missing beside {', '.join(names)}"


def _other_runs(firsts: Sequence[tuple[str, RunHeader, Shard]]) -> Iterator[str]:
    for name, header, shard in firsts[1:]:
        known, known_header, known_shard = firsts[0]
        differs = [
            word
            for word, one, other in (
                ("contract", header.contract.get("digest"), known_header.contract.get("digest")),
                ("target", header.target.get("digest"), known_header.target.get("digest")),
                ("seed", header.seed, known_header.seed),
                ("number of shards", shard.of, known_shard.of),
            )
            if one != other
        ]
        why = f"another {' and another '.join(differs)}" if differs else "other options of the run"
        yield f"{name} is a shard of another run than {known}: {why}"


# What may be wrong: the stricter is taken ---------------------------------------------------------------------------


def _in_all(
    each_says: Sequence[Sequence[Any]], name: Callable[[Any], str], what: str, notes: list[str]
) -> tuple[Any, ...]:
    """What every recording says, the first one's words for it; a note on what only some say."""
    said = [{name(each): each for each in says} for says in each_says]
    some = [each for each in dict.fromkeys(key for own in said for key in own) if not all(each in own for own in said)]
    notes += [f"the {what} {each!r} is not in every recording: it counts in none" for each in some]
    return tuple(value for key, value in said[0].items() if all(key in own for own in said))


def _waivers(headers: Sequence[RunHeader], notes: list[str]) -> tuple[Waiver, ...]:
    """Those in all, each until the first of its days."""
    kept = []
    for each in _in_all([header.waivers for header in headers], lambda waiver: waiver.claim, "waiver", notes):
        until = {own.until for header in headers for own in header.waivers if own.claim == each.claim}
        if len(until) > 1:
            notes.append(f"the waiver {each.claim!r} has several last days: the first, {min(until)}, counts")
        kept.append(evolve(each, until=min(until)))
    return tuple(kept)


def _levels(headers: Sequence[RunHeader], notes: list[str]) -> dict[str, Level]:
    """A `should` that is not everybody's relaxes nothing; a `must` of anybody stands."""
    first = headers[0].levels
    if all(list(each.levels.items()) == list(first.items()) for each in headers):
        return dict(first)
    stricter: dict[str, Level] = {}
    for pattern in dict.fromkeys(pattern for each in headers for pattern in each.levels):
        said = {each.levels.get(pattern) for each in headers}
        if said == {"should"}:
            stricter[pattern] = "should"
        elif "must" in said:
            stricter[pattern] = "must"
        if len(said) > 1:
            notes.append(f"the level of {pattern!r} is not the same in every recording: the stricter counts")
    return stricter
