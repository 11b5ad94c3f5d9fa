-- The days gone by that a feed is, or was last, asked for once more, and how far that has come, as JSON.
ALTER TABLE feed ADD COLUMN backfill VARCHAR;
