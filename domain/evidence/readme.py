"""What stands in every pack for whoever opens it without Burnline."""

TEXT = """\
Evidence from Burnline
======================

manifest.json       what this is about: organisation, span, scope, versions, and for each file the
                    question it answers, its rows, its SHA-256, its query and the query's parameters
SHA256SUMS          the SHA-256 of every other file
data_handling.json  how data were handled by the settings of the moment at which the pack was made
*.csv               the answers: UTF-8, one header line, fields as RFC 4180, lines end in LF.
                    Times are UTC. An empty field means unknown or none; 0 means measured, none.
queries/            the text of the query behind each CSV file

To verify it without Burnline
-----------------------------

    unzip burnline-evidence-*.zip -d pack && cd pack
    sha256sum --check SHA256SUMS

Every line must end in OK, and no file may be there that SHA256SUMS does not name. The overall hash
of the manifest is that of the lines of SHA256SUMS without the manifest's own:

    grep -v '  manifest.json$' SHA256SUMS | sha256sum

To verify it with Burnline
--------------------------

    python -m burnline evidence verify burnline-evidence-*.zip

Hashes show that nothing was changed since the pack was made by somebody who could not write the hashes
anew. Who needs more compares the SHA-256 of the zip with the one that Burnline's access log holds since
the export ("exported evidence"), or keeps it somewhere else. The same data give the same zip, so the
export may also be run again and compared.

Text in the CSV files is as its source delivered it. A spreadsheet may take text that begins with =, +,
- or @ for a formula: import such columns as text.
"""
