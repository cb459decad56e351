//! Node kinds and fields of the three grammars as small enums: looked up once per grammar, not per node.

use std::sync::OnceLock;

use tree_sitter::Language;

macro_rules! kinds {
    (named { $($named:ident: $($name:literal)|+;)* } tokens { $($token:ident: $($text:literal)|+;)* }) => {
        /// What a node is. `Other`: a named node of no interest; `Token`: any other keyword or punctuation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Kind { $($named,)* $($token,)* Error, Other, Token }

        fn kind(name: &str, is_named: bool) -> Kind {
            if is_named {
                match name { $($($name)|+ => Kind::$named,)* _ => Kind::Other }
            } else {
                match name { $($($text)|+ => Kind::$token,)* _ => Kind::Token }
            }
        }
    };
}

kinds! {
    named {
        Program: "program";
        Comment: "comment" | "html_comment";
        // Names.
        Identifier: "identifier" | "type_identifier" | "property_identifier" | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern" | "private_property_identifier";
        // Statements.
        ExpressionStatement: "expression_statement";
        Declaration: "lexical_declaration" | "variable_declaration" | "using_declaration";
        Declarator: "variable_declarator";
        StatementBlock: "statement_block";
        If: "if_statement";
        ElseClause: "else_clause";
        Switch: "switch_statement";
        SwitchBody: "switch_body";
        SwitchCase: "switch_case";
        SwitchDefault: "switch_default";
        For: "for_statement";
        ForIn: "for_in_statement";
        While: "while_statement";
        Do: "do_statement";
        Try: "try_statement";
        Catch: "catch_clause";
        Finally: "finally_clause";
        With: "with_statement";
        Break: "break_statement";
        Continue: "continue_statement";
        Return: "return_statement";
        Throw: "throw_statement";
        Labeled: "labeled_statement";
        Import: "import_statement";
        ImportClause: "import_clause";
        ImportRequire: "import_require_clause";
        ImportAlias: "import_alias";
        NamedImports: "named_imports";
        NamespaceImport: "namespace_import";
        ImportSpecifier: "import_specifier";
        Export: "export_statement";
        ExportClause: "export_clause";
        ExportSpecifier: "export_specifier";
        NamespaceExport: "namespace_export";
        // Definitions.
        FunctionDeclaration: "function_declaration" | "generator_function_declaration";
        ClassDeclaration: "class_declaration" | "abstract_class_declaration";
        Enum: "enum_declaration";
        EnumBody: "enum_body";
        EnumAssignment: "enum_assignment";
        Namespace: "internal_module" | "module";
        TypeAlias: "type_alias_declaration";
        Skipped: "interface_declaration" | "ambient_declaration" | "function_signature" | "hash_bang_line"
            | "empty_statement" | "debugger_statement" | "statement_identifier" | "jsx_closing_element" | "jsx_text"
            | "html_character_reference" | "import_attribute" | "implements_clause" | "type_parameters"
            | "method_signature" | "abstract_method_signature" | "index_signature" | "accessibility_modifier"
            | "override_modifier" | "optional_chain" | "regex_pattern" | "regex_flags" | "escape_sequence"
            | "string_fragment" | "jsx_namespace_name";
        Method: "method_definition";
        Field: "public_field_definition" | "field_definition";
        StaticBlock: "class_static_block";
        ClassBody: "class_body";
        ClassHeritage: "class_heritage";
        ExtendsClause: "extends_clause";
        Decorator: "decorator";
        FormalParameters: "formal_parameters";
        Parameter: "required_parameter" | "optional_parameter";
        // Patterns.
        ObjectPattern: "object_pattern";
        ArrayPattern: "array_pattern";
        PairPattern: "pair_pattern";
        DefaultPattern: "assignment_pattern" | "object_assignment_pattern";
        RestPattern: "rest_pattern";
        // Expressions.
        This: "this";
        Super: "super";
        Number: "number";
        String: "string";
        True: "true";
        False: "false";
        Null: "null" | "undefined";
        Regex: "regex";
        Meta: "meta_property";
        ImportKeyword: "import";
        TemplateString: "template_string";
        TemplateHole: "template_substitution";
        Member: "member_expression" | "nested_identifier";
        Subscript: "subscript_expression";
        Call: "call_expression";
        New: "new_expression";
        Arguments: "arguments";
        Function: "function_expression" | "generator_function" | "arrow_function";
        Class: "class";
        Object: "object";
        Pair: "pair";
        ComputedName: "computed_property_name";
        Array: "array";
        Spread: "spread_element";
        Ternary: "ternary_expression";
        Binary: "binary_expression";
        Unary: "unary_expression";
        Update: "update_expression";
        Await: "await_expression";
        Yield: "yield_expression";
        Sequence: "sequence_expression";
        Assignment: "assignment_expression";
        Augmented: "augmented_assignment_expression";
        // Whose value is that of their (first) expression.
        Transparent: "parenthesized_expression" | "as_expression" | "satisfies_expression" | "non_null_expression"
            | "instantiation_expression" | "type_assertion" | "jsx_expression";
        Jsx: "jsx_element" | "jsx_self_closing_element";
        JsxPart: "jsx_opening_element" | "jsx_attribute";
        // Types.
        TypeAnnotation: "type_annotation" | "parenthesized_type" | "readonly_type" | "optional_type";
        TypeArguments: "type_arguments";
        NestedType: "nested_type_identifier";
        GenericType: "generic_type";
        ArrayType: "array_type";
        UnionType: "union_type";
        LiteralType: "literal_type";
        TypeQuery: "type_query";
        ThisType: "this_type";
    }
    tokens {
        Comma: ",";
        Plus: "+" | "+=";
        Pipe: "|" | "|=";
        Percent: "%" | "%=";
        Times: "*" | "*=";
        Or: "||" | "||=";
        And: "&&" | "&&=";
        Coalesce: "??" | "??=";
        Void: "void";
        Get: "get";
        Set: "set";
        Static: "static";
        StaticGet: "static get";
        Readonly: "readonly";
        TypeOnly: "type" | "typeof";
        Default: "default";
        Equals: "=";
    }
}

impl Kind {
    /// Whether the node has a value.
    pub(super) fn is_expression(self) -> bool {
        matches!(
            self,
            Self::Identifier
                | Self::This
                | Self::Super
                | Self::Number
                | Self::String
                | Self::True
                | Self::False
                | Self::Null
                | Self::Regex
                | Self::Meta
                | Self::TemplateString
                | Self::Member
                | Self::Subscript
                | Self::Call
                | Self::New
                | Self::Function
                | Self::Class
                | Self::Object
                | Self::Array
                | Self::Spread
                | Self::Ternary
                | Self::Binary
                | Self::Unary
                | Self::Update
                | Self::Await
                | Self::Yield
                | Self::Sequence
                | Self::Assignment
                | Self::Augmented
                | Self::Transparent
                | Self::Jsx
        )
    }

    /// Whether the node destructures.
    pub(super) fn is_pattern(self) -> bool {
        matches!(self, Self::ObjectPattern | Self::ArrayPattern)
    }
}

macro_rules! fields {
    ($($field:ident: $name:literal,)*) => {
        /// Ids of the fields of a grammar; a field it lacks has an id that no node has.
        pub(super) struct Fields { $(pub(super) $field: u16,)* }

        impl Fields {
            fn of(language: &Language) -> Self {
                let id = |name: &str| language.field_id_for_name(name).map_or(u16::MAX, u16::from);
                Self { $($field: id($name),)* }
            }
        }
    };
}

fields! {
    alias: "alias", alternative: "alternative", arguments: "arguments", body: "body", condition: "condition",
    consequence: "consequence", constructor: "constructor", declaration: "declaration",
    function: "function", finalizer: "finalizer", handler: "handler", increment: "increment", index: "index",
    initializer: "initializer", key: "key", left: "left", module: "module", name: "name",
    object: "object", operator: "operator", parameter: "parameter", parameters: "parameters", pattern: "pattern",
    property: "property", return_type: "return_type", right: "right", source: "source", type_: "type",
    value: "value", argument: "argument",
}

/// What is known of a grammar.
pub(super) struct Table {
    kinds: Vec<Kind>,
    pub(super) fields: Fields,
}

impl Table {
    /// The table of a grammar.
    pub(super) fn of(language: &Language) -> &'static Self {
        static JAVASCRIPT: OnceLock<Table> = OnceLock::new();
        static TYPESCRIPT: OnceLock<Table> = OnceLock::new();
        static TSX: OnceLock<Table> = OnceLock::new();
        let slot = if *language == Language::from(tree_sitter_javascript::LANGUAGE) {
            &JAVASCRIPT
        } else if *language == Language::from(tree_sitter_typescript::LANGUAGE_TYPESCRIPT) {
            &TYPESCRIPT
        } else {
            &TSX
        };
        slot.get_or_init(|| Self::build(language))
    }

    fn build(language: &Language) -> Self {
        let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let kinds = (0..count)
            .map(|id| kind(language.node_kind_for_id(id).unwrap_or(""), language.node_kind_is_named(id)))
            .collect();
        Self { kinds, fields: Fields::of(language) }
    }

    /// The kind of a node by its id; `ERROR` has an id beyond the grammar's.
    pub(super) fn kind(&self, id: u16) -> Kind {
        self.kinds.get(usize::from(id)).copied().unwrap_or(Kind::Error)
    }
}
