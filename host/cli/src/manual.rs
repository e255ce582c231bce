//! `spansieve completions` and `spansieve man`: what shells and `man` want to know of the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::Cli;

/// Print what a shell needs to complete the command line
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  spansieve completions bash > /etc/bash_completion.d/spansieve
  spansieve completions zsh > ~/.zfunc/_spansieve
  spansieve completions fish > ~/.config/fish/completions/spansieve.fish")]
pub(crate) struct Completions {
    shell: Shell,
}

/// Write the manual pages, one for each subcommand
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  spansieve man --dir /usr/local/share/man/man1")]
pub(crate) struct Man {
    /// Where to write them; the folder has to be there
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

pub(crate) fn completions(args: Completions) -> Result<ExitCode> {
    clap_complete::generate(args.shell, &mut Cli::command(), "spansieve", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(args: Man) -> Result<ExitCode> {
    clap_mangen::generate_to(Cli::command(), &args.dir)
        .with_context(|| format!("cannot write manual pages into {}", args.dir.display()))?;
    Ok(ExitCode::SUCCESS)
}
