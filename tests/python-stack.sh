# For the checks that run Python against a local stack; the caller has set name and is in the project's root.
# Makes a folder $work, which is deleted at the end with the stack.

PYTHON_NEEDED=3.11
START_SECONDS=900
INSTALL_SECONDS=300
COMPLETE_SECONDS=60

say() { printf '%s: %s\n' "$name" "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
# A person may lack Python; continuous integration has it.
skip() {
  [ "${CI:-}" != true ] || fail "$*"
  say "SKIPPED: $*"
  exit 0
}

command -v python3 >/dev/null || skip "python3 was not found on the PATH"
command -v curl >/dev/null || skip "curl was not found on the PATH"
python3 -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$PYTHON_NEEDED'.split('.'))))" ||
  skip "Python $PYTHON_NEEDED or newer is required, not $(python3 --version)"

work=$(mktemp -d "${TMPDIR:-/tmp}/arena-$name.XXXXXX")
up=
stop() {
  if [ -n "$up" ]; then
    kill "$up" 2>/dev/null || true
    wait "$up" 2>/dev/null || true
  fi
  rm -rf -- "$work"
}
trap stop EXIT
trap 'exit 1' INT TERM

# Installs the pinned packages of a file into an environment in $work/venv: install_packages FILE
install_packages() {
  python3 -m venv "$work/venv" >"$work/pip.log" 2>&1 || skip "python3 cannot make a virtual environment (python3-venv)"
  timeout "$INSTALL_SECONDS" "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes --only-binary :all: -r "$1" >"$work/pip.log" 2>&1 && return
  grep -qiE 'connection|timed out|name resolution|proxy|no route|unreachable' "$work/pip.log" &&
    skip "the package index of Python cannot be reached"
  tail -n 5 "$work/pip.log" >&2
  fail "the packages of $1 could not be installed"
}

# Starts a stack on free ports, with its state in $ARENA_HOME, and sets $url; its output is in $work/up.log.
start_stack() {
  export ARENA_HOME=$work/arena
  ARENA_PORT=0 ARENA_REDIS_PORT=0 ./arena up >"$work/up.log" 2>&1 </dev/null &
  up=$!
  local waited=0
  until grep -q 'Ctrl-C stops everything' "$work/up.log"; do
    kill -0 "$up" 2>/dev/null || { up= && tail -n 20 "$work/up.log" >&2 && fail "the stack did not start"; }
    [ $((waited += 1)) -lt "$START_SECONDS" ] || fail "the stack is not ready after $START_SECONDS s"
    sleep 1
  done
  url=$(cat "$ARENA_HOME/url")
}

# Calls the stack, with $token if it is set: ask PATH CURL_OPTIONS...
ask() {
  curl -sS --noproxy '*' --max-time 30 -H @<(printf '%s' "${token:+authorization: Bearer $token}") "$url$1" "${@:2}"
}

# Plays a run of some turns to its end, and sets $run: play TURNS
play() {
  run=$(ask /runs -H 'content-type: application/json' -d "{\"n_turns\":$1}" | sed -n 's/.*"run_id":"\([0-9a-f]*\)".*/\1/p')
  [ -n "$run" ] || fail "no run was started"
  local waited=0
  until ask "/runs/$run" | grep -q '"status":"complete"'; do
    [ $((waited += 1)) -lt "$COMPLETE_SECONDS" ] || fail "the run is not complete after $COMPLETE_SECONDS s"
    sleep 1
  done
}

# Waits until every run has ended.
await_no_runs() {
  local waited=0
  until ask '/runs?status=running&limit=1' | grep -qx '\[\]'; do
    [ $((waited += 1)) -lt "$COMPLETE_SECONDS" ] || fail "a run is open after $COMPLETE_SECONDS s"
    sleep 1
  done
}
