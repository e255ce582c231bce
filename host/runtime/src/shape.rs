//! What a component may be made of, looked at before it is compiled: some shapes take a compiler more memory and time than their bytes let one think.

use wasmparser::{ComponentInstance, Parser, Payload};

/// How deep components and modules may be nested. Tools nest one level, to give interfaces their types, and compositions one or two more.
const DEPTH: usize = 8;

/// Instances that a component may make of components. All are laid out when it is compiled, and those of nested components each time that these are
/// instantiated, so a few levels that make two of the one below double it each time.
const INSTANCES: usize = 64;
const NESTED_INSTANCES: usize = 16;

/// Checks the shape of a component. What is wrong with it otherwise, the compiler tells.
///
/// # Errors
/// Which bound it does not keep.
pub(crate) fn check(component: &[u8]) -> Result<(), String> {
    let (mut depth, mut instances, mut nested) = (0usize, 0, 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload {
            Ok(Payload::ComponentSection { .. } | Payload::ModuleSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::ComponentInstanceSection(section)) => {
                let makes = |instance| matches!(instance, Ok(ComponentInstance::Instantiate { .. }));
                let count = section.into_iter().map(makes).filter(|makes| *makes).count();
                *(if depth == 0 { &mut instances } else { &mut nested }) += count;
            }
            Ok(_) => {}
            Err(_) => return Ok(()),
        }
        if depth > DEPTH {
            return Err(format!("it is nested deeper than {DEPTH} components"));
        }
        if instances > INSTANCES || nested > NESTED_INSTANCES {
            return Err(format!(
                "it makes too many instances of components, expected at most {INSTANCES}, and {NESTED_INSTANCES} inside of nested ones"
            ));
        }
    }
    Ok(())
}
