//! Facts as text: a header for each item, then a line for each thing that happens in it, in order of time.
//!
//! ```text
//! module
//!   import openai
//!   client = openai.OpenAI()
//!   def#1 ask
//! def#1 ask(question: str, *, model = "gpt-4o")
//!   [loop] c := each question
//!   [loop>arm1!^] return (+ "a" c)
//! ```
//! Lines of a block begin with its path: `loop`, `plain`, `arm1` (group 1), `!` exhaustive, `^` never left at its end.
//! Expressions that no other refers to stand on lines of their own, in the prelude of an item after `@`.

use std::fmt::Write as _;

use lensai_syntax::hir::{
    Arg, BlockId, BlockKind, Body, Bound, ChoiceKind, Element, Entry, ExportTarget, Expr, ExprId, Facts, Imported,
    Item, ItemId, ItemKind, JoinOp, ParamKind, Part, Place, Problem, Step,
};

/// The facts as text.
pub(crate) fn render(facts: &Facts) -> String {
    let mut out = String::new();
    for (number, item) in facts.items.iter().enumerate() {
        render_item(facts, number, item, &mut out);
    }
    for directive in &facts.directives {
        let _ = writeln!(out, "directive {}", directive.text);
    }
    for problem in &facts.problems {
        let _ = match problem {
            Problem::SyntaxError(span) => writeln!(out, "syntax error {}..{}", span.start, span.end),
            other => writeln!(out, "{other:?}"),
        };
    }
    out
}

fn label(facts: &Facts, id: ItemId) -> String {
    let Some(item) = facts.items.get(id.0 as usize) else { return format!("?#{}", id.0) };
    let kind = match item.kind {
        ItemKind::Module => return "module".into(),
        ItemKind::Class => "class",
        ItemKind::Function => "def",
        ItemKind::Lambda { iterates: false } => "lambda",
        ItemKind::Lambda { iterates: true } => "lambda*",
    };
    let name = if item.name.is_empty() { String::new() } else { format!(" {}", item.name) };
    format!("{kind}#{}{name}", id.0)
}

fn render_item(facts: &Facts, number: usize, item: &Item, out: &mut String) {
    let body = &*item.body;
    let shown = expressions(facts, body);
    let show = |id: ExprId| shown.get(id.0 as usize).cloned().unwrap_or_else(|| format!("?{}", id.0));
    out.push_str(&label(facts, ItemId(u32::try_from(number).unwrap_or(u32::MAX))));
    if !body.params.is_empty() || matches!(item.kind, ItemKind::Function | ItemKind::Lambda { .. }) {
        let _ = write!(out, "({})", params(body, &show));
    }
    if !body.bases.is_empty() {
        let _ = write!(out, " < {}", body.bases.iter().map(|id| show(*id)).collect::<Vec<_>>().join(", "));
    }
    if let Some(id) = body.return_type {
        let _ = write!(out, " -> {}", show(id));
    }
    out.push('\n');
    for id in &body.decorators {
        let _ = writeln!(out, "  decorator {}", show(*id));
    }
    if !body.outer_names.is_empty() {
        let names: Vec<&str> = body.outer_names.iter().map(|name| body.name(*name)).collect();
        let _ = writeln!(out, "  outer {}", names.join(", "));
    }
    let mut lines = lines(facts, body, &show);
    lines.sort_by_key(|line| (line.time, line.rank));
    for line in lines {
        let path = block_path(body, line.block);
        let _ =
            if path.is_empty() { writeln!(out, "  {}", line.text) } else { writeln!(out, "  [{path}] {}", line.text) };
    }
    for export in &body.exports {
        let target = match &export.target {
            ExportTarget::Local(name) => name.to_string(),
            ExportTarget::Value(id) => show(*id),
            ExportTarget::From(module, what) => format!("{} of {module:?}", imported(what)),
        };
        let _ = writeln!(out, "  export {} = {target}", export.name);
    }
}

struct Line {
    time: u32,
    /// At the same time: what was evaluated, then what follows from it.
    rank: u8,
    block: BlockId,
    text: String,
}

fn lines(facts: &Facts, body: &Body, show: &dyn Fn(ExprId) -> String) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut used = used(body);
    for binding in &body.bindings {
        let name = body.name(binding.name);
        let annotation = binding.annotation.map_or(String::new(), |id| format!(": {}", show(id)));
        let text = match &binding.value {
            Bound::Value(id) => format!("{name}{annotation} = {}", show(*id)),
            Bound::Part { of, path, default } => {
                let default = default.map_or(String::new(), |id| format!(" default {}", show(id)));
                format!("{name}{annotation} = {} of {}{default}", steps(path), show(*of))
            }
            Bound::Element { of, path } if path.is_empty() => format!("{name}{annotation} = each {}", show(*of)),
            Bound::Element { of, path } => format!("{name}{annotation} = {} of each {}", steps(path), show(*of)),
            Bound::Entered(id) => format!("{name}{annotation} = entered {}", show(*id)),
            Bound::Item(id) => format!("{name} = {}", label(facts, *id)),
            Bound::Import(index) => import(body, *index, name),
            Bound::Unknown => format!("{name}{annotation} = ?"),
        };
        lines.push(Line { time: binding.time.0, rank: 1, block: binding.block, text });
    }
    for store in &body.stores {
        let place = match store.place {
            Place::Attribute(name) => format!(".{}", body.name(name)),
            Place::Index(id) => format!("[{}]", show(id)),
        };
        let annotation = store.annotation.map_or(String::new(), |id| format!(": {}", show(id)));
        let value = store.value.map_or("?".into(), show);
        let text = format!("{}{place}{annotation} = {value}", show(store.object));
        lines.push(Line { time: store.time.0, rank: 1, block: store.block, text });
    }
    for result in &body.returns {
        let word = if result.is_yield { "yield" } else { "return" };
        let value = result.value.map_or(String::new(), |id| format!(" {}", show(id)));
        let time = result.value.map_or(u32::MAX, |id| id.0 + 1);
        if let (true, Some(id)) = (result.is_yield, result.value) {
            // The value of the `yield` itself is of no interest where nothing uses it.
            hide_yield(body, id, &mut used);
        }
        lines.push(Line { time, rank: 2, block: result.block, text: format!("{word}{value}") });
    }
    for (index, is_used) in used.iter().enumerate() {
        if !is_used {
            let id = ExprId(u32::try_from(index).unwrap_or(u32::MAX));
            let at = if id.0 < body.prelude { "@ " } else { "" };
            lines.push(Line { time: id.0 + 1, rank: 0, block: body.block_of(id), text: format!("{at}{}", show(id)) });
        }
    }
    lines
}

fn hide_yield(body: &Body, value: ExprId, used: &mut [bool]) {
    let next = ExprId(value.0 + 1);
    let is_yield = match body.expr(next) {
        Expr::Opaque(slice) => body.operands(slice) == [value],
        Expr::Await(of) => of == value,
        _ => false,
    };
    if let (true, Some(slot)) = (is_yield, used.get_mut(next.0 as usize)) {
        *slot = true;
    }
}

fn used(body: &Body) -> Vec<bool> {
    let mut used = vec![false; body.exprs.len()];
    let mut mark = |id: ExprId| {
        if let Some(slot) = used.get_mut(id.0 as usize) {
            *slot = true;
        }
    };
    for expr in &body.exprs {
        super::invariants::children(body, *expr).into_iter().for_each(&mut mark);
    }
    for binding in &body.bindings {
        match binding.value {
            Bound::Value(id) | Bound::Part { of: id, .. } | Bound::Element { of: id, .. } | Bound::Entered(id) => {
                mark(id);
            }
            Bound::Item(_) | Bound::Import(_) | Bound::Unknown => {}
        }
        binding.annotation.into_iter().for_each(&mut mark);
        if let Bound::Part { default: Some(id), .. } = binding.value {
            mark(id);
        }
    }
    for store in &body.stores {
        mark(store.object);
        if let Place::Index(id) = store.place {
            mark(id);
        }
        store.value.into_iter().chain(store.annotation).for_each(&mut mark);
    }
    body.returns.iter().filter_map(|result| result.value).for_each(&mut mark);
    body.casts.iter().for_each(|(_, declared)| mark(*declared));
    body.params.iter().flat_map(|param| [param.default, param.annotation]).flatten().for_each(&mut mark);
    body.bases.iter().chain(&body.decorators).copied().chain(body.return_type).for_each(&mut mark);
    for export in &body.exports {
        if let ExportTarget::Value(id) = export.target {
            mark(id);
        }
    }
    used
}

fn import(body: &Body, index: u32, bound: &str) -> String {
    let Some(import) = body.imports.get(index as usize) else { return format!("import ?{index}") };
    let only = if import.type_only { "type " } else { "" };
    format!("{only}import {bound} = {} of {:?}", imported(&import.what), import.module.as_str())
}

fn imported(what: &Imported) -> String {
    match what {
        Imported::Module => "module".into(),
        Imported::Root => "root".into(),
        Imported::Name(name) => format!("name {name}"),
        Imported::All => "all".into(),
    }
}

fn steps(path: &[Step]) -> String {
    let steps: Vec<String> = path
        .iter()
        .map(|step| match step {
            Step::Index(index) => index.to_string(),
            Step::Key(key) => key.to_string(),
            Step::Rest => "rest".into(),
        })
        .collect();
    steps.join("/")
}

fn block_path(body: &Body, mut id: BlockId) -> String {
    let mut parts = Vec::new();
    while id != BlockId::ROOT {
        let block = body.block(id);
        let mut part = match block.kind {
            BlockKind::Root => "root".to_owned(),
            BlockKind::Loop => "loop".to_owned(),
            BlockKind::Operand => "operand".to_owned(),
            BlockKind::Finally => "finally".to_owned(),
            BlockKind::Plain => "plain".to_owned(),
            BlockKind::Handler { group } => format!("arm{group}"),
            BlockKind::Arm { group, exhaustive } => format!("arm{group}{}", if exhaustive { "!" } else { "" }),
        };
        if block.diverges {
            part.push('^');
        }
        parts.push(part);
        if block.parent >= id {
            break;
        }
        id = block.parent;
    }
    parts.reverse();
    parts.join(">")
}

fn params(body: &Body, show: &dyn Fn(ExprId) -> String) -> String {
    let mut shown = Vec::new();
    for param in &body.params {
        let mark = match param.kind {
            ParamKind::Plain => "",
            ParamKind::KeywordOnly => "kw ",
            ParamKind::Rest => "*",
            ParamKind::KeywordRest => "**",
        };
        let attribute = if param.is_attribute { "this." } else { "" };
        let annotation = param.annotation.map_or(String::new(), |id| format!(": {}", show(id)));
        let default = param.default.map_or(String::new(), |id| format!(" = {}", show(id)));
        shown.push(format!("{mark}{attribute}{}{annotation}{default}", param.name));
    }
    shown.join(", ")
}

/// Every expression of a body as text. Children come before their parents, so one pass is enough.
fn expressions(facts: &Facts, body: &Body) -> Vec<String> {
    let mut shown: Vec<String> = Vec::with_capacity(body.exprs.len());
    for (id, expr) in (0..).map(ExprId).zip(&body.exprs) {
        let text = expression(facts, body, *expr, &shown);
        let declared = body.cast_of(id).and_then(|declared| shown.get(declared.0 as usize));
        shown.push(declared.map_or(text.clone(), |declared| format!("({text} as {declared})")));
    }
    shown
}

fn expression(facts: &Facts, body: &Body, expr: Expr, shown: &[String]) -> String {
    let show = |id: ExprId| shown.get(id.0 as usize).cloned().unwrap_or_else(|| format!("?{}", id.0));
    let list = |ids: &[ExprId]| ids.iter().map(|id| " ".to_owned() + &show(*id)).collect::<String>();
    match expr {
        Expr::Name(name) => body.name(name).to_owned(),
        Expr::This => "this".into(),
        Expr::Super => "super".into(),
        Expr::Attribute { object, name } => format!("{}.{}", show(object), body.name(name)),
        Expr::Index { object, index } => format!("{}[{}]", show(object), show(index)),
        Expr::Call { callee, args, is_new } => {
            let args: Vec<String> = body
                .args(args)
                .iter()
                .map(|arg| match arg {
                    Arg::Positional(id) => show(*id),
                    Arg::Keyword(name, id) => format!("{}={}", body.name(*name), show(*id)),
                    Arg::Spread(id) => format!("*{}", show(*id)),
                    Arg::KeywordSpread(id) => format!("**{}", show(*id)),
                })
                .collect();
            format!("{}{}({})", if is_new { "new " } else { "" }, show(callee), args.join(", "))
        }
        Expr::Text(text) => format!("{:?}", body.text(text)),
        Expr::Template(slice) => {
            let parts: Vec<String> = body
                .parts(slice)
                .iter()
                .map(|part| match part {
                    Part::Text(text) => format!("{:?}", body.text(*text)),
                    Part::Hole(id) => format!("{{{}}}", show(*id)),
                })
                .collect();
            format!("`{}`", parts.join(" "))
        }
        Expr::Number(text) => body.text(text).to_owned(),
        Expr::Bool(value) => value.to_string(),
        Expr::None => "none".into(),
        Expr::Mapping(slice) => {
            let entries: Vec<String> = body
                .entries(slice)
                .iter()
                .map(|entry| match entry {
                    Entry::Pair(key, value) => format!("{}: {}", show(*key), show(*value)),
                    Entry::Spread(id) => format!("**{}", show(*id)),
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Expr::Sequence(slice) => {
            let elements: Vec<String> = body
                .elements(slice)
                .iter()
                .map(|element| match element {
                    Element::Item(id) => show(*id),
                    Element::Spread(id) => format!("*{}", show(*id)),
                })
                .collect();
            format!("[{}]", elements.join(", "))
        }
        Expr::Comprehension { key: None, element } => format!("(each {})", show(element)),
        Expr::Comprehension { key: Some(key), element } => format!("(each {}: {})", show(key), show(element)),
        Expr::Choice { kind, operands } => {
            let word = match kind {
                ChoiceKind::Or => "or",
                ChoiceKind::Coalesce => "??",
                ChoiceKind::And => "and",
                ChoiceKind::Conditional => "if",
            };
            format!("({word}{})", list(body.operands(operands)))
        }
        Expr::Join { op, operands } => {
            let word = match op {
                JoinOp::Add => "+",
                JoinOp::Pipe => "|",
                JoinOp::Percent => "%",
                JoinOp::Times => "*",
            };
            format!("({word}{})", list(body.operands(operands)))
        }
        Expr::Function(id) => format!("<{}>", label(facts, id)),
        Expr::ImportModule(text) => format!("(import {:?})", body.text(text)),
        Expr::Await(id) => format!("(await {})", show(id)),
        Expr::Opaque(slice) => format!("(opaque{})", list(body.operands(slice))),
    }
}
