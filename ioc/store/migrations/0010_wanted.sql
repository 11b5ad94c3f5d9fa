-- When a feed was first set up, so that what was missed before it was ever asked is known too; and when it was last told to be
-- asked beside its schedule, until it has been.
ALTER TABLE feed ADD COLUMN introduced_at TIMESTAMP;
ALTER TABLE feed ADD COLUMN wanted_at TIMESTAMP;
