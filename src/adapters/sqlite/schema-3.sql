-- Every rule set that was ever active, as the texts that it was read from, so that it can be read again.
CREATE TABLE generations (
    digest     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    texts_json TEXT NOT NULL
) STRICT, WITHOUT ROWID;
