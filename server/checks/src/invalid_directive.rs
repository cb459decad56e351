//! `config-invalid`, for comments: a `lensai:` comment that cannot be read, or that is about nothing.

use lensai_calls::Directive;
use lensai_config::Directive as Said;
use lensai_text::Span;

use crate::code::Code;
use crate::finding::{Finding, Severity};

pub(crate) fn check(directives: &[Directive], calls: &[Span], severity: Severity) -> Vec<Finding> {
    let messages = directives.iter().filter_map(|directive| Some((directive.span, message(directive, calls)?)));
    messages
        .map(|(span, message)| Finding {
            code: Code::ConfigInvalid,
            severity,
            span,
            message,
            related: Vec::new(),
            call: None,
        })
        .collect()
}

fn message(directive: &Directive, calls: &[Span]) -> Option<String> {
    match &directive.said {
        Err(error) => Some(error.message.clone()),
        Ok(Said::Annotation(_)) if directive.about(calls).is_empty() => {
            Some("this comment is beside no call that is found: it changes nothing".to_owned())
        }
        Ok(Said::Ignore(ignore)) => {
            let unknown = ignore.codes.iter().find(|code| !Code::is_name(code))?;
            let unknown: String = unknown.chars().take(40).collect();
            Some(format!("`{unknown}` is no code of a finding: see docs/findings"))
        }
        Ok(Said::Annotation(_)) => None,
    }
}
