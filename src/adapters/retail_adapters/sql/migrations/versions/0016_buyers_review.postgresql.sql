CREATE TABLE retail.review_summaries (
    product_id UUID NOT NULL,
    one_star BIGINT NOT NULL,
    two_stars BIGINT NOT NULL,
    three_stars BIGINT NOT NULL,
    four_stars BIGINT NOT NULL,
    five_stars BIGINT NOT NULL,
    with_pictures BIGINT NOT NULL,
    with_follow_up BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_review_summaries PRIMARY KEY (product_id),
    CONSTRAINT ck_review_summaries_counts CHECK (one_star >= 0 AND two_stars >= 0 AND three_stars >= 0 AND four_stars >= 0 AND five_stars >= 0)
);

CREATE TABLE retail.reviews (
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    line BIGINT NOT NULL,
    member_id UUID NOT NULL,
    product_id UUID NOT NULL,
    sku_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status TEXT NOT NULL,
    anonymous BOOLEAN NOT NULL,
    stars BIGINT,
    text TEXT,
    pictures JSONB,
    waiting JSONB,
    follow_up JSONB,
    reply JSONB,
    reason TEXT,
    published_at TIMESTAMP WITH TIME ZONE,
    decider_kind TEXT,
    decider_ref TEXT,
    is_up BOOLEAN NOT NULL,
    has_pictures BOOLEAN NOT NULL,
    has_follow_up BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_reviews PRIMARY KEY (id),
    CONSTRAINT fk_reviews_order_id FOREIGN KEY(order_id) REFERENCES retail.orders (id),
    CONSTRAINT uq_reviews_member_id_order_id_line UNIQUE (member_id, order_id, line),
    CONSTRAINT ck_reviews_stars CHECK (stars BETWEEN 1 AND 5),
    CONSTRAINT ck_reviews_automatic CHECK (status <> 'automatic' OR stars IS NULL)
);

CREATE INDEX ix_reviews_member_id_id ON retail.reviews (member_id, id);

CREATE INDEX ix_reviews_order_id ON retail.reviews (order_id);

CREATE INDEX ix_reviews_product_id_is_up_id ON retail.reviews (product_id, is_up, id);

CREATE INDEX ix_reviews_status_id ON retail.reviews (status, id);
