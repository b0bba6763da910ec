//! Panics caught where they happen: what they say and where is kept for the finding, and nothing is printed.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// While this thread catches panics: the last one.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// What `work` gives, or the place and the words of its panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(keep_what_is_caught);
    CAUGHT.set(Some(String::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let said = CAUGHT.take().unwrap_or_default();
    result.map_err(|_| said)
}

/// Panics of threads that don't catch them go the way they went before.
fn keep_what_is_caught() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let keeps = CAUGHT.with_borrow_mut(|caught| match caught {
            Some(said) => {
                let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
                let words = info.payload_as_str().unwrap_or("no words");
                *said = format!("{}: {words}", place.unwrap_or_else(|| "somewhere".into()));
                true
            }
            None => false,
        });
        if !keeps {
            before(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_becomes_its_place_and_its_words() {
        let said = caught(|| {
            if line!() > 0 {
                panic!("no {}", "way")
            }
        })
        .unwrap_err();
        assert!(said.contains("panics.rs:") && said.ends_with(": no way"), "{said}");
        assert_eq!(caught(|| 3), Ok(3));
    }
}
