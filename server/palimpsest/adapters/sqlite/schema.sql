-- The log. Positions have no gaps, versions are unique in their document, rows are never changed.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);

-- Kind 1 is update_recorded.v1, which the partial index below leaves out.
CREATE TABLE kinds (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Who acted, in which session; written with the first event that refers to it.
CREATE TABLE origins (
    number INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    principal TEXT NOT NULL,
    name TEXT NOT NULL
);

-- A secret seed for each run of a document's events: without it, digests tell nothing of payloads.
CREATE TABLE seeds (
    document INTEGER NOT NULL,
    run INTEGER NOT NULL,
    seed BLOB NOT NULL,
    PRIMARY KEY (document, run)
) WITHOUT ROWID;

CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents,
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL REFERENCES kinds,
    origin INTEGER NOT NULL REFERENCES origins,
    time INTEGER NOT NULL, -- milliseconds since 1970
    payload BLOB NOT NULL,
    link BLOB NOT NULL
);
CREATE UNIQUE INDEX versions ON events (document, version);
CREATE INDEX facts ON events (document, version) WHERE kind <> 1;

-- What became of the newest batches, for whoever did not live to hear the answer.
CREATE TABLE batches (identifier INTEGER PRIMARY KEY, outcomes BLOB NOT NULL);
