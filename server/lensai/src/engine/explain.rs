//! A file in the whole of its project, to explain places in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lensai_calls::Database;
use lensai_calls::sdk::Descriptions;
use lensai_semantics::{Content, SourceFile};
use lensai_syntax::Language;
use lensai_text::Notebook;
use smol_str::SmolStr;

use super::listing::{Known, Listing};
use super::prefilter::{Look, Prefilter};
use super::scope::project;
use super::source::Sources;
use super::walk::{relative, walk, why_left_out};

/// Gives the text of a file, and its cells if it is a notebook.
pub(crate) type TextOf<'a> = &'a dyn Fn(SourceFile) -> (Arc<str>, Option<Notebook>);

/// A project as a scan sees it, and a file of it.
pub(crate) struct Explained {
    /// Where the project begins.
    pub(crate) base: PathBuf,
    pub(crate) database: Database,
    pub(crate) sources: Arc<Sources>,
    /// The file, relative to the project.
    pub(crate) path: String,
    /// The same in the database; none when nothing is looked for in it, even when it is named.
    pub(crate) file: Option<SourceFile>,
    /// Why a scan of the project leaves it out.
    pub(crate) left_out: Option<String>,
    prefilter: Prefilter,
    looks: Vec<(SourceFile, Look)>,
}

impl Explained {
    /// The project around a file that exists: its repository, what the nearest `lensai.toml` covers, or else the current folder
    /// when it holds the file, and the file's own folder when not.
    pub(crate) fn of(file: &Path, here: &Path, descriptions: Descriptions) -> std::io::Result<Self> {
        let file = file.canonicalize()?;
        let folder = file.parent().unwrap_or(&file).to_path_buf();
        let around = || here.canonicalize().ok().filter(|here| folder.starts_with(here));
        let base = project(&folder).or_else(around).unwrap_or(folder);
        let path = relative(&base, &file);
        let sources = Arc::new(Sources::at_rest(&base));
        let prefilter = Prefilter::new(&descriptions);
        let is_listed = walk(&base, std::slice::from_ref(&base)).files.iter().any(|listed| listed.path == path);
        let paths = [base.clone(), file];
        let listing = Listing::new(&base, &paths, &sources, &prefilter, &Known::default());
        let by_look = listing.left_out.iter().find(|(left_out, _)| *left_out == path);
        let left_out = match by_look {
            Some((_, reason)) => Some(format!("it is a {reason}")),
            None if !is_listed => Some(why_left_out(&base, &path).to_owned()),
            None => None,
        };
        let names: Vec<(SmolStr, Language)> =
            listing.files.iter().map(|file| (file.path.clone(), file.language)).collect();
        let texts: Arc<dyn lensai_calls::Texts> = Arc::clone(&sources) as Arc<dyn lensai_calls::Texts>;
        let mut database = Database::new(texts, descriptions, &names, listing.aliases);
        let looks: Vec<(SourceFile, Look)> =
            listing.files.into_iter().filter_map(|file| Some((database.file(&file.path)?, file.look))).collect();
        // Whoever is asked about one place has no use for a choice of files.
        prefilter.select(&mut database, &sources, looks.clone(), true);
        let file = database.file(&path);
        let leading = super::reach::leading(&database, file.as_slice());
        database.set_reaching_names(leading.names);
        Ok(Self { base, database, sources, path, file, left_out, prefilter, looks })
    }

    /// Finds out which functions of the whole project lead to requests: as much work as a scan. Before it is done only those are
    /// known that lead to the requests of the file.
    pub(crate) fn follow_all(&mut self) {
        let wanted = self.prefilter.wanted(&self.database, &self.sources, std::mem::take(&mut self.looks)).files;
        let leading = super::reach::leading(&self.database, &wanted);
        self.database.set_reaching_names(leading.names);
    }
}

/// How a file is named from a folder: with `..` where it lies beside it, whole where they have nothing in common.
pub(crate) fn seen_from(folder: &Path, file: &Path) -> String {
    let common = folder.components().zip(file.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().count() - common;
    if common < 2 && up > 0 {
        return relative(Path::new(""), file);
    }
    let rest: PathBuf = file.components().skip(common).collect();
    "../".repeat(up) + &relative(Path::new(""), &rest)
}

/// The text of a file as a database has it: what is open in an editor counts before the disk.
pub(crate) fn text_of(database: &Database, sources: &Sources, file: SourceFile) -> (Arc<str>, Option<Notebook>) {
    let read = sources.read(file.path(database));
    match file.content(database) {
        Content::Disk(_) => (read.text, read.notebook),
        // An edited notebook has no cells on the disk that its text could be cut by.
        Content::Open(text) | Content::Parsed(text, _) => {
            (Arc::clone(text), read.notebook.filter(|_| read.text == *text))
        }
    }
}
