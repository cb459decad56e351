//! Computes on the state of a workspace, and is cancelled when that changes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use lensai_calls::reach::of_file;
use lensai_calls::{Call, Database, directives, remembered_calls};
use lensai_checks::{Context, Settings, check};
use lensai_cost::{Assumptions, Estimate, PricedCall};
use lensai_models::Date;
use lensai_semantics::SourceFile;
use smol_str::SmolStr;

use super::analysis::Analysis;
use super::pricer;
use crate::engine::explain::text_of;
use crate::engine::listing::Known;
use crate::engine::prefilter::{Look, Prefilter};
use crate::engine::pricing::{Estimates, Pricing, costs_the_same};
use crate::engine::source::Sources;
use crate::report::explain::{ExplainReport, Explainer};

/// The state of a workspace. As long as there is one its workspace cannot change, so it is dropped soon; what it computes ends
/// early when the workspace wants to.
#[derive(Clone)]
pub struct Handle {
    pub(super) database: Database,
    pub(super) sources: Arc<Sources>,
    pub(super) prefilter: Arc<Prefilter>,
    pub(super) listed: Arc<Known>,
    pub(super) open: Vec<(SmolStr, Look)>,
}

/// What estimates rest on.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Prices and tokenizers.
    pub pricing: &'a Pricing,
    /// What is taken for numbers that the code does not say.
    pub assumptions: Assumptions,
    /// The day of the prices.
    pub date: Date,
    /// How loud each finding is.
    pub levels: &'a Settings,
}

impl<'a> Terms<'a> {
    /// Estimates of requests on these terms.
    pub(super) fn estimates(self) -> Estimates<impl Fn(&Call) -> Estimate + use<'a>> {
        Estimates::new(move |call| self.pricing.estimate(call, &self.assumptions, self.date))
    }
}

impl Handle {
    /// What is known of a file; none when it is no file of the workspace, or the workspace changes meanwhile. `before` is what
    /// was known earlier on the same terms: it is given back when it still holds, and what did not change keeps its estimate.
    pub fn analysis(&self, path: &SmolStr, before: Option<&Arc<Analysis>>, terms: Terms<'_>) -> Option<Arc<Analysis>> {
        let file = self.database.file(path)?;
        salsa::Cancelled::catch(AssertUnwindSafe(|| self.analysed(path, file, before, terms))).ok()
    }

    /// How the call at an offset of a file was found, or why it was not; none when the workspace changes meanwhile.
    pub fn explained(
        &self,
        path: &SmolStr,
        offset: u32,
        pricing: &Pricing,
        assumptions: Assumptions,
        date: Date,
    ) -> Option<ExplainReport> {
        let file = self.database.file(path)?;
        let text_of = |file| text_of(&self.database, &self.sources, file);
        let shown = |path: &str| path.to_owned();
        let explainer =
            Explainer { database: &self.database, text_of: &text_of, shown: &shown, pricing, assumptions, date };
        salsa::Cancelled::catch(AssertUnwindSafe(|| explainer.offset(file, offset))).ok()
    }

    fn analysed(
        &self,
        path: &SmolStr,
        file: SourceFile,
        before: Option<&Arc<Analysis>>,
        terms: Terms<'_>,
    ) -> Arc<Analysis> {
        let database = &self.database;
        let found = remembered_calls(database, file);
        // They rest on the whole text, so its comments are the same as well.
        let reach = of_file(database, file);
        let is_same = |before: &&Arc<Analysis>| {
            Arc::ptr_eq(&before.found, &found) && (Arc::ptr_eq(&before.reach, &reach) || before.reach == reach)
        };
        if let Some(before) = before.filter(is_same) {
            return Arc::clone(before);
        }
        let mut earlier = before.map_or(&[] as &[PricedCall], |before| &before.calls);
        let calls: Vec<PricedCall> = found
            .iter()
            .map(|call| {
                let anew = || Arc::new(terms.pricing.estimate(call, &terms.assumptions, terms.date));
                let estimate = known(call, &mut earlier).map_or_else(anew, Arc::clone);
                PricedCall { call: call.clone(), estimate }
            })
            .collect();
        let directives = directives(database, file);
        let context = Context { catalogue: &terms.pricing.catalogue, today: terms.date, settings: terms.levels };
        let findings = check(&calls, &directives, &context);
        let language = file.language(database);
        let estimates = terms.estimates();
        let functions = reach.functions.iter().map(|it| pricer::function(&estimates, it)).collect();
        let path_of = |file: SourceFile| file.path(database).to_string();
        let wrappers =
            reach.wrappers.iter().map(|(site, steps)| pricer::wrapper(&estimates, *site, steps, &path_of)).collect();
        Arc::new(Analysis {
            path: path.clone(),
            language,
            calls,
            directives,
            findings,
            functions,
            wrappers,
            reach,
            found,
        })
    }
}

/// The estimate of a call that stood elsewhere before. Calls keep their order, so the search goes on behind the last hit.
fn known<'b>(call: &Call, before: &mut &'b [PricedCall]) -> Option<&'b Arc<Estimate>> {
    let at = before.iter().take(NEAR).position(|old| costs_the_same(&old.call, call))?;
    let (found, rest) = before.get(at..)?.split_first()?;
    *before = rest;
    Some(&found.estimate)
}

/// So many calls may have gone before one that stayed.
const NEAR: usize = 8;
