"""What the author of a limited thing, a price step, an earning or a reaction of his own imports.

The shop's own kinds use the same names. `docs/how-to/add-a-limited-thing.md` makes one of each but the last, for which see
`docs/how-to/react-to-events.md`. Rows are kept by `hosted_rows` of `retail_adapters.memory.hosting` and
`retail_adapters.sql.hosting`; the examination is `retail_domain.testing.contracts.takings`.
"""

from retail_domain.kernel.change import Change as Change
from retail_domain.kernel.errors import DomainError as DomainError, Kind as Kind, refusal as refusal
from retail_domain.kernel.events import Event as Event
from retail_domain.kernel.grounds import Ground as Ground
from retail_domain.kernel.hosted import Hosted as Hosted, HostedRows as HostedRows, HostingWork as HostingWork
from retail_domain.kernel.ids import MemberId as MemberId, OrderId as OrderId, ProductId as ProductId, SkuId as SkuId
from retail_domain.kernel.means import Means as Means
from retail_domain.kernel.ranks import Rank as Rank
from retail_domain.ordering import Order as Order, OrderLine as OrderLine, Returning as Returning
from retail_domain.pricing import (
    Adjustment as Adjustment,
    BuyerFacts as BuyerFacts,
    Outcome as Outcome,
    RejectedOffer as RejectedOffer,
    SaleLine as SaleLine,
    Sheet as Sheet,
    Source as Source,
    Stage as Stage,
    Step as Step,
    Wish as Wish,
)
from retail_domain.processes.takings import (
    NOTHING as NOTHING,
    Asking as Asking,
    BuyerFact as BuyerFact,
    Demand as Demand,
    Earning as Earning,
    Given as Given,
    Known as Known,
    Minted as Minted,
    Paid as Paid,
    Taking as Taking,
    Why as Why,
    closed_unpaid as closed_unpaid,
    units_freed as units_freed,
    units_shipped as units_shipped,
    units_undone as units_undone,
    was_completed as was_completed,
    was_paid as was_paid,
)
from retail_domain.processes.worker.reactions import Follows as Follows
