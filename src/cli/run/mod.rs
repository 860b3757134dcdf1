//! `postroom run`: the service. Polls every account, applies, sends replies, reloads rules, stops cleanly.

mod bell;
mod crew;
mod house;
mod http;
pub(super) mod lock;
mod log;
mod metrics;
mod news;
mod pulse;
mod rules;
mod scribe;
mod sender;
mod worker;

use super::{Exit, Trouble, open, process, time};
use crate::ports::Ledger as _;
use bell::Bell;
use crew::Crew;
use house::{House, SENDER, continued};
use lock::Lock;
use log::{LogFormat, LogLevel};
use news::{News, RuleWatch, hear_signals};
use pulse::Pulse;
use rules::Refused;
use sd_notify::NotifyState;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long the threads may take to finish what they have begun.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How often threads, clock and watchdog are looked after.
const TICK: Duration = Duration::from_millis(500);

/// A rule file is read when nothing has changed for so long: whoever writes it may not be done.
const QUIET: Duration = Duration::from_millis(500);

/// When rules are read again that could not be read for now: the store was busy, a rollback was under way.
const RELOAD_AGAIN: Duration = Duration::from_secs(10);

const SECONDS_OF_DAY: i64 = 24 * 60 * 60;

/// Runs as a service: polls every account, applies the rules, sends the replies
///
/// Every active account is polled by a thread of its own, every outgoing server has one, and none waits for
/// another. SIGTERM stops the service in good order, a second one at once. SIGHUP, or a change of a rule file on
/// disk, reads the rules anew: wrong rules are told, and the earlier ones go on. Lines go to standard error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  postroom run --rules /etc/postroom --store sqlite:/var/lib/postroom/desk.db
  postroom run --http 127.0.0.1:8025 --log-format json
  postroom status --store sqlite:/var/lib/postroom/desk.db")]
pub(super) struct RunArgs {
    /// The rule file, or a folder with a postroom.yaml [default: ./postroom.yaml]
    #[arg(long, value_name = "R")]
    rules: Option<PathBuf>,
    /// Desk and ledger
    #[arg(long, value_name = "S", default_value = process::DEFAULT_STORE)]
    store: String,
    /// Answer /health and /metrics at this address, for instance 127.0.0.1:8025
    #[arg(long, value_name = "ADDRESS:PORT")]
    http: Option<SocketAddr>,
    /// Lines for people, or one JSON object for each line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    log_format: LogFormat,
    /// From which weight on lines are written
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    log_level: LogLevel,
    /// A thread that is not heard of for so long hangs: `status` and /health say so. Waiting for mail does not count
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    hangs_after_secs: u64,
    /// Addresses, subjects and places of mails may stand in the log
    #[arg(long)]
    log_personal_data: bool,
}

/// Runs the service until it is told to stop.
pub(super) fn run(args: &RunArgs) -> Result<Exit, Trouble> {
    // First of all: a signal that nobody hears ends the process wherever it is.
    let (news, heard) = channel();
    hear_signals(news.clone())?;
    let path = open::store_path(&args.store)?;
    let mut store = open::store(&args.store)?;
    let lock = Lock::take(path)?;
    let loaded = rules::load_and_record(args.rules.as_deref(), &mut store, &args.store);
    let active = loaded.map_err(|refused| refused.trouble)?;
    if active.polled().next().is_none() {
        return Err(Trouble::usage(format!(
            "rule set `{}` has no active account that connects to a mailbox, so there is nothing to poll",
            active.rule_set.identity.name
        )));
    }
    log::begin(args.log_format, args.log_level);
    // What a service that was killed was just sending.
    store.release_claims(SENDER)?;
    drop(store);
    tell_rules(&active, "the service starts");
    let house = Arc::new(House::new(
        path.to_path_buf(),
        active,
        Pulse::new(Duration::from_secs(args.hangs_after_secs)),
        args.log_personal_data,
    ));
    let watch = RuleWatch::begin(news)
        .inspect_err(|error| {
            tracing::warn!(fault = %error, "changes of rules on disk are not noticed; send SIGHUP after a change");
        })
        .ok();
    if let Some(address) = args.http {
        http::begin(address, &house)?;
    }
    let mut service = Service { args, house, crew: Crew::default(), watch, scribe: None };
    service.last_until_stopped(&heard);
    service.stop();
    drop(lock);
    Ok(Exit::Done)
}

struct Service<'a> {
    args: &'a RunArgs,
    house: Arc<House>,
    crew: Crew,
    watch: Option<RuleWatch>,
    /// Writes down how the service fares.
    scribe: Option<(Arc<Bell>, JoinHandle<()>)>,
}

impl Service<'_> {
    fn last_until_stopped(&mut self, heard: &Receiver<News>) {
        self.begin_to_write();
        self.watch_files();
        self.crew.keep_up(&self.house);
        tell_system(&[NotifyState::Ready]);
        let mut day = time::now() / SECONDS_OF_DAY;
        let mut reload_at = None;
        loop {
            match heard.recv_timeout(TICK) {
                Ok(News::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(News::Reload) => reload_at = Some(Instant::now()),
                Ok(News::RulesChanged) => reload_at = Some(Instant::now() + QUIET),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if reload_at.is_some_and(|at| at <= Instant::now()) {
                reload_at = self.reload();
            }
            self.crew.keep_up(&self.house);
            self.house.note_hanging();
            self.house.pulse.main_loop_moves();
            // The system restarts us where this loop hangs. An account that hangs is no reason: the others work.
            tell_system(&[NotifyState::Watchdog]);
            let today = time::now() / SECONDS_OF_DAY;
            if today != day {
                day = today;
                self.house.close_day();
            }
        }
    }

    fn begin_to_write(&mut self) {
        let bell = Arc::new(Bell::default());
        let (house, own_bell) = (Arc::clone(&self.house), Arc::clone(&bell));
        let write = move || scribe::write_down(&house, &own_bell);
        match thread::Builder::new().name("scribe".to_owned()).spawn(write) {
            Ok(thread) => self.scribe = Some((bell, thread)),
            Err(error) => tracing::error!(fault = %error, "how the service fares is not written down"),
        }
    }

    fn watch_files(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.watch(&self.house.active().files);
        }
    }

    /// Reads the rules anew, all of them or none: wrong ones are told, and the earlier ones go on. Says when to try again
    /// without a change of the files.
    fn reload(&mut self) -> Option<Instant> {
        tell_system(&reloading());
        let loaded = match self.house.open_store() {
            Ok(mut store) => rules::load_and_record(self.args.rules.as_deref(), &mut store, &self.args.store),
            Err(failure) => Err(Refused { trouble: failure.into(), files: BTreeSet::new() }),
        };
        let again = match loaded {
            Ok(active) => {
                tell_rules(&active, "the rules are read anew");
                self.house.metrics.reload("taken");
                self.house.activate(active);
                self.watch_files();
                self.crew.keep_up(&self.house);
                self.crew.ring();
                None
            }
            Err(refused) => self.go_on(&refused),
        };
        tell_system(&[NotifyState::Ready]);
        again
    }

    /// The rules on disk are refused: everybody who asks is told why, and those that decide go on.
    fn go_on(&mut self, refused: &Refused) -> Option<Instant> {
        let active = self.house.active();
        let identity = &active.rule_set.identity;
        let kept = format!("{} r{}", identity.name, identity.revision);
        let findings = &refused.trouble.message;
        tracing::error!(
            goes_on = kept,
            "the rules on disk are refused, and the earlier ones go on:\n{findings}"
        );
        self.house.metrics.reload("refused");
        let words = format!(
            "the rules on disk are refused, and {kept} goes on: {}; `postroom check --store {}` says more",
            refused.in_one_line(),
            self.args.store
        );
        self.house.note(|parts| {
            parts.service.fault = Some(continued(parts.service.fault.as_ref(), words));
        });
        if let Some(watch) = &mut self.watch {
            watch.watch(&active.files.union(&refused.files).cloned().collect());
        }
        // what is wrong with a file is mended in the file; what is not is tried again
        (refused.trouble.exit != Exit::RuleSetWrong).then(|| Instant::now() + RELOAD_AGAIN)
    }

    /// Lets every thread finish what it has begun.
    fn stop(self) {
        tracing::info!("stopping");
        tell_system(&[NotifyState::Stopping]);
        self.house.stop();
        self.crew.ring();
        for part in self.crew.wait_for_end(Instant::now() + STOP_WITHIN) {
            tracing::warn!(part = %part, "does not come to an end and is broken off; what it had begun is undone");
        }
        if let Some((bell, thread)) = self.scribe {
            bell.ring();
            let _came_to_grief = thread.join();
        }
        self.house.close_day();
        if let Err(failure) = scribe::write_last(&self.house) {
            tracing::warn!(fault = %failure, "how the service fares cannot be written down");
        }
        tracing::info!("stopped");
    }
}

fn tell_rules(active: &rules::Active, what: &str) {
    let identity = &active.rule_set.identity;
    tracing::info!(
        rule_set = identity.name,
        revision = identity.revision,
        digest = identity.digest,
        reason = identity.change_reason,
        accounts = active.polled().count(),
        warnings = active.warnings,
        "{what}"
    );
    if !active.about_change.is_empty() {
        tracing::warn!(
            "the rules decide from now on, and somebody should mend this:\n{}",
            active.about_change
        );
    }
}

/// Tells systemd, where it has started us.
fn tell_system(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(false, states) {
        tracing::debug!(fault = %error, "the system's service manager cannot be told");
    }
}

fn reloading() -> Vec<NotifyState<'static>> {
    let since = NotifyState::monotonic_usec_now().ok();
    std::iter::once(NotifyState::Reloading).chain(since).collect()
}
