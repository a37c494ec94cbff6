"""`/problems/{code}`: what the `type` of a problem leads to."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.problems import status_of
from retail_entrypoints.http.refusals import NoSuchProblem
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer


class ProblemKindShape(Answer, frozen=True):
    """A sort of refusal: what its code means, and the status it is answered with."""

    code: str
    title: str
    status: int


ProblemCode = Annotated[str, PathParameter(max_length=100, description="The code of a problem.")]


def kind_of(code: str) -> ProblemKindShape:
    """The sort of refusal with this code. Raises NoSuchProblem."""
    found = every_refusal().get(code)
    if found is None:
        raise NoSuchProblem()
    return ProblemKindShape(code, found.sentence(), status_of(found))


def every_refusal() -> Mapping[str, type[DomainError]]:
    """Every refusal of the running shop by its code."""
    found: dict[str, type[DomainError]] = {}
    waiting = [DomainError]
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if "code" in vars(each) and each is not DomainError:
            found[each.code] = each
    return found


def problem_routes() -> Sequence[HTTPRouteHandler]:
    """What each problem code means."""
    routes = Resource("/problems", permission=PUBLIC, tag="problems")

    @routes.get("/{code:str}", raises=[NoSuchProblem], summary="What a code means")
    async def get_problem(code: ProblemCode) -> ProblemKindShape:
        """The meaning of a `code`, in the words of its `type`."""
        return kind_of(code)

    return routes.all
