//! The schema that the component carries is that of the configuration.

#[test]
fn the_committed_schema_is_that_of_the_configuration() {
    spansieve_plugin::test::schema_is_current::<spansieve_enrich::Enrich>(concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.json"));
}
