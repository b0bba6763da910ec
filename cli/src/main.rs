//! The `swarmlab` command: parses arguments, calls the rooms below, prints.

mod command;
mod exit;
mod failure;
mod identity;
mod interrupts;
mod text;
mod usage;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use command::Command;

/// A simulated swarm is many small things all over the memory, and the processor's table of pages is what it waits for: this
/// allocator asks the system for large pages.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A laboratory for BitTorrent swarms, and the client that runs in it.
#[derive(Parser)]
#[command(name = "swarmlab", version, after_help = exit::help())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    // Wrong use ends here, with clap's own exit code 2, which is Exit::WrongUse.
    let arguments = Arguments::parse();
    let exit = arguments.command.run().unwrap_or_else(|failure| {
        eprintln!("{failure}");
        failure.exit
    });
    ExitCode::from(exit as u8)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
