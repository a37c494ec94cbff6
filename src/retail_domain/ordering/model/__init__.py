"""The order and its values."""

from retail_domain.ordering.model.line import REPRICED as REPRICED, LineShare as LineShare, OrderLine as OrderLine
from retail_domain.ordering.model.order import SYSTEM as SYSTEM, Order as Order
from retail_domain.ordering.model.repricing import Repricing as Repricing, cut_in_all as cut_in_all
from retail_domain.ordering.model.returning import Returning as Returning, refund_amount as refund_amount
from retail_domain.ordering.model.terms import (
    Asked as Asked,
    AtStore as AtStore,
    Closing as Closing,
    Destination as Destination,
    OrderTimers as OrderTimers,
    Placement as Placement,
    Redirection as Redirection,
    RefundWish as RefundWish,
    Shipment as Shipment,
    ToAddress as ToAddress,
)
