ALTER TABLE retail.points_uses ADD COLUMN settled BIGINT DEFAULT 0 NOT NULL;

UPDATE retail.orders SET took = replace(took, 'purchase_points', 'points') WHERE took LIKE '%purchase_points%';
