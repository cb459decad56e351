//! Functions that are entries by their name: cloud functions, and what a program calls when it is run.

use lensai_semantics::{Evaluator, ItemRef, Made, SourceFile, head, item, item_span, made_export, named};
use lensai_syntax::hir::{BlockId, Body, Bound, Expr, ExprId, ItemId, ItemKind};
use lensai_text::Span;
use smol_str::SmolStr;

use super::Entry;
use super::file::{default_entry, span_of};
use super::handler::functions_of;
use super::model::{Framework, FunctionForm};
use super::symbols::Symbols;
use crate::db::Db;

/// What functions of a file are by their names.
pub(crate) fn entries(db: &dyn Db, file: SourceFile) -> Vec<Entry> {
    let mut found = Vec::new();
    let is_python = file.language(db).is_python();
    for framework in &db.knowledge().frameworks(db).all {
        for form in &framework.functions {
            if is_python && form.main {
                run(db, file, framework, form, &mut found);
            }
            if is_python && !framework.python.is_empty() {
                by_name(db, file, framework, form, &mut found);
            }
            if !is_python && !framework.typescript.is_empty() {
                exported(db, file, framework, form, &mut found);
            }
        }
    }
    found
}

fn entry(
    framework: &Framework,
    form: &FunctionForm,
    name: &str,
    handler: ItemRef,
    file: SourceFile,
    span: Span,
) -> Entry {
    let name = SmolStr::new(format!("{} {name}", form.kind.as_str()));
    Entry { kind: form.kind, name, framework: framework.name.clone(), handler, file, span }
}

/// Whether the first parameters of a function have the names that a form says; a leading `_` does not count.
fn takes(db: &dyn Db, function: ItemRef, form: &FunctionForm) -> bool {
    let body = item(db, function.file, function.item);
    let is_any_script = !function.file.language(db).is_python();
    let needed = if is_any_script { form.params.len().min(1) } else { form.params.len() };
    body.params.len() >= needed
        && form.params.iter().take(needed).zip(&body.params).all(|(names, param)| {
            let name = param.name.trim_start_matches('_');
            names.iter().any(|wanted| wanted == name) || (is_any_script && param.name.starts_with('#'))
        })
        && (!form.params.is_empty() || form.name.is_empty())
}

fn by_name(db: &dyn Db, file: SourceFile, framework: &Framework, form: &FunctionForm, found: &mut Vec<Entry>) {
    if form.name.is_empty() {
        return;
    }
    let body = item(db, file, ItemId::MODULE);
    for name in &form.name {
        let Some(id) = body.find_name(name) else { continue };
        let Some(binding) = body.bindings_of(id).next_back() else { continue };
        let Bound::Item(function) = binding.value else { continue };
        let function = ItemRef { file, item: function };
        if head(db, file, function.item).is_some_and(|head| head.kind == ItemKind::Function)
            && takes(db, function, form)
        {
            let start = item_span(db, file, ItemId::MODULE).start;
            found.push(entry(framework, form, name, function, file, binding.span.shifted(start)));
        }
    }
}

fn exported(db: &dyn Db, file: SourceFile, framework: &Framework, form: &FunctionForm, found: &mut Vec<Entry>) {
    let body = item(db, file, ItemId::MODULE);
    for (key, name) in &form.key {
        for (handler, span) in default_entry(db, file, key) {
            found.push(entry(framework, form, name.as_ref().unwrap_or(key), handler.item, file, span));
        }
    }
    for export in &body.exports {
        let is_named = form.name.contains(&export.name);
        let is_typed = !is_named && !form.is.is_empty() && declared(db, file, &body, framework, form, &export.name);
        if !is_named && !is_typed {
            continue;
        }
        for handler in functions_of(db, made_export(db, file, &export.name, false), &|_| false) {
            if handler.is_class || !(is_typed || takes(db, handler.item, form)) {
                continue;
            }
            let span = span_of(db, file, &body, &export.name);
            found.push(entry(framework, form, &export.name, handler.item, file, span));
        }
    }
}

/// Whether an exported name is declared to be of a type of the form.
fn declared(
    db: &dyn Db,
    file: SourceFile,
    body: &Body,
    framework: &Framework,
    form: &FunctionForm,
    name: &str,
) -> bool {
    let module = ItemRef { file, item: ItemId::MODULE };
    let binding = body.find_name(name).and_then(|id| body.bindings_of(id).next_back());
    let Some(annotation) = binding.and_then(|binding| binding.annotation) else { return false };
    let value = Evaluator::new(db, module).eval(annotation);
    Symbols::new(db, framework, file).is_one_of(&form.is, &value)
}

/// `if __name__ == "__main__": main()`, in a file that imports one of the framework's modules.
fn run(db: &dyn Db, file: SourceFile, framework: &Framework, form: &FunctionForm, found: &mut Vec<Entry>) {
    let module = ItemRef { file, item: ItemId::MODULE };
    let body = item(db, file, ItemId::MODULE);
    let is_main = |equality: &&lensai_syntax::hir::Equality| {
        body.name(equality.name) == "__name__"
            && matches!(body.expr(equality.value), Expr::Text(text) if body.text(text) == "__main__")
    };
    let Some(main) = body.equalities.iter().find(is_main) else { return };
    let imports = |name: &SmolStr| {
        let first = name.split('.').next();
        framework.python.iter().any(|module| module.segments.first().map(SmolStr::as_str) == first)
    };
    let facts = lensai_semantics::facts(db, file);
    if !facts.items.iter().flat_map(|item| &item.body.imports).any(|import| imports(&import.module)) {
        return;
    }
    let path = file.path(db).as_str();
    let stem = path.strip_suffix(".py").unwrap_or(path);
    let stem = stem.strip_suffix("/__main__").unwrap_or(stem);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    for (call, expr) in (0..).map(ExprId).zip(&body.exprs) {
        let Expr::Call { callee, .. } = *expr else { continue };
        if !is_within(&body, body.block_of(call), main.block) || !matches!(body.expr(callee), Expr::Name(_)) {
            continue;
        }
        for made in named(db, module, callee) {
            if let Made::Item(function) = made
                && head(db, function.file, function.item).is_some_and(|head| head.kind == ItemKind::Function)
            {
                let start = item_span(db, file, ItemId::MODULE).start;
                found.push(entry(framework, form, name, function, file, body.span(call).shifted(start)));
            }
        }
    }
}

/// Whether a block is another or stands in it.
fn is_within(body: &Body, block: BlockId, outer: BlockId) -> bool {
    let mut current = block;
    for _ in 0..body.blocks.len() {
        if current == outer {
            return true;
        }
        if current == BlockId::ROOT {
            return false;
        }
        current = body.block(current).parent;
    }
    false
}
