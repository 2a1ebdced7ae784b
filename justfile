# Every command a developer needs. `just` lists them.

_list:
    @just --list --unsorted

# Serve from ./data, making it when it is absent.
run *ARGS:
    cargo run -- serve {{ARGS}}

# Fill an empty folder with a demonstration province and serve it.
demo *ARGS:
    cargo run --release -- demo {{ARGS}}

# Format, lints and tests on SQLite.
test:
    bin/test quick

# Everything, on both engines and in a browser.
test-all:
    bin/test

# What needs no test to run: format, lints, documentation; licences and advisories where cargo-deny is installed.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
    if cargo deny --version >/dev/null 2>&1; then cargo deny --all-features check; else echo "LEFT OUT: cargo deny, because it is not installed"; fi

# The journeys in a browser alone.
e2e: && _journeys
    cargo build --release --locked
    cd e2e && npm ci --no-audit --no-fund

_journeys:
    cd e2e && MOTCUA_BIN="$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/release/motcua" node --test --test-concurrency=1

# How fast it is, as ratios to work of the same run: `just bench`, or `just bench search`.
bench NAME="*":
    cargo bench --package motcua-bench --bench '{{NAME}}'

# Fill a folder with a simulated population: `just simulate bench/specs/province-10000.toml DIR`.
simulate SPEC DIR *ARGS:
    cargo run --release --locked -- simulate --spec {{SPEC}} --data {{DIR}} {{ARGS}}

# Officers against a server on a simulated population, beside the bare engine of the same run.
load DIR *ARGS:
    cargo build --release --locked --workspace --bins
    target/release/load --server target/release/motcua --data {{DIR}} {{ARGS}}

# Kill a server under load, again and again, and look for everything it acknowledged.
faults ROUNDS="100" *ARGS:
    cargo build --release --locked --workspace --bins
    target/release/faults --server target/release/motcua --rounds {{ROUNDS}} {{ARGS}}

# Call the API with what its document allows and forbids. Needs python3 with its module venv.
fuzz-api ROUNDS="1":
    cargo build --release --locked
    [ -x target/fuzz-api/bin/python ] || python3 -m venv target/fuzz-api
    target/fuzz-api/bin/pip install --quiet --disable-pip-version-check --no-deps -r fuzz/api/requirements.txt
    MOTCUA_FUZZ_ROUNDS={{ROUNDS}} target/fuzz-api/bin/python fuzz/api/run.py target/release/motcua

# Begin a migration: makes the file with the next number and says where to name it.
migration NAME:
    #!/usr/bin/env bash
    set -euo pipefail
    cd crates/server/migrations
    last=$(ls [0-9]*.sql | LC_ALL=C sort | tail -n 1 | cut -d_ -f1)
    file=$(printf '%04d_%s.sql' $((10#$last + 1)) '{{NAME}}')
    echo "-- {{NAME}}: say why." > "$file"
    echo "crates/server/migrations/$file: now name it in crates/server/src/migrations.rs"

# Compile the style sheets and fetch the vendored script and fonts again. Needs node.
css:
    crates/server/sass/build
