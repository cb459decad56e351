//! Helpers that TypeScript, esbuild, SWC and Babel put in place of syntax that is newer than what they write.

use crate::ops;
use crate::value::{Args, Value};
use crate::work::Work;

/// The result of a call of a helper; none when it is no helper by its name.
pub(crate) fn call(work: Work<'_>, name: &str, args: &Args) -> Option<Value> {
    match name {
        // `{ ...a, b }`
        "__assign"
        | "__spreadValues"
        | "__spreadProps"
        | "_extends"
        | "_objectSpread"
        | "_objectSpread2"
        | "_object_spread"
        | "_object_spread_props" => Some(merged(&args.positional)),
        // `async () => …`
        "__awaiter" => Some(ops::call(work, args.positional.get(3)?, &Args::default())),
        "__async" => Some(ops::call(work, args.positional.get(2)?, &Args::default())),
        // `[...a, b]`
        "__spreadArray" | "_to_consumable_array" | "_toConsumableArray" => {
            let mut items = Vec::new();
            let mut open = false;
            for value in args.positional.iter().filter(|value| !matches!(value, Value::Bool(_))) {
                match value {
                    Value::List(list) => {
                        items.extend(list.items.iter().cloned());
                        open |= list.open;
                    }
                    _ => open = true,
                }
            }
            Some(Value::list(items, open))
        }
        _ => None,
    }
}

/// Mappings put into one, the last first; what is no mapping is spread.
pub(crate) fn merged(values: &[Value]) -> Value {
    let mut entries = Vec::new();
    let mut spreads = Vec::new();
    for value in values {
        ops::spread_into(value.clone(), &mut entries, &mut spreads);
    }
    Value::mapping(entries, spreads)
}
