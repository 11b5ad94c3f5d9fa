-- What people have typed into forms. An entry becomes a record only once somebody else has confirmed it.
CREATE TABLE entry (
    entry BIGINT PRIMARY KEY,
    feed VARCHAR NOT NULL,
    fields VARCHAR NOT NULL,    -- as JSON: what was typed, by field
    entered_by VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL,
    decision VARCHAR,           -- 'confirmed' or 'refused'; NULL while it waits
    decided_by VARCHAR,
    decided_at TIMESTAMP,
    note VARCHAR                -- why it was refused
);
