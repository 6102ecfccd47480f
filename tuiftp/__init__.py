"""tuiftp: a dual-pane FTP file manager for the terminal that shows why a data connection fails.

The packages, in reading order: each one imports only what stands above it (`lint-imports` checks it).

    choices, entries, events, errors, secret   values that all share: enumerations, directory entries, event bus
    protocol/    pure text and values of FTP: replies, PORT/227, FEAT, paths, URLs, listing dialects, charsets
    wirelog/     the protocol log: records, conversations, finding rules, explanations, other clients' logs
    files/       what a place with files offers (`site.py`, `endpoint.py`), tree walks, part files, the local disk
    storage/     settings, saved sites, passwords, themes, imports; where each file lies
    ftp/         FTP over sockets: site > pool > endpoint > transfer/ > commands/ > session > data/ > control/ > tls/
    transfers/   the queue between any two places: planner, dispatcher, workers (download, upload, relay), retry,
                 conflicts, its SQLite store
    demo/        the built-in server, and the lab: servers that are wrong in a way that has a name
    ui/          the screen (Textual): a folder for each part; `main/` puts them together, `commands/` has the keys
    cli/         the command line: arguments, the start of the app, `ls`, `get`, `put`, `probe`, `log`, `lab`

Where to start for a change:

    "PASV reply is misread"     protocol/addresses.py (`parse_pasv_reply`); then ftp/data/passive.py, which connects
    "progress bar is wrong"     ui/transfers/rows.py draws it (`_bar`); transfers/speed_meter.py: speed, time left
    "add a setting"             storage/settings.py: one field with title, help and check; screen and file follow
    "add a key"                 a row in ui/commands/ (main, file_list, transfers, log, exchange, sites), and
                                `action_<id>` on the widget or screen of its scope
    "a new finding rule"        wirelog/findings/passive.py, active.py or control.py; its sentences in texts.py
    "another protocol"          files/site.py (connect, pool, diagnostics) and files/endpoint.py (tree, transfers) are
                                what it has to offer; files/local_site.py is the smallest example, ftp/site.py the
                                largest; cli/compose.py opens a site by the scheme of its URL

Tests lie in folders of the same names; `tests/support` has the servers that they run against.
"""

__version__ = "0.1.0"
