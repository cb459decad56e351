//! The settings of the client.

use lensai_checks::Settings as Levels;
use lensai_config::Level;
use lensai_ide::{HintPosition, HintSettings, Template};
use lensai_models::Money;
use serde_json::Value;
use tracing::level_filters::LevelFilter;

/// What the user sets in the editor. None of it says where to go or who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClientSettings {
    /// `enable`: the master switch.
    pub(super) enable: bool,
    /// `hints.enable`
    pub(super) shows_hints: bool,
    /// `hints.minimumCostUsd`, `hints.template`, `hints.position`
    pub(super) hints: HintSettings,
    /// `codeLens.enable`
    pub(super) shows_lenses: bool,
    /// `severity`
    pub(super) levels: Levels,
    /// `logLevel`; without it is as the command line has it.
    pub(super) log_level: Option<LevelFilter>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            enable: true,
            shows_hints: true,
            hints: HintSettings::default(),
            shows_lenses: false,
            levels: Levels::default(),
            log_level: None,
        }
    }
}

impl ClientSettings {
    /// Reads what a client sends: the settings, or an object that has them as `lensai`. What cannot be used is left as it is by
    /// default, and named.
    pub(super) fn parse(sent: &Value) -> (Self, Vec<String>) {
        let mut reader = Reader { settings: sent.get("lensai").unwrap_or(sent), problems: Vec::new() };
        let mut settings = Self::default();
        settings.enable = reader.flag("/enable", settings.enable);
        settings.shows_hints = reader.flag("/hints/enable", settings.shows_hints);
        settings.shows_lenses = reader.flag("/codeLens/enable", settings.shows_lenses);
        if let Some(minimum) = reader.read("/hints/minimumCostUsd", "an amount of US dollars", money) {
            settings.hints.minimum_cost = minimum;
        }
        if let Some(position) = reader.read("/hints/position", "`endOfLine` or `afterCall`", position) {
            settings.hints.position = position;
        }
        settings.hints.template = reader.template().unwrap_or_default();
        settings.levels = reader.levels();
        settings.log_level = reader.read("/logLevel", "`off`, `error`, `warn`, `info`, `debug` or `trace`", log_level);
        (settings, reader.problems)
    }
}

struct Reader<'v> {
    settings: &'v Value,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn read<T>(&mut self, pointer: &str, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        // Null is how clients say that a setting is not set.
        let value = self.settings.pointer(pointer).filter(|value| !value.is_null())?;
        let found = read(value);
        if found.is_none() {
            self.problems.push(format!("`lensai{}` must be {expected}", pointer.replace('/', ".")));
        }
        found
    }

    fn flag(&mut self, pointer: &str, default: bool) -> bool {
        self.read(pointer, "true or false", Value::as_bool).unwrap_or(default)
    }

    fn template(&mut self) -> Option<Template> {
        let text = self.read("/hints/template", "a text", |value| value.as_str().map(str::to_owned))?;
        // An empty box in a settings page means that nothing was filled in.
        if text.is_empty() {
            return None;
        }
        Template::parse(&text).map_err(|error| self.problems.push(format!("`lensai.hints.template`: {error}"))).ok()
    }

    fn levels(&mut self) -> Levels {
        let Some(map) = self.read("/severity", "an object", |value| value.as_object().cloned()) else {
            return Levels::default();
        };
        let read = |value: &Value| serde_json::from_value::<Level>(value.clone()).ok();
        let wrong = map.iter().filter(|(_, value)| read(value).is_none());
        self.problems.extend(
            wrong.map(|(code, _)| format!("`lensai.severity.{code}` must be off, hint, info, warning or error")),
        );
        let known = map.iter().filter_map(|(code, value)| Some((code.as_str(), read(value)?)));
        let (levels, unknown) = Levels::from_names(known);
        self.problems.extend(unknown.iter().map(|code| format!("`lensai.severity.{code}`: there is no such finding")));
        levels
    }
}

fn money(value: &Value) -> Option<Money> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let exact = |text: String| serde_json::from_value::<Money>(Value::String(text)).ok();
    // `1e-5` is how a number in JSON may be written.
    let money = exact(text.clone()).or_else(|| exact(format!("{:.12}", text.parse::<f64>().ok()?)));
    money.filter(|money| *money >= Money::ZERO)
}

fn position(value: &Value) -> Option<HintPosition> {
    match value.as_str()? {
        "endOfLine" => Some(HintPosition::EndOfLine),
        "afterCall" => Some(HintPosition::AfterCall),
        _ => None,
    }
}

pub(super) fn log_level(value: &Value) -> Option<LevelFilter> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_with_and_without_their_name() {
        let (settings, problems) = ClientSettings::parse(&json!({"lensai": {
            "enable": false, "codeLens": {"enable": true}, "logLevel": "debug",
            "hints": {"enable": null, "minimumCostUsd": 0.01, "position": "afterCall", "template": "{cost}"},
            "severity": {"unbounded-output": "off"},
        }}));
        assert_eq!(problems, [] as [String; 0]);
        assert!(!settings.enable && settings.shows_hints && settings.shows_lenses);
        assert_eq!(settings.hints.position, HintPosition::AfterCall);
        assert_eq!(settings.hints.minimum_cost.to_string(), "0.01");
        assert_eq!(settings.levels.severity(lensai_checks::Code::UnboundedOutput), None);
        assert_eq!(settings.log_level, Some(LevelFilter::DEBUG));
        assert!(!ClientSettings::parse(&json!({"enable": false})).0.enable);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let (settings, problems) = ClientSettings::parse(&json!({
            "enable": 1, "logLevel": "loud", "severity": {"x": "off", "call-in-loop": 3},
            "hints": {"minimumCostUsd": -1, "position": "above", "template": "{price}"},
        }));
        assert_eq!(settings, ClientSettings::default());
        assert_eq!(problems.len(), 7, "{problems:?}");
        for nothing in [json!(null), json!([]), json!("x"), json!({"lensai": null})] {
            assert_eq!(ClientSettings::parse(&nothing), (ClientSettings::default(), Vec::new()));
        }
    }
}
