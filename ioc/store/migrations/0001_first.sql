-- The tables that every store has. Record and cell tables are made from the catalogue; see ioc/store/tables.py.

CREATE TABLE setting (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- One row a commit. The newest version is the data version that every answer names.
CREATE TABLE commit_log (
    version INTEGER NOT NULL,
    committed_at TIMESTAMP NOT NULL,
    record VARCHAR,
    run BIGINT,
    added BIGINT NOT NULL
);

-- One row for each delivery taken in. What was refused for secrecy is counted here and kept nowhere.
CREATE TABLE run (
    run BIGINT NOT NULL,
    feed VARCHAR NOT NULL,
    record VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    fingerprint VARCHAR,
    simulated BOOLEAN NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    state VARCHAR NOT NULL,
    message VARCHAR,
    accepted BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    secret BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0
);

-- One row for each fault of a row that was not taken in. payload holds the mapped values only, never other columns.
CREATE TABLE quarantine (
    run BIGINT NOT NULL,
    feed VARCHAR NOT NULL,
    record VARCHAR NOT NULL,
    source_row BIGINT,
    field VARCHAR,
    found VARCHAR,
    reason VARCHAR NOT NULL,
    detail VARCHAR,
    payload JSON,
    noted_at TIMESTAMP NOT NULL
);

-- How new the records of a type are: the newest event, and the last time that anything was delivered.
CREATE TABLE freshness (record VARCHAR PRIMARY KEY, last_event TIMESTAMP, last_arrival TIMESTAMP NOT NULL, simulated BOOLEAN NOT NULL);

-- Which cell tables stand, from which declaration, and for which day “today” was taken.
CREATE TABLE cell_table (name VARCHAR PRIMARY KEY, record VARCHAR NOT NULL, declaration VARCHAR NOT NULL, day DATE NOT NULL);
