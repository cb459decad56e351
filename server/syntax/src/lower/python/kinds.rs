//! The kinds of nodes of the Python grammar, as a table from tree-sitter's numbers.

use std::sync::LazyLock;

use tree_sitter::Node;

/// What a node is. Tokens that say nothing are [`Kind::Token`]; comments and what else may stand anywhere, [`Kind::Extra`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    // Statements.
    Assert,
    Break,
    Class,
    Continue,
    Decorated,
    Delete,
    Exec,
    ExpressionStatement,
    For,
    Function,
    FutureImport,
    Global,
    If,
    Import,
    ImportFrom,
    Match,
    Module,
    Nonlocal,
    Pass,
    Print,
    Raise,
    Return,
    Try,
    TypeAlias,
    While,
    With,
    // Parts of statements.
    AliasedImport,
    Block,
    Case,
    CasePattern,
    Chevron,
    ClassPattern,
    Decorator,
    DictPattern,
    DottedName,
    Elif,
    Else,
    Except,
    Finally,
    IfClause,
    KeywordPattern,
    Parameters,
    RelativeImport,
    SplatPattern,
    Underscore,
    WildcardImport,
    WithClause,
    WithItem,
    // Parameters.
    DefaultParameter,
    DictionarySplatPattern,
    KeywordSeparator,
    ListSplatPattern,
    PositionalSeparator,
    TypedDefaultParameter,
    TypedParameter,
    // Expressions.
    AsPattern,
    AsPatternTarget,
    Assignment,
    Attribute,
    Augmented,
    Await,
    Binary,
    Boolean,
    Call,
    Comparison,
    Concatenated,
    Conditional,
    ConstrainedType,
    Dictionary,
    DictionaryComprehension,
    DictionarySplat,
    Ellipsis,
    ExpressionList,
    False,
    Float,
    Generator,
    GenericType,
    Identifier,
    Integer,
    Lambda,
    List,
    ListComprehension,
    ListPattern,
    ListSplat,
    MemberType,
    Named,
    None,
    Not,
    Parenthesized,
    PatternList,
    Set,
    SetComprehension,
    SliceIndex,
    SplatType,
    String,
    Subscript,
    True,
    Tuple,
    TuplePattern,
    Type,
    Unary,
    UnionType,
    Yield,
    // Parts of expressions.
    ArgumentList,
    ForIn,
    FormatSpecifier,
    Interpolation,
    KeywordArgument,
    Pair,
    StringPart,
    TypeParameter,
    // Tokens that decide.
    AndToken,
    Equals,
    From,
    OrToken,
    Percent,
    PercentEquals,
    Pipe,
    PipeEquals,
    Plus,
    PlusEquals,
    Operator,
    Times,
    TimesEquals,
    // The rest.
    Error,
    Extra,
    OtherNode,
    Token,
}

impl Kind {
    /// The kind of a node.
    pub(super) fn of(node: Node<'_>) -> Self {
        let id = node.kind_id();
        if id == u16::MAX { Self::Error } else { KINDS.get(usize::from(id)).copied().unwrap_or(Self::OtherNode) }
    }

    /// Whether it is a statement.
    pub(super) fn is_statement(self) -> bool {
        (self as u8) <= (Self::With as u8)
    }

    /// Whether it is an expression.
    pub(super) fn is_expression(self) -> bool {
        (Self::AsPattern as u8..=Self::Yield as u8).contains(&(self as u8)) && self != Self::AsPatternTarget
    }

    /// Whether it is an expression in which no call can stand.
    pub(super) fn is_leaf(self) -> bool {
        matches!(
            self,
            Self::Identifier | Self::Integer | Self::Float | Self::True | Self::False | Self::None | Self::Ellipsis
        )
    }
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let language = tree_sitter::Language::from(tree_sitter_python::LANGUAGE);
    let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
    (0..count)
        .map(|id| match language.node_kind_for_id(id) {
            Some(name) if language.node_kind_is_named(id) => named(name),
            Some(name) => token(name),
            None => Kind::OtherNode,
        })
        .collect()
});

fn named(name: &str) -> Kind {
    statement(name).or_else(|| expression(name)).unwrap_or(Kind::OtherNode)
}

/// Statements, parameters and their parts.
fn statement(name: &str) -> Option<Kind> {
    Some(match name {
        "aliased_import" => Kind::AliasedImport,
        "assert_statement" => Kind::Assert,
        "block" => Kind::Block,
        "break_statement" => Kind::Break,
        "case_clause" => Kind::Case,
        "case_pattern" => Kind::CasePattern,
        "chevron" => Kind::Chevron,
        "class_definition" => Kind::Class,
        "class_pattern" => Kind::ClassPattern,
        "continue_statement" => Kind::Continue,
        "decorated_definition" => Kind::Decorated,
        "decorator" => Kind::Decorator,
        "default_parameter" => Kind::DefaultParameter,
        "delete_statement" => Kind::Delete,
        "dict_pattern" => Kind::DictPattern,
        "dictionary_splat_pattern" => Kind::DictionarySplatPattern,
        "dotted_name" => Kind::DottedName,
        "elif_clause" => Kind::Elif,
        "else_clause" => Kind::Else,
        "except_clause" => Kind::Except,
        "exec_statement" => Kind::Exec,
        "expression_statement" => Kind::ExpressionStatement,
        "finally_clause" => Kind::Finally,
        "for_statement" => Kind::For,
        "function_definition" => Kind::Function,
        "future_import_statement" => Kind::FutureImport,
        "global_statement" => Kind::Global,
        "if_clause" => Kind::IfClause,
        "if_statement" => Kind::If,
        "import_from_statement" => Kind::ImportFrom,
        "import_statement" => Kind::Import,
        "keyword_pattern" => Kind::KeywordPattern,
        "keyword_separator" => Kind::KeywordSeparator,
        "lambda_parameters" | "parameters" => Kind::Parameters,
        "list_splat_pattern" => Kind::ListSplatPattern,
        "match_statement" => Kind::Match,
        "module" => Kind::Module,
        "nonlocal_statement" => Kind::Nonlocal,
        "pass_statement" => Kind::Pass,
        "positional_separator" => Kind::PositionalSeparator,
        "print_statement" => Kind::Print,
        "raise_statement" => Kind::Raise,
        "relative_import" => Kind::RelativeImport,
        "return_statement" => Kind::Return,
        "splat_pattern" => Kind::SplatPattern,
        "try_statement" => Kind::Try,
        "type_alias_statement" => Kind::TypeAlias,
        "typed_default_parameter" => Kind::TypedDefaultParameter,
        "typed_parameter" => Kind::TypedParameter,
        "while_statement" => Kind::While,
        "wildcard_import" => Kind::WildcardImport,
        "with_clause" => Kind::WithClause,
        "with_item" => Kind::WithItem,
        "with_statement" => Kind::With,
        _ => return None,
    })
}

/// Expressions, their parts, and what may stand anywhere.
fn expression(name: &str) -> Option<Kind> {
    Some(match name {
        "argument_list" => Kind::ArgumentList,
        "as_pattern" => Kind::AsPattern,
        "as_pattern_target" => Kind::AsPatternTarget,
        "assignment" => Kind::Assignment,
        "attribute" => Kind::Attribute,
        "augmented_assignment" => Kind::Augmented,
        "await" => Kind::Await,
        "binary_operator" => Kind::Binary,
        "boolean_operator" => Kind::Boolean,
        "call" => Kind::Call,
        "comment" | "line_continuation" => Kind::Extra,
        "comparison_operator" => Kind::Comparison,
        "concatenated_string" => Kind::Concatenated,
        "conditional_expression" => Kind::Conditional,
        "constrained_type" => Kind::ConstrainedType,
        "dictionary" => Kind::Dictionary,
        "dictionary_comprehension" => Kind::DictionaryComprehension,
        "dictionary_splat" => Kind::DictionarySplat,
        "ellipsis" => Kind::Ellipsis,
        "expression_list" => Kind::ExpressionList,
        "false" => Kind::False,
        "float" => Kind::Float,
        "for_in_clause" => Kind::ForIn,
        "format_expression" | "interpolation" => Kind::Interpolation,
        "format_specifier" => Kind::FormatSpecifier,
        "generator_expression" => Kind::Generator,
        "generic_type" => Kind::GenericType,
        "identifier" => Kind::Identifier,
        "integer" => Kind::Integer,
        "keyword_argument" => Kind::KeywordArgument,
        "lambda" => Kind::Lambda,
        "list" => Kind::List,
        "list_comprehension" => Kind::ListComprehension,
        "list_pattern" => Kind::ListPattern,
        "list_splat" => Kind::ListSplat,
        "member_type" => Kind::MemberType,
        "named_expression" => Kind::Named,
        "none" => Kind::None,
        "not_operator" => Kind::Not,
        "pair" => Kind::Pair,
        "parenthesized_expression" => Kind::Parenthesized,
        "pattern_list" => Kind::PatternList,
        "set" => Kind::Set,
        "set_comprehension" => Kind::SetComprehension,
        "slice" => Kind::SliceIndex,
        "splat_type" => Kind::SplatType,
        "string" => Kind::String,
        "string_content"
        | "string_end"
        | "string_start"
        | "escape_sequence"
        | "escape_interpolation"
        | "type_conversion" => Kind::StringPart,
        "subscript" => Kind::Subscript,
        "true" => Kind::True,
        "tuple" => Kind::Tuple,
        "tuple_pattern" => Kind::TuplePattern,
        "type" => Kind::Type,
        "type_parameter" => Kind::TypeParameter,
        "unary_operator" => Kind::Unary,
        "union_type" => Kind::UnionType,
        "yield" => Kind::Yield,
        _ => return None,
    })
}

fn token(name: &str) -> Kind {
    match name {
        "%" => Kind::Percent,
        "%=" => Kind::PercentEquals,
        "*" => Kind::Times,
        "*=" => Kind::TimesEquals,
        "+" => Kind::Plus,
        "+=" => Kind::PlusEquals,
        "=" => Kind::Equals,
        "_" => Kind::Underscore,
        "and" => Kind::AndToken,
        "from" => Kind::From,
        "or" => Kind::OrToken,
        "|" => Kind::Pipe,
        "|=" => Kind::PipeEquals,
        "-" | "/" | "//" | "@" | "**" | "&" | "^" | "<<" | ">>" | "-=" | "/=" | "@=" | "//=" | "**=" | ">>="
        | "<<=" | "&=" | "^=" => Kind::Operator,
        _ => Kind::Token,
    }
}
