//! Markdown whose blocks of code are shown by a test: a comment above a block says what it is.
//!
//! ````text
//! <!-- shown: anything that the test understands -->
//! ```console
//! $ a command
//! what it prints
//! ```
//! ````

/// The document with another content in each block that has a comment above it: `content` is asked with what the
/// comment says and what the block holds, and gives what it should hold.
pub fn with_blocks(document: &str, mut content: impl FnMut(&str, &str) -> String) -> String {
    let mut out = String::with_capacity(document.len());
    let mut lines = document.lines().peekable();
    while let Some(line) = lines.next() {
        push(&mut out, line);
        let Some(comment) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) else { continue };
        let Some(fence) = lines.next_if(|line| line.starts_with("```")) else { continue };
        push(&mut out, fence);
        let mut block = String::new();
        while let Some(line) = lines.next_if(|line| *line != "```") {
            push(&mut block, line);
        }
        out.push_str(&content(comment, &block));
    }
    out
}

/// The session with other answers: each line that begins with `$ ` is a command, what follows up to the next one its answer.
pub fn with_answers(session: &str, mut answer: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    for line in session.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            push(&mut out, line);
            out.push_str(&answer(command));
        }
    }
    out
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "# Title\n\n<!-- shown -->\n```console\n$ one\n1\n$ two\n```\n\n```toml\na = 1\n```\n";

    #[test]
    fn only_blocks_with_a_comment_are_asked_for() {
        let mut asked = Vec::new();
        let same = with_blocks(DOCUMENT, |comment, block| {
            asked.push(format!("{comment}: {block}"));
            block.to_owned()
        });
        assert_eq!((same.as_str(), asked), (DOCUMENT, vec!["shown: $ one\n1\n$ two\n".to_owned()]));
    }

    #[test]
    fn answers_are_replaced() {
        let real = with_blocks(DOCUMENT, |_, block| with_answers(block, |command| format!("<{command}>\n")));
        assert_eq!(real, DOCUMENT.replace("$ one\n1\n$ two\n", "$ one\n<one>\n$ two\n<two>\n"));
    }
}
