//! The committed document is the one that is served.

use std::path::Path;

#[test]
fn the_committed_document_is_current() {
    let mut current = serde_json::to_string_pretty(&api::openapi()).expect("JSON");
    current.push('\n');
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("TENANTRY_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, &current).expect("writing the document");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "docs/openapi.json is not current; review the difference after \
         `TENANTRY_WRITE_OPENAPI=1 cargo nextest run -p api the_committed_document_is_current`"
    );
}

#[test]
fn every_operation_says_how_it_is_refused_and_every_field_what_it_means() {
    let document = serde_json::to_value(api::openapi()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            let health = operation["tags"][0] == "health";
            assert!(health || operation["responses"]["4XX"].is_object(), "{method} {path}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let described = property["description"].is_string()
                || property["$ref"].is_string()
                || !property["oneOf"].is_null();
            assert!(described, "{name}.{field} has no description");
        }
    }
}
