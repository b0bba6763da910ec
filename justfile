# `just --list` shows what can be done here. Every recipe is one plain command: read it off.

set positional-arguments := true
set shell := ["bash", "-cu"]

_default:
    @just --list --unsorted

# Run a scenario in simulation, and write its results and its report to runs/
simulate file *arguments:
    cargo run --release --locked --package swarmlab -- simulate "$@"

# Compare variants of a scenario over the same seeds (`just compare scenarios/slow-seed.toml --vary leecher.picker=rarest-first,random`)
compare file *arguments:
    cargo run --release --locked --package swarmlab -- compare "$@"

# A sweep of 200 runs on a one-node Slurm, with a task and the node's daemon killed in between: the same bytes as one process; installs Slurm (Debian, root; four minutes beside heavy builds)
slurm *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/slurm/setup.sh || true
    cli/tests/slurm/slurm.py --swarmlab target/release/swarmlab --folder target/slurm "$@"

# Did a change make swarms worse? The scenarios and seeds of a baseline again, each measure beside what it was (20 s on 2 cores)
gate *arguments:
    cargo run --release --locked --package swarmlab -- gate --baseline baselines/swarms.toml "$@"

# Measure the baseline of `just gate` again, on a commit that is as it should be (20 s on 2 cores)
baseline *arguments:
    cargo run --release --locked --package swarmlab -- baseline baselines/swarms.toml "$@"

# How often the gate fails for nothing, and the smallest slowdown that it finds: the table in docs/gate.md (an hour of processor time)
gate-quality *arguments:
    cargo run --release --locked --package swarmlab -- gate-quality --baseline baselines/swarms.toml "$@"

# Look for a scenario in which a property does not hold (1,000 random swarms; `just explore --minutes 60`, `--world turmoil`)
explore *arguments:
    cargo run --release --locked --package swarmlab -- explore "$@"

# Hold the simulation against proved bounds, published measurements and models (about half an hour on 2 cores)
validate *arguments:
    cargo run --release --locked --package swarmlab -- validate "$@"

# The same scenarios in the event world and in the turmoil world: the table in docs/worlds.md (three minutes on 2 cores; exit code 10 where they differ by more than 10 %)
worlds *arguments:
    cargo run --release --locked --package swarmlab -- worlds scenarios/worlds/*.toml --page docs/worlds.md "$@"

# Plant bugs on purpose, and see whether the search finds them: the page in docs/mutants.md (an hour and more beside other work; `--only` names some)
mutants *arguments:
    cargo run --release --locked --package swarmlab -- mutants --page docs/mutants.md "$@"

# Change the code one place at a time, and see whether a unit test notices: the table in docs/cargo-mutants.md (an hour)
cargo-mutants *arguments:
    cargo mutants --version || cargo install cargo-mutants --locked
    for crate in engine sim; do \
        mkdir -p target/cargo-mutants/$crate; \
        CARGO_TARGET_DIR=$PWD/target/cargo-mutants/build PROPTEST_CASES=64 \
            cargo mutants --package swarmlab-$crate --output target/cargo-mutants/$crate "$@" || [ $? -eq 2 -o $? -eq 3 ]; \
    done
    .cargo/mutants-table.py target/cargo-mutants/*/mutants.out/outcomes.json

# Make the report of a run again from its folder; of several, one page that compares them
report +directories:
    cargo run --release --locked --package swarmlab -- report "$@"

# Open reports of 5, 200 and 1,000 peers in headless Chromium and use them as a reader does; installs it (Debian, root)
pages:
    cargo build --release --locked --package swarmlab
    reports/tests/browser/setup.sh target/browser || true
    reports/tests/browser/run.sh target/release/swarmlab target/browser

# All tests (about three minutes once they are built, on 2 cores)
test:
    cargo test --workspace --locked

# All tests with other cases of the property tests than every other time, ten times as many; says which
properties *arguments:
    seed=$RANDOM$RANDOM && echo "PROPTEST_RNG_SEED=$seed" && \
        PROPTEST_RNG_SEED=$seed PROPTEST_CASES=2560 cargo test --workspace --locked "$@"

# Formatting, clippy and the documentation, as CI looks at them
lint:
    cargo fmt --all --check
    cargo fmt --manifest-path fuzz/Cargo.toml --check
    cargo clippy --workspace --all-targets --locked -- --deny warnings
    RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --locked

# Draw the README's picture again (30 s)
picture:
    just simulate scenarios/flash-crowd.toml --out runs/picture
    mkdir -p docs && cp runs/picture/plots/pieces.svg docs/flash-crowd.svg

# Write the descriptions of the formats again: the manual pages of scenarios and of tables, and the schema for editors
describe:
    cargo run --locked --package swarmlab -- schema --reference > docs/scenario.md
    cargo run --locked --package swarmlab -- schema > docs/scenario.schema.json
    cargo run --locked --package swarmlab -- schema --tables > docs/tables.md

# Fuzz one target for so many seconds (60), with what it found interesting before in fuzz/corpus/; fuzz/run lists them
fuzz target *seconds:
    fuzz/run "$@"

# Every fuzz target for ten seconds; installs cargo-fuzz (four minutes with the build)
fuzz-smoke:
    fuzz/run smoke

# Make the inputs again with which the fuzz targets begin
fuzz-seeds:
    fuzz/make_seeds.py

# Criterion benchmarks of the hot pieces
bench *arguments:
    cargo bench --locked --package swarmlab-benches -- "$@"

# What a block and a peer cost as swarms grow: the table and the drawing in docs/scale.md (20 minutes; with 10000 in `--peers` an hour more; 100000 takes hours, and perhaps more than 16 GiB). Counts instructions if valgrind is there
scale *arguments:
    cargo build --release --locked --package swarmlab
    benches/setup.sh || true
    benches/scale.py --swarmlab target/release/swarmlab --page docs/scale.md "$@"

# What a block costs, and where: the second table of docs/scale.md; needs valgrind (three minutes)
profile *arguments:
    cargo build --release --locked --package swarmlab
    benches/setup.sh || true
    benches/profile.py --swarmlab target/release/swarmlab --page docs/scale.md "$@"

# What a large swarm waits for: lines of memory that a cache of 1 MiB lacks, by the room that asks for them; `--top 30` names the functions; needs valgrind (ten minutes)
fetches *arguments:
    cargo build --release --locked --package swarmlab
    benches/setup.sh || true
    benches/profile.py --swarmlab target/release/swarmlab --fetches --page docs/scale.md "$@"

# A binary optimised by a profile of itself, a sixth faster, the same results: target/fastest/swarmlab (eleven minutes on one core; adds rustup's llvm-tools)
fastest:
    benches/fastest.sh target/fastest

# What it brings to split one run among threads: one swarm of real engines and a plain network, by one thread, two and four, with the same digest (half a minute once it is built, on 2 idle cores; simulated seconds and sizes can be given)
lookahead *arguments:
    cargo run --release --locked --package swarmlab-benches --example lookahead -- "$@"

# Whether small swarms execute more instructions than baselines/instructions.json says, by more than 5 %; installs valgrind (Debian, root; a minute). `--write` measures the numbers anew
instructions *arguments:
    cargo build --release --locked --package swarmlab
    benches/setup.sh || true
    benches/instructions.py --swarmlab target/release/swarmlab "$@"

# What the network's granularity costs and changes: the table in docs/granularity.md (about 15 minutes)
granularity *arguments:
    cargo build --release --locked --package swarmlab
    benches/granularity.py --swarmlab target/release/swarmlab "$@"

# Exchange every fixture with other people's clients over loopback, both ways, by file and by magnet link, and peers with libtorrent; installs them (Debian, root; five minutes, `--diagonal` one)
interop *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/interop/setup.sh target/interop || true
    cli/tests/interop/interop.py --tools target/interop --swarmlab target/release/swarmlab --results target/interop/results "$@"
    target/interop/libtorrent/bin/python cli/tests/interop/libtorrent_exchange.py target/release/swarmlab

# Let other people's clients and ours find each other through our tracker, over HTTP and UDP (three minutes; `--diagonal` half a one)
interop-trackers *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/interop/setup.sh target/interop || true
    cli/tests/interop/trackers.py --tools target/interop --swarmlab target/release/swarmlab --results target/interop/results "$@"

# Swarms of many makes through our tracker: eight downloaders with our seed and with another's, and what super-seeding saves (three minutes; Linux, root)
interop-swarms:
    cargo build --release --locked --package swarmlab
    cli/tests/interop/setup.sh target/interop || true
    cli/tests/interop/mixed.py --tools target/interop --swarmlab target/release/swarmlab --results target/interop/results
    cli/tests/interop/super_seed.py --tools target/interop --swarmlab target/release/swarmlab --results target/interop/results

# All of it, and the page of its results, docs/interop.md; compiles rqbit as well (half an hour the first time)
interop-page:
    cli/tests/interop/setup.sh target/interop rqbit || true
    just interop || true
    just interop-trackers || true
    just interop-swarms || true
    cli/tests/interop/page.py --results target/interop/results --page docs/interop.md

# Five hundred peers at one seed; and how fast one connection over loopback is, 4 GiB from file to file, beside libtorrent and, if `setup.sh target/interop rqbit` has compiled it, rqbit (five minutes, 9 GiB of disk)
throughput *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/interop/setup.sh target/interop || true
    cli/tests/interop/crowd.py --swarmlab target/release/swarmlab
    cli/tests/interop/throughput.py --tools target/interop --swarmlab target/release/swarmlab "$@"

# Capture swarms and let tshark's dissectors read all of it; installs it (Debian, root)
captures *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/captures/setup.sh || true
    cli/tests/captures/captures.py --swarmlab target/release/swarmlab "$@"

# Open every table of a run with DuckDB and pandas, against docs/tables.md; installs them (PyPI)
tables *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/tables/setup.sh target/tables || true
    cli/tests/tables/tables.py --tools target/tables --swarmlab target/release/swarmlab "$@"

# The shipped client in a real shaped network, beside other clients and its own simulation (Debian, root; 45 minutes)
reality *arguments:
    cargo build --release --locked --package swarmlab
    cli/tests/reality/setup.sh target/interop || true
    target/interop/libtorrent/bin/python cli/tests/reality/reality.py \
        --tools target/interop --swarmlab target/release/swarmlab "$@"

# Fifty seeds of the flash crowd against the lower bound (about 12 minutes); a run that beats it ends with exit code 11
bound:
    cargo build --release --locked --package swarmlab
    for seed in $(seq 50); do \
        target/release/swarmlab simulate scenarios/flash-crowd.toml --seed $seed --no-metrics | grep -E 'seed|bound'; \
        [ ${PIPESTATUS[0]} = 0 ] || exit 11; \
    done
