"""Recording → the exchanges that ask for something which the run made and has removed since.

Nobody can repeat these as they are. What was removed, and by which exchanges, the recording says; nothing is guessed
from what answers look like.
"""

from collections import defaultdict
from collections.abc import Iterator

from assay.judge.verdicts import Gone
from assay.recording import Recording
from assay.recording.exchange import Exchange


def gone(recording: Recording) -> dict[int, Gone]:
    """Id of an exchange → what became of the resource that it asks for, or of the one above that."""
    known = {each.id: each for each in recording.exchanges}
    lives: dict[str, list[Gone]] = defaultdict(list)
    for maker, remover in recording.removed:
        if maker in known and remover in known:
            lives[_address(known[remover])].append(Gone(known[maker], remover))
    found: dict[int, Gone] = {}
    for exchange in recording.exchanges if lives else ():
        during = (life for address in _and_above(_address(exchange)) for life in lives.get(address, ()))
        life = next((each for each in during if each.maker.id < exchange.id <= each.remover), None)
        if life is not None:
            found[exchange.id] = life
    return found


def _address(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0].rstrip("/")


def _and_above(address: str) -> Iterator[str]:
    """The nearest first."""
    while address:
        yield address
        address = address.rpartition("/")[0]
