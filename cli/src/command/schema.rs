//! `swarmlab schema`: the formats of scenarios and of results, for editors and for people.

use clap::Args;
use swarmlab_sim::results;
use swarmlab_sim::scenario::describe;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::say;

/// Print the format of scenario files.
///
/// Without options it is a JSON Schema (draft 2020-12): every key, its values, its default and what it means. An editor
/// with the Taplo language server, such as VS Code with Even Better TOML, checks and completes a scenario whose first
/// line names the schema's file:
///
///   #:schema ../docs/scenario.schema.json
///
/// The path is relative to the scenario. What no single key shows, such as the name of a group that is not there, is
/// found by `swarmlab simulate` alone.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  swarmlab schema > scenario.schema.json
  swarmlab schema --reference > scenario.md
  swarmlab schema --tables > tables.md"
)]
pub struct Arguments {
    /// Print the manual page of the format in Markdown instead.
    #[arg(long)]
    reference: bool,
    /// Print the manual page of the tables that a run writes, column by column, in Markdown instead.
    #[arg(long, conflicts_with = "reference")]
    tables: bool,
}

pub fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let text = match arguments {
        Arguments { reference: true, .. } => describe::reference(),
        Arguments { tables: true, .. } => results::reference(),
        _ => describe::json_schema(),
    };
    say(text.trim_end());
    Ok(Exit::Fine)
}
