//! Names that say that nothing is asked of a model.

/// Whether a name is one of a method that texts and collections have: nobody keeps an object under it that is called itself.
pub(crate) fn is_of_collections(name: &str) -> bool {
    matches!(
        name,
        "append"
            | "extend"
            | "insert"
            | "pop"
            | "remove"
            | "get"
            | "items"
            | "keys"
            | "values"
            | "update"
            | "setdefault"
            | "add"
            | "join"
            | "split"
            | "strip"
            | "replace"
            | "startswith"
            | "endswith"
            | "lower"
            | "upper"
            | "encode"
            | "decode"
            | "push"
            | "includes"
            | "trim"
            | "forEach"
    )
}
