//! Notebooks that are broken or odd.

use crate::tree::{DEEP, PYTHON_CLIENT, Tree, request};

/// A notebook with these cells, as JSON.
fn notebook(cells: &[&str]) -> String {
    let cells: Vec<_> = cells
        .iter()
        .map(|source| serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source}))
        .collect();
    serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).to_string()
}

#[test]
fn broken_notebooks_are_named() {
    let good = notebook(&[PYTHON_CLIENT, &request("py", "m")]);
    let half = &good[..good.len() / 2];
    let deep = format!("{{\"cells\": {}", "[".repeat(5_000));
    let deep_closed = format!("{{\"cells\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let odd = "{\"cells\": [{\"cell_type\": \"code\", \"source\": 1}]}";
    for content in ["", "{", half, &deep, &deep_closed, "[]", "{\"cells\": {}}", "1", odd, "\u{feff}{", "not json"] {
        let found = Tree::of("bad.ipynb", content).scan();
        assert!(found.says("bad.ipynb", ""), "{content:.80}: {found:?}");
        assert_eq!(found.calls.len(), 0);
    }
}

#[test]
fn good_cells_of_odd_notebooks_are_read() {
    let ask = request("py", "m");
    let cell = |source: &str| serde_json::json!({"cell_type": "code", "source": source}).to_string();
    let cells = |cells: &[String]| format!("{{\"cells\": [{}]}}", cells.join(","));
    let client = cell(PYTHON_CLIENT);

    // A cell of a wrong type, or none, is named; the others count on.
    let odd = cells(&["1".into(), client.clone(), "{\"cell_type\": \"code\", \"source\": [1]}".into(), cell(&ask)]);
    let found = Tree::of("a.ipynb", odd).scan();
    assert!(found.says("a.ipynb", "cell 0"), "{found:?}");
    assert_eq!((found.models(), found.calls[0].cell, found.calls[0].line), (vec!["m"], Some(3), 1));

    // Magics are no Python and no error.
    let magics = format!("%load_ext autoreload\n!pip install openai\nx = !ls\ny = %time 3\n?client\nclient??\n{ask}");
    let found =
        Tree::of("a.ipynb", cells(&[client.clone(), cell(&magics), cell("%%bash\nrm -rf (\n"), cell(&ask)])).scan();
    assert_eq!(found.errors, []);
    let places: Vec<_> = found.calls.iter().map(|call| (call.cell, call.line, call.column)).collect();
    assert_eq!(places, [(Some(1), 7, 1), (Some(3), 1, 1)]);

    // A syntax error in one cell leaves the others alone.
    let found = Tree::of("a.ipynb", cells(&[client, cell("x = = (\n"), cell(&ask)])).scan();
    assert!(found.says("a.ipynb", "cell 1"), "{found:?}");
    assert_eq!(found.models(), ["m"]);
}

#[test]
fn notebooks_of_other_languages_hold_no_python() {
    let text = format!("{PYTHON_CLIENT}{}", request("py", "m"));
    let other = notebook(&[&text])
        .replace("\"metadata\":{},\"nbformat\"", "\"metadata\":{\"kernelspec\":{\"language\":\"R\"}},\"nbformat\"");
    assert!(other.contains("\"R\""));
    let found = Tree::of("r.ipynb", other).scan();
    assert_eq!((found.calls.len(), found.errors.len()), (0, 0), "{found:?}");
}

#[test]
fn notebooks_of_much_and_deep_text() {
    let many: Vec<String> = (0..5_000).map(|at| format!("x{at} = {}", request("py", "m"))).collect();
    let mut cells = vec![PYTHON_CLIENT];
    cells.extend(many.iter().map(String::as_str));
    let found = Tree::of("many.ipynb", notebook(&cells)).scan();
    assert_eq!((found.calls.len(), found.errors.len()), (5_000, 0));
    assert_eq!(found.calls.last().unwrap().cell, Some(5_000));

    let deep = format!("x = {}1{}", "(".repeat(DEEP), ")".repeat(DEEP));
    let found = Tree::of("deep.ipynb", notebook(&[PYTHON_CLIENT, &deep, &request("py", "m")])).scan();
    assert!(found.models() == ["m"] || found.says("deep.ipynb", ""), "{found:?}");
}
