//! What a user is asked for, with what is filled in beforehand: widgets of a page, options that a decorator declares, and what the
//! page remembers.

#![expect(clippy::needless_pass_by_value, reason = "salsa's signature: a query owns its key")]

use lensai_syntax::hir::{Arg, Body, Expr, ExprId, Place};
use smol_str::SmolStr;

use crate::db::{Db, SourceFile, item, items};
use crate::eval::Evaluator;
use crate::settings;
use crate::value::{Args, ItemRef, Reason, Symbol, Value};
use crate::with_stack;

/// What remembers: of a page, of a conversation.
const SESSIONS: [(&str, &str); 2] = [("streamlit", "session_state"), ("chainlit", "user_session")];

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

/// Whether a symbol is what a page or a conversation remembers.
pub(crate) fn is_session(symbol: &Symbol) -> bool {
    let of = |(module, name): &(&str, &str)| {
        symbol.module == *module && matches!(symbol.path.as_slice(), [only] if only == name)
    };
    SESSIONS.iter().any(of)
}

/// What a file stores under a name in what is remembered: `st.session_state["model"] = "gpt-4o"`,
/// `cl.user_session.set("chain", chain)`.
#[salsa::tracked(returns(clone), cycle_result = remembered_in_cycle)]
pub(crate) fn remembered(db: &dyn Db, file: SourceFile, name: SmolStr) -> Option<Value> {
    with_stack(|| {
        let mut found = Vec::new();
        for at in items(db, file) {
            let body = item(db, file, at.item);
            if SESSIONS.iter().all(|(_, session)| body.find_name(session).is_none()) {
                continue;
            }
            let mut evaluator = Evaluator::new(db, at);
            let is_session = |object: ExprId| match body.expr(object) {
                Expr::Attribute { name, .. } | Expr::Name(name) => {
                    SESSIONS.iter().any(|(_, session)| body.name(name) == *session)
                }
                _ => false,
            };
            for store in body.stores.iter().filter(|store| is_session(store.object)) {
                let is_named = match store.place {
                    Place::Attribute(key) => body.name(key) == name,
                    Place::Index(key) => evaluator.eval(key).as_text() == Some(&name),
                };
                found.extend(store.value.filter(|_| is_named).map(|value| evaluator.eval(value)));
            }
            for change in &body.changes {
                let Expr::Call { callee, args, .. } = body.expr(*change) else { continue };
                let Expr::Attribute { object, name: method } = body.expr(callee) else { continue };
                if let [Arg::Positional(key), Arg::Positional(value)] = *body.args(args)
                    && is_session(object)
                    && matches!(body.name(method), "set" | "setdefault")
                    && evaluator.eval(key).as_text() == Some(&name)
                {
                    found.push(evaluator.eval(value));
                }
            }
        }
        found.retain(|value| !value.is_unknown() && *value != Value::None);
        (!found.is_empty()).then(|| Value::one_of(found))
    })
}

fn remembered_in_cycle(_: &dyn Db, _: salsa::Id, _: SourceFile, _: SmolStr) -> Option<Value> {
    None
}
