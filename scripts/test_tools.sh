#!/usr/bin/env bash
# What the tests need besides Python packages: a browser, PostgreSQL's programs and promtool. Uses what is there,
# installs what is not, and fails with the command to run when it may not install.
set -euo pipefail

apt_install() {
  local what=$1
  shift
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    sudo="sudo -n"
    if ! sudo -n true 2>/dev/null; then
      echo "The tests need $what: sudo apt-get install $*" >&2
      exit 1
    fi
  fi
  echo "Installing $what …"
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$@"; } >/dev/null || {
    echo "The tests need $what, and it could not be installed: sudo apt-get install $*" >&2
    exit 1
  }
}

has_browser() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}/chromium-*/chrome-linux*/chrome" >/dev/null
}

has_postgres() {
  command -v initdb >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null
}

tools=.venv/tools

has_promtool() {
  command -v promtool >/dev/null || [ -x "$tools/usr/bin/promtool" ]
}

# Unpacked, not installed: the package would start a server, and unpacking needs no root.
unpack_prometheus() {
  mkdir -p "$tools"
  (cd "$tools" && apt-get download -qq prometheus >/dev/null 2>&1) && dpkg -x "$tools"/prometheus_*.deb "$tools" && rm "$tools"/prometheus_*.deb
}

has_browser || timeout 300 .venv/bin/python -m playwright install chromium >/dev/null 2>&1 || apt_install "a browser" chromium
has_browser || apt_install "a browser" chromium
has_postgres || apt_install "PostgreSQL's programs" postgresql
if ! has_promtool; then
  echo "Unpacking promtool …"
  unpack_prometheus || apt_install "promtool" prometheus
fi
