ALTER TABLE retail.staff ADD COLUMN custom_roles TEXT DEFAULT '' NOT NULL;

ALTER TABLE retail.api_keys ADD COLUMN places TEXT DEFAULT '' NOT NULL;

CREATE TABLE retail.custom_roles (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    places TEXT NOT NULL,
    is_gone BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_custom_roles PRIMARY KEY (code)
);

CREATE INDEX ix_reservations_location_id_order_id ON retail.reservations (location_id, order_id);
