//! Shapes as JSON Schema.

use serde_json::{Map, Value, json};

use crate::scenario::text::{CaseShape, KeyShape, Need, Shape, TableShape};

const ABOUT: &str = "One experiment with a BitTorrent swarm: who takes part, over which links, when they come and go, \
                     what happens to them, and when the run ends.";

/// The schema of a document whose keys are `shape`.
pub fn of(shape: &TableShape) -> String {
    let mut definitions = Map::new();
    let mut schema = table(shape, &mut definitions);
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("swarmlab scenario"));
    schema.insert("description".to_owned(), json!(ABOUT));
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    format!("{:#}\n", Value::Object(schema))
}

type Schema = Map<String, Value>;

fn table(shape: &TableShape, definitions: &mut Schema) -> Schema {
    let mut properties = Map::new();
    for key in &shape.keys {
        properties.insert(key.key.to_owned(), Value::Object(property(key, definitions)));
    }
    let required: Vec<&str> =
        shape.keys.iter().filter(|key| matches!(key.need, Need::Required(_))).map(|key| key.key).collect();
    let mut schema = object(json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    }));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !shape.exactly_one.is_empty() {
        let one_of = |sets: &Vec<Vec<&str>>| {
            let sets: Vec<Value> = sets.iter().map(|set| json!({ "required": set })).collect();
            json!({ "oneOf": sets })
        };
        schema.insert("allOf".to_owned(), shape.exactly_one.iter().map(one_of).collect());
    }
    schema
}

fn property(key: &KeyShape, definitions: &mut Schema) -> Schema {
    let mut schema = value(&key.shape, definitions);
    let mut doc = key.doc.to_owned();
    if let Shape::Quantity { range, .. } = &key.shape {
        doc.push_str(&format!(" Range: {range}."));
    }
    if let Shape::Words(words) = &key.shape {
        for (word, meaning) in words.iter().filter(|(_, meaning)| !meaning.is_empty()) {
            doc.push_str(&format!("\n- \"{word}\": {meaning}"));
        }
    }
    match &key.need {
        Need::Required(example) if !example.starts_with('[') => {
            schema.insert("examples".to_owned(), json!([in_json(example)]));
        }
        Need::Default(default) => {
            schema.insert("default".to_owned(), in_json(default));
        }
        Need::Required(_) | Need::Optional | Need::Section => {}
    }
    schema.insert("description".to_owned(), json!(doc));
    schema
}

fn value(shape: &Shape, definitions: &mut Schema) -> Schema {
    object(match shape {
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Whole { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Number { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Shape::Text { .. } => json!({ "type": "string" }),
        Shape::Quantity { name, what, pattern, units, .. } => {
            let about = format!("{what}: a number and its unit, one of {units}").replace('`', "");
            let definition = json!({ "type": "string", "pattern": pattern, "description": about });
            definitions.insert((*name).to_owned(), definition);
            json!({ "$ref": format!("#/$defs/{name}") })
        }
        Shape::Words(words) => {
            json!({ "enum": words.iter().map(|(word, _)| word).collect::<Vec<_>>() })
        }
        Shape::Table(shape) => Value::Object(table(shape, definitions)),
        Shape::Named { table: shape, .. } => {
            json!({ "type": "object", "additionalProperties": table(shape, definitions) })
        }
        Shape::List(item) => json!({ "type": "array", "items": value(item, definitions) }),
        Shape::OneOf { cases, .. } => {
            let cases: Vec<Schema> = cases.iter().map(|shape| case(shape, definitions)).collect();
            json!({ "anyOf": cases })
        }
    })
}

fn case(case: &CaseShape, definitions: &mut Schema) -> Schema {
    let mut schema = value(&case.shape, definitions);
    schema.insert("description".to_owned(), json!(case.doc));
    schema
}

fn object(value: Value) -> Schema {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// A value in TOML as JSON.
fn in_json(toml: &str) -> Value {
    let document: Result<Map<String, Value>, _> = toml::from_str(&format!("value = {toml}"));
    document.ok().and_then(|mut document| document.remove("value")).unwrap_or(Value::Null)
}
