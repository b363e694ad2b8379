"""SHA-256 of the files of a batch. Letters of one kind begin with the same bytes, which are gone through once."""

from __future__ import annotations

import hashlib


class Digests:
    """Works out SHA-256, and remembers for each kind of file how the latest ones begin."""

    def __init__(self) -> None:
        self._latest: dict[str, bytes] = {}
        self._begun: dict[str, tuple[bytes, hashlib._Hash]] = {}  # a beginning that files share, gone through already

    def of(self, data: bytes, kind: str) -> str:
        """The SHA-256 of a file, in hexadecimal.

        Args:
            kind: the same for all files that are likely to begin alike; of each, one file is kept.
        """
        beginning, begun = self._begun.get(kind, (b"", hashlib.sha256()))
        if not (beginning and data.startswith(beginning)):
            beginning = data[: _length_in_common(self._latest.get(kind, b""), data)]
            begun = hashlib.sha256(beginning)
            self._latest[kind], self._begun[kind] = data, (beginning, begun)
        found = begun.copy()
        found.update(memoryview(data)[len(beginning) :])
        return found.hexdigest()


def _length_in_common(one: bytes, other: bytes) -> int:
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one.startswith(other[:middle]):
            least = middle
        else:
            most = middle - 1
    return least
