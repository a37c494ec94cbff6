CREATE TABLE retail.coupon_codes (
    seal TEXT NOT NULL,
    template_id UUID NOT NULL,
    most BIGINT,
    used BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_coupon_codes PRIMARY KEY (seal),
    CONSTRAINT ck_coupon_codes_used CHECK (used >= 0 AND (most IS NULL OR used <= most))
);

CREATE INDEX ix_coupon_codes_template_id ON retail.coupon_codes (template_id);

CREATE TABLE retail.coupon_editions (
    template_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    terms JSONB NOT NULL,
    face_minor BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_coupon_editions PRIMARY KEY (template_id, edition),
    CONSTRAINT ck_coupon_editions_face CHECK (face_minor >= 1)
);

CREATE TABLE retail.coupon_holders (
    member_id UUID NOT NULL,
    received BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_coupon_holders PRIMARY KEY (member_id)
);

CREATE TABLE retail.coupon_templates (
    id UUID NOT NULL,
    edition BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    way TEXT NOT NULL,
    terms JSONB NOT NULL,
    validity JSONB NOT NULL,
    total BIGINT NOT NULL,
    per_member BIGINT NOT NULL,
    takes_from TIMESTAMP WITH TIME ZONE,
    takes_until TIMESTAMP WITH TIME ZONE,
    points BIGINT NOT NULL,
    tiers JSONB NOT NULL,
    is_open BOOLEAN NOT NULL,
    issued BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_coupon_templates PRIMARY KEY (id),
    CONSTRAINT ck_coupon_templates_issued CHECK (issued >= 0 AND issued <= total),
    CONSTRAINT ck_coupon_templates_counts CHECK (per_member >= 1 AND edition >= 1)
);

CREATE INDEX ix_coupon_templates_made_at ON retail.coupon_templates (made_at);

CREATE INDEX ix_coupon_templates_way_made_at ON retail.coupon_templates (way, made_at);

CREATE TABLE retail.coupons (
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    member_id UUID NOT NULL,
    n BIGINT NOT NULL,
    way TEXT NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    begins_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tells_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_told BOOLEAN NOT NULL,
    stands TEXT NOT NULL,
    used_by UUID,
    applied_minor BIGINT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_coupons PRIMARY KEY (id),
    CONSTRAINT uq_coupons_template_id_member_id_n UNIQUE (template_id, member_id, n),
    CONSTRAINT ck_coupons_span CHECK (n >= 1 AND expires_at > begins_at),
    CONSTRAINT ck_coupons_order CHECK ((used_by IS NOT NULL) = (stands IN ('locked', 'used'))),
    CONSTRAINT ck_coupons_applied CHECK ((applied_minor > 0) = (stands IN ('locked', 'used')))
);

CREATE INDEX ix_coupons_due ON retail.coupons (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX ix_coupons_member_id_given_at ON retail.coupons (member_id, given_at);

CREATE INDEX ix_coupons_order ON retail.coupons (used_by) WHERE used_by IS NOT NULL;

CREATE INDEX ix_coupons_unused ON retail.coupons (member_id, expires_at) WHERE stands = 'unused';
