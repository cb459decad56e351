//! Images, recordings and files in messages, in the forms of all vendors.

use lensai_semantics::{Invoke, Mapping, Value};
use smol_str::SmolStr;

use super::{Media, MediaKind};
use crate::symbol::symbol_of;

/// What the `type` of a part of a message says.
const TYPES: [(&str, MediaKind); 13] = [
    ("image", MediaKind::Image),
    ("image_url", MediaKind::Image),
    ("input_image", MediaKind::Image),
    ("audio", MediaKind::Audio),
    ("audio_url", MediaKind::Audio),
    ("input_audio", MediaKind::Audio),
    ("video", MediaKind::Video),
    ("video_url", MediaKind::Video),
    ("media", MediaKind::File),
    ("file", MediaKind::File),
    ("input_file", MediaKind::File),
    ("document", MediaKind::File),
    ("document_url", MediaKind::File),
];

/// Keys under which a part without a `type` has what is no text (Gemini, Bedrock).
const KEYS: [(&str, MediaKind); 8] = [
    ("inlineData", MediaKind::File),
    ("inline_data", MediaKind::File),
    ("fileData", MediaKind::File),
    ("file_data", MediaKind::File),
    ("image_url", MediaKind::Image),
    ("image", MediaKind::Image),
    ("document", MediaKind::File),
    ("video", MediaKind::Video),
];

/// Keys of the type of what is sent as bytes or by its address.
const MIME_KEYS: [&str; 5] = ["mimeType", "mime_type", "mediaType", "media_type", "contentType"];

/// Words in the names of classes and functions of SDKs, the first that fits counts: `ImageUrl`, `Image.open`.
const NAMES: [(&str, MediaKind); 6] = [
    ("Image", MediaKind::Image),
    ("Audio", MediaKind::Audio),
    ("Video", MediaKind::Video),
    ("Document", MediaKind::File),
    ("Binary", MediaKind::File),
    ("File", MediaKind::File),
];

/// Functions whose result is of the type that they are given.
const FROM_BYTES: [&str; 9] = [
    "from_bytes",
    "from_uri",
    "from_data",
    "fromBytes",
    "fromUri",
    "fromURI",
    "createPartFromUri",
    "createPartFromBase64",
    "createPartFromBytes",
];

/// What a part of a message is, when it is no text.
pub(super) fn media(mapping: &Mapping) -> Option<Media> {
    let text = |key: &str| mapping.get(key).and_then(Value::as_text);
    let said = match text("type") {
        Some(said) => {
            TYPES.iter().find(|(name, _)| *name == said).map(|(_, kind)| (*kind, mapping.get(kind_key(said))))
        }
        None => KEYS.iter().find_map(|(key, kind)| Some((*kind, Some(mapping.get(key)?)))),
    };
    let (kind, content) = said?;
    let content = content.and_then(|content| if let Value::Mapping(content) = content { Some(content) } else { None });
    let parts = || [Some(mapping), content.map(AsRef::as_ref)].into_iter().flatten();
    let find =
        |keys: &[&str]| parts().find_map(|part| keys.iter().find_map(|key| part.get(key).and_then(Value::as_text)));
    let of_mime = find(&MIME_KEYS).and_then(of_mime);
    let kind = if kind == MediaKind::File { of_mime.unwrap_or(kind) } else { kind };
    Some(Media { kind, detail: find(&["detail"]).map(SmolStr::new) })
}

/// The key under which a part of this type has its content.
fn kind_key(kind: &str) -> &str {
    match kind {
        "image" | "document" => "source",
        other => other,
    }
}

/// What an object made by a package is, when it is no text.
pub(super) fn made_media(invoke: &Invoke) -> Option<Media> {
    let symbol = symbol_of(&invoke.callee)?;
    let args = &invoke.args;
    let texts = MIME_KEYS.iter().filter_map(|key| args.named(key)).chain(&args.positional).filter_map(Value::as_text);
    let of_mime = texts.into_iter().find_map(of_mime);
    let last = symbol.path.last()?;
    let kind = if FROM_BYTES.contains(&last.as_str()) {
        of_mime.unwrap_or(MediaKind::File)
    } else {
        // Templates of messages and of prompts are made of text, whatever stands in them.
        let is_text = |name: &SmolStr| name.contains("Message") || name.contains("Prompt") || name.contains("Loader");
        let is_class = |name: &&SmolStr| name.starts_with(char::is_uppercase);
        let mut names = symbol.path.iter().rev().take(2).filter(is_class);
        let known = |name: &SmolStr| NAMES.iter().find(|(word, _)| name.contains(word)).filter(|_| !is_text(name));
        match names.find_map(known)?.1 {
            MediaKind::File => of_mime.unwrap_or(MediaKind::File),
            kind => kind,
        }
    };
    let detail = args.named("detail").and_then(Value::as_text).map(SmolStr::new);
    Some(Media { kind, detail })
}

/// What a media type says.
fn of_mime(mime: &str) -> Option<MediaKind> {
    Some(match mime.split_once('/')?.0 {
        "image" => MediaKind::Image,
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        "application" | "text" => MediaKind::File,
        _ => return None,
    })
}
