"""Fulfilment (配送): parcels, their carriers and numbers."""

from retail_domain.fulfilment.events import EVENTS as EVENTS, ParcelSent as ParcelSent
from retail_domain.fulfilment.facade import Fulfilment as Fulfilment
from retail_domain.fulfilment.model import PackedUnits as PackedUnits, Parcel as Parcel
from retail_domain.fulfilment.ports import FulfilmentWork as FulfilmentWork, Parcels as Parcels
from retail_domain.fulfilment.queries import ParcelQueries as ParcelQueries
