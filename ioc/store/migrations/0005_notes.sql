-- What a source itself remembers, by name. Of a folder: how each file looked when it was dealt with, so that it need not be read again to
-- know that; that it was taken in, and with which content, stands in run.
CREATE TABLE feed_note (feed VARCHAR NOT NULL, name VARCHAR NOT NULL, note VARCHAR NOT NULL, PRIMARY KEY (feed, name));
