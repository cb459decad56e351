//! `lensai tokens`: how many tokens a text is.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use lensai_tokens::{Count, Encoding, Method, TokenCounter as _, Tokenizers};
use serde::Serialize;

use super::Exit;
use super::args::{TextFormat, TokensArgs};
use super::console::{self, columns};

/// A count as it is written.
#[derive(Debug, Serialize)]
struct Row<'a> {
    /// None: no model was named, only an encoding was counted with.
    model: Option<&'a str>,
    encoding: &'static str,
    tokens: u64,
    low: u64,
    high: Option<u64>,
    method: Method,
    #[serde(skip)]
    input: String,
}

pub(super) fn run(args: &TokensArgs) -> anyhow::Result<Exit> {
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin } else { args.files.as_slice() };
    let models: Vec<Option<&str>> = match (&args.model, args.compare.as_slice()) {
        (Some(model), _) => vec![Some(model)],
        (None, []) => vec![None],
        (None, models) => models.iter().map(|model| Some(model.as_str())).collect(),
    };
    let tokenizers = Tokenizers::new();
    let mut rows = Vec::new();
    for file in files {
        let text = read(file)?;
        for model in &models {
            rows.push(row(*model, &text, file, &tokenizers));
        }
    }
    let text = match args.format {
        TextFormat::Json => json(&rows)?,
        TextFormat::Text => text(&rows, files.len() > 1),
    };
    console::results(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let shown = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read stdin")?;
        "stdin".to_owned()
    } else {
        bytes = std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        format!("`{}`", file.display())
    };
    String::from_utf8(bytes)
        .map_err(|error| anyhow::anyhow!("{shown} is not valid UTF-8 from byte {}", error.utf8_error().valid_up_to()))
}

fn row<'a>(model: Option<&'a str>, text: &str, file: &Path, tokenizers: &Tokenizers) -> Row<'a> {
    // Without a model the vocabulary is what was asked for, and its count is exact.
    let encoding = model.map_or(Encoding::O200kBase, Encoding::for_model);
    let Count { low, expected, high, method } = tokenizers.for_encoding(encoding).count(text);
    Row { model, encoding: encoding.name(), tokens: expected, low, high, method, input: file.display().to_string() }
}

/// An object; a list when there are several.
fn json(rows: &[Row<'_>]) -> anyhow::Result<String> {
    let mut text = match rows {
        [one] => serde_json::to_string(one)?,
        several => serde_json::to_string_pretty(several)?,
    };
    text.push('\n');
    Ok(text)
}

fn text(rows: &[Row<'_>], several_files: bool) -> String {
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let about = if row.low == row.tokens && row.high == Some(row.tokens) { "" } else { "≈ " };
            let model = row.model.map(|model| format!("{model}, ")).unwrap_or_default();
            let range = match row.high {
                Some(high) if high == row.low => String::new(),
                Some(high) => format!(", {} to {high}", row.low),
                None => format!(", from {}", row.low),
            };
            let noun = if row.tokens == 1 { "token" } else { "tokens" };
            let mut line = vec![format!("{about}{}", row.tokens), noun.to_owned()];
            line.push(format!("({model}{}, {}{range})", row.encoding, row.method));
            line.extend(several_files.then(|| row.input.clone()));
            line
        })
        .collect();
    columns(&lines, &[0])
}
