//! What a value may look like, for machines and manuals. Made by the forms that read it, never written by hand.

/// What a value may look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `true` or `false`.
    Boolean,
    /// A whole number within bounds, both inclusive.
    Whole {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A number, with a point if need be, within bounds.
    Number {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// A string that the author chooses.
    Text {
        /// What it is, with its article.
        what: String,
    },
    /// A string that holds a number and its unit.
    Quantity {
        /// What it is called among the definitions.
        name: &'static str,
        /// With its article: "a rate".
        what: &'static str,
        /// The regular expression of all that reads as one.
        pattern: String,
        /// Its units, for people.
        units: String,
        /// Its bounds, for people.
        range: String,
    },
    /// One of these strings, each with what it means.
    Words(Vec<(String, String)>),
    /// A table with these keys.
    Table(TableShape),
    /// A table whose keys are the author's own names, and whose values are all of one shape.
    Named {
        /// What a name names.
        what: &'static str,
        /// What each value looks like.
        table: TableShape,
    },
    /// An array.
    List(Box<Shape>),
    /// One of several shapes.
    OneOf {
        /// What the value is, with its article.
        what: &'static str,
        /// The shapes.
        cases: Vec<CaseShape>,
    },
}

/// The keys of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableShape {
    /// The keys, in the order in which they are asked for.
    pub keys: Vec<KeyShape>,
    /// Sets of keys of which one must be there, whole.
    pub exactly_one: Vec<Vec<Vec<&'static str>>>,
}

/// A key of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyShape {
    /// The key.
    pub key: &'static str,
    /// What it means, in a sentence or a few.
    pub doc: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// Its value.
    pub shape: Shape,
}

/// Whether a key must be there.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// It must; for instance so, in TOML.
    Required(&'static str),
    /// If it is left out, this stands in its place, in TOML.
    Default(String),
    /// It may be left out, which means something that no value says.
    Optional,
    /// If it is left out, the defaults of its keys stand in its place, or there is nothing of its kind.
    Section,
}

/// One of several shapes of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseShape {
    /// How it looks, in TOML.
    pub example: String,
    /// What it means.
    pub doc: &'static str,
    /// Its shape.
    pub shape: Shape,
}
