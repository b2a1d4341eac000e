"""UIDs and the random ends of names: keyed draws, by how many objects of a kind came before."""

from __future__ import annotations

from collections import Counter
from zlib import crc32

from sim.model.draws import Purpose, Stream
from sim.model.template_hash import ALPHABET

# k8s.io/apiserver pkg/storage/names/generate.go
_SUFFIX_LETTERS = 5
MOST_STEM_LETTERS = 63 - _SUFFIX_LETTERS


class Identity:
    """Issues what makes an object unique; kinds never disturb each other's draws."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._issued: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._streams: dict[tuple[str, Purpose], Stream] = {}

    def count(self, kind: str) -> int:
        """How many objects of *kind* have been created; the next one's ordinal number."""
        return self._issued[kind]

    def issue(self, kind: str) -> str:
        """The UID of the next object of *kind*."""
        ordinal = self._issued[kind]
        self._issued[kind] += 1
        self._refused.pop(kind, None)
        stream = self._stream(kind, Purpose.POD_UID)
        digits = f"{stream.bits(ordinal, 0):016x}{stream.bits(ordinal, 1):016x}"
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        return "-".join(parts)

    def refuse(self, kind: str) -> None:
        """The next object of *kind* was not let in; whoever tries again gets another name."""
        self._refused[kind] += 1

    def refusals(self, kind: str) -> int:
        """How often the next object of *kind* has been refused so far."""
        return self._refused[kind]

    def suffix(self, kind: str, ordinal: int, attempt: int) -> str:
        """Five letters for the name of object number *ordinal* of *kind*."""
        bits = self._stream(kind, Purpose.POD_NAME).bits(ordinal, attempt)
        letters = []
        for _ in range(_SUFFIX_LETTERS):
            bits, letter = divmod(bits, len(ALPHABET))
            letters.append(ALPHABET[letter])
        return "".join(letters)

    def _stream(self, kind: str, purpose: Purpose) -> Stream:
        key = (kind, purpose)
        if key not in self._streams:
            self._streams[key] = Stream(self._seed ^ (crc32(kind.encode()) << 16), purpose)
        return self._streams[key]
