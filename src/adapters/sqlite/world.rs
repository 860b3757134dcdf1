//! Brings a world into an empty desk, and gives a desk as a world.

use super::answer::{Word, kind_of, many, number_value, one, portal_reopens_closed_calls, series_word};
use super::desk::{OwnerColumns, raise_counter};
use super::{SqliteStore, permanent};
use crate::adapters::world::{
    Item, Placed, TaskType, World, WorldCall, WorldOwner, WorldPartition, WorldPerson, WorldPortal,
    WorldRequest, WorldTask, WorldTemplate,
};
use crate::ports::Failure;
use crate::vocab::{AddrSpec, Kind, Number, Rights, Series, State};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;

impl SqliteStore {
    /// Fills an empty desk. A desk that holds anybody or anything already stays as it is.
    pub fn import(&mut self, world: &World) -> Result<(), Failure> {
        self.as_a_whole(|store| {
            let sql = "SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM items)
                            + (SELECT count(*) FROM call_templates) + (SELECT count(*) FROM analyst_groups)";
            let held: i64 = one(&store.connection, sql, [], |row| row.get(0))?.unwrap_or_default();
            if held > 0 {
                return permanent("the desk is not empty; a world is imported into a new one");
            }
            let import = Import::new(&store.connection, world);
            import.people()?;
            import.templates()?;
            world.items().try_for_each(|item| import.item(&item))?;
            import.execute(
                "INSERT OR REPLACE INTO settings (name, value) VALUES ('portal_reopens_closed_calls', ?1)",
                [world.portal.reopen_closed_calls],
            )
        })
    }

    /// The desk as a world: people, groups, templates and items, without history and bytes.
    pub fn export(&self) -> Result<World, Failure> {
        self.in_one_view(|| {
            let export = Export { desk: &self.connection };
            let (calls, requests, tasks) = export.items()?;
            let reopen_closed_calls = portal_reopens_closed_calls(&self.connection)?;
            Ok(World {
                people: export.people()?,
                groups: export.names("SELECT name FROM analyst_groups WHERE ?1 ORDER BY record", 1)?,
                partitions: export.partitions()?,
                templates: export.templates()?,
                calls,
                requests,
                tasks,
                portal: WorldPortal { reopen_closed_calls },
            })
        })
    }
}

type Records<'a> = BTreeMap<&'a str, i64>;

/// Names become record numbers: the first of each list is 1.
fn records<'a>(names: impl Iterator<Item = &'a Placed<String>>) -> Records<'a> {
    names.map(Placed::as_str).zip(1..).collect()
}

struct Import<'a> {
    desk: &'a Connection,
    world: &'a World,
    people: Records<'a>,
    groups: Records<'a>,
    partitions: Records<'a>,
    templates: Records<'a>,
}

impl<'a> Import<'a> {
    fn new(desk: &'a Connection, world: &'a World) -> Self {
        Self {
            desk,
            world,
            people: records(world.people.iter().map(|person| &person.name)),
            groups: records(world.groups.iter()),
            partitions: records(world.partitions.iter().map(|partition| &partition.name)),
            templates: records(world.templates.iter().map(|template| &template.name)),
        }
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), Failure> {
        let _changed = self.desk.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    fn people(&self) -> Result<(), Failure> {
        for (name, record) in self.world.groups.iter().zip(1_i64..) {
            let sql = "INSERT INTO analyst_groups (record, name) VALUES (?1, ?2)";
            self.execute(sql, (record, name.as_str()))?;
        }
        for (person, record) in self.world.people.iter().zip(1_i64..) {
            let sql =
                "INSERT INTO persons (record, name, is_user, is_analyst, is_template, take_over, reopen,
                           email_format) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let flags = (person.user, person.analyst, person.template);
            let Rights { take_over, reopen } = person.rights;
            let format = person.email_format.map(Word);
            self.execute(
                sql,
                params![record, person.name.as_str(), flags.0, flags.1, flags.2, take_over, reopen, format],
            )?;
            for (address, position) in person.addresses.iter().map(|it| &it.value).zip(0_i64..) {
                let sql = "INSERT INTO addresses (person, position, address, key) VALUES (?1, ?2, ?3, ?4)";
                self.execute(sql, (record, position, address.as_str(), address.key()))?;
            }
            for (group, position) in person.groups.iter().zip(0_i64..) {
                let sql = "INSERT INTO membership (person, position, analyst_group) VALUES (?1, ?2, ?3)";
                self.execute(sql, (record, position, found(&self.groups, group)?))?;
            }
        }
        Ok(())
    }

    fn templates(&self) -> Result<(), Failure> {
        for (partition, record) in self.world.partitions.iter().zip(1_i64..) {
            let sql = "INSERT INTO partitions (record, name) VALUES (?1, ?2)";
            self.execute(sql, (record, partition.name.as_str()))?;
            for (impact, cells) in &partition.priority_matrix {
                for (urgency, priority) in cells {
                    let sql = "INSERT INTO priority_cells (partition, impact, urgency, priority)
                               VALUES (?1, ?2, ?3, ?4)";
                    self.execute(sql, (record, impact, urgency, priority))?;
                }
            }
        }
        for (template, record) in self.world.templates.iter().zip(1_i64..) {
            let (analyst, group, _) = self.owner(template.owner.as_ref())?;
            let sql =
                "INSERT INTO call_templates (record, name, partition, screen_set, ipk_status, ipk_stream,
                           office, impact, urgency, owner_analyst, owner_group)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            self.execute(
                sql,
                params![
                    record,
                    template.name.as_str(),
                    maybe_found(&self.partitions, template.partition.as_ref())?,
                    template.screen_set,
                    template.ipk_status,
                    template.ipk_stream,
                    template.office,
                    template.impact,
                    template.urgency,
                    analyst,
                    group
                ],
            )?;
        }
        Ok(())
    }

    fn item(&self, item: &Item<'_>) -> Result<(), Failure> {
        let Some(number) = Number::parse(&item.number.value.to_string()) else {
            return permanent(format!("`{}` has more digits than a number may have", item.number.value));
        };
        let number = number_value(number);
        let series = item.kind.series();
        let item_type = if item.is_user_approval { "user_approval" } else { item.kind.word() };
        let (analyst, group, owner_user) = self.owner(item.owner)?;
        // What a world file does not say of a call is its template's.
        let sql =
            "INSERT INTO items (series, number, type, state, title, user, logging_analyst, owner_analyst,
                       owner_group, owner_user, partition, template, reopened, ended_at,
                       screen_set, ipk_status, ipk_stream, office, impact, urgency, priority)
                   SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
                       t.screen_set, t.ipk_status, t.ipk_stream, t.office, t.impact, t.urgency, c.priority
                   FROM (SELECT 1) LEFT JOIN call_templates t ON t.record = ?12
                   LEFT JOIN priority_cells c
                     ON c.partition = t.partition AND c.impact = t.impact AND c.urgency = t.urgency";
        self.execute(
            sql,
            params![
                series_word(series),
                number,
                item_type,
                Word(item.state.value),
                item.title,
                maybe_found(&self.people, item.user)?,
                maybe_found(&self.people, item.logging_analyst)?,
                analyst,
                group,
                owner_user,
                maybe_found(&self.partitions, item.partition)?,
                maybe_found(&self.templates, item.template)?,
                item.reopened,
                item.closed_at_secs(),
            ],
        )?;
        let id = self.desk.last_insert_rowid();
        raise_counter(self.desk, series, number)?;
        for (person, position) in item.delegates.iter().zip(0_i64..) {
            let sql = "INSERT INTO delegates (item, position, person) VALUES (?1, ?2, ?3)";
            self.execute(sql, (id, position, found(&self.people, person)?))?;
        }
        for (direction, people) in [("by", item.forwarded_by), ("to", item.forwarded_to)] {
            for (person, position) in people.iter().zip(0_i64..) {
                let sql = "INSERT INTO forwards (item, direction, position, person) VALUES (?1, ?2, ?3, ?4)";
                self.execute(sql, (id, direction, position, found(&self.people, person)?))?;
            }
        }
        Ok(())
    }

    fn owner(&self, owner: Option<&WorldOwner>) -> Result<OwnerColumns, Failure> {
        Ok(match owner {
            None => (None, None, None),
            Some(WorldOwner::Analyst(name)) => (Some(found(&self.people, name)?), None, None),
            Some(WorldOwner::Group(name)) => (None, Some(found(&self.groups, name)?), None),
            Some(WorldOwner::User(name)) => (None, None, Some(found(&self.people, name)?)),
        })
    }
}

fn found(records: &Records<'_>, name: &Placed<String>) -> Result<i64, Failure> {
    let record = records.get(name.as_str()).copied();
    record.map_or_else(|| permanent(format!("nothing in the world is called `{}`", name.as_str())), Ok)
}

fn maybe_found(records: &Records<'_>, name: Option<&Placed<String>>) -> Result<Option<i64>, Failure> {
    name.map(|name| found(records, name)).transpose()
}

struct Export<'a> {
    desk: &'a Connection,
}

type Items = (Vec<WorldCall>, Vec<WorldRequest>, Vec<WorldTask>);

impl Export<'_> {
    fn names(&self, sql: &str, of: i64) -> Result<Vec<Placed<String>>, Failure> {
        many(self.desk, sql, [of], |row| placed(row, 0))
    }

    fn people(&self) -> Result<Vec<WorldPerson>, Failure> {
        let sql = "SELECT record, name, is_user, is_analyst, is_template, take_over, reopen, email_format
                   FROM persons ORDER BY record";
        let mut people = many(self.desk, sql, [], |row| {
            let person = WorldPerson {
                name: placed(row, 1)?,
                addresses: Vec::new(),
                user: row.get(2)?,
                analyst: row.get(3)?,
                template: row.get(4)?,
                groups: Vec::new(),
                rights: Rights { take_over: row.get(5)?, reopen: row.get(6)? },
                email_format: row.get::<_, Option<Word<_>>>(7)?.map(|word| word.0),
            };
            Ok((row.get::<_, i64>(0)?, person))
        })?;
        for (record, person) in &mut people {
            let sql = "SELECT address FROM addresses WHERE person = ?1 ORDER BY position";
            person.addresses = many(self.desk, sql, [*record], |row| Ok(row.get::<_, Word<AddrSpec>>(0)?.0))?
                .into_iter()
                .map(Placed::from)
                .collect();
            let sql = "SELECT g.name FROM membership m JOIN analyst_groups g ON g.record = m.analyst_group
                       WHERE m.person = ?1 ORDER BY m.position";
            person.groups = self.names(sql, *record)?;
        }
        Ok(people.into_iter().map(|(_, person)| person).collect())
    }

    fn partitions(&self) -> Result<Vec<WorldPartition>, Failure> {
        let sql = "SELECT record, name FROM partitions ORDER BY record";
        let partitions = many(self.desk, sql, [], |row| Ok((row.get::<_, i64>(0)?, placed(row, 1)?)))?;
        let mut exported = Vec::with_capacity(partitions.len());
        for (record, name) in partitions {
            let sql = "SELECT impact, urgency, priority FROM priority_cells WHERE partition = ?1";
            let cells = many(self.desk, sql, [record], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
            })?;
            let mut priority_matrix: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
            for (impact, urgency, priority) in cells {
                let _earlier = priority_matrix.entry(impact).or_default().insert(urgency, priority);
            }
            exported.push(WorldPartition { name, priority_matrix });
        }
        Ok(exported)
    }

    fn templates(&self) -> Result<Vec<WorldTemplate>, Failure> {
        let sql =
            "SELECT t.name, q.name, t.screen_set, t.ipk_status, t.ipk_stream, t.office, t.impact, t.urgency,
                          a.name, g.name, NULL
                   FROM call_templates t
                   LEFT JOIN partitions q ON q.record = t.partition
                   LEFT JOIN persons a ON a.record = t.owner_analyst
                   LEFT JOIN analyst_groups g ON g.record = t.owner_group
                   ORDER BY t.record";
        many(self.desk, sql, [], |row| {
            Ok(WorldTemplate {
                name: placed(row, 0)?,
                partition: maybe_placed(row, 1)?,
                screen_set: row.get(2)?,
                ipk_status: row.get(3)?,
                ipk_stream: row.get(4)?,
                office: row.get(5)?,
                impact: row.get(6)?,
                urgency: row.get(7)?,
                owner: owner(row, 8)?,
            })
        })
    }

    /// Calls, requests and tasks, each in the order of their numbers.
    fn items(&self) -> Result<Items, Failure> {
        let sql = "SELECT i.id, i.type, i.number, i.state, i.title, u.name, l.name, t.name, q.name,
                          a.name, g.name, o.name, i.reopened, iif(i.state = 'closed', i.ended_at, NULL)
                   FROM items i
                   LEFT JOIN persons u ON u.record = i.user
                   LEFT JOIN persons l ON l.record = i.logging_analyst
                   LEFT JOIN call_templates t ON t.record = i.template
                   LEFT JOIN partitions q ON q.record = i.partition
                   LEFT JOIN persons a ON a.record = i.owner_analyst
                   LEFT JOIN analyst_groups g ON g.record = i.owner_group
                   LEFT JOIN persons o ON o.record = i.owner_user
                   ORDER BY i.number";
        let rows = many(self.desk, sql, [], item_row)?;
        let (mut calls, mut requests, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        for (id, item_type, mut call) in rows {
            call.forwarded_by = self.forwards(id, "by")?;
            call.forwarded_to = self.forwards(id, "to")?;
            match kind_of(&item_type).series() {
                Series::Call => calls.push(call),
                Series::Request => requests.push(request_from(call)),
                Series::Task => {
                    let sql = "SELECT p.name FROM delegates d JOIN persons p ON p.record = d.person
                               WHERE d.item = ?1 ORDER BY d.position";
                    tasks.push(task_from(call, &item_type, self.names(sql, id)?));
                }
            }
        }
        Ok((calls, requests, tasks))
    }

    fn forwards(&self, item: i64, direction: &str) -> Result<Vec<Placed<String>>, Failure> {
        let sql = "SELECT p.name FROM forwards f JOIN persons p ON p.record = f.person
                   WHERE f.item = ?1 AND f.direction = ?2 ORDER BY f.position";
        many(self.desk, sql, (item, direction), |row| placed(row, 0))
    }
}

/// An item of any kind in the shape of a call, which has every property that the others have.
fn item_row(row: &Row<'_>) -> rusqlite::Result<(i64, String, WorldCall)> {
    let number: i64 = row.get(2)?;
    let call = WorldCall {
        number: u64::try_from(number).unwrap_or_default().into(),
        state: row.get::<_, Word<State>>(3)?.0.into(),
        title: row.get(4)?,
        user: maybe_placed(row, 5)?,
        logging_analyst: maybe_placed(row, 6)?,
        owner: owner(row, 9)?,
        template: maybe_placed(row, 7)?,
        partition: maybe_placed(row, 8)?,
        reopened: row.get(12)?,
        closed_at: row.get::<_, Option<i64>>(13)?.and_then(instant).map(Placed::from),
        forwarded_by: Vec::new(),
        forwarded_to: Vec::new(),
    };
    Ok((row.get(0)?, row.get(1)?, call))
}

/// An instant as a world file writes it.
fn instant(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|instant| instant.to_string())
}

fn request_from(call: WorldCall) -> WorldRequest {
    WorldRequest {
        number: call.number,
        state: call.state,
        title: call.title,
        user: call.user,
        owner: call.owner,
        partition: call.partition,
        forwarded_by: call.forwarded_by,
        forwarded_to: call.forwarded_to,
    }
}

fn task_from(call: WorldCall, item_type: &str, delegates: Vec<Placed<String>>) -> WorldTask {
    let task_type = match (kind_of(item_type), item_type) {
        (_, "user_approval") => TaskType::UserApproval,
        (Kind::Approval, _) => TaskType::Approval,
        _ => TaskType::Task,
    };
    WorldTask {
        number: call.number,
        task_type,
        state: call.state,
        title: call.title,
        user: call.user,
        owner: call.owner,
        delegates,
        partition: call.partition,
        forwarded_by: call.forwarded_by,
        forwarded_to: call.forwarded_to,
    }
}

fn placed(row: &Row<'_>, index: usize) -> rusqlite::Result<Placed<String>> {
    row.get::<_, String>(index).map(Placed::from)
}

fn maybe_placed(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Placed<String>>> {
    Ok(row.get::<_, Option<String>>(index)?.map(Placed::from))
}

/// An owner from three columns: the name of an analyst, of a group, of a user.
fn owner(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<WorldOwner>> {
    let analyst = maybe_placed(row, index)?.map(WorldOwner::Analyst);
    let group = maybe_placed(row, index + 1)?.map(WorldOwner::Group);
    Ok(analyst.or(group).or(maybe_placed(row, index + 2)?.map(WorldOwner::User)))
}
