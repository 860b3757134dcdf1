-- How often a call was reopened by mail, and the closed call that a new one continues.
ALTER TABLE items ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0 CHECK (reopened >= 0);
ALTER TABLE items ADD COLUMN linked_to INTEGER REFERENCES items;

-- Commands that wait until their sender confirms them, and those that did. A number is never given twice.
CREATE TABLE confirmations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    intent   TEXT NOT NULL
        CHECK (intent = 'summary' OR intent = 'close' OR intent = 'approve' OR intent = 'reject'),
    kind     TEXT NOT NULL CHECK (kind = 'call' OR kind = 'request' OR kind = 'task' OR kind = 'approval'),
    number   INTEGER,
    person   INTEGER REFERENCES persons,
    address  TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    used_at  INTEGER
) STRICT;

CREATE INDEX confirmations_of_address ON confirmations (address);
