"""Every effect and every door to it, written by hand: a door that is not here is a mistake (R35).

A door is a route, a command or a use case of the library; beside it stands what its caller needs. `host` trusts whoever calls;
`perhaps` is brought about only if whoever acts may do so, and the door tells who that is.
"""

from __future__ import annotations

from typing import Final

_TABLE: Final = """
money_back        POST /v1/staff/orders/{order_id}/close            perhaps
money_back        POST /v1/staff/orders/{order_id}/refunds          refunds.make
money_back        POST /v1/staff/payments/{payment_id}/refund       refunds.make
money_back        POST /v1/staff/refunds/{refund_id}/correct        refunds.make
money_back        POST /v1/staff/refunds/{refund_id}/retry          refunds.make
money_back        retail orders close                               perhaps
money_back        retail orders refund                              refunds.make
money_back        retail refunds correct                            refunds.make
money_back        retail refunds retry                              refunds.make
money_back        ordering.close                                    host
money_back        ordering.refund                                   host
money_back        payments.correct_refund                           host
money_back        payments.refund_aside                             host
money_back        payments.retry_refund                             host
money_in_doubt    POST /v1/staff/payments/{payment_id}/refund       payments.decide
money_in_doubt    POST /v1/staff/refunds/{refund_id}/correct        payments.decide
money_in_doubt    POST /v1/staff/refunds/{refund_id}/retry          payments.decide
money_in_doubt    retail refunds correct                            payments.decide
money_in_doubt    retail refunds retry                              payments.decide
money_in_doubt    payments.correct_refund                           host
money_in_doubt    payments.refund_aside                             host
money_in_doubt    payments.retry_refund                             host
money_taken       POST /v1/staff/payments/{payment_id}/confirm      payments.confirm
money_taken       payments.confirm_counter                          host
books             POST /v1/staff/books/closings                     books.close
books             retail books close                                books.close
books             books.close                                       host
points            POST /v1/staff/members/{id}/points                points.adjust
points            retail points adjust                              points.adjust
points            points.adjust                                     host
wallet            POST /v1/staff/members/{id}/wallet                wallet.adjust
wallet            retail wallet adjust                              wallet.adjust
wallet            wallet.adjust                                     host
paid_out          POST /v1/staff/withdrawals/{withdrawal_id}/approve  wallet.pay_out
paid_out          POST /v1/staff/withdrawals/{withdrawal_id}/pay    wallet.pay_out
paid_out          POST /v1/staff/withdrawals/{withdrawal_id}/reject  wallet.pay_out
paid_out          retail wallet approve                             wallet.pay_out
paid_out          retail wallet pay                                 wallet.pay_out
paid_out          retail wallet reject                              wallet.pay_out
paid_out          wallet.approve_withdrawal                         host
paid_out          wallet.pay_withdrawal                             host
paid_out          wallet.reject_withdrawal                          host
coupons           POST /v1/staff/coupons                            coupons.manage
coupons           PUT /v1/staff/coupons/{template_id}               coupons.manage
coupons           POST /v1/staff/coupons/{template_id}/issue        coupons.manage
coupons           POST /v1/staff/coupons/{template_id}/codes        coupons.manage
coupons           POST /v1/staff/coupons/void                       coupons.manage
coupons           retail coupons create                             coupons.manage
coupons           retail coupons issue                              coupons.manage
coupons           retail coupons codes                              coupons.manage
coupons           retail coupons void                               coupons.manage
coupons           coupons.store_template                            host
coupons           coupons.issue                                     host
coupons           coupons.make_codes                                host
coupons           coupons.void                                      host
points            POST /v1/staff/members/imports                    perhaps
points            retail members import                             perhaps
points            moving.move_in                                    host
tiers             POST /v1/staff/members/imports                    perhaps
tiers             retail members import                             perhaps
tiers             moving.move_in                                    host
selling_price     POST /v1/staff/settings/changes                   perhaps
selling_price     POST /v1/staff/settings/steps-back                perhaps
selling_price     retail settings set                               perhaps
selling_price     retail settings step-back                         perhaps
selling_price     settings.change                                   host
selling_price     settings.take_back                                host
members_moved_in  POST /v1/staff/members/imports                    members.import
members_moved_in  retail members import                             members.import
members_moved_in  moving.move_in                                    host
tiers             PUT /v1/staff/members/{id}/tier                   tiers.grant
tiers             POST /v1/staff/members/{id}/tier/removal          tiers.grant
tiers             retail tiers grant                                tiers.grant
tiers             retail tiers take-away                            tiers.grant
tiers             tiers.grant                                       host
tiers             tiers.take_away                                   host
order_placed      POST /v1/staff/orders                             orders.place
order_placed      POST /v1/staff/orders/quotes                      orders.place
order_placed      retail orders place-for                           orders.place
order_placed      retail orders quote-for                           orders.place
order_placed      checkout.place_for                                host
order_placed      checkout.quote_for                                host
selling_price     POST /v1/staff/products                           perhaps
selling_price     POST /v1/staff/products/{product_id}/skus         perhaps
selling_price     PUT /v1/staff/products/{product_id}               perhaps
selling_price     PUT /v1/staff/skus/{sku_id}                       perhaps
selling_price     PUT /v1/staff/skus/{sku_id}/price                 prices.change
cost              PUT /v1/staff/skus/{sku_id}/cost                  costs.change
cost              retail catalog cost                               costs.change
cost              catalog.set_cost                                  host
cost              retail catalog import                             perhaps
cost              catalog.import_goods                              host
selling_price     PUT /v1/staff/skus/{sku_id}/price-bounds          prices.change
selling_price     retail catalog bounds                             prices.change
selling_price     catalog.bound_price                               host
selling_price     POST /v1/staff/files/prices                       prices.change
selling_price     retail catalog reprice-file                       prices.change
selling_price     edits.prices                                      host
selling_price     PUT /v1/staff/orders/{order_id}/price             prices.change
selling_price     POST /v1/staff/freight-templates                  prices.change
selling_price     PUT /v1/staff/freight-templates/{template_id}     prices.change
selling_price     DELETE /v1/staff/freight-templates/{template_id}  prices.change
selling_price     retail catalog create                             perhaps
selling_price     retail catalog import                             perhaps
selling_price     retail catalog reprice                            prices.change
selling_price     retail freight import                             prices.change
selling_price     POST /v1/staff/offers                             prices.change
selling_price     PUT /v1/staff/offers/{offer_id}                   prices.change
selling_price     POST /v1/staff/offers/{offer_id}/launch           prices.change
selling_price     POST /v1/staff/offers/{offer_id}/stop             prices.change
selling_price     retail offers make                                prices.change
selling_price     retail offers change                              prices.change
selling_price     retail offers launch                              prices.change
selling_price     retail offers stop                                prices.change
selling_price     promotions.make                                   host
selling_price     promotions.change                                 host
selling_price     promotions.launch                                 host
selling_price     promotions.stop                                   host
selling_price     retail orders reprice                             prices.change
selling_price     catalog.add_sku                                   host
selling_price     catalog.create                                    host
selling_price     catalog.edit                                      host
selling_price     catalog.edit_sku                                  host
selling_price     catalog.import_goods                              host
selling_price     catalog.reprice                                   host
selling_price     catalog.reprice_many                              host
selling_price     ordering.reprice                                  host
selling_price     quoting.remove_freight_template                   host
selling_price     quoting.store_freight_template                    host
goods             PUT /v1/staff/products/{product_id}/sales-window  catalog.change
goods             PUT /v1/staff/skus/{sku_id}/labels                catalog.change
goods             retail catalog label                              catalog.change
goods             retail catalog window                             catalog.change
goods             catalog.label                                     host
goods             catalog.set_sales_window                          host
goods             POST /v1/staff/products                           catalog.change
goods             PUT /v1/staff/products/{product_id}               catalog.change
goods             PUT /v1/staff/products/{product_id}/sale          catalog.change
goods             POST /v1/staff/products/{product_id}/skus         catalog.change
goods             PUT /v1/staff/skus/{sku_id}                       catalog.change
goods             POST /v1/staff/categories                         catalog.change
goods             PUT /v1/staff/categories/{category_id}/parent     catalog.change
goods             POST /v1/staff/brands                             catalog.change
goods             retail catalog create                             catalog.change
goods             retail catalog import                             catalog.change
goods             retail catalog sell                               catalog.change
goods             DELETE /v1/staff/pictures/{picture_id}            catalog.change
goods             POST /v1/staff/pictures                           catalog.change
goods             retail pictures add                               catalog.change
goods             retail pictures forget                            catalog.change
goods             pictures.add_goods                                host
goods             pictures.forget_any                               host
goods             catalog.add_sku                                   host
goods             catalog.create                                    host
goods             catalog.create_brand                              host
goods             catalog.create_category                           host
goods             catalog.edit                                      host
goods             catalog.edit_sku                                  host
goods             catalog.import_goods                              host
goods             catalog.move_category                             host
goods             catalog.set_on_sale                               host
stock             POST /v1/staff/files/counts                       stock.change
stock             retail stock count-file                           stock.change
stock             edits.counts                                      host
stock             POST /v1/staff/locations                          stock.change
stock             POST /v1/staff/stock/adjustments                  stock.change
stock             POST /v1/staff/stock/receipts                     stock.change
stock             POST /v1/staff/stock/watches                      stock.change
stock             retail catalog import                             perhaps
stock             retail stock adjust                               stock.change
stock             retail stock open-location                        stock.change
stock             retail stock receive                              stock.change
stock             retail stock watch                                stock.change
stock             catalog.import_goods                              host
stock             inventory.adjust                                  host
stock             inventory.close_quota                             host
stock             inventory.open_location                           host
stock             inventory.receive                                 host
stock             inventory.set_quota                               host
stock             inventory.watch                                   host
order_shipped     POST /v1/staff/orders/{order_id}/ship             orders.ship
order_shipped     retail orders ship                                orders.ship
order_shipped     ordering.ship                                     host
order_called_off  POST /v1/staff/orders/{order_id}/close            orders.close
order_called_off  retail orders close                               orders.close
order_called_off  ordering.close                                    host
order_changed     POST /v1/staff/orders/{order_id}/memos            orders.change
order_changed     PUT /v1/staff/orders/{order_id}/address           orders.change
order_changed     retail orders memo                                orders.change
order_changed     retail orders redirect                            orders.change
order_changed     ordering.go_on                                    host
order_changed     ordering.redirect                                 host
order_changed     ordering.write_memo                               host
personal_data     GET /v1/staff/members/{id}/contact                members.contact
personal_data     GET /v1/staff/orders/{order_id}/contact           members.contact
personal_data     GET /v1/staff/members/{id}/export                 members.contact
personal_data     retail members export                             members.contact
personal_data     privacy.export                                    host
account_closed    POST /v1/staff/members/{id}/closing               members.close
account_closed    retail members close                              members.close
account_closed    privacy.close_for                                 host
personal_data     GET /v1/staff/orders/export                       perhaps
personal_data     retail orders export                              perhaps
personal_data     DELETE /v1/staff/members/{id}/marketing-consent   members.contact
personal_data     retail messages read                              members.contact
personal_data     retail messages stop-marketing                    members.contact
personal_data     messages.read_for                                 host
personal_data     messages.stop_marketing                           host
members_barred    POST /v1/staff/members/{id}/ban                   members.ban
members_barred    POST /v1/staff/members/{id}/readmit               members.ban
members_barred    retail members ban                                members.ban
members_barred    accounts.ban_member                               host
keys              POST /v1/staff/keys                               keys.manage
keys              DELETE /v1/staff/keys/{key_id}                    keys.manage
keys              retail keys create                                keys.manage
keys              retail keys revoke                                keys.manage
keys              accounts.make_key                                 host
keys              accounts.revoke_key                               host
notes             PATCH /v1/staff/members/{id}/notes                notes.change
notes             PATCH /v1/staff/orders/{order_id}/notes           notes.change
notes             PATCH /v1/staff/products/{product_id}/notes       notes.change
notes             PATCH /v1/staff/skus/{sku_id}/notes               notes.change
notes             retail catalog import                             perhaps
notes             retail notes set                                  notes.change
notes             catalog.import_goods                              host
notes             notes.note_down                                   host
roles             POST /v1/staff/staff                              staff.manage
roles             POST /v1/staff/staff/{id}/roles                   staff.manage
roles             PUT /v1/staff/staff/{id}/password               staff.manage
roles             retail staff password                             staff.manage
roles             accounts.give_password                            host
roles             retail staff welcome                              staff.manage
roles             accounts.welcome_line                             host
roles             retail staff add                                  staff.manage
roles             retail staff grant                                staff.manage
roles             retail staff revoke                               staff.manage
roles             POST /v1/staff/roles                              staff.manage
roles             PUT /v1/staff/roles/{code}                        staff.manage
roles             DELETE /v1/staff/roles/{code}                     staff.manage
roles             retail roles make                                 staff.manage
roles             retail roles change                               staff.manage
roles             retail roles remove                               staff.manage
roles             accounts.make_role                                host
roles             accounts.change_role                              host
roles             accounts.remove_role                              host
roles             accounts.add_staff                                host
roles             accounts.change_roles                             host
approvals         POST /v1/staff/approvals/{approval_id}/approve    approvals.decide
approvals         POST /v1/staff/approvals/{approval_id}/refuse     approvals.decide
approvals         retail approvals approve                          approvals.decide
approvals         retail approvals refuse                           approvals.decide
approvals         approvals.approve                                 host
approvals         approvals.refuse                                  host
regions           retail regions import                             regions.change
regions           accounts.import_regions                           host
reviews           POST /v1/staff/reviews/decisions                  reviews.decide
reviews           PUT /v1/staff/reviews/{review_id}/reply           reviews.decide
reviews           retail reviews decide                             reviews.decide
reviews           retail reviews import                             reviews.decide
reviews           retail reviews reply                              reviews.decide
reviews           reviews.decide                                    host
reviews           reviews.import_rows                               host
reviews           reviews.reply                                     host
points            POST /v1/staff/settings/changes                   perhaps
points            POST /v1/staff/settings/steps-back                perhaps
points            retail settings set                               perhaps
points            retail settings step-back                         perhaps
points            settings.change                                   host
points            settings.take_back                                host
wallet            POST /v1/staff/settings/changes                   perhaps
wallet            POST /v1/staff/settings/steps-back                perhaps
wallet            retail settings set                               perhaps
wallet            retail settings step-back                         perhaps
wallet            settings.change                                   host
wallet            settings.take_back                                host
settings          POST /v1/staff/settings/changes                   settings.change
settings          POST /v1/staff/settings/steps-back                settings.change
settings          retail settings set                               settings.change
settings          retail settings step-back                         settings.change
settings          settings.change                                   host
settings          settings.take_back                                host
deliveries        retail outbox replay                              outbox.replay
deliveries        background.replay_parked                          host
webhooks          DELETE /v1/staff/webhooks/{webhook_id}            webhooks.manage
webhooks          POST /v1/staff/webhooks                           webhooks.manage
webhooks          POST /v1/staff/webhooks/{webhook_id}/pause        webhooks.manage
webhooks          POST /v1/staff/webhooks/{webhook_id}/release      webhooks.manage
webhooks          POST /v1/staff/webhooks/{webhook_id}/replay       webhooks.manage
webhooks          POST /v1/staff/webhooks/{webhook_id}/resume       webhooks.manage
webhooks          POST /v1/staff/webhooks/{webhook_id}/rotate       webhooks.manage
webhooks          retail webhooks create                            webhooks.manage
webhooks          retail webhooks pause                             webhooks.manage
webhooks          retail webhooks release                           webhooks.manage
webhooks          retail webhooks remove                            webhooks.manage
webhooks          retail webhooks replay                            webhooks.manage
webhooks          retail webhooks resume                            webhooks.manage
webhooks          retail webhooks rotate                            webhooks.manage
webhooks          webhooks.create                                   host
webhooks          webhooks.pause                                    host
webhooks          webhooks.release                                  host
webhooks          webhooks.remove                                   host
webhooks          webhooks.replay                                   host
webhooks          webhooks.resume                                   host
webhooks          webhooks.rotate                                   host
goods             POST /v1/staff/jobs/goods                            catalog.change
goods             jobs.import_goods                                   host
selling_price     POST /v1/staff/jobs/goods                            perhaps
selling_price     jobs.import_goods                                   host
stock             POST /v1/staff/jobs/goods                            perhaps
stock             jobs.import_goods                                   host
notes             POST /v1/staff/jobs/goods                            perhaps
notes             jobs.import_goods                                   host
cost              POST /v1/staff/jobs/goods                            perhaps
cost              jobs.import_goods                                   host
selling_price     POST /v1/staff/jobs/prices                          prices.change
selling_price     jobs.edit_prices                                    host
stock             POST /v1/staff/jobs/counts                          stock.change
stock             jobs.count_stock                                    host
points            POST /v1/staff/jobs/members                       perhaps
points            jobs.move_members_in                              host
tiers             POST /v1/staff/jobs/members                       perhaps
tiers             jobs.move_members_in                              host
members_moved_in  POST /v1/staff/jobs/members                         members.import
members_moved_in  jobs.move_members_in                                host
"""

DOORS: Final = {
    (words[0], " ".join(words[1:-1])): words[-1] for words in (line.split() for line in _TABLE.strip().splitlines())
}
"""(effect, door) -> what is needed."""

NOBODY_ELSES: Final = frozenset(
    """
    accounts.act_as accounts.add_address accounts.admit_member accounts.agree_to_terms accounts.authenticate
    accounts.authenticate_key
    accounts.change_password accounts.change_phone accounts.correct_address accounts.log_in_with_code
    accounts.log_in_with_password accounts.log_out
    accounts.note_staff_action accounts.register accounts.remove_address accounts.reset_password accounts.send_code
    accounts.sweep accounts.update_profile background.deliver_next books.closings books.days books.entries books.current_day
    cart.buy_again cart.create_guest_cart
    cart.merge cart.put cart.remove
    coupons.offers coupons.on_cart coupons.on_quote coupons.redeem coupons.take coupons.usable
    cart.show cart.take_out checkout.place insight.capture membership.check_in membership.show_check_ins
    insight.forget_seen insight.seen jobs.cancel membership.add_favourite membership.count_favourites membership.favourites
    membership.remove_favourite
    messages.change_settings messages.decide_marketing messages.inbox messages.leave_marketing messages.read
    messages.settings messages.unread notes.of
    ordering.cancel ordering.confirm_receipt ordering.hide ordering.redirect_mine payments.pay_from_account
    payments.refresh payments.start payments.take_back
    wallet.request_withdrawal wallet.cancel_withdrawal wallet.forfeit
    payments.take_notice points.balance points.pay
    pictures.add pictures.forget pictures.look_at pictures.serve quoting.again quoting.forget_expired
    quoting.freight_templates quoting.quote quoting.show reviews.edit reviews.follow_up reviews.of reviews.post
    privacy.close privacy.in_the_way settings.history settings.home settings.shop_front
    settings.show_all promotions.list tiers.counts tiers.evaluate tiers.ladder webhooks.every webhooks.one
    """.split()
)
"""Use cases without an effect that staff need a permission for: what people do with what is theirs, providers with what they
signed, the shop by itself, and looks."""
