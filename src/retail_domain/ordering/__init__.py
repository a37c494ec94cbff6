"""Ordering (订单): what members bought, and how far it has come."""

from retail_domain.ordering.causes import CAUSES as CAUSES, PAY_SOON as PAY_SOON
from retail_domain.ordering.commands import (
    CancelOrder as CancelOrder,
    CloseOrder as CloseOrder,
    ConfirmReceipt as ConfirmReceipt,
    GoOn as GoOn,
    HideOrder as HideOrder,
    MemoWritten as MemoWritten,
    OrderCosts as OrderCosts,
    OrderOutcome as OrderOutcome,
    OrderSent as OrderSent,
    RedirectMyOrder as RedirectMyOrder,
    RedirectOrder as RedirectOrder,
    RefundOrder as RefundOrder,
    RefundStarted as RefundStarted,
    RepriceOrder as RepriceOrder,
    ShipOrder as ShipOrder,
    WriteMemo as WriteMemo,
)
from retail_domain.ordering.errors import (
    CartAlreadyOrdered as CartAlreadyOrdered,
    OrderAmountDiffers as OrderAmountDiffers,
    OrderClosePaysBack as OrderClosePaysBack,
    OrderCostsItsFreight as OrderCostsItsFreight,
    OrderFreightWouldRise as OrderFreightWouldRise,
    OrderGoodsInSeveralLines as OrderGoodsInSeveralLines,
    OrderGoodsInSeveralPlaces as OrderGoodsInSeveralPlaces,
    OrderHasManyMemos as OrderHasManyMemos,
    OrderInOtherPlacesToo as OrderInOtherPlacesToo,
    OrderIsClosing as OrderIsClosing,
    OrderMoneyIsHere as OrderMoneyIsHere,
    OrderNoSuchGoods as OrderNoSuchGoods,
    OrderNoSuchLine as OrderNoSuchLine,
    OrderNotDue as OrderNotDue,
    OrderNotFound as OrderNotFound,
    OrderNotToBeHad as OrderNotToBeHad,
    OrderPaymentOverdue as OrderPaymentOverdue,
    OrderTooManyUnits as OrderTooManyUnits,
    OrderUndeliverable as OrderUndeliverable,
    OrderWrongState as OrderWrongState,
    RefundOfNothing as RefundOfNothing,
    RefundTooMuch as RefundTooMuch,
    TooManyOpenOrders as TooManyOpenOrders,
)
from retail_domain.ordering.events import (
    EVENTS as EVENTS,
    OrderClosed as OrderClosed,
    OrderClosingBegun as OrderClosingBegun,
    OrderCompleted as OrderCompleted,
    OrderEvent as OrderEvent,
    OrderPaid as OrderPaid,
    OrderPlaced as OrderPlaced,
    OrderReady as OrderReady,
    OrderRedirected as OrderRedirected,
    OrderRefunded as OrderRefunded,
    OrderRepriced as OrderRepriced,
    OrderShipped as OrderShipped,
    OrderSigned as OrderSigned,
    Units as Units,
)
from retail_domain.ordering.facade import Ordering as Ordering
from retail_domain.ordering.lifecycle import (
    NEXT as NEXT,
    CloseReason as CloseReason,
    DeliveryMethod as DeliveryMethod,
    OrderStatus as OrderStatus,
    PaymentAxis as PaymentAxis,
    is_path as is_path,
)
from retail_domain.ordering.memo import MEMO_LETTERS_MAX as MEMO_LETTERS_MAX, MEMOS_MAX as MEMOS_MAX, OrderMemo as OrderMemo
from retail_domain.ordering.model import (
    REPRICED as REPRICED,
    SYSTEM as SYSTEM,
    Asked as Asked,
    AtStore as AtStore,
    Closing as Closing,
    Destination as Destination,
    LineShare as LineShare,
    Order as Order,
    OrderLine as OrderLine,
    OrderTimers as OrderTimers,
    Placement as Placement,
    Redirection as Redirection,
    RefundWish as RefundWish,
    Repricing as Repricing,
    Returning as Returning,
    Shipment as Shipment,
    ToAddress as ToAddress,
    refund_amount as refund_amount,
)
from retail_domain.ordering.ports import (
    OrderingWork as OrderingWork,
    OrderMemos as OrderMemos,
    Orders as Orders,
)
from retail_domain.ordering.queries import (
    BackSoFar as BackSoFar,
    GivenBack as GivenBack,
    OrderLineView as OrderLineView,
    OrderQueries as OrderQueries,
    OrderSummary as OrderSummary,
    OrderView as OrderView,
    TransitionView as TransitionView,
    order_summary as order_summary,
    order_view as order_view,
)
from retail_domain.ordering.settings import OPEN_MAX as OPEN_MAX, SETTINGS as SETTINGS, timers_under as timers_under
from retail_domain.ordering.use_cases import (
    claim_order as claim_order,
    outcome as outcome,
)
