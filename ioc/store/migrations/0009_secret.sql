-- How many records of a feed were refused for secrecy on each day of the organisation; nothing else is kept of them. Administrators alone may see it.
CREATE TABLE secret_count (feed VARCHAR NOT NULL, day DATE NOT NULL, refused BIGINT NOT NULL, PRIMARY KEY (feed, day));
INSERT INTO secret_count SELECT feed, CAST(started_at AS DATE) AS day, sum(secret) FROM run GROUP BY feed, day HAVING sum(secret) > 0;
