//! Row types that can tell what their columns mean: in the words of their doc comments, which are there once, for those
//! who read the source and for those who read the tables.

/// What a row type says of itself. [`described!`] implements it.
pub(crate) trait Described {
    /// What a row is: the lines of its doc comment.
    const DOC: &[&str];
    /// Each column with the lines of its doc comment.
    const COLUMNS: &[(&str, &[&str])];
}

/// Defines a row type as it stands there, and lets it tell what is in its doc comments.
macro_rules! described {
    (
        $(#[doc = $doc:literal])+
        #[derive($($derive:path),+ $(,)?)]
        pub struct $name:ident {
            $(
                $(#[doc = $column_doc:literal])+
                pub $column:ident: $type:ident $(<$inner:ident>)?,
            )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive($($derive),+)]
        pub struct $name {
            $(
                $(#[doc = $column_doc])+
                pub $column: $type $(<$inner>)?,
            )+
        }

        impl $crate::results::described::Described for $name {
            const DOC: &[&str] = &[$($doc),+];
            const COLUMNS: &[(&str, &[&str])] = &[$((stringify!($column), &[$($column_doc),+])),+];
        }
    };
}

pub(super) use described;
