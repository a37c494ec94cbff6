CREATE TABLE retail.address_books (
    member_id BLOB NOT NULL,
    default_id BLOB,
    version INTEGER NOT NULL,
    CONSTRAINT pk_address_books PRIMARY KEY (member_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.answers (
    principal TEXT NOT NULL,
    operation TEXT NOT NULL,
    "key" TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_answers PRIMARY KEY (principal, operation, "key")
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_answers_at ON answers (at);

CREATE TABLE retail.audit_trail (
    position INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_audit_trail PRIMARY KEY (position)
)
 STRICT;

CREATE TABLE retail.behaviour_events (
    id BLOB NOT NULL,
    member_id BLOB,
    anonymous_id TEXT,
    session TEXT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    context TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    CONSTRAINT pk_behaviour_events PRIMARY KEY (id),
    CONSTRAINT ck_behaviour_events_visitor CHECK ((member_id IS NULL) <> (anonymous_id IS NULL))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_behaviour_events_member_id_occurred_at ON behaviour_events (member_id, occurred_at);

CREATE TABLE retail.brands (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_brands PRIMARY KEY (id),
    CONSTRAINT uq_brands_name UNIQUE (name)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.carried_balances (
    up_to INTEGER NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance_minor INTEGER NOT NULL,
    CONSTRAINT pk_carried_balances PRIMARY KEY (up_to, account, currency)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.carts (
    id BLOB NOT NULL,
    member_id BLOB,
    token_hash TEXT,
    merged_into BLOB,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_carts PRIMARY KEY (id),
    CONSTRAINT ck_carts_owner CHECK ((member_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT uq_carts_member_id UNIQUE (member_id),
    CONSTRAINT uq_carts_token_hash UNIQUE (token_hash)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.categories (
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    depth INTEGER NOT NULL,
    place INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_categories PRIMARY KEY (id),
    CONSTRAINT ck_categories_depth CHECK (depth BETWEEN 1 AND 5),
    CONSTRAINT uq_categories_code UNIQUE (code)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.challenges (
    id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    phone TEXT NOT NULL,
    sealed BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_challenges PRIMARY KEY (id),
    CONSTRAINT ck_challenges_tries CHECK (tries >= 0 AND tries <= 5)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_challenges_expires_at ON challenges (expires_at);

CREATE INDEX retail.ix_challenges_phone_purpose_issued_at ON challenges (phone, purpose, issued_at);

CREATE UNIQUE INDEX retail.uq_challenges_open ON challenges (purpose, phone) WHERE status = 'open';

CREATE TABLE retail.contacts (
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    member_id BLOB NOT NULL,
    recipient TEXT NOT NULL,
    phone TEXT NOT NULL,
    region_code TEXT NOT NULL,
    region TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_contacts_member_id_kind ON contacts (member_id, kind);

CREATE TABLE retail.deliveries (
    position INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    reaction TEXT NOT NULL,
    aggregate_id BLOB NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    done_at INTEGER,
    parked_at INTEGER,
    error TEXT,
    CONSTRAINT pk_deliveries PRIMARY KEY (position),
    CONSTRAINT ck_deliveries_attempts CHECK (attempts >= 0)
)
 STRICT;

CREATE INDEX retail.ix_deliveries_aggregate ON deliveries (reaction, aggregate_id, position) WHERE done_at IS NULL;

CREATE UNIQUE INDEX retail.ix_deliveries_event_id_reaction ON deliveries (event_id, reaction);

CREATE INDEX retail.ix_deliveries_open ON deliveries (next_at, position) WHERE done_at IS NULL;

CREATE TABLE retail.events (
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    aggregate_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    owed INTEGER NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (position),
    CONSTRAINT uq_events_id UNIQUE (id)
)
 STRICT;

CREATE TABLE retail.freight_templates (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    charge_by TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    zones TEXT NOT NULL,
    CONSTRAINT pk_freight_templates PRIMARY KEY (id),
    CONSTRAINT ck_freight_templates_edition CHECK (edition >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.inbox_notices (
    gateway TEXT NOT NULL,
    event_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    status TEXT NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    provider_ref TEXT,
    verdict TEXT NOT NULL,
    contradicts INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    CONSTRAINT pk_inbox_notices PRIMARY KEY (gateway, event_id, digest)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_inbox_notices_odd ON inbox_notices (received_at) WHERE verdict IN ('contradicted', 'unknown_ref');

CREATE TABLE retail.ledger_entries (
    position INTEGER NOT NULL,
    reference TEXT NOT NULL,
    order_id BLOB NOT NULL,
    account TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_ledger_entries PRIMARY KEY (position),
    CONSTRAINT ck_ledger_entries_amount CHECK (amount_minor <> 0)
)
 STRICT;

CREATE UNIQUE INDEX retail.ix_ledger_entries_reference_account_currency ON ledger_entries (reference, account, currency);

CREATE TABLE retail.locations (
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sells_online INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_locations PRIMARY KEY (id),
    CONSTRAINT uq_locations_code UNIQUE (code)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.logins (
    subject_id BLOB NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_logins PRIMARY KEY (subject_id),
    CONSTRAINT uq_logins_name UNIQUE (name)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.members (
    id BLOB NOT NULL,
    phone TEXT,
    name TEXT,
    status TEXT NOT NULL,
    terms_version TEXT NOT NULL,
    behaviour_consent INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_members PRIMARY KEY (id),
    CONSTRAINT uq_members_phone UNIQUE (phone)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_members_created_at_id ON members (created_at, id);

CREATE TABLE retail.order_transitions (
    order_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    step INTEGER NOT NULL,
    event TEXT NOT NULL,
    from_status TEXT,
    to_status TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_order_transitions PRIMARY KEY (order_id, version, step)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.orders (
    id BLOB NOT NULL,
    number TEXT NOT NULL,
    member_id BLOB NOT NULL,
    quote_id BLOB NOT NULL,
    cart_id BLOB,
    cart_version INTEGER,
    method TEXT NOT NULL,
    region_code TEXT NOT NULL,
    store_id BLOB,
    status TEXT NOT NULL,
    payable_minor INTEGER NOT NULL,
    freight_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    pay_seconds INTEGER NOT NULL,
    auto_sign_seconds INTEGER NOT NULL,
    after_sale_seconds INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    freight_refunded_minor INTEGER NOT NULL,
    closing TEXT,
    due_at INTEGER,
    placed_at INTEGER NOT NULL,
    pay_by INTEGER NOT NULL,
    paid_at INTEGER,
    shipped_at INTEGER,
    auto_sign_at INTEGER,
    signed_at INTEGER,
    complete_at INTEGER,
    completed_at INTEGER,
    closed_at INTEGER,
    close_reason TEXT,
    hidden INTEGER NOT NULL,
    took TEXT DEFAULT '' NOT NULL,
    refund_order TEXT DEFAULT '' NOT NULL,
    kept_back_minor INTEGER DEFAULT 0 NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT ck_orders_paid CHECK (paid_minor = 0 OR paid_minor = payable_minor),
    CONSTRAINT ck_orders_refunded CHECK (refunded_minor >= 0 AND refunded_minor <= paid_minor),
    CONSTRAINT ck_orders_freight CHECK (freight_refunded_minor >= 0 AND freight_refunded_minor <= freight_minor),
    CONSTRAINT ck_orders_closed CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT uq_orders_number UNIQUE (number),
    CONSTRAINT uq_orders_quote_id UNIQUE (quote_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX retail.ix_orders_cart_id_cart_version ON orders (cart_id, cart_version);

CREATE INDEX retail.ix_orders_due ON orders (status, due_at) WHERE due_at IS NOT NULL;

CREATE INDEX retail.ix_orders_member_id_id ON orders (member_id, id);

CREATE INDEX retail.ix_orders_status_id ON orders (status, id);

CREATE TABLE retail.price_books (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_price_books PRIMARY KEY (id),
    CONSTRAINT ck_price_books_only CHECK (id = 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.purchase_counters (
    member_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    taken INTEGER NOT NULL,
    ceiling INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_purchase_counters PRIMARY KEY (member_id, product_id),
    CONSTRAINT ck_purchase_counters_taken CHECK (taken >= 0 AND taken <= ceiling)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.quotas (
    sku_id BLOB NOT NULL,
    size INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_quotas PRIMARY KEY (sku_id),
    CONSTRAINT ck_quotas_taken CHECK (taken >= 0 AND taken <= size)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.quotes (
    id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    hash TEXT NOT NULL,
    currency TEXT NOT NULL,
    payable_minor INTEGER NOT NULL,
    basket TEXT NOT NULL,
    unavailable TEXT NOT NULL,
    wishes TEXT NOT NULL,
    address_id BLOB NOT NULL,
    region_code TEXT NOT NULL,
    offers_version INTEGER NOT NULL,
    cart_id BLOB,
    cart_version INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_quotes PRIMARY KEY (id),
    CONSTRAINT ck_quotes_payable CHECK (payable_minor >= 0),
    CONSTRAINT ck_quotes_lasts CHECK (expires_at > created_at),
    CONSTRAINT ck_quotes_cart CHECK ((cart_id IS NULL) = (cart_version IS NULL))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_quotes_expires_at ON quotes (expires_at);

CREATE TABLE retail.regions (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent TEXT,
    CONSTRAINT pk_regions PRIMARY KEY (code)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_regions_parent ON regions (parent);

CREATE TABLE retail.send_slots (
    "key" TEXT NOT NULL,
    used INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_send_slots PRIMARY KEY ("key"),
    CONSTRAINT ck_send_slots_used CHECK (used >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_send_slots_ends_at ON send_slots (ends_at);

CREATE TABLE retail.sessions (
    id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    subject TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT uq_sessions_token_hash UNIQUE (token_hash)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_sessions_expires_at ON sessions (expires_at);

CREATE INDEX retail.ix_sessions_subject_id ON sessions (subject_id);

CREATE TABLE retail.staff (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    is_admin INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_staff PRIMARY KEY (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.stock_alerts (
    sku_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    available INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_stock_alerts PRIMARY KEY (sku_id, location_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.stock_items (
    sku_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    safety INTEGER NOT NULL,
    backorder_limit INTEGER NOT NULL,
    shortfall INTEGER NOT NULL,
    alert_threshold INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_stock_items PRIMARY KEY (sku_id, location_id),
    CONSTRAINT ck_stock_items_on_hand CHECK (on_hand >= 0),
    CONSTRAINT ck_stock_items_reserved CHECK (reserved >= 0 AND reserved <= on_hand + backorder_limit + shortfall),
    CONSTRAINT ck_stock_items_limits CHECK (safety >= 0 AND backorder_limit >= 0 AND shortfall >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.stock_moves (
    position INTEGER NOT NULL,
    sku_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    units INTEGER NOT NULL,
    reference TEXT NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_stock_moves PRIMARY KEY (position),
    CONSTRAINT ck_stock_moves_units CHECK (units <> 0)
)
 STRICT;

CREATE INDEX retail.ix_stock_moves_sku_id_position ON stock_moves (sku_id, position);

CREATE TABLE retail.cart_lines (
    cart_id BLOB NOT NULL,
    sku_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT pk_cart_lines PRIMARY KEY (cart_id, sku_id),
    CONSTRAINT ck_cart_lines_quantity CHECK (quantity >= 1),
    CONSTRAINT fk_cart_lines_cart_id FOREIGN KEY(cart_id) REFERENCES carts (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.order_lines (
    order_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    sku_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    title TEXT NOT NULL,
    options TEXT NOT NULL,
    image_url TEXT,
    quantity INTEGER NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    payable_minor INTEGER NOT NULL,
    freight_minor INTEGER NOT NULL,
    shares TEXT NOT NULL,
    freight_shares TEXT DEFAULT '[]' NOT NULL,
    included_tax_minor INTEGER DEFAULT 0 NOT NULL,
    location_id BLOB,
    limited INTEGER NOT NULL,
    gift INTEGER DEFAULT 0 NOT NULL,
    shipped INTEGER NOT NULL,
    refunded_shipped INTEGER NOT NULL,
    refunded_unshipped INTEGER NOT NULL,
    CONSTRAINT pk_order_lines PRIMARY KEY (order_id, position),
    CONSTRAINT fk_order_lines_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT ck_order_lines_amounts CHECK (quantity >= 1 AND payable_minor >= 0 AND freight_minor >= 0),
    CONSTRAINT ck_order_lines_units CHECK (shipped >= 0 AND refunded_unshipped >= 0 AND shipped + refunded_unshipped <= quantity),
    CONSTRAINT ck_order_lines_refunded CHECK (refunded_shipped >= 0 AND refunded_shipped <= shipped)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.parcels (
    id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    carrier TEXT NOT NULL,
    tracking_number TEXT NOT NULL,
    units TEXT NOT NULL,
    sender_kind TEXT NOT NULL,
    sender_ref TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_parcels PRIMARY KEY (id),
    CONSTRAINT fk_parcels_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_parcels_order_id_id ON parcels (order_id, id);

CREATE TABLE retail.payments (
    id BLOB NOT NULL,
    ref TEXT NOT NULL,
    order_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    gateway TEXT NOT NULL,
    tender TEXT DEFAULT 'gateway' NOT NULL,
    flow TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    freight_minor INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    money TEXT NOT NULL,
    captured_minor INTEGER,
    captured_currency TEXT,
    refunding_minor INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    provider_ref TEXT,
    suspicion TEXT,
    action TEXT,
    action_expires_at INTEGER,
    created_at INTEGER NOT NULL,
    received_at INTEGER,
    next_poll_at INTEGER,
    polls INTEGER NOT NULL,
    asked_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT fk_payments_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT ck_payments_amount CHECK (amount_minor > 0),
    CONSTRAINT ck_payments_refunds CHECK (refunded_minor >= 0 AND refunded_minor <= refunding_minor AND refunding_minor <= COALESCE(captured_minor, 0)),
    CONSTRAINT ck_payments_succeeded CHECK (state <> 'succeeded' OR (captured_minor = amount_minor AND captured_currency = currency)),
    CONSTRAINT uq_payments_ref UNIQUE (ref)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_payments_aside ON payments (id) WHERE money IN ('suspect', 'unapplied');

CREATE UNIQUE INDEX retail.ix_payments_gateway_provider_ref ON payments (gateway, provider_ref);

CREATE INDEX retail.ix_payments_order_id_id ON payments (order_id, id);

CREATE INDEX retail.ix_payments_poll ON payments (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE UNIQUE INDEX retail.uq_payments_applied ON payments (order_id, tender) WHERE money = 'applied' OR state = 'held';

CREATE UNIQUE INDEX retail.uq_payments_open ON payments (order_id) WHERE state IN ('created', 'pending');

CREATE TABLE retail.products (
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL,
    description TEXT NOT NULL,
    category_id BLOB,
    brand_id BLOB,
    images TEXT NOT NULL,
    unit TEXT NOT NULL,
    freight_template_id BLOB,
    purchase_limit INTEGER,
    sale_from INTEGER,
    sale_until INTEGER,
    status TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    title_words TEXT NOT NULL,
    words TEXT NOT NULL,
    version INTEGER NOT NULL,
    sold INTEGER NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT ck_products_purchase_limit CHECK (purchase_limit IS NULL OR purchase_limit >= 1),
    CONSTRAINT ck_products_window CHECK (sale_from IS NULL OR sale_until IS NULL OR sale_from < sale_until),
    CONSTRAINT uq_products_code UNIQUE (code),
    CONSTRAINT fk_products_category_id FOREIGN KEY(category_id) REFERENCES categories (id),
    CONSTRAINT fk_products_brand_id FOREIGN KEY(brand_id) REFERENCES brands (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_products_brand_id ON products (brand_id);

CREATE INDEX retail.ix_products_category_id ON products (category_id);

CREATE INDEX retail.ix_products_price_minor_id ON products (price_minor, id);

CREATE INDEX retail.ix_products_sold_id ON products (sold, id);

CREATE TABLE retail.quota_shares (
    order_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    sku_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    open INTEGER NOT NULL,
    used INTEGER NOT NULL,
    back INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_quota_shares PRIMARY KEY (order_id, line),
    CONSTRAINT fk_quota_shares_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT ck_quota_shares_units CHECK (quantity >= 1 AND open >= 0 AND used >= 0 AND back >= 0),
    CONSTRAINT ck_quota_shares_sum CHECK (quantity = open + used + back)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_quota_shares_sku_id ON quota_shares (sku_id);

CREATE TABLE retail.reservations (
    id BLOB DEFAULT (randomblob(16)) NOT NULL,
    order_id BLOB NOT NULL,
    owner_kind TEXT DEFAULT 'order' NOT NULL,
    line INTEGER DEFAULT 0 NOT NULL,
    sku_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    open INTEGER NOT NULL,
    released INTEGER NOT NULL,
    consumed INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_reservations PRIMARY KEY (order_id, owner_kind, line, sku_id, location_id),
    CONSTRAINT fk_reservations_sku_id_location_id FOREIGN KEY(sku_id, location_id) REFERENCES stock_items (sku_id, location_id),
    CONSTRAINT ck_reservations_units CHECK (quantity >= 1 AND open >= 0 AND released >= 0 AND consumed >= 0),
    CONSTRAINT ck_reservations_sum CHECK (quantity = open + released + consumed)
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX retail.ix_reservations_id ON reservations (id);

CREATE INDEX retail.ix_reservations_open ON reservations (sku_id, location_id) WHERE open > 0;

CREATE TABLE retail.product_terms (
    term BLOB NOT NULL,
    product_id BLOB NOT NULL,
    CONSTRAINT pk_product_terms PRIMARY KEY (term, product_id),
    CONSTRAINT fk_product_terms_product_id FOREIGN KEY(product_id) REFERENCES products (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.refunds (
    id BLOB NOT NULL,
    ref TEXT NOT NULL,
    payment_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    gateway TEXT NOT NULL,
    tender TEXT DEFAULT 'gateway' NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    freight_minor INTEGER NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    next_try_at INTEGER,
    provider_ref TEXT,
    trouble TEXT,
    replaces BLOB,
    references_used INTEGER NOT NULL,
    requested_at INTEGER NOT NULL,
    succeeded_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT fk_refunds_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT ck_refunds_amount CHECK (amount_minor > 0 AND freight_minor >= 0 AND freight_minor <= amount_minor),
    CONSTRAINT uq_refunds_ref UNIQUE (ref)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_refunds_due ON refunds (next_try_at) WHERE next_try_at IS NOT NULL;

CREATE INDEX retail.ix_refunds_order_id_id ON refunds (order_id, id);

CREATE INDEX retail.ix_refunds_payment_id ON refunds (payment_id);

CREATE INDEX retail.ix_refunds_stuck ON refunds (id) WHERE state = 'needs_attention';

CREATE TABLE retail.skus (
    id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    code TEXT NOT NULL,
    options TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    price_version INTEGER NOT NULL,
    list_price_minor INTEGER,
    weight_grams INTEGER NOT NULL,
    volume_cm3 INTEGER NOT NULL,
    image TEXT,
    on_sale INTEGER NOT NULL,
    CONSTRAINT pk_skus PRIMARY KEY (id),
    CONSTRAINT ck_skus_price CHECK (price_minor >= 1 AND price_version >= 1),
    CONSTRAINT ck_skus_size CHECK (weight_grams >= 0 AND volume_cm3 >= 0),
    CONSTRAINT fk_skus_product_id FOREIGN KEY(product_id) REFERENCES products (id),
    CONSTRAINT uq_skus_code UNIQUE (code)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_skus_product_id_place ON skus (product_id, place);
