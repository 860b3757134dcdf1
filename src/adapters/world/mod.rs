//! The world file: who is who, what is open, as YAML that people write and read.
//!
//! A [`World`] is what `desk import` and `--world` start from and what `desk export` writes. It holds no
//! history and no bytes. Names are checked as soon as it is read: whoever has a [`World`] from
//! [`World::parse`] may follow every name in it.

mod check;
mod placed;
mod unreadable;

pub(in crate::adapters) use check::Item;
pub use placed::Placed;

use crate::diagnostic::{Diagnostic, Source, SourceId, Sources, Span};
use crate::vocab::{
    AddrSpec, DeskSummary, Kind, MessageFormat, PersonSummary, Rights, State, TemplateSummary,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Not as _;

/// Everything a desk consists of, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// Person records; the first is record number 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<WorldPerson>,
    /// Sets of analysts that work can be assigned to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Placed<String>>,
    /// Departments' slices of the desk.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partitions: Vec<WorldPartition>,
    /// Call templates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<WorldTemplate>,
    /// Calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<WorldCall>,
    /// Requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<WorldRequest>,
    /// Tasks and approvals; they share one numbering.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<WorldTask>,
    /// What the portal allows.
    pub portal: WorldPortal,
}

/// A person record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldPerson {
    /// As shown to people; no two people have the same.
    pub name: Placed<String>,
    /// Every address, the main one first; two people may share one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Placed<AddrSpec>>,
    /// Flagged as a User.
    #[serde(default, skip_serializing_if = "is_off")]
    pub user: bool,
    /// Flagged as an Analyst.
    #[serde(default, skip_serializing_if = "is_off")]
    pub analyst: bool,
    /// A pattern record, never an actor.
    #[serde(default, skip_serializing_if = "is_off")]
    pub template: bool,
    /// The groups an analyst is a member of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Placed<String>>,
    /// What the security role allows.
    #[serde(default)]
    pub rights: Rights,
    /// In which form the person wants mail, if that was ever said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_format: Option<MessageFormat>,
}

/// A department's slice of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldPartition {
    /// As templates and items name it.
    pub name: Placed<String>,
    /// Impact, then urgency, gives the priority (SPEC L8).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub priority_matrix: BTreeMap<String, BTreeMap<String, i64>>,
}

/// What decides the properties of a new call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldTemplate {
    /// As rule files and calls name it.
    pub name: Placed<String>,
    /// The slice of the desk a new call belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Placed<String>>,
    /// Which screens show the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_set: Option<String>,
    /// The call's first status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipk_status: Option<String>,
    /// The stream that this status is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipk_stream: Option<String>,
    /// The office that is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// How much is affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// How soon it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// To whom a new call is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<WorldOwner>,
}

/// To whom work is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorldOwner {
    /// One analyst.
    Analyst(Placed<String>),
    /// Every member of a group.
    Group(Placed<String>),
    /// A user, of a user approval task only.
    User(Placed<String>),
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldCall {
    /// Its number among the calls.
    pub number: Placed<u64>,
    /// `open` or `closed`.
    #[serde(default = "open", skip_serializing_if = "is_open")]
    pub state: Placed<State>,
    /// One line about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// For whom it is logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Placed<String>>,
    /// Who is entered as having logged it; need not be an analyst any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging_analyst: Option<Placed<String>>,
    /// To whom it is assigned now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<WorldOwner>,
    /// The template that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Placed<String>>,
    /// How often it has been reopened by mail.
    #[serde(default, skip_serializing_if = "is_never")]
    pub reopened: u32,
    /// When it was closed, as `2026-01-05T09:00:00Z`; of a closed call only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Placed<String>>,
    /// The slice of the desk it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Placed<String>>,
    /// Who has forwarded it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarded_by: Vec<Placed<String>>,
    /// To whom it was forwarded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarded_to: Vec<Placed<String>>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldRequest {
    /// Its number among the requests.
    pub number: Placed<u64>,
    /// `open` or `closed`.
    #[serde(default = "open", skip_serializing_if = "is_open")]
    pub state: Placed<State>,
    /// One line about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// For whom it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Placed<String>>,
    /// To whom it is assigned now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<WorldOwner>,
    /// The slice of the desk it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Placed<String>>,
    /// Who has forwarded it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarded_by: Vec<Placed<String>>,
    /// To whom it was forwarded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarded_to: Vec<Placed<String>>,
}

/// Which sort of task it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// A plain task.
    #[default]
    Task,
    /// An approval that analysts decide.
    Approval,
    /// An approval that a user may be asked for.
    UserApproval,
}

impl TaskType {
    /// What a subject and a decision call it.
    pub fn kind(self) -> Kind {
        match self {
            Self::Task => Kind::Task,
            Self::Approval | Self::UserApproval => Kind::Approval,
        }
    }
}

/// A task or an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldTask {
    /// Its number among the tasks and approvals.
    pub number: Placed<u64>,
    /// Which sort of task it is.
    #[serde(default, rename = "type")]
    pub task_type: TaskType,
    /// `open` or `closed`; of an approval also `approved` or `rejected`.
    #[serde(default = "open", skip_serializing_if = "is_open")]
    pub state: Placed<State>,
    /// One line about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// For whom it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Placed<String>>,
    /// To whom it is assigned now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<WorldOwner>,
    /// Who else may decide it; of an approval only (SPEC A4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegates: Vec<Placed<String>>,
    /// The slice of the desk it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Placed<String>>,
    /// Who has forwarded it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarded_by: Vec<Placed<String>>,
    /// To whom it was forwarded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwarded_to: Vec<Placed<String>>,
}

/// What the portal allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorldPortal {
    /// Users may reopen closed calls (SPEC R3).
    pub reopen_closed_calls: bool,
}

fn open() -> Placed<State> {
    State::Open.into()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
fn is_off(flag: &bool) -> bool {
    flag.not()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
fn is_never(times: &u32) -> bool {
    *times == 0
}

fn is_open(state: &Placed<State>) -> bool {
    state.value == State::Open
}

/// Why a world file cannot be used: every finding, and the text they point into.
#[derive(Debug)]
pub struct WorldFaults {
    /// The world file alone.
    pub sources: Sources,
    /// What is wrong, by place.
    pub findings: Vec<Diagnostic>,
}

impl fmt::Display for WorldFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let place = self.sources.place(finding.span().unwrap_or_default());
            write!(f, "{separator}{place}: {}", finding.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for WorldFaults {}

/// The deepest nesting of a world file; the format itself needs five.
const DEPTH_MAX: usize = 32;
/// The most nodes of a world file: about half a million people.
const NODES_MAX: usize = 20_000_000;
/// The most text in a world file.
const TEXT_BYTES_MAX: usize = 512 * 1024 * 1024;

impl World {
    /// Reads a world file. `name` is what its places are shown under.
    pub fn parse(name: &str, text: &str) -> Result<Self, WorldFaults> {
        let mut sources = Sources::default();
        let source = sources.add(Source::new(name, text));
        let budget = serde_saphyr::budget! {
            max_depth: DEPTH_MAX,
            max_documents: 1,
            max_aliases: 0,
            max_anchors: 0,
            max_nodes: NODES_MAX,
            max_events: 2 * NODES_MAX,
            max_total_scalar_bytes: TEXT_BYTES_MAX,
        };
        let options = serde_saphyr::options! { budget: budget, strict_booleans: true, with_snippet: false };
        let findings = match serde_saphyr::from_str_with_options::<Option<Self>>(text, options) {
            Ok(world) => {
                let world = world.unwrap_or_default();
                let findings = world.check(source);
                if findings.is_empty() {
                    return Ok(world);
                }
                findings
            }
            Err(error) => vec![unreadable::unreadable(&error, source)],
        };
        Err(WorldFaults { sources, findings })
    }

    /// Writes it as a world file that reads back as the same world.
    pub fn to_yaml(&self) -> Result<String, String> {
        serde_saphyr::to_string(self).map_err(|error| error.to_string())
    }

    /// What a rule set may name on this desk.
    pub fn summary(&self) -> DeskSummary {
        let matrices: BTreeMap<&str, &WorldPartition> =
            self.partitions.iter().map(|partition| (partition.name.as_str(), partition)).collect();
        let people = self.people.iter().map(|person| PersonSummary {
            name: person.name.value.clone(),
            is_user: person.user,
            is_analyst: person.analyst,
            is_template: person.template,
        });
        let templates = self.templates.iter().map(|template| TemplateSummary {
            name: template.name.value.clone(),
            has_owner: template.owner.is_some(),
            partition: template.partition.as_ref().map(|name| name.value.clone()),
            impact: template.impact.clone(),
            urgency: template.urgency.clone(),
            priority: template.partition.as_ref().and_then(|name| {
                let matrix = &matrices.get(name.as_str())?.priority_matrix;
                matrix.get(template.impact.as_ref()?)?.get(template.urgency.as_ref()?).copied()
            }),
        });
        DeskSummary {
            people: people.collect(),
            templates: templates.collect(),
            groups: self.groups.iter().map(|group| group.value.clone()).collect(),
            partitions: self.partitions.iter().map(|partition| partition.name.value.clone()).collect(),
        }
    }
}

impl<T> Placed<T> {
    fn span(&self, source: SourceId) -> Span {
        let (start, end) = self.bytes();
        Span { source, start, end }
    }
}
