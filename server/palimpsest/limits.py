"""Every limit of the server, by name: the one table that code, --help and documentation share."""

from dataclasses import dataclass, field, fields

KIB = 1024
MIB = 1024 * KIB


def _limit(value: int, unit: str, when_reached: str) -> int:
    return field(default=value, metadata={"unit": unit, "when_reached": when_reached})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of anything is too much; each field's metadata says its unit and what happens."""

    unauthenticated_bytes_max: int = _limit(64 * KIB, "bytes", "the socket is closed")
    unauthenticated_messages_max: int = _limit(100, "messages", "the socket is closed")
    unauthenticated_seconds_max: int = _limit(10, "seconds", "the socket is closed")
    documents_per_socket_max: int = _limit(100, "documents", "the socket is closed")
    message_bytes_max: int = _limit(8 * MIB, "bytes", "the socket is closed with 1009")
    message_fragments_max: int = _limit(16, "fragments", "the socket is closed with 1009")
    control_frames_per_second_max: int = _limit(10, "frames/s", "the socket is closed")
    unsent_bytes_max: int = _limit(
        256 * KIB, "bytes", "the session is skipped, and caught up once it has drained"
    )
    undrained_seconds_max: int = _limit(30, "seconds", "the socket is closed with 1013")
    updates_per_second_max: int = _limit(1000, "updates/s", "the socket is read more slowly")
    update_bytes_per_second_max: int = _limit(MIB, "bytes/s", "the socket is read more slowly")
    presence_per_second_max: int = _limit(20, "messages/s", "the socket is read more slowly")
    rate_debt_seconds_max: int = _limit(60, "seconds", "the socket is closed with 1008")
    unsettled_bytes_max: int = _limit(
        MIB, "bytes", "the socket is not read until its edits have been committed"
    )
    update_bytes_max: int = _limit(8 * MIB, "bytes", "the update is refused")
    update_structs_max: int = _limit(500_000, "structs", "the update is refused")
    update_deleted_ranges_max: int = _limit(200_000, "ranges", "the update is refused")
    update_clients_max: int = _limit(10_000, "client ids", "the update is refused")
    update_nesting_max: int = _limit(64, "levels of types", "the update is refused")
    update_json_depth_max: int = _limit(32, "levels of JSON or Any", "the update is refused")
    update_key_bytes_max: int = _limit(KIB, "bytes", "the update is refused")
    scan_inline_bytes_max: int = _limit(16 * KIB, "bytes", "the update is scanned in a thread")
    presence_bytes_max: int = _limit(4 * KIB, "bytes of JSON", "the presence is ignored")
    presence_depth_max: int = _limit(8, "levels of JSON", "the presence is ignored")
    waiting_updates_max: int = _limit(
        64, "updates", "the session accepts no more writes until its Step2 has come"
    )
    state_vector_clients_max: int = _limit(10_000, "client ids", "the message is malformed")
    document_bytes_max: int = _limit(
        32 * MIB, "bytes of encoded state", "growth is refused; reading and deleting go on"
    )
    engine_bytes_max: int = _limit(
        1024 * MIB, "bytes over its base", "the engine restarts, the culprit is refused"
    )
    engine_update_seconds_max: int = _limit(
        2, "seconds of CPU for one update", "the engine restarts, the culprit is refused"
    )
    engine_open_seconds_max: int = _limit(
        60, "seconds of CPU to load a part", "the engine restarts, the document is closed"
    )
    updates_at_once: int = _limit(
        10_000,
        "recorded updates in a part",
        "a document is loaded in parts, each with its own time",
    )
    live_documents_bytes_max: int = _limit(
        256 * MIB, "bytes of documents in memory", "documents without sessions are unloaded"
    )
    content_nodes_max: int = _limit(
        200_000, "elements, pieces of text and values", "what follows is not shown"
    )
    content_depth_max: int = _limit(
        100, "levels of types and values", "what is deeper is not shown"
    )
    content_array_items_max: int = _limit(
        10_000, "items of a document's arrays", "what follows is not shown"
    )
    code_coloured_characters_max: int = _limit(
        30_000, "characters of one block of code", "readers see it without colours"
    )
    formula_characters_max: int = _limit(
        5000, "characters of one formula", "readers see its source"
    )
    page_dressed_characters_max: int = _limit(
        100_000, "characters of a page's code and formulas", "the rest is shown as it is written"
    )
    dressing_milliseconds_max: int = _limit(
        250, "milliseconds of CPU for one code or formula", "readers see it as it is written"
    )
    checkpoint_bytes_min: int = _limit(
        64 * KIB, "bytes of updates", "after so many at the least, a document's state is saved"
    )
    projection_seconds_max: int = _limit(
        60, "seconds of CPU, anew with each part", "the projector restarts; twice: it is parked"
    )
    projection_bytes_max: int = _limit(
        256 * MIB, "bytes of documents in memory", "those used longest ago are let go"
    )
    replay_seconds_max: int = _limit(
        20, "seconds of CPU to show a version", "the worker restarts; twice: it is not shown"
    )
    replay_bytes_max: int = _limit(
        128 * MIB, "bytes of documents in memory", "those used longest ago are let go"
    )
    replays_waiting_max: int = _limit(100, "requests", "further ones are told to come later")
    snapshots_bytes_max: int = _limit(
        64 * MIB, "bytes of snapshots in memory", "those read longest ago are let go"
    )
    streams_max: int = _limit(10_000, "event streams", "further ones are told to come later")
    stream_snapshot_bytes_max: int = _limit(
        256 * KIB, "bytes of HTML", "a stream tells of the snapshot and does not hold it"
    )
    file_bytes_max: int = _limit(20 * MIB, "bytes", "the file is refused")
    picture_pixels_max: int = _limit(100_000_000, "pixels", "the picture is refused")
    document_files_max: int = _limit(1000, "files of one document", "further ones are refused")
    document_files_bytes_max: int = _limit(
        512 * MIB, "bytes of one document's files", "further ones are refused"
    )
    files_bytes_max: int = _limit(
        16 * 1024 * MIB, "bytes of all documents' files", "further ones are refused"
    )
    files_free_disk_bytes_min: int = _limit(
        512 * MIB, "bytes", "where less is free, files are refused: the room is for what is typed"
    )
    uploads_max: int = _limit(8, "files at once", "further ones are told to come later")
    upload_seconds_max: int = _limit(300, "seconds to send a file", "it is given up")
    batch_edits_max: int = _limit(4096, "edits in one commit", "the rest goes into the next")
    batch_bytes_max: int = _limit(16 * MIB, "bytes in one commit", "the rest goes into the next")
    gather_documents_min: int = _limit(
        16, "documents written in in 0.1 s", "their edits are gathered and committed together"
    )
    gather_milliseconds: int = _limit(
        4, "milliseconds since the last batch", "gathered edits are committed"
    )
    room_gather_sessions_min: int = _limit(
        32, "sessions in a room", "its edits are gathered, committed and sent together"
    )
    room_gather_milliseconds: int = _limit(
        20, "milliseconds since a large room last heard news", "gathered edits are committed"
    )
    room_presence_milliseconds: int = _limit(
        80, "milliseconds since a large room last saw who moved", "the next edits take it along"
    )
    presence_tick_milliseconds: int = _limit(30, "milliseconds", "changed presence is sent")
    keepalive_seconds: int = _limit(20, "seconds of silence", "something small is sent")
    pong_seconds_max: int = _limit(20, "seconds", "the socket is closed")
    shutdown_seconds_max: int = _limit(10, "seconds", "connections are cut")
    free_disk_bytes_min: int = _limit(
        16 * MIB, "bytes", "after the disk was full, writes are refused until this much is free"
    )


def table() -> list[tuple[str, int, str, str]]:
    """Return the limits as rows: name, default, unit, what happens when it is reached."""
    defaults = Limits()
    return [
        (
            item.name,
            getattr(defaults, item.name),
            item.metadata["unit"],
            item.metadata["when_reached"],
        )
        for item in fields(Limits)
    ]


def flags(limits: Limits) -> list[str]:
    """Return the arguments that have another command of ours keep to the same limits."""
    found: list[str] = []
    for name, default, _, _ in table():
        if (number := getattr(limits, name)) != default:
            found += ["--limit", f"{name}={number}"]
    return found
