//! Prints what is found (temporary).
use lensai_calls::{Database, Texts, calls, sdk::Descriptions};
use lensai_syntax::Language;
use smol_str::SmolStr;
use std::{path::Path, sync::Arc};
struct Disk(std::path::PathBuf);
impl Texts for Disk {
    fn text(&self, path: &str) -> Arc<str> {
        std::fs::read_to_string(self.0.join(path)).unwrap_or_default().into()
    }
}
fn walk(root: &Path, dir: &Path, out: &mut Vec<(SmolStr, Language)>) {
    let mut e: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    e.sort();
    for p in e {
        if p.is_dir() { walk(root, &p, out) } else {
            let r = p.strip_prefix(root).unwrap().to_str().unwrap();
            if r.ends_with(".ipynb") { continue }
            if let Some(l) = Language::of_path(r) { out.push((SmolStr::new(r), l)) }
        }
    }
}
#[test]
fn show() {
    let root = std::env::var("ROOT").map(std::path::PathBuf::from).unwrap_or(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/support-bot"));
    let mut paths = Vec::new();
    walk(&root, &root, &mut paths);
    let amb: Vec<SmolStr> = paths.iter().map(|p| p.0.clone()).collect();
    let db = Database::new(Arc::new(Disk(root.clone())), Descriptions::builtin(), &paths, &amb, vec![lensai_semantics::Alias{folder:"web/".into(),prefix:"@/".into(),exact:false,targets:vec!["web/".into()]}]);
    for (p, _) in &paths {
        let f = db.file(p).unwrap();
        let text = std::fs::read_to_string(root.join(p.as_str())).unwrap();
        for c in calls(&db, f) {
            let line = text[..c.span.start as usize].matches('\n').count() + 1;
            println!("{p}:{line} {} {:?} prov={:?} {:?} {:?} {} loop={} max={:?} fn={} msgs={} notes={:?}", c.sdk, c.operation, c.provider, c.model.name, c.model.candidates, c.model.origin.as_str(), c.in_loop, c.max_output, c.function, c.prompt.messages.len(), c.notes);
        }
    }
}
