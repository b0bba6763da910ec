//! Which names from a torrent may become part of a path.
//!
//! A name is refused, not repaired, when repairing could make two files of one or leave the target folder; the one
//! repair is that bytes which are no UTF-8 are shown as U+FFFD, since old makers wrote names in local encodings.

/// The longest file or folder name, in bytes: what common file systems take.
pub const PATH_COMPONENT_BYTES_MAX: usize = 255;
/// The deepest path, counted in names, the torrent's own included.
pub const PATH_COMPONENTS_MAX: usize = 64;

/// A name or path in a torrent that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// An empty name, or a path without names.
    #[error("empty path or name")]
    Empty,
    /// `.` or `..`.
    #[error("`{0}` is no file name")]
    Dots(String),
    /// A slash or a backslash in a name.
    #[error("path separator in the name {0:?}")]
    Separator(String),
    /// NUL or another control character in a name.
    #[error("control character in the name {0:?}")]
    Control(String),
    /// Over [`PATH_COMPONENT_BYTES_MAX`].
    #[error("name longer than {PATH_COMPONENT_BYTES_MAX} bytes")]
    TooLong,
    /// Over [`PATH_COMPONENTS_MAX`].
    #[error("path deeper than {PATH_COMPONENTS_MAX} names")]
    TooDeep,
    /// Two files of one path, letters' case aside, or a file where another needs a folder.
    #[error("the path {0:?} stands twice, or is both a file and a folder")]
    Collision(String),
}

/// Checks one name.
pub(super) fn component(bytes: &[u8]) -> Result<String, PathError> {
    let name = String::from_utf8_lossy(bytes).into_owned();
    if name.is_empty() {
        Err(PathError::Empty)
    } else if name == "." || name == ".." {
        Err(PathError::Dots(name))
    } else if name.contains(['/', '\\']) {
        Err(PathError::Separator(name))
    } else if name.contains(char::is_control) {
        Err(PathError::Control(name))
    } else if name.len() > PATH_COMPONENT_BYTES_MAX {
        Err(PathError::TooLong)
    } else {
        Ok(name)
    }
}

/// Refuses paths that could not stand side by side, even on a file system that ignores the case of letters.
pub(super) fn check_collisions<'a>(paths: impl Iterator<Item = &'a [String]>) -> Result<(), PathError> {
    // Joined by the lowest character, which no name contains, a folder sorts directly before what is in it.
    let mut folded: Vec<String> = paths.map(|path| path.join("\0").to_lowercase()).collect();
    folded.sort_unstable();
    for pair in folded.windows(2) {
        let beyond = pair[1].strip_prefix(&pair[0]);
        if beyond.is_some_and(|beyond| beyond.is_empty() || beyond.starts_with('\0')) {
            return Err(PathError::Collision(pair[0].replace('\0', "/")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collide(paths: &[&str]) -> bool {
        let paths: Vec<Vec<String>> =
            paths.iter().map(|path| path.split('/').map(String::from).collect()).collect();
        check_collisions(paths.iter().map(Vec::as_slice)).is_err()
    }

    #[test]
    fn names_that_could_leave_the_folder_are_refused() {
        for bad in ["", ".", "..", "a/b", "/etc", "..\\x", "C:\\x", "a\0b", "a\nb"] {
            assert!(component(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(component(&[b'a'; 256]).is_err());
        assert!(component(&[0xff; 86]).is_err(), "86 replacement characters are 258 bytes");
        for good in ["a", "...", " x ", "..a", "größer", "a: b?"] {
            assert_eq!(component(good.as_bytes()).unwrap(), good);
        }
        assert_eq!(component(b"a\xff").unwrap(), "a\u{fffd}");
    }

    #[test]
    fn paths_that_need_the_same_place_collide() {
        assert!(collide(&["t/a", "t/b", "t/a"]));
        assert!(collide(&["t/Straße", "t/STRAßE"]));
        assert!(collide(&["t/a", "t/a-b", "t/A/c"]));
        assert!(!collide(&["t/a", "t/ab", "t/a b/c", "t/a b/d", "u/a"]));
    }
}
