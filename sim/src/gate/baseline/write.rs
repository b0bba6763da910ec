//! Writes a baseline: the upper part as it was, or a new one, and what was measured.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use crate::measures::{Better, MEASURES};
use crate::scenario::text::{Fields, Writer, quoted_toml};

use super::allowed::unit;
use super::{Entry, FORMAT, SEEDS};

/// Where the lower part begins.
pub const MARK: &str =
    "# ---- Measured by `swarmlab baseline`: from here on everything is written anew. ----";

/// What a new baseline judges, and the per cent or percentage points that it allows. Measured (docs/gate.md): with these and
/// [`SEEDS`] seeds chance stays below them, and 3 % is found.
const ALLOWED: &[(&str, f64)] =
    &[("last", 1.5), ("median", 1.5), ("p95", 1.5), ("completed", 0.5), ("waste", 0.5), ("seed-copies", 3.0)];

const TOP: &str = "# What `swarmlab gate` compares with: how these swarms did with these seeds. A commit that makes one of the measures
# below worse by more than its threshold, and surely so, fails the gate (exit code 10).
#
# Made by `swarmlab baseline FILE`, which runs everything here and writes the lower part anew. The upper part is yours:
# scenarios (paths from this file's folder, `set` as --set takes it), seeds, and thresholds, in per cent of the mean, of
# shares in percentage points, or \"off\"; a scenario can have [scenarios.NAME.thresholds] of its own.
";

/// The whole file.
pub fn whole(head: &str, entries: &[Entry]) -> String {
    let mut out = Writer::default();
    for entry in entries {
        let Some(measured) = &entry.measured else { continue };
        out.table(&["measured", &entry.name], |fields| {
            fields.text("version", &measured.version);
            fields.text("digest", &measured.digest);
            fields.bare("from", measured.from);
            for measure in MEASURES {
                let Some(figures) = measured.figures.get(measure.name) else { continue };
                fields.bare(measure.name, list(figures));
            }
        });
    }
    format!("{}\n\n{MARK}\n{}", head.trim_end(), out.finish())
}

/// The upper part of a new baseline at `path`, of these scenario files.
pub fn begin(path: &Path, files: &[PathBuf]) -> String {
    let mut out = format!("{TOP}\nformat = {FORMAT}\nseeds = {SEEDS}\n\n[thresholds]\n");
    for (name, allowed) in ALLOWED {
        let measure = MEASURES.iter().find(|measure| measure.name == *name).expect("a measure by this name");
        let worse = match measure.better {
            Better::Lower => "more",
            Better::Higher => "less",
        };
        let limit = format!("{name} = \"{allowed} {}\"", unit(measure));
        // Writing to a String can't fail.
        let _ = writeln!(out, "{limit:<28} # {}: {worse} is worse", measure.words);
    }
    let mut scenarios = Writer::default();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let write = |fields: &mut Fields| fields.text("file", &from_folder_of(path, file).to_string_lossy());
        scenarios.table(&["scenarios", &name], write);
    }
    out + &scenarios.finish()
}

/// In lines of readable length.
fn list(figures: &[Option<f64>]) -> String {
    const IN_A_LINE: usize = 6;
    let figure =
        |figure: &Option<f64>| figure.map_or_else(|| quoted_toml("none"), |figure| format!("{figure:?}"));
    let lines = figures.chunks(IN_A_LINE).map(|line| {
        let figures: Vec<String> = line.iter().map(figure).collect();
        format!("    {},\n", figures.join(", "))
    });
    format!("[\n{}]", lines.collect::<String>())
}

/// The path of `file` from the folder in which `path` stands.
fn from_folder_of(path: &Path, file: &Path) -> PathBuf {
    let absolute = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.canonicalize().unwrap_or(path)
    };
    let folder = absolute(path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new(".")));
    let file = absolute(file);
    let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_in_the_folder_of_the_file() {
        let from = |path: &str, file: &str| from_folder_of(Path::new(path), Path::new(file));
        assert_eq!(
            from("/nowhere/baselines/a.toml", "/nowhere/scenarios/b.toml"),
            Path::new("../scenarios/b.toml")
        );
        assert_eq!(from("/nowhere/a.toml", "/nowhere/b.toml"), Path::new("b.toml"));
    }
}
