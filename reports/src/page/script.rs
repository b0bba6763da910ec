//! What makes a page move: a few scripts, written by hand, and the data that they work on.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

/// Read in this order, as one module. Each file says at its top what it does.
const SCRIPTS: [&str; 7] = [
    include_str!("../../assets/page/run.js"),
    include_str!("../../assets/page/table.js"),
    include_str!("../../assets/page/look.js"),
    include_str!("../../assets/page/graph.js"),
    include_str!("../../assets/page/pieces.js"),
    include_str!("../../assets/page/replay.js"),
    include_str!("../../assets/page/begin.js"),
];

/// Nothing may be fetched by the page, whatever is in it.
pub(super) const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The end of the page's body.
pub(super) fn scripts(data: &Value) -> Markup {
    // The only way out of such an element is a `<`.
    let data = data.to_string().replace('<', "\\u003c");
    html! {
        script type="application/json" id="run" { (PreEscaped(data)) }
        script type="module" { (PreEscaped(SCRIPTS.concat())) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_name_ends_the_element_of_the_data() {
        let page = scripts(&json!(["</script><script>alert(1)//", "<!--<script>"])).into_string();
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert_eq!(page.matches("<!--").count(), 0);
    }
}
