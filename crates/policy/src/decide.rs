//! From a question to Cedar and back.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    ActionConstraint, Authorizer, Context, ContextCreationError, Decision as Verdict, Entities, Entity,
    EntityId, EntityTypeName, EntityUid, PolicyId, PolicySet, Request, Response, RestrictedExpression,
    Schema, ValidationMode, Validator,
};
use domain::{
    id::{GroupId, TenantId, UserId},
    limits,
    permission::Permission,
};

use crate::{
    Authority, Basis, Bulk, Decision, Denial, GrantOnPath, POLICIES, Question, Refusal, SCHEMA, Target,
};

/// The rules, parsed and validated once; shared by all requests.
#[derive(Debug)]
pub struct Policy {
    schema: Schema,
    policies: PolicySet,
    authorizer: Authorizer,
    names: Names,
    /// Policies that permit something on the person's own account or group without
    /// a grant, the action they are about, and what they call it.
    own: HashMap<PolicyId, (EntityUid, Basis)>,
    /// For each permission, in the order of `Permission::ALL`: of which permissions the
    /// policies about it read the scopes. A person is built with those alone, because
    /// building is most of what a decision costs. Reading another would be an error
    /// of the policy, which is a refusal.
    reads: Vec<Vec<Permission>>,
    contexts: [Context; 2],
}

/// Why the rules cannot be used. All of these are mistakes in the text of this
/// crate, and found by its tests.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The schema does not parse.
    #[error("the schema is not valid")]
    Schema(#[source] Box<cedar_policy::CedarSchemaError>),
    /// The policies do not parse.
    #[error("the policies do not parse")]
    Parse(#[source] Box<cedar_policy::ParseErrors>),
    /// A policy does not fit the schema, or can never apply.
    #[error("the policies do not fit the schema: {findings}")]
    Misfit {
        /// What the validator found, line by line.
        findings: String,
    },
    /// A policy has no `@id`, or one that another has too.
    #[error("every policy needs an @id of its own: {policy}")]
    Unnamed {
        /// The policy, or the id that two have.
        policy: String,
    },
    /// The circumstances cannot be expressed.
    #[error("the circumstances of a request cannot be built")]
    Circumstances(#[source] Box<ContextCreationError>),
}

impl Policy {
    /// Parses the shipped rules and validates them strictly; warnings count.
    pub fn load() -> Result<Self, PolicyError> {
        Self::parse(SCHEMA, POLICIES)
    }

    /// The same with other texts.
    fn parse(schema: &str, policies: &str) -> Result<Self, PolicyError> {
        let (schema, warnings) =
            Schema::from_cedarschema_str(schema).map_err(|e| PolicyError::Schema(Box::new(e)))?;
        let mut findings: Vec<String> = warnings.map(|w| w.to_string()).collect();
        let parsed: PolicySet = policies.parse().map_err(|e| PolicyError::Parse(Box::new(e)))?;
        let mut own = HashMap::new();
        let mut policies = PolicySet::new();
        for policy in parsed.policies() {
            let unnamed = || PolicyError::Unnamed { policy: policy.to_string() };
            let id = PolicyId::new(policy.annotation("id").ok_or_else(unnamed)?);
            let basis = match policy.annotation("basis") {
                Some("own_account") => Some(Basis::OwnAccount),
                Some("own_group") => Some(Basis::OwnGroup),
                _ => None,
            };
            if let (Some(basis), ActionConstraint::Eq(action)) = (basis, policy.action_constraint()) {
                own.insert(id.clone(), (action, basis));
            }
            policies.add(policy.new_id(id)).map_err(|_| unnamed())?;
        }
        let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        findings.extend(result.validation_errors().map(ToString::to_string));
        findings.extend(result.validation_warnings().map(ToString::to_string));
        if !findings.is_empty() {
            return Err(PolicyError::Misfit { findings: findings.join("\n") });
        }
        let contexts = [circumstances(false)?, circumstances(true)?];
        let names = Names::new();
        let reads = Permission::ALL.iter().map(|&p| names.read_about(p, &policies)).collect();
        Ok(Self { schema, policies, authorizer: Authorizer::new(), names, own, reads, contexts })
    }

    /// Answers one question. What cannot be decided is refused.
    #[must_use]
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        let entities = check(question.permission, &question.resource).and_then(|()| {
            let reads = &self.reads[question.permission as usize];
            self.entities(question.person, question.grants, reads, &[question.resource])
        });
        match entities {
            Ok(entities) => self.answer(question, &entities),
            Err(problem) => undecidable(question.permission, problem),
        }
    }

    /// Answers for many accounts of one tenant, in their order; the same as
    /// asking [`Self::decide`] for each, without building the person each time.
    #[must_use]
    pub fn decide_many(&self, bulk: &Bulk<'_>) -> Vec<Decision> {
        let targets: Vec<Target<'_>> = bulk
            .accounts
            .iter()
            .map(|&(user, administrator)| Target::Account { user, administrator, path: bulk.path })
            .collect();
        let Some(first) = targets.first() else { return Vec::new() };
        let entities = check(bulk.permission, first).and_then(|()| {
            self.entities(bulk.person, bulk.grants, &self.reads[bulk.permission as usize], &targets)
        });
        let decide = |&resource: &Target<'_>| match &entities {
            Ok(entities) => self.answer(
                &Question {
                    person: bulk.person,
                    permission: bulk.permission,
                    grants: bulk.grants,
                    resource,
                    suspended: bulk.suspended,
                },
                entities,
            ),
            Err(problem) => undecidable(bulk.permission, problem.clone()),
        };
        targets.iter().map(decide).collect()
    }

    /// The principal with the scopes of these permissions, the scopes of the path and
    /// the resources lying at its end.
    fn entities(
        &self,
        person: UserId,
        grants: &[GrantOnPath<'_>],
        reads: &[Permission],
        resources: &[Target<'_>],
    ) -> Result<Entities, String> {
        let path = resources.first().map_or(&[][..], Target::path);
        let scopes: Vec<EntityUid> = path.iter().map(|&tenant| self.names.scope(tenant)).collect();
        let mut all = Vec::with_capacity(scopes.len() + resources.len() + 1);
        for (i, scope) in scopes.iter().enumerate() {
            let parent = i.checked_sub(1).map(|above| scopes[above].clone());
            let attribute =
                parent.clone().map(|uid| ("parent".to_owned(), RestrictedExpression::new_entity_uid(uid)));
            all.push(entity(scope.clone(), attribute.into_iter().collect(), parent.into_iter().collect())?);
        }
        let held = self.names.held(grants, reads, path, &scopes);
        all.push(entity(self.names.person(person), held, HashSet::new())?);
        for resource in resources {
            if let Target::Account { user, administrator, .. } = *resource {
                let owner = RestrictedExpression::new_entity_uid(self.names.person(user));
                let attributes = HashMap::from([
                    ("person".to_owned(), owner),
                    ("administrator".to_owned(), RestrictedExpression::new_bool(administrator)),
                ]);
                let parents = scopes.last().cloned().into_iter().collect();
                all.push(entity(self.names.account(user), attributes, parents)?);
            }
            if let Target::Group { group, owners, .. } = *resource {
                let owners =
                    owners.iter().map(|o| RestrictedExpression::new_entity_uid(self.names.person(*o)));
                let attributes =
                    HashMap::from([("owners".to_owned(), RestrictedExpression::new_set(owners))]);
                let parents = scopes.last().cloned().into_iter().collect();
                all.push(entity(self.names.group(group), attributes, parents)?);
            }
        }
        Entities::from_entities(all, None).map_err(|e| e.to_string())
    }

    fn answer(&self, question: &Question<'_>, entities: &Entities) -> Decision {
        let resource = match question.resource {
            Target::Tenant { path } => path.last().map(|&tenant| self.names.scope(tenant)),
            Target::Account { user, .. } => Some(self.names.account(user)),
            Target::Group { group, .. } => Some(self.names.group(group)),
        };
        let Some(resource) = resource else {
            return undecidable(question.permission, "a tenant without a path".to_owned());
        };
        let request = Request::new(
            self.names.person(question.person),
            self.names.action(question.permission),
            resource,
            self.contexts[usize::from(question.suspended)].clone(),
            Some(&self.schema),
        );
        match request {
            Ok(request) => {
                self.explain(question, &self.authorizer.is_authorized(&request, &self.policies, entities))
            }
            Err(problem) => undecidable(question.permission, problem.to_string()),
        }
    }

    fn explain(&self, question: &Question<'_>, response: &Response) -> Decision {
        let permission = question.permission;
        // Cedar skips a policy that errors. A guard must never be skipped.
        if let Some(error) = response.diagnostics().errors().next() {
            return undecidable(permission, error.to_string());
        }
        let own =
            response.diagnostics().reason().find_map(|id| self.own.get(id)).map(|(_, basis)| basis.clone());
        let mut policies: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        policies.sort_unstable();
        let grant = nearest(question);
        match (response.decision(), grant, own) {
            (Verdict::Allow, _, Some(basis)) => Decision::Allowed(Authority { policies, basis }),
            (Verdict::Allow, Some(grant), None) => {
                let basis = Basis::Grant {
                    grant: grant.grant,
                    role: grant.role.to_owned(),
                    role_version: grant.role_version,
                    scope: grant.scope,
                };
                Decision::Allowed(Authority { policies, basis })
            }
            (Verdict::Allow, None, None) => {
                undecidable(permission, format!("{} allowed it without a grant", policies.join(", ")))
            }
            // A guard is the reason only where there was something to guard.
            (Verdict::Deny, Some(_), _) => forbidden(permission, policies),
            (Verdict::Deny, None, _) if self.is_self_service(question) => forbidden(permission, policies),
            (Verdict::Deny, None, _) => Decision::Denied(Denial { permission, reason: Refusal::NoGrant }),
        }
    }

    /// Whether everybody may do this to their own account or group, and this is theirs.
    fn is_self_service(&self, question: &Question<'_>) -> bool {
        let own = match question.resource {
            Target::Tenant { .. } => false,
            Target::Account { user, .. } => user == question.person,
            Target::Group { owners, .. } => owners.contains(&question.person),
        };
        own && self.own.values().any(|(action, _)| *action == self.names.action(question.permission))
    }
}

/// Names of things in Cedar.
#[derive(Debug)]
struct Names {
    scope: EntityTypeName,
    person: EntityTypeName,
    account: EntityTypeName,
    group: EntityTypeName,
    actions: Vec<EntityUid>,
    attributes: Vec<String>,
}

impl Names {
    fn new() -> Self {
        let name = |text: &str| text.parse::<EntityTypeName>().expect("an identifier is a type name");
        let action =
            |p: &Permission| EntityUid::from_type_name_and_id(name("Action"), EntityId::new(p.code()));
        Self {
            scope: name("Scope"),
            person: name("Person"),
            account: name("Account"),
            group: name("Group"),
            actions: Permission::ALL.iter().map(action).collect(),
            attributes: Permission::ALL.iter().map(|p| format!("can_{p}")).collect(),
        }
    }

    fn scope(&self, tenant: TenantId) -> EntityUid {
        EntityUid::from_type_name_and_id(self.scope.clone(), EntityId::new(tenant.to_string()))
    }

    fn person(&self, user: UserId) -> EntityUid {
        EntityUid::from_type_name_and_id(self.person.clone(), EntityId::new(user.to_string()))
    }

    fn account(&self, user: UserId) -> EntityUid {
        EntityUid::from_type_name_and_id(self.account.clone(), EntityId::new(user.to_string()))
    }

    fn group(&self, group: GroupId) -> EntityUid {
        EntityUid::from_type_name_and_id(self.group.clone(), EntityId::new(group.to_string()))
    }

    fn action(&self, permission: Permission) -> EntityUid {
        self.actions[permission as usize].clone()
    }

    /// One set of scopes for each of these permissions. Only scopes of the path are in
    /// them, and of those only the highest: who holds something on a tenant
    /// holds it on all below, so that the others would add nothing, and building
    /// them is what costs.
    fn held(
        &self,
        grants: &[GrantOnPath<'_>],
        reads: &[Permission],
        path: &[TenantId],
        scopes: &[EntityUid],
    ) -> HashMap<String, RestrictedExpression> {
        let highest = |permission: &Permission| {
            let carrying = grants.iter().filter(|grant| grant.permissions.contains(permission));
            carrying.filter_map(|grant| path.iter().position(|&tenant| tenant == grant.scope)).min()
        };
        let set = |permission: &Permission| {
            let scope = highest(permission).and_then(|level| scopes.get(level)).cloned();
            RestrictedExpression::new_set(scope.map(RestrictedExpression::new_entity_uid))
        };
        reads.iter().map(|p| (self.attributes[*p as usize].clone(), set(p))).collect()
    }

    /// The permissions whose scopes some policy about this one mentions.
    fn read_about(&self, permission: Permission, policies: &PolicySet) -> Vec<Permission> {
        let action = self.action(permission);
        let about: String = policies
            .policies()
            .filter(|policy| match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::Eq(only) => only == action,
                ActionConstraint::In(several) => several.contains(&action),
            })
            .map(ToString::to_string)
            .collect();
        let mentioned = |p: &Permission| about.contains(&self.attributes[*p as usize]);
        Permission::ALL.iter().copied().filter(mentioned).collect()
    }
}

/// Whether the question makes sense at all.
fn check(permission: Permission, resource: &Target<'_>) -> Result<(), String> {
    let depth = resource.path().len();
    if depth == 0 || depth > limits::TENANT_DEPTH {
        return Err(format!("a path of {depth} tenants; 1 to {} are possible", limits::TENANT_DEPTH));
    }
    if permission.resource() != resource.resource() {
        return Err(format!("{permission} is not done to a {:?}", resource.resource()));
    }
    Ok(())
}

/// The grant nearest to the resource that carries the permission; of several
/// on one tenant the oldest.
fn nearest<'a>(question: &Question<'a>) -> Option<&'a GrantOnPath<'a>> {
    let path = question.resource.path();
    question
        .grants
        .iter()
        .filter(|grant| grant.permissions.contains(&question.permission))
        .filter_map(|grant| Some((path.iter().position(|&tenant| tenant == grant.scope)?, grant)))
        .max_by_key(|&(level, grant)| (level, std::cmp::Reverse(grant.grant)))
        .map(|(_, grant)| grant)
}

fn entity(
    uid: EntityUid,
    attributes: HashMap<String, RestrictedExpression>,
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    Entity::new(uid, attributes, parents).map_err(|e| e.to_string())
}

fn circumstances(suspended: bool) -> Result<Context, PolicyError> {
    Context::from_pairs([("suspended".to_owned(), RestrictedExpression::new_bool(suspended))])
        .map_err(|e| PolicyError::Circumstances(Box::new(e)))
}

fn forbidden(permission: Permission, policies: Vec<String>) -> Decision {
    Decision::Denied(Denial { permission, reason: Refusal::Forbidden { policies } })
}

fn undecidable(permission: Permission, problem: String) -> Decision {
    Decision::Denied(Denial { permission, reason: Refusal::Undecidable { problem } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_index_their_own_place() {
        for (place, &permission) in Permission::ALL.iter().enumerate() {
            assert_eq!(permission as usize, place, "{permission}");
        }
    }

    /// At run time entities are not validated again, so that a decision stays
    /// fast; what is proved holds only for entities that fit the schema.
    #[test]
    fn what_is_built_for_a_question_fits_the_schema() {
        let policy = Policy::load().expect("the shipped rules load");
        let case = crate::sample::worst_case();
        let question = case.question();
        for grants in [question.grants, &[]] {
            let entities = policy
                .entities(question.person, grants, Permission::ALL, &[question.resource])
                .expect("an account on a path of six")
                .iter()
                .cloned()
                .collect::<Vec<_>>();
            assert_eq!(entities.len(), 6 + 1 + 1, "scopes, the person, the account");
            let checked = Entities::from_entities(entities, Some(&policy.schema));
            assert!(checked.is_ok(), "{checked:?}");
        }
    }

    #[test]
    fn rules_that_do_not_hold_together_are_refused_when_loaded() {
        let refusal =
            |policies: &str| Policy::parse(SCHEMA, policies).map(|_| ()).expect_err("refused").to_string();
        let nameless = refusal("permit (principal, action, resource);");
        assert!(nameless.starts_with("every policy needs an @id"), "{nameless}");
        let misspelt = refusal("@id(\"x\") permit (principal, action, resource) when { principal.can_do };");
        assert!(misspelt.contains("can_do"), "{misspelt}");
        let twice = refusal(
            "@id(\"x\") permit (principal, action, resource); @id(\"x\") forbid (principal, action, resource);",
        );
        assert!(twice.starts_with("every policy needs an @id"), "{twice}");
        assert_eq!(refusal("permit"), "the policies do not parse");
    }
}
