//! Labels of hints, as the user wants them.

/// A label with places for figures: `≈ {cost} · {tokens} tok`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Figure(Figure),
}

/// What can stand in a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Cost,
    Tokens,
    Input,
    Output,
    Model,
}

/// A template that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    /// There is no such figure.
    #[error("`{{{0}}}` is no figure: there is `{{cost}}`, `{{tokens}}`, `{{input}}`, `{{output}}`, `{{model}}`")]
    UnknownFigure(String),
    /// A `{` that is not closed.
    #[error("a `{{` is not closed")]
    NotClosed,
}

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(InvalidTemplate::NotClosed)?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Figure(match name.trim() {
                "cost" => Figure::Cost,
                "tokens" => Figure::Tokens,
                "input" => Figure::Input,
                "output" => Figure::Output,
                "model" => Figure::Model,
                other => return Err(InvalidTemplate::UnknownFigure(other.chars().take(40).collect())),
            }));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }
}

impl Default for Template {
    /// `≈ {cost} · {tokens} tok`.
    fn default() -> Self {
        Self {
            parts: vec![
                Part::Text("≈ ".to_owned()),
                Part::Figure(Figure::Cost),
                Part::Text(" · ".to_owned()),
                Part::Figure(Figure::Tokens),
                Part::Text(" tok".to_owned()),
            ],
        }
    }
}
