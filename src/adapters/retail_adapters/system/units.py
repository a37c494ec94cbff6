"""What units of work are on every store: collections over one session, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast, overload

from attrs import frozen

from retail_domain.contexts import KEPT, of_each
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ranks import Rank

C = TypeVar("C")
Q = TypeVar("Q")
T = TypeVar("T")
W = TypeVar("W")


class UnitSession:
    """What the collections of a unit share on every store: one of each kind, and the order of locks."""

    def __init__(self, hosted: Mapping[Hosted[Any], Callable[[Any], Any]]) -> None:
        self.hosted = hosted
        """How the host's collections are made."""
        self._made: dict[Hashable, Any] = {}
        self._rank: int = 0
        self._held: list[Any] = []

    def of(self, make: Callable[[Any], T], name: Hashable = None) -> T:
        """The unit's one collection of this kind, or of this name."""
        key = make if name is None else name
        if key not in self._made:
            self._made[key] = make(self)
        made: T = self._made[key]
        return made

    def lock(self, rank: Rank, keys: Sequence[Any] = ()) -> None:
        """Note that rows of this rank are about to be locked; ranks never fall within a unit (R13).

        Nor do keys within a rank, where they are told, ascending: who locks twice locks greater ones the second time.
        """
        assert rank >= self._rank, f"locks are taken in one order: {rank} after {self._rank}"
        if rank > self._rank:
            self._rank, self._held = rank, []
        new = [key for key in keys if key not in self._held]
        assert not (new and self._held) or new[0] > self._held[-1], f"locks are taken in one order: {rank} again"
        self._held += new

    def holds(self, rank: Rank) -> bool:
        """Whether rows of this rank, or of a later one, were locked."""
        return self._rank >= rank


S = TypeVar("S", bound=UnitSession)


class collection(Generic[T]):  # noqa: N801 - reads as what it is: `orders = collection(SqlOrders)`
    """One collection of a unit of work; it begins with the session when it is first asked for.

    Like `functools.cached_property`, without the lock that it takes before Python 3.12: what one task uses needs none.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self.make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> collection[T]: ...
    @overload
    def __get__(self, owner: StoreUnit[Any], kind: type) -> T: ...
    def __get__(self, owner: StoreUnit[Any] | None, kind: type) -> collection[T] | T:
        if owner is None:
            return self
        made: T = owner._session.of(self.make)
        owner.__dict__[self._name] = made
        return made


class StoreUnit(Generic[S]):
    """What units are whatever they keep: collections of ours, and of the host, over one session."""

    _session: S

    def holds(self, rank: Rank) -> bool:
        """Whether rows of this rank, or of a later one, were locked in this unit."""
        return self._session.holds(rank)

    def hosted(self, which: Hosted[C]) -> C:
        """The host's collection in this unit. Raises KeyError if the store knows none of this name."""
        found: C = self._session.of(self._session.hosted[which], which)
        return found


@frozen
class Manifest(Generic[W, Q]):
    """What a store has of a context: `Manifest[CartWork, None](Collections)` says, and mypy proves, what it keeps.

    `W` is the unit of work that the context's use cases ask for, `Q` what its views are asked through.
    """

    collections: Callable[..., W]
    queries: Callable[[Any], Q] | None = None


def manifests(package: str) -> Mapping[str, Manifest[Any, Any]]:
    """The `MANIFEST` of each context in this package. Raises NoManifest."""
    return {name: module.MANIFEST for name, module in of_each(package).items()}


def whole_unit(name: str, kept: Mapping[str, Manifest[Any, Any]]) -> Any:
    """The unit of work that has the collections of all of them."""
    bases = tuple(cast(type, one.collections) for one in kept.values())
    return type(name, bases, {"__doc__": "A unit of work with every collection."})


class Reads:
    """The read side of a store: an attribute a context, with the query object that its manifest in this package names.

    A manifest is loaded when its context is first asked: who looks at one context needs no other.
    """

    def __init__(self, store: Any, package: str) -> None:
        self._store, self._package = store, package

    def __getattr__(self, name: str) -> Any:
        manifest: Manifest[Any, Any] | None = of_each(self._package, (name,))[name].MANIFEST if name in KEPT else None
        if manifest is None or manifest.queries is None:
            raise AttributeError(f"no context named {name!r} has views")
        made = self.__dict__[name] = manifest.queries(self._store)
        return made
