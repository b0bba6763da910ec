//! Symbols of formulas in running text.

use maud::{Markup, html};

/// `text` with every `x_index` set as x with an index.
pub(crate) fn symbols(text: &str) -> Markup {
    let mut parts = text.split('_');
    let first = parts.next().unwrap_or_default();
    html! {
        (first)
        @for part in parts {
            @let end = part.find(|character: char| !character.is_alphanumeric()).unwrap_or(part.len());
            sub { (&part[..end]) } (&part[end..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_ends_with_its_word() {
        assert_eq!(
            symbols("max(F / u_s, d_min) < 1").into_string(),
            "max(F / u<sub>s</sub>, d<sub>min</sub>) &lt; 1"
        );
        assert_eq!(symbols("none").into_string(), "none");
    }
}
