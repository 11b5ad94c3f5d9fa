-- One row for each audit that came to its end: how much was recomputed from the records, how much of it differs, and the first of that as JSON.
CREATE TABLE audit (
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL,
    compared BIGINT NOT NULL,
    differing BIGINT NOT NULL,
    named JSON NOT NULL
);
