"""Who did something, as a page of the console names them: by name for whoever may see the staff, else by their sort."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.web.view import View


@frozen
class Somebody:
    """A sort of actor, and what they are called, if that is known and may be seen."""

    kind: str
    name: str


@frozen
class Names:
    """The names of staff by their id."""

    staff: Mapping[str, str] = field(factory=dict)

    def of(self, actor: Actor) -> Somebody:
        """As it is shown; a member is named by nobody here."""
        named = {ActorKind.STAFF: self.staff.get(actor.ref, ""), ActorKind.MEMBER: ""}
        return Somebody(actor.kind.value, named.get(actor.kind, actor.ref))


async def names_for(retail: Retail, view: View) -> Names:
    """The names that whoever looks may see: their own at least."""
    account = view.request.caller.account
    own = {str(account.staff_id): view.who} if account and account.staff_id else {}
    if not view.may("show_staff_at_desk"):
        return Names(own)
    found = await retail.accounts.show.staff(PageRequest(100))
    return Names({str(one.staff_id): one.name for one in found.items} | own)
