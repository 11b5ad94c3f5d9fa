-- The shapes of a feed's last deliveries, as JSON: by them it is seen when a source has changed.
ALTER TABLE feed ADD COLUMN shapes VARCHAR;

-- What was found about deliveries that differ from the usual. One row from its first delivery until the source is as before, or
-- the new shape has become the usual one.
CREATE TABLE finding (
    feed VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    source_column VARCHAR NOT NULL, -- '' when it is about the delivery as a whole
    usual VARCHAR NOT NULL,
    found VARCHAR NOT NULL,
    held BOOLEAN NOT NULL,          -- whether the records are kept out until a person lets them in
    run BIGINT NOT NULL,            -- the first delivery, and
    last_run BIGINT NOT NULL,       -- the last
    first_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
