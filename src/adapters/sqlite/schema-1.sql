-- Choices are written as `a = 'x' OR a = 'y'`: for `IN` with more than two words SQLite makes a temporary table at
-- every insert.

-- People ---------------------------------------------------------------------------------------------------

CREATE TABLE persons (
    record       INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE CHECK (name <> ''),
    is_user      INTEGER NOT NULL DEFAULT 0 CHECK (is_user IN (0, 1)),
    is_analyst   INTEGER NOT NULL DEFAULT 0 CHECK (is_analyst IN (0, 1)),
    is_template  INTEGER NOT NULL DEFAULT 0 CHECK (is_template IN (0, 1)),
    take_over    INTEGER NOT NULL DEFAULT 0 CHECK (take_over IN (0, 1)),
    reopen       INTEGER NOT NULL DEFAULT 0 CHECK (reopen IN (0, 1)),
    email_format TEXT CHECK (email_format IN ('html', 'plain_text'))
) STRICT;

-- Several persons may share an address; `key` is the address in lower case.
CREATE TABLE addresses (
    person   INTEGER NOT NULL REFERENCES persons,
    position INTEGER NOT NULL,
    address  TEXT NOT NULL,
    key      TEXT NOT NULL,
    PRIMARY KEY (person, position),
    UNIQUE (key, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE analyst_groups (
    record INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

CREATE TABLE membership (
    person        INTEGER NOT NULL REFERENCES persons,
    position      INTEGER NOT NULL,
    analyst_group INTEGER NOT NULL REFERENCES analyst_groups,
    PRIMARY KEY (person, position),
    UNIQUE (analyst_group, person)
) STRICT, WITHOUT ROWID;

-- What decides a new call ----------------------------------------------------------------------------------

CREATE TABLE partitions (
    record INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

CREATE TABLE priority_cells (
    partition INTEGER NOT NULL REFERENCES partitions,
    impact    TEXT NOT NULL,
    urgency   TEXT NOT NULL,
    priority  INTEGER NOT NULL,
    PRIMARY KEY (partition, impact, urgency)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_templates (
    record        INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE CHECK (name <> ''),
    partition     INTEGER REFERENCES partitions,
    screen_set    TEXT,
    ipk_status    TEXT,
    ipk_stream    TEXT,
    office        TEXT,
    impact        TEXT,
    urgency       TEXT,
    owner_analyst INTEGER REFERENCES persons,
    owner_group   INTEGER REFERENCES analyst_groups,
    CHECK (owner_analyst IS NULL OR owner_group IS NULL)
) STRICT;

-- Items ----------------------------------------------------------------------------------------------------

-- Calls, requests, and tasks with approvals: three series, each numbered for itself.
CREATE TABLE items (
    id              INTEGER PRIMARY KEY,
    series          TEXT NOT NULL CHECK (series = 'call' OR series = 'request' OR series = 'task'),
    number          INTEGER NOT NULL CHECK (number BETWEEN 0 AND 999999999999999999),
    type            TEXT NOT NULL
        CHECK (type = 'call' OR type = 'request' OR type = 'task' OR type = 'approval' OR type = 'user_approval'),
    state           TEXT NOT NULL CHECK (state = 'open' OR state = 'closed' OR state = 'approved' OR state = 'rejected'),
    title           TEXT NOT NULL DEFAULT '',
    description     TEXT NOT NULL DEFAULT '',
    user            INTEGER REFERENCES persons,
    logging_analyst INTEGER REFERENCES persons,
    owner_analyst   INTEGER REFERENCES persons,
    owner_group     INTEGER REFERENCES analyst_groups,
    owner_user      INTEGER REFERENCES persons,
    template        INTEGER REFERENCES call_templates,
    partition       INTEGER REFERENCES partitions,
    screen_set      TEXT,
    ipk_status      TEXT,
    ipk_stream      TEXT,
    office          TEXT,
    impact          TEXT,
    urgency         TEXT,
    priority        INTEGER,
    note_icon       INTEGER NOT NULL DEFAULT 0 CHECK (note_icon IN (0, 1)),
    logged_at       INTEGER,
    ended_by        INTEGER REFERENCES persons,
    ended_at        INTEGER,
    UNIQUE (series, number),
    CHECK (type = series OR (series = 'task' AND type IN ('approval', 'user_approval'))),
    CHECK (state IN ('open', 'closed') OR type IN ('approval', 'user_approval')),
    CHECK ((owner_analyst IS NOT NULL) + (owner_group IS NOT NULL) + (owner_user IS NOT NULL) <= 1),
    CHECK (owner_user IS NULL OR type = 'user_approval')
) STRICT;

CREATE INDEX items_of_analyst ON items (owner_analyst, series) WHERE state = 'open' AND owner_analyst IS NOT NULL;
CREATE INDEX items_of_group ON items (owner_group, series) WHERE state = 'open' AND owner_group IS NOT NULL;
CREATE INDEX items_of_user ON items (owner_user, series) WHERE state = 'open' AND owner_user IS NOT NULL;

-- The last number that was ever given out in a series; numbers are never used again.
CREATE TABLE counters (
    series TEXT PRIMARY KEY CHECK (series = 'call' OR series = 'request' OR series = 'task'),
    last   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE delegates (
    item     INTEGER NOT NULL REFERENCES items,
    position INTEGER NOT NULL,
    person   INTEGER NOT NULL REFERENCES persons,
    PRIMARY KEY (item, position),
    UNIQUE (item, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE forwards (
    item      INTEGER NOT NULL REFERENCES items,
    direction TEXT NOT NULL CHECK (direction IN ('by', 'to')),
    position  INTEGER NOT NULL,
    person    INTEGER NOT NULL REFERENCES persons,
    PRIMARY KEY (item, direction, position),
    UNIQUE (person, direction, item)
) STRICT, WITHOUT ROWID;

-- Bytes that somebody attached or sent; the same bytes are kept once.
CREATE TABLE contents (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE objects (
    id               INTEGER PRIMARY KEY,
    item             INTEGER NOT NULL REFERENCES items,
    name             TEXT NOT NULL,
    media_type       TEXT NOT NULL,
    size             INTEGER NOT NULL,
    security_profile TEXT NOT NULL,
    content          INTEGER NOT NULL REFERENCES contents
) STRICT;

CREATE INDEX objects_of_item ON objects (item);
CREATE INDEX objects_with_content ON objects (content);

CREATE TABLE history (
    id               INTEGER PRIMARY KEY,
    item             INTEGER NOT NULL REFERENCES items,
    at               INTEGER NOT NULL,
    by               INTEGER REFERENCES persons,
    format           TEXT NOT NULL CHECK (format IN ('text', 'html')),
    text             TEXT NOT NULL,
    hidden_from_user INTEGER NOT NULL DEFAULT 0 CHECK (hidden_from_user IN (0, 1)),
    security_profile TEXT,
    object           INTEGER REFERENCES objects
) STRICT;

CREATE INDEX history_of_item ON history (item);

-- What arrived, what was decided, what is still to be sent -------------------------------------------------

-- A line whose mail was handed back to be processed again is `superseded`: it stays as a trace.
CREATE TABLE ledger (
    id           INTEGER PRIMARY KEY,
    account      TEXT NOT NULL,
    identity     TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    origin       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    message_id   TEXT,
    sender       TEXT,
    subject      TEXT NOT NULL,
    outcome      TEXT NOT NULL
        CHECK (outcome = 'action' OR outcome = 'refuse' OR outcome = 'ignore' OR outcome = 'discard' OR outcome = 'quarantine'),
    word         TEXT NOT NULL,
    about        TEXT,
    disposition  TEXT NOT NULL CHECK (disposition IN ('delete', 'keep')),
    rule_set     TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    digest       TEXT NOT NULL,
    decision     TEXT NOT NULL,
    raw          INTEGER REFERENCES contents,
    superseded   INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX ledger_key ON ledger (sha256, account, identity) WHERE superseded = 0;
CREATE INDEX ledger_superseded ON ledger (sha256, account, identity) WHERE superseded = 1;
CREATE INDEX ledger_raw ON ledger (raw) WHERE raw IS NOT NULL;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    ledger     INTEGER NOT NULL REFERENCES ledger,
    ordinal    INTEGER NOT NULL,
    recipient  TEXT NOT NULL,
    reply      TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    at         INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state = 'waiting' OR state = 'sent' OR state = 'failed'),
    attempts   INTEGER NOT NULL DEFAULT 0,
    tried_at   INTEGER,
    last_error TEXT,
    UNIQUE (ledger, ordinal)
) STRICT;

CREATE INDEX outbox_recipient ON outbox (recipient, at);
CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'waiting';
CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';

CREATE TABLE quarantine (
    id         INTEGER PRIMARY KEY,
    ledger     INTEGER NOT NULL UNIQUE REFERENCES ledger,
    state      TEXT NOT NULL CHECK (state = 'kept' OR state = 'retried' OR state = 'dropped'),
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX quarantine_kept ON quarantine (id) WHERE state = 'kept';

-- Keys under which effects were performed without a line of the ledger.
CREATE TABLE performed (
    account  TEXT NOT NULL,
    identity TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (sha256, account, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE activations (
    id       INTEGER PRIMARY KEY,
    rule_set TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest   TEXT NOT NULL,
    reason   TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
