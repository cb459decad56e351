//! What is sent with a request: messages of literal parts and named holes, and what is billed beside them.

mod build;
mod definition;
mod media;

use std::sync::Arc;

use smol_str::SmolStr;

pub(crate) use self::build::PromptBuilder;

/// What is sent with a request, as far as it can be known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompt {
    /// Messages in order; a prompt that is one text is one message of role `user`; the texts of an embedding are one
    /// message each.
    pub messages: Vec<Message>,
    /// Further messages are sent that are not known.
    pub open: bool,
    /// Tools that the model may call: their definitions are sent, and billed, with each request.
    pub tools: Vec<Definition>,
    /// There are tools that are not known.
    pub open_tools: bool,
    /// The schema that the answer must have, which is sent too.
    pub schema: Option<Definition>,
}

impl Prompt {
    /// Whether more is sent, and billed, than messages.
    pub fn has_definitions(&self) -> bool {
        !self.tools.is_empty() || self.open_tools || self.schema.is_some()
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `system`, `user`, `assistant`, …; none when it is not known.
    pub role: Option<SmolStr>,
    /// Its content in order.
    pub parts: Vec<PromptPart>,
}

/// A part of a message or a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptPart {
    /// Text that is known.
    Text(StaticText),
    /// Text that is only known at run time, by the name it has in the code (`text`, `doc.body`); the path of a file that is
    /// read; `…` without a name.
    Hole(SmolStr),
    /// What is no text.
    Media(Media),
}

/// Text that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticText {
    /// The text, shared with the syntax of the file in which it stands.
    pub text: Arc<str>,
    /// That file, relative to the workspace, with `/`; of a text put together the one that most of it stands in.
    pub path: Option<SmolStr>,
}

/// An image, a recording or a file in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// How closely an image is looked at (`low`, `high`), when the code says it: it is billed by that.
    pub detail: Option<SmolStr>,
}

/// Kind of a [`Media`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// An image.
    Image,
    /// A recording.
    Audio,
    /// A film.
    Video,
    /// A document, or any file whose type is not known.
    File,
}

impl MediaKind {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
        }
    }
}

/// A tool or a schema, as far as it can be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: Option<SmolStr>,
    /// What is sent of it, as JSON where it is written as such, with holes for what is not known; empty when it is made of a
    /// function or class.
    pub parts: Vec<PromptPart>,
}
