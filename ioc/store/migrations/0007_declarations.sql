-- The catalogue that was in force from each data version on, as JSON: a past moment is answered by the declarations of then.
CREATE TABLE declaration (version INTEGER NOT NULL, catalogue JSON NOT NULL);
