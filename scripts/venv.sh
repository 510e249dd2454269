#!/usr/bin/env bash
# Makes .venv with the pinned packages of the given file. Says what is missing and how to install it.
set -euo pipefail
requirements=$1

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Burnline needs Python 3.11 or newer: sudo apt-get install python3" >&2
  exit 1
fi

if [ ! -x .venv/bin/python ]; then
  if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  echo "Making .venv …"
  "$python" -m venv .venv
fi

echo "Installing the packages of $requirements (a minute or two the first time) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$requirements" || {
  echo "The packages could not be installed; the lines above say why. Check the network and the disk, then run again." >&2
  exit 1
}
