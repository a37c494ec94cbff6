"""Health: alive, and ready to serve."""

from collections.abc import Mapping, Sequence

from litestar.handlers import HTTPRouteHandler

from retail_entrypoints.http.refusals import NotReady
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer
from retail_entrypoints.http.shop import Probe


class HealthShape(Answer, frozen=True):
    """How the shop is."""

    status: str


def health_routes(readiness: Probe) -> Sequence[HTTPRouteHandler]:
    """`/health/live` and `/health/ready`."""
    routes = Resource("/health", permission=PUBLIC, tag="health")

    @routes.get("/live", summary="The process is alive")
    async def is_alive() -> HealthShape:
        """Answers as long as the process runs; looks at nothing else."""
        return HealthShape("alive")

    @routes.get("/ready", raises=[NotReady], summary="The shop can serve")
    async def is_ready() -> HealthShape:
        """Asks the database, and tells whether requests would be served now."""
        _require_ready(await readiness())
        return HealthShape("ready")

    return routes.all


def _require_ready(found: Mapping[str, bool]) -> None:
    if not all(found.values()):
        raise NotReady()
