//! Shows that nothing from a sender whom the desk knows ends in silence under `strict`.

#[cfg(test)]
mod tests {
    use crate::adapters::library::Shelf;
    use crate::ruleset::column::{Column, Situation, Stage};
    use crate::ruleset::load::load;
    use crate::ruleset::prove::situations;
    use crate::ruleset::{ChooseAnswer, PermitAnswer, RuleSet};

    fn word(rule_set: &RuleSet, situation: &Situation, column: Column) -> String {
        situation.get(column).map(|word| rule_set.domains.word(column, word)).unwrap_or_default()
    }

    /// Whether the sender reads something after this action, whatever the account's switches say.
    fn is_told(rule_set: &RuleSet, action: usize) -> bool {
        rule_set
            .replies
            .iter()
            .any(|reply| reply.after.contains(&action) && !reply.optional && !reply.to_assignee)
    }

    fn is_told_of_quarantine(rule_set: &RuleSet, reason: &str) -> bool {
        rule_set.replies.iter().any(|reply| reply.after_quarantine.iter().any(|known| known == reason))
    }

    /// Every end that a known sender is not told of, with the rule that leads there.
    fn silent_ends(name: &str) -> Vec<String> {
        let loaded = load(Shelf::built_in(name).unwrap(), &Shelf);
        let rule_set = loaded.rule_set.unwrap();
        let mut silent = Vec::new();
        for (stage, asked_in) in situations(&rule_set) {
            for situation in &asked_in {
                let sender = word(&rule_set, situation, Column::Sender);
                // what programs send is never answered (SPEC G5)
                let is_program =
                    !["no", ""].contains(&word(&rule_set, situation, Column::Automatic).as_str());
                let (rule, told) = match stage {
                    Stage::Choose => {
                        let rule = rule_set.choose.decide(situation);
                        (
                            &rule.name,
                            match &rule.then {
                                ChooseAnswer::Action(_) => true,
                                ChooseAnswer::Ignore(_) => is_program,
                                ChooseAnswer::Quarantine(reason) => is_told_of_quarantine(&rule_set, reason),
                            },
                        )
                    }
                    Stage::Permit => {
                        let rule = rule_set.permit.decide(situation);
                        let chosen = situation.get(Column::Action).map(usize::from).unwrap();
                        (
                            &rule.name,
                            match &rule.then {
                                PermitAnswer::Allow => is_told(&rule_set, chosen),
                                PermitAnswer::Instead(other) => is_told(&rule_set, *other),
                                PermitAnswer::Refuse(_) => true,
                                PermitAnswer::Ignore(_) => false,
                                PermitAnswer::Quarantine(reason) => is_told_of_quarantine(&rule_set, reason),
                            },
                        )
                    }
                    _ => continue,
                };
                let end = format!("{stage}/{rule}");
                if sender != "unknown" && !told && !silent.contains(&end) {
                    silent.push(end);
                }
            }
        }
        silent
    }

    #[test]
    fn nothing_from_a_known_sender_ends_in_silence_under_strict() {
        assert_eq!(silent_ends("strict"), Vec::<String>::new());
        // and the walk does see what it looks for
        assert!(silent_ends("classic").contains(&"choose/unknown-call-number-dropped".to_owned()));
    }
}
