-- Bulk changes also restore people and move them to another customer, and one act can be about the
-- people of several customers: a series, one bulk change for each. Expands only.

ALTER TABLE bulk_row DROP CONSTRAINT bulk_row_act_check;
ALTER TABLE bulk_row ADD CONSTRAINT bulk_row_act_check CHECK (act IN
    ('unread', 'create', 'update', 'remove', 'restore', 'move', 'nothing', 'left', 'conflict', 'error'));

DROP INDEX bulk_row_due;
CREATE INDEX bulk_row_due ON bulk_row (bulk_id, turn, line)
    WHERE state = 'planned' AND act IN ('create', 'update', 'remove', 'restore', 'move');

-- What was asked for together; the customers are one row each.
ALTER TABLE bulk ADD COLUMN series uuid;
CREATE INDEX bulk_series ON bulk (series, id) WHERE series IS NOT NULL;
