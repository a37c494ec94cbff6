ALTER TABLE retail.price_books ADD COLUMN offers TEXT;

CREATE TABLE retail.promotions (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    edition BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    launched_at TIMESTAMP WITH TIME ZONE,
    stopped_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_promotions PRIMARY KEY (id),
    CONSTRAINT ck_promotions_edition CHECK (edition >= 1)
);
