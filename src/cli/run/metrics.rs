//! The numbers behind `/metrics`, in the text form of Prometheus.

use crate::adapters::sqlite::{Depths, LedgerCount, Queue};
use crate::cli::status::state::Parts;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::Duration;

type Labels = Vec<(&'static str, String)>;
type Times = Family<Labels, Histogram, fn() -> Histogram>;

/// Counted while the service runs.
pub(super) struct Metrics {
    registry: Registry,
    mails: Family<Labels, Counter>,
    rules: Family<Labels, Counter>,
    sendings: Family<Labels, Counter>,
    restarts: Family<Labels, Counter>,
    reloads: Family<Labels, Counter>,
    rules_refused: Gauge,
    stage_seconds: Times,
    mailbox: Family<Labels, Gauge>,
    ledger: Family<Labels, Gauge>,
    account_ok: Family<Labels, Gauge>,
    server_ok: Family<Labels, Gauge>,
    waiting: Family<Labels, Gauge>,
    failed: Family<Labels, Gauge>,
    oldest: Family<Labels, Gauge>,
    quarantined: Gauge,
    failing: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// What the store says at the moment of asking.
#[derive(Debug, Default)]
pub(super) struct InStore {
    pub(super) queues: Vec<Queue>,
    pub(super) depths: Depths,
    pub(super) ledger: LedgerCount,
}

fn stage_histogram() -> Histogram {
    Histogram::new([0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0])
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            mails: Family::default(),
            rules: Family::default(),
            sendings: Family::default(),
            restarts: Family::default(),
            reloads: Family::default(),
            rules_refused: Gauge::default(),
            stage_seconds: Times::new_with_constructor(stage_histogram),
            mailbox: Family::default(),
            ledger: Family::default(),
            account_ok: Family::default(),
            server_ok: Family::default(),
            waiting: Family::default(),
            failed: Family::default(),
            oldest: Family::default(),
            quarantined: Gauge::default(),
            failing: Gauge::default(),
        };
        let mut registry = Registry::with_prefix("postroom");
        registry.register("mails", "Mails by account and outcome", metrics.mails.clone());
        registry.register("rule_decisions", "Mails by the rule that decided", metrics.rules.clone());
        registry.register("sendings", "Attempts to send by result", metrics.sendings.clone());
        registry.register("restarts", "Threads that came to grief", metrics.restarts.clone());
        registry.register(
            "rule_reloads",
            "Attempts to read the rules anew by result",
            metrics.reloads.clone(),
        );
        let words = "1 while the rules on disk are refused and earlier ones go on";
        registry.register("rules_refused", words, metrics.rules_refused.clone());
        registry.register("stage_seconds", "Time of a mail in each stage", metrics.stage_seconds.clone());
        registry.register("mailbox_mails", "Mails in the mailbox, not dealt with", metrics.mailbox.clone());
        registry.register("ledger_mails", "Mails in the ledger", metrics.ledger.clone());
        registry.register("account_ok", "1 while polling works", metrics.account_ok.clone());
        registry.register("outgoing_ok", "1 while sending works", metrics.server_ok.clone());
        registry.register("outbox_waiting", "Mails of ours to be sent", metrics.waiting.clone());
        registry.register("outbox_failed", "Mails of ours that failed", metrics.failed.clone());
        registry.register(
            "outbox_oldest_seconds",
            "Age of the oldest mail of ours to be sent",
            metrics.oldest.clone(),
        );
        registry.register("quarantine_mails", "Mails in quarantine", metrics.quarantined.clone());
        registry.register("failing_mails", "Mails that failed for now", metrics.failing.clone());
        metrics.registry = registry;
        metrics
    }

    /// A mail of this account came to an end, decided by this rule where one did.
    pub(super) fn mail(&self, account: &str, outcome: &str, rule: Option<&str>) {
        let account = || ("account", account.to_owned());
        self.mails.get_or_create(&vec![account(), ("outcome", outcome.to_owned())]).inc();
        if let Some(rule) = rule {
            self.rules.get_or_create(&vec![account(), ("rule", rule.to_owned())]).inc();
        }
    }

    /// So long a mail was in this stage of this account or server.
    pub(super) fn stage(&self, stage: &str, of: &str, took: Duration) {
        let labels = vec![("stage", stage.to_owned()), ("of", of.to_owned())];
        self.stage_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// An attempt to send by this server had this result.
    pub(super) fn sending(&self, server: &str, result: &str) {
        let labels = vec![("server", server.to_owned()), ("result", result.to_owned())];
        self.sendings.get_or_create(&labels).inc();
    }

    /// A thread came to grief.
    pub(super) fn restart(&self, thread: &str) {
        self.restarts.get_or_create(&vec![("thread", thread.to_owned())]).inc();
    }

    /// The rules were to be read anew, with this result.
    pub(super) fn reload(&self, result: &str) {
        self.reloads.get_or_create(&vec![("result", result.to_owned())]).inc();
    }

    /// Everything as text.
    pub(super) fn text(&self, parts: &Parts, in_store: &InStore, now: i64) -> Option<String> {
        let families = [&self.mailbox, &self.ledger, &self.account_ok, &self.server_ok];
        families.into_iter().chain([&self.waiting, &self.failed, &self.oldest]).for_each(Family::clear);
        let set = |family: &Family<Labels, Gauge>, label, name: &str, value: i64| {
            let _earlier = family.get_or_create(&vec![(label, name.to_owned())]).set(value);
        };
        for (name, state) in &parts.accounts {
            set(
                &self.account_ok,
                "account",
                name,
                i64::from(state.fault.is_none() && state.hanging.is_none()),
            );
            if let Some(count) = state.in_mailbox {
                set(&self.mailbox, "account", name, number(count));
            }
        }
        for (name, count) in in_store.ledger.mails() {
            set(&self.ledger, "account", name, number(count));
        }
        for (name, state) in &parts.servers {
            set(&self.server_ok, "server", name, i64::from(state.fault.is_none() && state.hanging.is_none()));
            set(&self.waiting, "server", name, 0);
            set(&self.oldest, "server", name, 0);
        }
        for queue in &in_store.queues {
            set(&self.waiting, "server", &queue.via, number(queue.waiting));
            set(&self.failed, "server", &queue.via, number(queue.failed));
            let age = queue.oldest_at.map_or(0, |oldest| now.saturating_sub(oldest).max(0));
            set(&self.oldest, "server", &queue.via, age);
        }
        let _earlier = self.rules_refused.set(i64::from(parts.service.fault.is_some()));
        let _earlier = self.quarantined.set(number(in_store.depths.quarantined));
        let _earlier = self.failing.set(number(in_store.depths.failing));
        let mut text = String::new();
        encode(&mut text, &self.registry).ok().map(|()| text)
    }
}
