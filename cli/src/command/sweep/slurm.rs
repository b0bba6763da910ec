//! Scripts for Slurm, and how they are submitted.
//!
//! The merge waits for the end of the array, not for its success (`afterany`): what a scheduler says of a task is no evidence,
//! neither that it ran nor that it did not. The files are.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;

const ARRAY: &str = "array.sh";
const MERGE: &str = "merge.sh";

/// The scripts of a sweep.
pub struct Jobs {
    /// Where they are, and their logs.
    pub folder: PathBuf,
}

/// What the scripts call.
pub struct Call {
    /// The executable.
    pub executable: PathBuf,
    /// The folder of the sweep.
    pub folder: PathBuf,
    /// How many shards.
    pub shards: u32,
    /// Processors of a task.
    pub cpus: u16,
}

/// A call of sbatch.
pub struct Submission {
    arguments: Vec<String>,
}

impl Jobs {
    /// Writes both scripts, with these options of sbatch.
    pub fn write(&self, name: &str, call: &Call, options: &[String]) -> io::Result<()> {
        // Names may have spaces and quotes, which sbatch would read in its own way.
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let options: String = options.iter().map(|option| format!("#SBATCH {option}\n")).collect();
        let sweep = format!("exec {} sweep", quoted(&call.executable.display().to_string()));
        let folder = quoted(&call.folder.display().to_string());
        let Call { shards, cpus, .. } = call;
        let array = format!(
            "#!/bin/sh
#SBATCH --job-name=sweep-{name}
#SBATCH --output=%A_%a.log
#SBATCH --cpus-per-task={cpus}
#SBATCH --requeue
{options}
# Written by `swarmlab sweep submit`. Finished runs are skipped, so a task may be run again at any time.
{sweep} exec {folder} --threads {cpus} --shard \"$SLURM_ARRAY_TASK_ID/{shards}\"
"
        );
        let merge = format!(
            "#!/bin/sh
#SBATCH --job-name=merge-{name}
#SBATCH --output=merge_%j.log
{options}
# Written by `swarmlab sweep submit`. Ends with 13, and says which, if runs are missing.
{sweep} merge {folder}
"
        );
        fs::write(self.folder.join(ARRAY), array)?;
        fs::write(self.folder.join(MERGE), merge)
    }

    /// The array, of these shards.
    pub fn array(&self, shards: &str) -> Submission {
        self.submission(ARRAY, vec![format!("--array={shards}")])
    }

    /// The merge, after the array.
    pub fn merge(&self, array: &str) -> Submission {
        let options = vec![format!("--dependency=afterany:{array}"), "--kill-on-invalid-dep=yes".to_owned()];
        self.submission(MERGE, options)
    }

    fn submission(&self, script: &str, options: Vec<String>) -> Submission {
        let mut arguments = vec!["--parsable".to_owned(), format!("--chdir={}", self.folder.display())];
        arguments.extend(options);
        arguments.push(self.folder.join(script).display().to_string());
        Submission { arguments }
    }
}

impl Submission {
    /// As it would be typed.
    pub fn in_words(&self) -> String {
        let words: Vec<String> = self.arguments.iter().map(|argument| quoted(argument)).collect();
        format!("sbatch {}", words.join(" "))
    }

    /// Submits it, and answers the number of the job.
    pub fn submit(&self) -> Result<String, Failure> {
        let dry = "--dry-run writes the scripts, and prints the commands that submit them";
        let output = Command::new("sbatch")
            .args(&self.arguments)
            .output()
            .map_err(|error| Failure::new(format_args!("cannot start sbatch: {error}")).remedy(dry))?;
        let (said, refused) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // JOB, or JOB;CLUSTER.
        let job = said.trim().split(';').next().unwrap_or_default();
        if !output.status.success() || job.is_empty() {
            return Err(Failure::new(format_args!("sbatch: {}", refused.trim())).remedy(dry));
        }
        Ok(job.to_owned())
    }
}

/// For a shell: plain words as they are, others in quotes.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,%+@".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_what_was_meant() {
        for text in ["plain", "two words", "it's", "$HOME `id` \"x\" \\ *", "", "line\nbreak"] {
            let output = Command::new("sh").args(["-c", &format!("printf %s {}", quoted(text))]).output();
            assert_eq!(String::from_utf8_lossy(&output.unwrap().stdout), text);
        }
    }
}
