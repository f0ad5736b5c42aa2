"""Method, version and path to the operation that answers. A literal segment wins over a parameter."""

from typing import Generic, TypeVar

T = TypeVar("T")


class _Node(Generic[T]):
    """One segment: what may follow it, and what ends here by method and version."""

    __slots__ = ("ends", "literal", "parameter")

    def __init__(self) -> None:
        self.literal: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.ends: dict[tuple[str, str], T] = {}


class Paths(Generic[T]):
    """A trie over path segments; a trailing slash means nothing."""

    def __init__(self) -> None:
        self.root: _Node[T] = _Node()

    def add(self, method: str, version: str, path: str, target: T) -> None:
        """Let `target` answer; ValueError when another does already."""
        if self._end(path).setdefault((method, version), target) is not target:
            raise ValueError(f"two operations answer {method} {path} in {version}")

    def add_if_free(self, method: str, version: str, path: str, target: T) -> None:
        """Let `target` answer unless another does."""
        self._end(path).setdefault((method, version), target)

    def _end(self, path: str) -> dict[tuple[str, str], T]:
        node = self.root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literal.get(segment) or node.literal.setdefault(segment, _Node())
        return node.ends

    def find(self, method: str, version: str, path: str) -> tuple[T | None, list[str]]:
        """The target, and the values of the path's parameters in their order; None where no path fits."""
        return _walk(self.root, path.strip("/").split("/"), 0, (method, version), [])


def _walk(
    node: _Node[T], segments: list[str], at: int, key: tuple[str, str], values: list[str]
) -> tuple[T | None, list[str]]:
    if at == len(segments):
        return node.ends.get(key), values
    segment = segments[at]
    if segment in node.literal:
        found, kept = _walk(node.literal[segment], segments, at + 1, key, values)
        if found is not None:
            return found, kept
    if node.parameter is not None and segment:
        return _walk(node.parameter, segments, at + 1, key, [*values, segment])
    return None, values
