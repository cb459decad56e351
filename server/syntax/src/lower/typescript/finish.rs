//! The end of an expression, statement or item: its parts are on the stack of values.

use lensai_text::Span;

use super::literal::decode;
use super::{Shape, Then, Walk, Work};
use crate::hir::{
    Arg, Bound, Element, Entry, Export, ExportTarget, Expr, ExprId, ItemId, Param, Part, Place, Return, Store,
};

impl<'t> Walk<'t, '_> {
    pub(super) fn finish(&mut self, work: Work<'t>) {
        match work {
            Work::Leaf(expr, at) => {
                self.push(expr, at);
            }
            Work::Name(name, at) => {
                let name = self.file.body().name(&name);
                self.push(Expr::Name(name), at);
            }
            Work::Drop => {
                self.pop();
            }
            Work::Holds => {
                let equality = self.pop();
                self.file.body().holds_in_next_block(equality);
            }
            Work::Last(count) => {
                let last = self.pop();
                let kept = self.values.len().saturating_sub(count as usize - 1);
                self.values.truncate(kept);
                self.values.push(last);
            }
            Work::Await(at) => {
                let operand = self.pop();
                self.push(Expr::Await(operand), at);
            }
            Work::Cast => {
                let value = self.pop();
                let declared = self.pop();
                self.file.body().body.casts.push((value, declared));
                self.values.push(value);
            }
            Work::Yield { has_value, at } => {
                let value = has_value.then(|| self.pop());
                self.return_value(value, true);
                // What is sent in is not known in general, but where compilers write `yield` for `await` it is the value.
                let expr = match value {
                    Some(value) => Expr::Await(value),
                    None => Expr::Opaque(self.file.body().operands([])),
                };
                self.push(expr, at);
            }
            Work::Return { has_value } => {
                let value = has_value.then(|| self.pop());
                self.return_value(value, false);
            }
            Work::Call { shapes, is_new, at } => self.finish_call(shapes, is_new, at),
            Work::Template { shapes, at } => self.finish_template(shapes, at),
            Work::Mapping { shapes, at } => self.finish_mapping(shapes, at),
            Work::Sequence { shapes, at } => self.finish_sequence(shapes, at),
            Work::Choice { operands, .. } | Work::Join { operands, .. } | Work::Opaque { operands, .. } => {
                self.finish_operands(&work, operands);
            }
            other => self.finish_access(other),
        }
    }

    fn finish_access(&mut self, work: Work<'t>) {
        match work {
            Work::Attribute { name, at } | Work::PeekAttribute { name, at } => {
                let object = self.pop();
                if matches!(work, Work::PeekAttribute { .. }) {
                    self.values.push(object);
                }
                let name = self.name_at(name);
                self.push(Expr::Attribute { object, name }, at);
            }
            Work::Index(at) | Work::PeekIndex(at) => {
                let index = self.pop();
                let object = self.pop();
                if matches!(work, Work::PeekIndex(_)) {
                    self.values.extend([object, index]);
                }
                self.push(Expr::Index { object, index }, at);
            }
            Work::Assign(name) => {
                if let Some(value) = self.values.last().copied() {
                    self.bind(name, Bound::Value(value), None);
                    self.file.body().last_is_assignment();
                }
            }
            Work::Declare { name, has_annotation, has_value } => {
                let value = has_value.then(|| self.pop());
                let annotation = has_annotation.then(|| self.pop());
                self.bind(name, value.map_or(Bound::Unknown, Bound::Value), annotation);
            }
            Work::StoreAttribute { object, name } => self.store_attribute(object, name),
            Work::StoreIndex => {
                let value = self.pop();
                let index = self.pop();
                let object = self.pop();
                self.store(object, Place::Index(index), value);
                self.values.push(value);
            }
            other => self.finish_item(other),
        }
    }

    fn finish_item(&mut self, work: Work<'t>) {
        match work {
            Work::Decorator => {
                let decorator = self.pop();
                self.file.body().body.decorators.push(decorator);
            }
            Work::Base => {
                let base = self.pop();
                self.file.body().body.bases.push(base);
            }
            Work::ReturnType => {
                let type_ = self.pop();
                self.file.body().body.return_type = Some(type_);
            }
            Work::Param(parameter) => {
                let default = parameter.has_default.then(|| self.pop());
                let annotation = parameter.has_annotation.then(|| self.pop());
                self.file.body().body.params.push(Param {
                    name: parameter.name,
                    kind: parameter.kind,
                    default,
                    annotation,
                    is_attribute: parameter.is_attribute,
                });
            }
            Work::Prelude => {
                let body = self.file.body();
                body.body.prelude = body.now().0;
            }
            Work::End { item, then } => self.end(item, &then),
            Work::Export(name) => {
                let value = self.pop();
                self.file.body().body.exports.push(Export { name, target: ExportTarget::Value(value) });
            }
            Work::ExportBound { since, is_default } => self.export_bound(since, is_default),
            // All others are done in `step`, `finish` or `finish_access`.
            _ => {}
        }
    }

    fn end(&mut self, item: ItemId, then: &Then) {
        self.hoist();
        self.file.end();
        match *then {
            Then::Value(at) => {
                self.push(Expr::Function(item), at);
            }
            Then::Bind { name, is_hoisted } => {
                let time = if is_hoisted { ExprId(0) } else { self.file.body().now() };
                self.bind_at(name, Bound::Item(item), None, time);
            }
            Then::Nothing => {}
        }
    }

    fn name_at(&mut self, at: Span) -> crate::hir::NameId {
        let name = self.source(at);
        self.file.body().name(name)
    }

    fn return_value(&mut self, value: Option<ExprId>, is_yield: bool) {
        let body = self.file.body();
        let block = body.block;
        body.body.returns.push(Return { value, block, is_yield });
    }

    fn store_attribute(&mut self, object_at: Span, name: Span) {
        let value = self.pop();
        let object = self.pop();
        self.export_store(object_at, name, value);
        let name = self.name_at(name);
        self.store(object, Place::Attribute(name), value);
        self.values.push(value);
    }

    fn store(&mut self, object: ExprId, place: Place, value: ExprId) {
        let body = self.file.body();
        let (block, time) = (body.block, body.now());
        body.body.stores.push(Store { object, place, value: Some(value), annotation: None, block, time });
    }

    /// Where the values of these shapes begin.
    fn first_value(&self, shapes: &[Shape]) -> usize {
        let count: usize = shapes
            .iter()
            .map(|shape| match shape {
                Shape::Item | Shape::Spread => 1,
                Shape::Pair => 2,
                Shape::Text(_) => 0,
            })
            .sum();
        self.values.len().saturating_sub(count)
    }

    fn finish_call(&mut self, shapes: usize, is_new: bool, at: Span) {
        let list = self.shapes.get(shapes..).unwrap_or(&[]);
        let first = self.first_value(list);
        let values = self.values.get(first..).unwrap_or(&[]);
        let args = list.iter().zip(values).map(|(shape, value)| match shape {
            Shape::Spread => Arg::Spread(*value),
            _ => Arg::Positional(*value),
        });
        let args = self.file.body().args(args);
        self.values.truncate(first);
        self.shapes.truncate(shapes);
        let callee = self.pop();
        self.push(Expr::Call { callee, args, is_new }, at);
    }

    fn finish_sequence(&mut self, shapes: usize, at: Span) {
        let list = self.shapes.get(shapes..).unwrap_or(&[]);
        let first = self.first_value(list);
        let values = self.values.get(first..).unwrap_or(&[]);
        let elements = list.iter().zip(values).map(|(shape, value)| match shape {
            Shape::Spread => Element::Spread(*value),
            _ => Element::Item(*value),
        });
        let elements = self.file.body().elements(elements);
        self.values.truncate(first);
        self.shapes.truncate(shapes);
        self.push(Expr::Sequence(elements), at);
    }

    fn finish_mapping(&mut self, shapes: usize, at: Span) {
        let list = self.shapes.get(shapes..).unwrap_or(&[]);
        let first = self.first_value(list);
        let mut values = self.values.get(first..).unwrap_or(&[]).iter().copied();
        let entries = list.iter().filter_map(|shape| match shape {
            Shape::Pair => Some(Entry::Pair(values.next()?, values.next()?)),
            _ => values.next().map(Entry::Spread),
        });
        let entries = self.file.body().entries(entries);
        self.values.truncate(first);
        self.shapes.truncate(shapes);
        self.push(Expr::Mapping(entries), at);
    }

    fn finish_template(&mut self, shapes: usize, at: Span) {
        let list = self.shapes.get(shapes..).unwrap_or(&[]);
        let first = self.first_value(list);
        let mut values = self.values.get(first..).unwrap_or(&[]).iter().copied();
        let body = self.file.body();
        let mut parts = Vec::with_capacity(list.len());
        for shape in list {
            parts.extend(match shape {
                Shape::Text(text) => {
                    let text = self.text.get(text.range()).unwrap_or("");
                    Some(Part::Text(body.text(decode(text))))
                }
                _ => values.next().map(Part::Hole),
            });
        }
        let parts = body.parts(parts);
        self.values.truncate(first);
        self.shapes.truncate(shapes);
        self.push(Expr::Template(parts), at);
    }

    fn finish_operands(&mut self, work: &Work<'t>, count: usize) {
        let first = self.values.len().saturating_sub(count);
        let operands = self.file.body().operands(self.values.get(first..).unwrap_or(&[]).iter().copied());
        self.values.truncate(first);
        let (expr, at) = match *work {
            Work::Choice { kind, at, .. } => (Expr::Choice { kind, operands }, at),
            Work::Join { op, at, .. } => (Expr::Join { op, operands }, at),
            Work::Opaque { at, .. } => (Expr::Opaque(operands), at),
            _ => return,
        };
        self.push(expr, at);
    }
}
