//! Whether the user trusts what is open.
//!
//! It is read by itself, apart from all settings: what is wrong with those says nothing of it. It fails closed. There is nothing in
//! this server that reaches a network, runs a program or holds a credential; whatever does one day needs [`Trust::Given`].

use serde_json::Value;

/// What the client says of the trust of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Trust {
    /// `trusted` is true.
    Given,
    /// Nothing: the client has no such notion, and what it opens is what its user asked for by name.
    #[default]
    Unsaid,
    /// `trusted` is anything else.
    Refused,
}

impl Trust {
    /// Reads `trusted` of `initializationOptions`.
    pub(super) fn parse(options: Option<&Value>) -> Self {
        match options.and_then(|options| options.get("trusted")) {
            None => Self::Unsaid,
            Some(Value::Bool(true)) => Self::Given,
            Some(_) => Self::Refused,
        }
    }

    /// Nothing outside of the folder that is open may be read: neither what lies above it nor what a link in it leads to.
    pub(super) fn stays_inside(self) -> bool {
        self == Self::Refused
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_true_is_trust() {
        assert_eq!(Trust::parse(Some(&json!({"trusted": true}))), Trust::Given);
        for wrong in [json!(false), json!(null), json!("true"), json!(1), json!([true]), json!({})] {
            assert_eq!(Trust::parse(Some(&json!({"trusted": wrong}))), Trust::Refused, "{wrong}");
        }
        for unsaid in [json!({}), json!(null), json!([]), json!({"hints": {"trusted": true}})] {
            assert_eq!(Trust::parse(Some(&unsaid)), Trust::Unsaid, "{unsaid}");
        }
        assert_eq!(Trust::parse(None), Trust::default());
    }
}
