-- How each feed is doing, how new its records are, and where in its source it goes on. The position is written in one transaction with the records up to it.
CREATE TABLE feed (
    feed VARCHAR PRIMARY KEY,
    record VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL DEFAULT FALSE, -- whether any of its records is
    position VARCHAR,
    paused BOOLEAN NOT NULL DEFAULT FALSE,
    tried_at TIMESTAMP,     -- when it was last asked
    succeeded_at TIMESTAMP, -- when that last went well
    failures INTEGER NOT NULL DEFAULT 0, -- how often it has failed since
    message VARCHAR,        -- what is wrong with it; NULL when nothing is
    last_event TIMESTAMP,   -- the newest event among its records
    last_arrival TIMESTAMP  -- when it last brought anything
);
INSERT INTO feed (feed, record, simulated, last_event, last_arrival)
    SELECT feed, arg_max(record, run), bool_or(run.simulated), max(last_event), max(coalesce(finished_at, started_at))
    FROM run LEFT JOIN freshness USING (record) GROUP BY feed; -- a feed may have been given another record type
DROP TABLE freshness;

-- Answers to deliveries that were brought with a key of their own: brought again, they are given the same answer.
CREATE TABLE idempotency (
    feed VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (feed, key)
);
