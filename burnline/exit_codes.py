"""What an exit code of `python -m burnline` means."""

SOURCE_FAILED = 1
BAD_INPUT = 2
STORE_UNUSABLE = 3
UNEXPECTED = 70
"""EX_SOFTWARE of sysexits.h: a defect of ours."""

MEANINGS = {
    0: "done",
    SOURCE_FAILED: "a source, a check or a sink failed",
    BAD_INPUT: "a setting, a parameter or a file cannot be used",
    STORE_UNUSABLE: "the store is locked, full, unreachable or too new",
    UNEXPECTED: "a defect of Burnline",
}

EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items()) + "."
