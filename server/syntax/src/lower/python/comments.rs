//! What stands beside the code: syntax errors and directives.

use lensai_text::Span;
use memchr::memmem;
use tree_sitter::Node;

use super::kinds::Kind;
use super::span;
use crate::hir::Directive;
use crate::lower::directive::line_of_code;

/// The first place that the parser could not make sense of.
pub(super) fn first_error(root: Node<'_>) -> Option<Span> {
    if !root.has_error() {
        return None;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(span(node));
        }
        let below = node.has_error() && cursor.goto_first_child();
        if !below {
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return Some(span(root));
                }
            }
        }
    }
}

/// Collects `# lensai:` comments. The tree is only walked if the text has the word at all.
pub(super) fn directives(root: Node<'_>, text: &str, directives: &mut Vec<Directive>) {
    if memmem::find(text.as_bytes(), b"lensai:").is_none() {
        return;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if Kind::of(node) == Kind::Extra {
            let comment = text.get(node.byte_range()).and_then(|comment| comment.strip_prefix('#'));
            if let Some(said) = comment.and_then(|comment| comment.trim_start().strip_prefix("lensai:")) {
                let (span, said) = (span(node), said.trim().into());
                directives.push(Directive { span, text: said, line: line_of_code(text, span) });
            }
        }
        if !cursor.goto_first_child() {
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }
}
