//! Values that can be said in several ways: a word, a quantity, a table known by one of its keys.

use super::error::Complaint;
use super::form::{Form, Written, table_shape};
use super::keys::Keys;
use super::shape::{CaseShape, Shape};
use super::value::{Read, Refused, Value};
use super::writer::string;
use super::{nearest, quoted};

/// A value that can be said in several ways.
pub struct OneOf<T> {
    /// What it is, with its article: "an arrival".
    pub what: &'static str,
    /// Names the ways, one after the other.
    pub cases: fn(&mut Cases<'_, '_, T>),
    /// The value in TOML.
    pub write: fn(&T) -> String,
}

/// The ways to say a value, while they are listed, described, or one of them is read.
pub struct Cases<'v, 'a, T>(Mode<'v, 'a, T>);

enum Mode<'v, 'a, T> {
    List(Vec<Known>),
    Describe(Vec<CaseShape>),
    Read { value: &'v Value<'a>, chosen: usize, next: usize, result: Option<Read<T>> },
}

/// A way to say the value, as far as it takes to choose it.
struct Known {
    example: String,
    kind: Kind,
}

enum Kind {
    Word(&'static str),
    Plain,
    List,
    Table(&'static [&'static str]),
}

impl<'a, T> Cases<'_, 'a, T> {
    /// A string that stands for itself.
    pub fn word(&mut self, word: &'static str, doc: &'static str, meaning: T) {
        let example = string(word);
        let shape = || Shape::Words(vec![(word.to_owned(), doc.to_owned())]);
        self.case(&example, Kind::Word(word), doc, shape, |_| Ok(meaning));
    }

    /// A string or a number of another form.
    pub fn plain<F: Form>(
        &mut self,
        example: &'static str,
        doc: &'static str,
        form: &F,
        make: impl FnOnce(F::T) -> T,
    ) {
        self.case(example, Kind::Plain, doc, || form.shape(), |value| form.read(value).map(make));
    }

    /// An array.
    pub fn list<F: Form>(
        &mut self,
        example: &'static str,
        doc: &'static str,
        form: &F,
        make: impl FnOnce(F::T) -> T,
    ) {
        self.case(example, Kind::List, doc, || form.shape(), |value| form.read(value).map(make));
    }

    /// A table that has one of the keys `tags`, by which it is known.
    pub fn table(
        &mut self,
        tags: &'static [&'static str],
        example: &'static str,
        doc: &'static str,
        read: fn(&mut Keys<'_>) -> Read<T>,
    ) {
        let shape = || Shape::Table(table_shape(read));
        self.case(example, Kind::Table(tags), doc, shape, |value| value.table(|keys| read(keys)));
    }

    fn case(
        &mut self,
        example: &str,
        kind: Kind,
        doc: &'static str,
        shape: impl FnOnce() -> Shape,
        read: impl FnOnce(&Value<'a>) -> Read<T>,
    ) {
        match &mut self.0 {
            Mode::List(known) => known.push(Known { example: example.to_owned(), kind }),
            Mode::Describe(cases) => {
                cases.push(CaseShape { example: example.to_owned(), doc, shape: shape() });
            }
            Mode::Read { value, chosen, next, result } => {
                if *chosen == *next {
                    *result = Some(read(value));
                }
                *next += 1;
            }
        }
    }
}

impl<T> Form for OneOf<T> {
    type T = T;

    fn read(&self, value: &Value<'_>) -> Read<T> {
        let mut listed = Cases(Mode::List(Vec::new()));
        (self.cases)(&mut listed);
        let Mode::List(known) = listed.0 else { return Err(self.no_such(value, &[])) };
        let chosen = self.choose(value, &known)?;
        let mut reading = Cases(Mode::Read { value, chosen, next: 0, result: None });
        (self.cases)(&mut reading);
        match reading.0 {
            Mode::Read { result: Some(result), .. } => result,
            _ => Err(self.no_such(value, &known)),
        }
    }

    fn shape(&self) -> Shape {
        let mut described = Cases(Mode::Describe(Vec::new()));
        (self.cases)(&mut described);
        let cases = match described.0 {
            Mode::Describe(cases) => cases,
            _ => Vec::new(),
        };
        Shape::OneOf { what: self.what, cases }
    }
}

impl<T> Written for OneOf<T> {
    fn written(&self, value: &T) -> String {
        (self.write)(value)
    }
}

impl<T> OneOf<T> {
    /// Which of the known ways the value was said in.
    fn choose(&self, value: &Value<'_>, known: &[Known]) -> Read<usize> {
        if value.is_table() {
            return self.choose_table(value, known);
        }
        let fits = |kind: &Kind| match kind {
            Kind::Word(word) => value.is_text(word),
            Kind::Plain => !value.is_list(),
            Kind::List => value.is_list(),
            Kind::Table(_) => false,
        };
        match known.iter().position(|known| fits(&known.kind)) {
            Some(chosen) => Ok(chosen),
            None => Err(self.no_such(value, known)),
        }
    }

    fn choose_table(&self, value: &Value<'_>, known: &[Known]) -> Read<usize> {
        let fits = |known: &Known| match known.kind {
            Kind::Table(tags) => tags.iter().any(|tag| value.has(tag)),
            _ => false,
        };
        let fitting: Vec<usize> = (0..known.len()).filter(|&number| fits(&known[number])).collect();
        if let [chosen] = fitting[..] {
            return Ok(chosen);
        }
        let tags = || {
            known.iter().flat_map(|known| match known.kind {
                Kind::Table(tags) => tags,
                _ => &[],
            })
        };
        let misspelt = value.key_names().find_map(|(key, place)| {
            Some((key, place, nearest(key, tags().copied()).filter(|_| fitting.is_empty())?))
        });
        Err(match misspelt {
            Some((key, place, meant)) => {
                let complaint = Complaint::new(format!("{} has no key {}", self.what, quoted(key)))
                    .label(format!("did you mean {}?", quoted(meant)));
                value.reader().refuse(complaint.help(self.ways(known)), place.clone())
            }
            None => {
                value.refuse(Complaint::new(format!("{} is of one kind", self.what)).help(self.ways(known)))
            }
        })
    }

    fn no_such(&self, value: &Value<'_>, known: &[Known]) -> Refused {
        let Some(words) = value.as_text() else {
            let ways: Vec<&str> = known.iter().map(|known| &known.example[..]).collect();
            return value.wrong_type(&ways.join(", or "));
        };
        let complaint = Complaint::new(format!("{} is not {}", self.what, quoted(words)));
        let near = nearest(
            words,
            known.iter().filter_map(|known| match known.kind {
                Kind::Word(word) => Some(word),
                _ => None,
            }),
        );
        let complaint = match near {
            Some(word) => complaint.label(format!("did you mean {}?", quoted(word))),
            None => complaint,
        };
        value.refuse(complaint.help(self.ways(known)))
    }

    fn ways(&self, known: &[Known]) -> String {
        let mut ways: Vec<&str> = known.iter().map(|known| &known.example[..]).collect();
        match (ways.pop(), &ways[..]) {
            (Some(last), []) => format!("{} is {last}", self.what),
            (Some(last), ways) => format!("{} is {} or {last}", self.what, ways.join(", ")),
            (None, _) => String::new(),
        }
    }
}
