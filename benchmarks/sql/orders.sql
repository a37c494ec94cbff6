-- Orders number $FIRST to $LAST, each paid at the counter and about to be shipped, as the shop would have left them.
-- The first $OWN of them belong to the buyers who are measured; the others to ten thousand strangers.
CREATE TEMPORARY TABLE made AS
SELECT i, bench.id(i, 100, 0) AS order_id, bench.id(i, 100, 1) AS payment_id, g.sku_id, g.product_id, g.location_id, g.title,
    coalesce(b.member_id, bench.id(i % 10007, 200, 0)) AS member_id, c.recipient, c.phone, c.region_code, c.region, c.detail,
    1000 + 10 * (i % 500) AS goods_minor, 800 AS freight_minor, now() - interval '30 days' + i * interval '1 second' AS at
FROM generate_series($FIRST::bigint, $LAST::bigint) AS i
JOIN bench.goods g ON g.n = 1 + i % (SELECT count(*) FROM bench.goods)
LEFT JOIN bench.buyers b ON i <= $OWN AND b.n = i % (SELECT count(*) FROM bench.buyers)
JOIN bench.buyers h ON h.n = 0 JOIN retail.contacts c ON c.id = h.address_id;
INSERT INTO retail.orders (id, number, member_id, quote_id, method, region_code, status, payable_minor, freight_minor, currency, pay_seconds, auto_sign_seconds, after_sale_seconds, paid_minor, refunded_minor, freight_refunded_minor, placed_at, pay_by, paid_at, hidden, version)
SELECT order_id, 'M' || i, member_id, bench.id(i, 100, 2), 'ship', region_code, 'to_ship', goods_minor + freight_minor, freight_minor, 'CNY', 7200, 1209600, 604800, goods_minor + freight_minor, 0, 0, at, at + interval '2 hours', at + interval '1 minute', false, 2 FROM made;
INSERT INTO retail.order_lines (order_id, position, sku_id, product_id, title, options, quantity, unit_price_minor, payable_minor, freight_minor, shares, location_id, limited, shipped, refunded_shipped, refunded_unshipped)
SELECT order_id, 0, sku_id, product_id, title, 'size: M', 1, goods_minor, goods_minor, freight_minor, jsonb_build_array(jsonb_build_object('step', 'base', 'source_id', '', 'source_kind', 'sale_price', 'amount_minor', goods_minor)), location_id, false, 0, 0, 0 FROM made;
INSERT INTO retail.reservations (id, order_id, sku_id, location_id, quantity, open, released, consumed, state, version)
SELECT bench.id(i, 100, 3), order_id, sku_id, location_id, 1, 1, 0, 0, 'committed', 2 FROM made;
INSERT INTO retail.order_transitions (order_id, version, step, event, from_status, to_status, actor_kind, actor_ref, reason, at)
SELECT order_id, v, 1, CASE v WHEN 1 THEN 'order.placed' ELSE 'order.paid' END, CASE v WHEN 2 THEN 'pending_payment' END, CASE v WHEN 1 THEN 'pending_payment' ELSE 'to_ship' END, 'member', member_id::text, '', at + (v - 1) * interval '1 minute' FROM made, generate_series(1, 2) AS v;
INSERT INTO retail.payments (id, ref, order_id, member_id, gateway, flow, amount_minor, currency, freight_minor, expires_at, state, money, captured_minor, captured_currency, refunding_minor, refunded_minor, provider_ref, created_at, received_at, polls, version)
SELECT payment_id, replace(payment_id::text, '-', ''), order_id, member_id, 'counter', 'counter', goods_minor + freight_minor, 'CNY', freight_minor, at + interval '2 hours', 'succeeded', 'applied', goods_minor + freight_minor, 'CNY', 0, 0, 'R' || i, at, at + interval '1 minute', 0, 2 FROM made;
INSERT INTO retail.ledger_entries (reference, order_id, account, amount_minor, currency, at)
SELECT 'payment:' || payment_id || '/2', order_id, e.account, e.minor, 'CNY', at FROM made,
    LATERAL (VALUES ('counter', goods_minor + freight_minor), ('sales', -goods_minor), ('freight', -freight_minor)) AS e (account, minor);
INSERT INTO retail.contacts (id, kind, member_id, recipient, phone, region_code, region, detail, created_at, version)
SELECT order_id, 'order', member_id, recipient, phone, region_code, region, detail, at, 1 FROM made;
INSERT INTO retail.events (id, name, version, aggregate_id, at, owed, body)
SELECT bench.id(i, 100, 5 + e.v), e.name, 1, CASE WHEN e.v <= 2 THEN order_id ELSE payment_id END, at, e.owed, jsonb_build_object('at', at, 'order_id', order_id, 'member_id', member_id, 'reason', '', 'to_status', 'to_ship', 'units', jsonb_build_array(jsonb_build_object('sku_id', sku_id, 'quantity', 1))) FROM made,
    (VALUES (1, 'order.placed', 0), (2, 'order.paid', 1), (3, 'payment.started', 0), (4, 'payment.received', 0)) AS e (v, name, owed);
INSERT INTO retail.deliveries (event_id, reaction, aggregate_id, attempts, next_at, done_at)
SELECT bench.id(i, 100, 7), 'catalog.count_sold', order_id, 1, at, at + interval '1 second' FROM made;
INSERT INTO retail.answers (principal, operation, key, fingerprint, answer, at)
SELECT 'member:' || member_id, 'place_order', 'made-' || i, md5(i::text) || md5(i::text), jsonb_build_object('order_id', order_id, 'status', 'pending_payment'), at FROM made;
UPDATE retail.stock_items s SET reserved = s.reserved + t.units, version = s.version + 1
FROM (SELECT sku_id, location_id, count(*) AS units FROM made GROUP BY sku_id, location_id) AS t WHERE s.sku_id = t.sku_id AND s.location_id = t.location_id;
DROP TABLE made;
