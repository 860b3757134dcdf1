-- Mails that could not be dealt with for now, and how often; a mail's row goes with its line of the ledger.
CREATE TABLE attempts (
    account  TEXT NOT NULL,
    identity TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    count    INTEGER NOT NULL,
    tried_at INTEGER NOT NULL,
    error    TEXT NOT NULL,
    PRIMARY KEY (sha256, account, identity)
) STRICT, WITHOUT ROWID;

-- Who is sending a mail at this moment, and until when nobody else may.
ALTER TABLE outbox ADD COLUMN claimed_by TEXT;
ALTER TABLE outbox ADD COLUMN claimed_until INTEGER;

-- The outgoing server, as the reply names it.
ALTER TABLE outbox ADD COLUMN via TEXT;
UPDATE outbox SET via = reply ->> '$.via';
CREATE INDEX outbox_by_server ON outbox (via, id) WHERE state = 'waiting';

CREATE INDEX ledger_of_account ON ledger (account, at);

-- How the service fares, in its own words as JSON: of itself, of each account and of each outgoing server.
CREATE TABLE service_status (
    part  TEXT NOT NULL CHECK (part = 'service' OR part = 'account' OR part = 'server'),
    name  TEXT NOT NULL,
    state TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (part, name)
) STRICT, WITHOUT ROWID;
