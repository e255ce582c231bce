//! What a component may be made of, looked at before it is compiled: some shapes take a compiler more memory and time than their bytes let one think.

use wasmparser::{
    ComponentAlias, ComponentExport, ComponentExternalKind, ComponentImport, ComponentInstance, ComponentOuterAliasKind, ComponentTypeRef,
    Parser, Payload,
};

/// How deep components and modules may be nested. Tools nest one level, to give interfaces their types, and compositions one or two more.
const DEPTH: usize = 8;

/// Instances of components that come of instantiating a component, those that its instances make in turn included. All are laid out when it is compiled, so
/// a few levels that make two of the one below double it each time. The tools of JavaScript make 25.
const INSTANCES: usize = 512;

/// A component whose end was not reached yet, or a core module.
#[derive(Default)]
struct Open {
    is_module: bool,
    /// How many instances come of each component that it can name, by index.
    components: Vec<usize>,
    /// How many come of this one.
    makes: usize,
}

/// Checks the shape of a component. What is wrong with it otherwise, the compiler tells.
///
/// # Errors
/// Which bound it does not keep.
pub(crate) fn check(component: &[u8]) -> Result<(), String> {
    // What is named by an alias or an import counts as the worst that there was: to find out what it is takes a type checker.
    let (mut open, mut worst) = (vec![Open::default()], 0);
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else { return Ok(()) };
        if let Payload::ComponentSection { .. } | Payload::ModuleSection { .. } = payload {
            open.push(Open { is_module: matches!(payload, Payload::ModuleSection { .. }), ..Open::default() });
        } else if let Payload::End(_) = payload
            && open.len() > 1
            && let (Some(ended), Some(around)) = (open.pop(), open.last_mut())
        {
            worst = worst.max(ended.makes);
            if !ended.is_module {
                around.components.push(ended.makes);
            }
        } else if let Some(within) = open.last_mut() {
            within.read(&payload, worst);
            if within.makes > INSTANCES {
                return Err(format!("it makes more than {INSTANCES} instances of components"));
            }
        }
        if open.len() > DEPTH + 1 {
            return Err(format!("it is nested deeper than {DEPTH} components"));
        }
    }
    Ok(())
}

impl Open {
    /// Takes in what a section adds to the components that can be named, and to the instances that are made.
    fn read(&mut self, payload: &Payload<'_>, worst: usize) {
        match payload {
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    let Ok(ComponentInstance::Instantiate { component_index, .. }) = instance else { continue };
                    let makes = self.components.get(component_index as usize).copied().unwrap_or(worst);
                    self.makes = self.makes.saturating_add(makes).saturating_add(1);
                }
            }
            Payload::ComponentAliasSection(section) => {
                let names = |alias: &_| {
                    matches!(
                        alias,
                        Ok(ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, .. }
                            | ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. })
                    )
                };
                self.components.extend(section.clone().into_iter().filter(names).map(|_| worst));
            }
            Payload::ComponentImportSection(section) => {
                let names = |import: &_| matches!(import, Ok(ComponentImport { ty: ComponentTypeRef::Component(_), .. }));
                self.components.extend(section.clone().into_iter().filter(names).map(|_| worst));
            }
            Payload::ComponentExportSection(section) => {
                let names = |export: &_| matches!(export, Ok(ComponentExport { kind: ComponentExternalKind::Component, .. }));
                self.components.extend(section.clone().into_iter().filter(names).map(|_| worst));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_wat(body: &str) -> Result<(), String> {
        check(&wat::parse_str(format!("(component {body})")).expect("a component"))
    }

    /// Components of which each makes two of the one before; what is between them must not hide that.
    fn doubling(levels: usize, between: &str) -> String {
        let level = |n: usize| format!("{between} (component $c{n} (instance (instantiate $c{0})) (instance (instantiate $c{0})))", n - 1);
        let levels: String = (1..=levels).map(level).collect();
        format!("(component $c0) {levels}")
    }

    #[test]
    fn instances_are_counted_with_those_that_they_make() {
        let made = |levels: usize| format!("{} (instance (instantiate $c{levels}))", doubling(levels, ""));
        // 7 levels make 2 + 4 + .. + 128 = 254.
        assert_eq!(check_wat(&made(7)), Ok(()));
        assert!(check_wat(&made(9)).unwrap_err().contains("more than 512 instances"));
    }

    #[test]
    fn modules_and_aliases_between_them_hide_nothing() {
        for between in ["(core module)", "(component (core module))", "(core module) (core module)"] {
            let body = format!("{} (instance (instantiate $c12))", doubling(12, between));
            assert!(check_wat(&body).is_err(), "{between}");
        }
        let exported = "(component $a (component $b (instance (instantiate $c9))) (export \"b\" (component $b)))
            (instance $i (instantiate $a)) (alias export $i \"b\" (component $again)) (instance (instantiate $again))";
        assert!(check_wat(&format!("{} {exported}", doubling(9, ""))).is_err());
    }

    #[test]
    fn nesting_has_a_bound() {
        let nested = |depth: usize| "(component ".repeat(depth) + &")".repeat(depth);
        assert_eq!(check_wat(&nested(DEPTH)), Ok(()));
        assert!(check_wat(&nested(DEPTH + 1)).unwrap_err().contains("deeper than"));
    }
}
