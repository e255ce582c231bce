//! Runs the command as people do; what it prints is in `cmd/`. `TRYCMD=overwrite cargo test -p spansieve-cli --test cli` writes it anew.

/// Compiled plugins are kept between runs of the tests, and apart from those of whoever runs them.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/plugins");

#[test]
fn the_command_prints_what_the_cases_say() {
    trycmd::TestCases::new().env("SPANSIEVE_CACHE_DIR", CACHE).case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}
