CREATE TABLE retail.review_summaries (
    product_id BLOB NOT NULL,
    one_star INTEGER NOT NULL,
    two_stars INTEGER NOT NULL,
    three_stars INTEGER NOT NULL,
    four_stars INTEGER NOT NULL,
    five_stars INTEGER NOT NULL,
    with_pictures INTEGER NOT NULL,
    with_follow_up INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_review_summaries PRIMARY KEY (product_id),
    CONSTRAINT ck_review_summaries_counts CHECK (one_star >= 0 AND two_stars >= 0 AND three_stars >= 0 AND four_stars >= 0 AND five_stars >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.reviews (
    id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    member_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    sku_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    stars INTEGER,
    text TEXT,
    pictures TEXT,
    waiting TEXT,
    follow_up TEXT,
    reply TEXT,
    reason TEXT,
    published_at INTEGER,
    decider_kind TEXT,
    decider_ref TEXT,
    is_up INTEGER NOT NULL,
    has_pictures INTEGER NOT NULL,
    has_follow_up INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_reviews PRIMARY KEY (id),
    CONSTRAINT fk_reviews_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT uq_reviews_member_id_order_id_line UNIQUE (member_id, order_id, line),
    CONSTRAINT ck_reviews_stars CHECK (stars BETWEEN 1 AND 5),
    CONSTRAINT ck_reviews_automatic CHECK (status <> 'automatic' OR stars IS NULL)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_reviews_member_id_id ON reviews (member_id, id);

CREATE INDEX retail.ix_reviews_order_id ON reviews (order_id);

CREATE INDEX retail.ix_reviews_product_id_is_up_id ON reviews (product_id, is_up, id);

CREATE INDEX retail.ix_reviews_status_id ON reviews (status, id);
