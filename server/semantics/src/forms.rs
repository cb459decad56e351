//! What a user is asked for, with what is filled in beforehand: widgets of a page, options that a decorator declares, and what the
//! page remembers.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use lensai_syntax::hir::{Body, Expr, ExprId, Place};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, item, items};
use crate::eval::Evaluator;
use crate::settings;
use crate::value::{Args, ItemRef, Reason, Symbol, Value};
use crate::with_stack;

/// The attribute under which a page remembers.
const SESSION: &str = "session_state";

/// The value of a widget as it is shown first: `st.text_input("Model", value="gpt-4o")`. Of one that offers several, each of them.
pub(crate) fn widget(name: &str, args: &Args) -> Option<Value> {
    // `const [model, setModel] = useState("gpt-4o")`
    if matches!(name, "react.useState" | "react.default.useState" | "preact/hooks.useState") {
        let first = args.positional.first().filter(|first| !matches!(first, Value::Function(_)))?;
        return Some(Value::list(vec![first.clone(), Value::Unknown(Reason::Computed)], false));
    }
    let name = name.strip_prefix("streamlit.")?;
    let at = |name: &str, position: usize| args.named(name).or_else(|| args.positional.get(position)).cloned();
    match name.rsplit('.').next()? {
        "selectbox" | "radio" | "select_slider" | "pills" | "segmented_control" => {
            let Value::List(options) = at("options", 1)? else { return None };
            let chosen = at("index", 2).and_then(|index| usize::try_from(index.as_u64()?).ok());
            let first = chosen.and_then(|chosen| options.items.get(chosen));
            Some(first.cloned().unwrap_or_else(|| Value::one_of(options.items.iter().cloned())))
        }
        "text_input" | "text_area" => at("value", 1),
        "slider" | "number_input" => at("value", 3),
        _ => None,
    }
}

/// The default that a decorator declares for a parameter: `@click.option("--model", default="gpt-4o")`.
pub(crate) fn declared_beside(db: &dyn Db, function: ItemRef, body: &Body, param: &str) -> Option<Value> {
    body.decorators.iter().find_map(|decorator| {
        let Expr::Call { callee, args, .. } = body.expr(*decorator) else { return None };
        let (Expr::Attribute { name, .. } | Expr::Name(name)) = body.expr(callee) else { return None };
        if !matches!(body.name(name), "option" | "argument") {
            return None;
        }
        let args = Evaluator::new(db, function).args(args);
        settings::option(&args, true).filter(|(name, _)| name == param).map(|(_, default)| default)
    })
}

/// Whether a symbol is what a page remembers.
pub(crate) fn is_session(symbol: &Symbol) -> bool {
    symbol.module == "streamlit" && matches!(symbol.path.as_slice(), [only] if only == SESSION)
}

/// What a file stores under a name in what its page remembers: `st.session_state["model"] = "gpt-4o"`.
#[salsa::tracked(returns(clone), cycle_result = remembered_in_cycle)]
pub(crate) fn remembered(db: &dyn Db, file: SourceFile, name: SmolStr) -> Option<Value> {
    with_stack(|| {
        let mut found = Vec::new();
        for at in items(db, file) {
            let body = item(db, file, at.item);
            if body.find_name(SESSION).is_none() {
                continue;
            }
            let mut evaluator = Evaluator::new(db, at);
            let is_session = |object: ExprId| match body.expr(object) {
                Expr::Attribute { name, .. } | Expr::Name(name) => body.name(name) == SESSION,
                _ => false,
            };
            for store in body.stores.iter().filter(|store| is_session(store.object)) {
                let is_named = match store.place {
                    Place::Attribute(key) => body.name(key) == name,
                    Place::Index(key) => evaluator.eval(key).as_text() == Some(&name),
                };
                found.extend(store.value.filter(|_| is_named).map(|value| evaluator.eval(value)));
            }
        }
        found.retain(|value| !value.is_unknown() && *value != Value::None);
        (!found.is_empty()).then(|| Value::one_of(found))
    })
}

fn remembered_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: SmolStr) -> Option<Value> {
    None
}
