CREATE TABLE retail.coupon_codes (
    seal TEXT NOT NULL,
    template_id BLOB NOT NULL,
    most INTEGER,
    used INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_coupon_codes PRIMARY KEY (seal),
    CONSTRAINT ck_coupon_codes_used CHECK (used >= 0 AND (most IS NULL OR used <= most))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_coupon_codes_template_id ON coupon_codes (template_id);

CREATE TABLE retail.coupon_editions (
    template_id BLOB NOT NULL,
    edition INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    terms TEXT NOT NULL,
    face_minor INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_coupon_editions PRIMARY KEY (template_id, edition),
    CONSTRAINT ck_coupon_editions_face CHECK (face_minor >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.coupon_holders (
    member_id BLOB NOT NULL,
    received INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_coupon_holders PRIMARY KEY (member_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.coupon_templates (
    id BLOB NOT NULL,
    edition INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    way TEXT NOT NULL,
    terms TEXT NOT NULL,
    validity TEXT NOT NULL,
    total INTEGER NOT NULL,
    per_member INTEGER NOT NULL,
    takes_from INTEGER,
    takes_until INTEGER,
    points INTEGER NOT NULL,
    tiers TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    issued INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_coupon_templates PRIMARY KEY (id),
    CONSTRAINT ck_coupon_templates_issued CHECK (issued >= 0 AND issued <= total),
    CONSTRAINT ck_coupon_templates_counts CHECK (per_member >= 1 AND edition >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_coupon_templates_made_at ON coupon_templates (made_at);

CREATE INDEX retail.ix_coupon_templates_way_made_at ON coupon_templates (way, made_at);

CREATE TABLE retail.coupons (
    id BLOB NOT NULL,
    template_id BLOB NOT NULL,
    edition INTEGER NOT NULL,
    member_id BLOB NOT NULL,
    n INTEGER NOT NULL,
    way TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    begins_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tells_at INTEGER NOT NULL,
    is_told INTEGER NOT NULL,
    stands TEXT NOT NULL,
    used_by BLOB,
    applied_minor INTEGER NOT NULL,
    due_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_coupons PRIMARY KEY (id),
    CONSTRAINT uq_coupons_template_id_member_id_n UNIQUE (template_id, member_id, n),
    CONSTRAINT ck_coupons_span CHECK (n >= 1 AND expires_at > begins_at),
    CONSTRAINT ck_coupons_order CHECK ((used_by IS NOT NULL) = (stands IN ('locked', 'used'))),
    CONSTRAINT ck_coupons_applied CHECK ((applied_minor > 0) = (stands IN ('locked', 'used')))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_coupons_due ON coupons (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX retail.ix_coupons_member_id_given_at ON coupons (member_id, given_at);

CREATE INDEX retail.ix_coupons_order ON coupons (used_by) WHERE used_by IS NOT NULL;

CREATE INDEX retail.ix_coupons_unused ON coupons (member_id, expires_at) WHERE stands = 'unused';
