//! What must hold of the facts of any text.

use lensai_syntax::hir::{
    Arg, BlockId, Body, Bound, Element, Entry, ExportTarget, Expr, ExprId, Facts, Item, ItemId, Part, Place, Problem,
    Slice,
};

/// Checks the facts of a text: `Err` says what is wrong and where.
pub(crate) fn check(text: &str, facts: &Facts) -> Result<(), String> {
    for (number, item) in facts.items.iter().enumerate() {
        check_item(text, facts, number, item).map_err(|error| format!("item {number} {:?}: {error}", item.name))?;
    }
    if !facts.items.is_sorted_by_key(|item| item.span.start) {
        return Err("items are not in order of their start".into());
    }
    for directive in &facts.directives {
        holds(text.get(directive.span.range()).is_some(), || format!("directive {:?}", directive.span))?;
    }
    for problem in &facts.problems {
        if let Problem::SyntaxError(span) = problem {
            holds(text.get(span.range()).is_some(), || format!("problem {span:?}"))?;
        }
    }
    Ok(())
}

fn check_item(text: &str, facts: &Facts, number: usize, item: &Item) -> Result<(), String> {
    let body = &*item.body;
    holds(text.get(item.span.range()).is_some(), || format!("span {:?}", item.span))?;
    match item.parent {
        None => holds(number == 0, || "no parent".into())?,
        Some(parent) => {
            holds((parent.0 as usize) < number, || format!("parent {}", parent.0))?;
            let outer = &facts.items[parent.0 as usize];
            holds(outer.span.start <= item.span.start && item.span.end <= outer.span.end, || "outside parent".into())?;
            holds((item.parent_block.0 as usize) < outer.body.blocks.len(), || "parent block".into())?;
            holds(item.parent_time.0 as usize <= outer.body.exprs.len(), || "parent time".into())?;
        }
    }
    holds(body.spans.len() == body.exprs.len(), || "spans".into())?;
    holds(body.blocks_of.len() == body.exprs.len(), || "blocks_of".into())?;
    holds(body.prelude as usize <= body.exprs.len(), || "prelude".into())?;
    check_blocks(body)?;
    for (index, expr) in body.exprs.iter().enumerate() {
        check_expr(text, facts, item, index, *expr).map_err(|error| format!("expression {index} {expr:?}: {error}"))?;
    }
    check_tables(text, facts, item)
}

fn check_blocks(body: &Body) -> Result<(), String> {
    holds(!body.blocks.is_empty(), || "no root block".into())?;
    for (index, block) in body.blocks.iter().enumerate() {
        let parent = block.parent.0 as usize;
        holds(parent < index || (index == 0 && parent == 0), || format!("block {index} in {parent}"))?;
    }
    Ok(())
}

fn check_expr(text: &str, facts: &Facts, item: &Item, index: usize, expr: Expr) -> Result<(), String> {
    let body = &*item.body;
    let span = body.spans[index];
    holds(span.start <= span.end && span.end <= item.span.len(), || format!("{span:?} outside the item"))?;
    let absolute = span.shifted(item.span.start);
    holds(text.get(absolute.range()).is_some(), || format!("{absolute:?} splits a character"))?;
    holds((body.blocks_of[index].0 as usize) < body.blocks.len(), || "block".into())?;
    check_slices(body, expr)?;
    for child in children(body, expr) {
        holds((child.0 as usize) < index, || format!("child {}", child.0))?;
    }
    match expr {
        Expr::Name(name) | Expr::Attribute { name, .. } => {
            holds((name.0 as usize) < body.names.len(), || "name".into())
        }
        Expr::Text(id) | Expr::Number(id) | Expr::ImportModule(id) => {
            holds((id.0 as usize) < body.texts.len(), || "text".into())
        }
        Expr::Function(id) => holds((id.0 as usize) < facts.items.len(), || "item".into()),
        _ => Ok(()),
    }
}

fn check_slices(body: &Body, expr: Expr) -> Result<(), String> {
    let inside = |slice: Slice, len: usize| holds(slice.start as usize + slice.len as usize <= len, || "slice".into());
    match expr {
        Expr::Call { args, .. } => {
            inside(args, body.args.len())?;
            body.args(args).iter().try_for_each(|arg| match arg {
                Arg::Keyword(name, _) => holds((name.0 as usize) < body.names.len(), || "keyword".into()),
                _ => Ok(()),
            })
        }
        Expr::Template(slice) => {
            inside(slice, body.parts.len())?;
            body.parts(slice).iter().try_for_each(|part| match part {
                Part::Text(text) => holds((text.0 as usize) < body.texts.len(), || "part".into()),
                Part::Hole(_) => Ok(()),
            })
        }
        Expr::Mapping(slice) => inside(slice, body.entries.len()),
        Expr::Sequence(slice) => inside(slice, body.elements.len()),
        Expr::Choice { operands, .. } | Expr::Opaque(operands) => inside(operands, body.operands.len()),
        Expr::Join { operands, .. } => {
            holds(operands.len >= 2, || "a join of fewer than two".into())?;
            inside(operands, body.operands.len())
        }
        _ => Ok(()),
    }
}

fn check_tables(text: &str, facts: &Facts, item: &Item) -> Result<(), String> {
    let body = &*item.body;
    let exists = |id: ExprId| holds((id.0 as usize) < body.exprs.len(), || format!("expression {} is missing", id.0));
    let before = |id: ExprId, time: ExprId| holds(id < time, || format!("{} is not before {}", id.0, time.0));
    let block = |id: BlockId| holds((id.0 as usize) < body.blocks.len(), || format!("block {}", id.0));
    holds(body.bindings.is_sorted_by_key(|binding| binding.time), || "bindings are not in order of time".into())?;
    holds(body.stores.is_sorted_by_key(|store| store.time), || "stores are not in order of time".into())?;
    for binding in &body.bindings {
        holds((binding.name.0 as usize) < body.names.len(), || "name of a binding".into())?;
        holds(binding.time.0 as usize <= body.exprs.len(), || "time of a binding".into())?;
        block(binding.block)?;
        let span = binding.span.shifted(item.span.start);
        holds(span.end <= item.span.end && text.get(span.range()).is_some(), || format!("binding at {span:?}"))?;
        binding.annotation.map_or(Ok(()), exists)?;
        match &binding.value {
            Bound::Value(id) | Bound::Element { of: id, .. } | Bound::Entered(id) => before(*id, binding.time)?,
            Bound::Part { of, default, .. } => {
                before(*of, binding.time)?;
                default.map_or(Ok(()), exists)?;
            }
            Bound::Item(ItemId(id)) => holds((*id as usize) < facts.items.len(), || "bound item".into())?,
            Bound::Import(id) => holds((*id as usize) < body.imports.len(), || "bound import".into())?,
            Bound::Unknown => {}
        }
    }
    for store in &body.stores {
        before(store.object, store.time)?;
        block(store.block)?;
        match store.place {
            Place::Attribute(name) => holds((name.0 as usize) < body.names.len(), || "name of a store".into())?,
            Place::Index(id) => before(id, store.time)?,
        }
        store.value.map_or(Ok(()), |id| before(id, store.time))?;
        store.annotation.map_or(Ok(()), exists)?;
    }
    for result in &body.returns {
        result.value.map_or(Ok(()), exists)?;
        block(result.block)?;
    }
    let in_prelude = |id: ExprId| holds(id.0 < body.prelude, || format!("{} is not in the prelude", id.0));
    for param in &body.params {
        param.default.map_or(Ok(()), exists)?;
        param.annotation.map_or(Ok(()), exists)?;
    }
    body.bases.iter().chain(&body.decorators).copied().chain(body.return_type).try_for_each(in_prelude)?;
    for export in &body.exports {
        if let ExportTarget::Value(id) = export.target {
            exists(id)?;
        }
    }
    for (value, declared) in &body.casts {
        before(*value, ExprId(u32::MAX))?;
        before(*declared, *value)?;
    }
    body.outer_names.iter().try_for_each(|name| holds((name.0 as usize) < body.names.len(), || "outer name".into()))
}

/// The expressions that an expression refers to.
pub(crate) fn children(body: &Body, expr: Expr) -> Vec<ExprId> {
    match expr {
        Expr::Attribute { object, .. } => vec![object],
        Expr::Index { object, index } => vec![object, index],
        Expr::Call { callee, args, .. } => std::iter::once(callee)
            .chain(body.args(args).iter().map(|arg| match arg {
                Arg::Positional(id) | Arg::Keyword(_, id) | Arg::Spread(id) | Arg::KeywordSpread(id) => *id,
            }))
            .collect(),
        Expr::Template(slice) => body
            .parts(slice)
            .iter()
            .filter_map(|part| match part {
                Part::Hole(id) => Some(*id),
                Part::Text(_) => None,
            })
            .collect(),
        Expr::Mapping(slice) => body
            .entries(slice)
            .iter()
            .flat_map(|entry| match entry {
                Entry::Pair(key, value) => vec![*key, *value],
                Entry::Spread(id) => vec![*id],
            })
            .collect(),
        Expr::Sequence(slice) => body
            .elements(slice)
            .iter()
            .map(|element| match element {
                Element::Item(id) | Element::Spread(id) => *id,
            })
            .collect(),
        Expr::Comprehension { key, element } => key.into_iter().chain([element]).collect(),
        Expr::Choice { operands, .. } | Expr::Join { operands, .. } | Expr::Opaque(operands) => {
            body.operands(operands).to_vec()
        }
        Expr::Await(id) => vec![id],
        Expr::Name(_)
        | Expr::This
        | Expr::Super
        | Expr::Text(_)
        | Expr::Number(_)
        | Expr::Bool(_)
        | Expr::None
        | Expr::Function(_)
        | Expr::ImportModule(_) => Vec::new(),
    }
}

fn holds(condition: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message()) }
}
