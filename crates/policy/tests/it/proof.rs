//! Properties of the rules, proved for *every* request and every tree of
//! tenants, not for samples: Cedar's symbolic compiler asks the solver cvc5
//! for a counterexample, and there must be none. `docs/delegation.md` says in
//! words what is proved.

use std::{
    collections::BTreeSet,
    error::Error,
    io,
    process::{Command, Stdio},
};

use cedar_policy::{ActionConstraint, Authorizer, Decision, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, solver::LocalSolver};
use domain::permission::Permission;
use policy::{POLICIES, SCHEMA};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A property that does not hold, and a request that shows it.
#[derive(Debug)]
struct Refuted {
    property: &'static str,
    action: String,
    counterexample: String,
}

#[tokio::test]
async fn the_shipped_rules_have_every_property() -> Outcome<()> {
    let mut prover = Prover::new()?;
    let envs = prover.envs();
    assert_eq!(envs.len(), Permission::ALL.len(), "one kind of request for each permission");
    let refuted = prover.refute(&shipped()?, &envs).await?;
    assert!(refuted.is_empty(), "{refuted:#?}");
    // Two for each kind of request that all share, two that what is allowed is
    // possible, and the guards.
    assert_eq!(prover.questions, 4 * envs.len() + WRITES.len() + 7, "questions asked");
    Ok(())
}

#[tokio::test]
async fn no_policy_ever_errors() -> Outcome<()> {
    let mut prover = Prover::new()?;
    let mut checked = 0;
    for env in prover.envs() {
        for policy in shipped()?.policies() {
            let compiled = CompiledPolicy::compile(policy, &env, &prover.schema)?;
            let fine = prover.compiler.check_never_errors_opt(&compiled).await?;
            assert!(fine, "{} can error on {}", policy.id(), code(&env));
            checked += 1;
        }
    }
    assert_eq!(checked, Permission::ALL.len() * shipped()?.policies().count());
    Ok(())
}

/// The proof can fail: each of these rules is a mistake somebody could make.
#[tokio::test]
async fn a_bad_rule_is_refuted_and_the_action_named() -> Outcome<()> {
    let bad = [
        // Reaches into every tenant.
        (
            "user_delete",
            r#"permit (principal, action == Action::"user_delete", resource) when { !resource.administrator };"#,
            "isolation",
        ),
        // Reading is taken for deleting.
        (
            "user_delete",
            r#"permit (principal, action == Action::"user_delete", resource) when { resource in principal.can_user_read };"#,
            "only by its own permission",
        ),
        // Whoever may do something below a tenant gets to see it.
        (
            "tenant_read",
            r#"permit (principal, action == Action::"tenant_read", resource is Scope) when { resource has parent && resource.parent in principal.can_tenant_read || context.suspended };"#,
            "isolation",
        ),
        // Owning one group is taken for owning all of a tenant.
        (
            "group_manage",
            r#"permit (principal, action == Action::"group_manage", resource) when { resource in principal.can_group_members };"#,
            "only by its own permission",
        ),
        // Self-service reaches too far.
        (
            "user_update",
            r#"permit (principal, action == Action::"user_update", resource) when { resource.person == principal };"#,
            "only by its own permission",
        ),
    ];
    let mut prover = Prover::new()?;
    for (action, text, property) in bad {
        let mut rules = shipped()?;
        let rule = text.parse::<cedar_policy::Policy>()?.new_id(PolicyId::new("bad"));
        rules.add(rule)?;
        let envs = prover.envs();
        let refuted = prover.refute(&rules, &envs).await?;
        let actions: BTreeSet<&str> = refuted.iter().map(|r| r.action.as_str()).collect();
        assert_eq!(actions, [action].into(), "{text}");
        let found = refuted.iter().find(|r| r.property == property);
        let found = found.ok_or_else(|| format!("{text} passed \"{property}\": {refuted:#?}"))?;
        assert!(found.counterexample.contains(action), "{}", found.counterexample);
    }
    Ok(())
}

/// No rule can be dropped without a proof failing on an action it is about.
#[tokio::test]
async fn leaving_out_any_single_rule_is_noticed() -> Outcome<()> {
    for policy in shipped()?.policies() {
        // A solver has a minute for all that it is asked, which is enough for one set of rules.
        let mut prover = Prover::new()?;
        let mut rules = shipped()?;
        rules.remove_static(policy.id().clone())?;
        let about: BTreeSet<String> = match policy.action_constraint() {
            ActionConstraint::Eq(action) => [action.id().unescaped().to_owned()].into(),
            ActionConstraint::In(actions) => actions.iter().map(|a| a.id().unescaped().to_owned()).collect(),
            ActionConstraint::Any => WRITES.iter().map(ToString::to_string).collect(),
        };
        let envs = prover.envs();
        let refuted = prover.refute(&rules, &envs).await?;
        let noticed: BTreeSet<String> = refuted.iter().map(|r| r.action.clone()).collect();
        assert_eq!(noticed, about, "without {}", policy.id());
    }
    Ok(())
}

/// What is refused while a tenant is suspended.
const WRITES: [&str; 17] = [
    "reseller_create",
    "order_create",
    "tenant_update",
    "user_create",
    "user_update",
    "user_fields",
    "user_delete",
    "user_reset_password",
    "administrator_manage",
    "group_manage",
    "group_members",
    "request_retry",
    "role_grant",
    "directory_manage",
    "catalogue_manage",
    "hook_manage",
    "directory_adopt",
];

const MANAGES: &str = "resource in principal.can_administrator_manage";
const OWN: &str = "resource.person == principal";
const OWNER: &str = "resource.owners.contains(principal)";

/// What must hold whenever the action is allowed, as Cedar conditions.
fn properties(env: &RequestEnv) -> Vec<(&'static str, String)> {
    let action = code(env);
    let anything: Vec<String> =
        Permission::ALL.iter().map(|p| format!("resource in principal.can_{p}")).collect();
    let anything = anything.join(" || ");
    let isolation = match env.resource().to_string().as_str() {
        "Account" => format!("{anything} || {OWN}"),
        "Group" => format!("{anything} || {OWNER}"),
        _ => anything,
    };
    let granted = format!("resource in principal.can_{action}");
    let alone = match action.as_str() {
        "user_read" | "user_reset_password" | "user_fields" => format!("{granted} || {OWN}"),
        "group_members" => format!("{granted} || {OWNER}"),
        _ => granted,
    };
    let mut all = vec![("isolation", isolation), ("only by its own permission", alone)];
    match action.as_str() {
        "user_update" | "user_delete" => {
            all.push((
                "administrators' accounts are guarded",
                format!("!resource.administrator || {MANAGES}"),
            ));
        }
        "user_reset_password" => {
            let guard = format!("!resource.administrator || {MANAGES} || {OWN}");
            all.push(("administrators' accounts are guarded", guard));
        }
        "tenant_suspend" | "tenant_close" | "tenant_move" => {
            let guard = format!("resource has parent && resource.parent in principal.can_{action}");
            all.push(("suspending, closing and moving come from above", guard));
        }
        _ => {}
    }
    if action == "user_delete" {
        all.push(("nobody deletes their own account", format!("!({OWN})")));
    }
    if WRITES.contains(&action.as_str()) {
        all.push(("nothing is written while suspended", "!context.suspended".to_owned()));
    }
    all
}

/// cvc5, the schema, and a count of what was asked.
struct Prover {
    schema: Schema,
    compiler: CedarSymCompiler<LocalSolver>,
    questions: usize,
}

impl Prover {
    fn new() -> Outcome<Self> {
        solver_is_there()?;
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)?;
        Ok(Self { schema, compiler: CedarSymCompiler::new(LocalSolver::cvc5()?)?, questions: 0 })
    }

    /// Every kind of request the schema knows.
    fn envs(&self) -> Vec<RequestEnv> {
        self.schema.request_envs().collect()
    }

    /// All properties these rules do not have. That nothing more is allowed
    /// than the properties say is one half; the other is that all of it is.
    async fn refute(&mut self, rules: &PolicySet, envs: &[RequestEnv]) -> Outcome<Vec<Refuted>> {
        let mut refuted = Vec::new();
        for env in envs {
            let compiled = CompiledPolicySet::compile(rules, env, &self.schema)?;
            let properties = properties(env);
            for (property, condition) in &properties {
                let guard = self.permit_when(condition, env)?;
                self.questions += 1;
                if let Some(shown) =
                    self.compiler.check_implies_with_counterexample_opt(&compiled, &guard).await?
                {
                    let verdict =
                        Authorizer::new().is_authorized(&shown.request, rules, &shown.entities).decision();
                    assert_eq!(verdict, Decision::Allow, "no counterexample to {property}: {shown}");
                    refuted.push(Refuted { property, action: code(env), counterexample: shown.to_string() });
                }
            }
            let every: Vec<String> =
                properties.iter().map(|(_, condition)| format!("({condition})")).collect();
            let every = self.permit_when(&every.join(" && "), env)?;
            self.questions += 2;
            if let Some(shown) =
                self.compiler.check_implies_with_counterexample_opt(&every, &compiled).await?
            {
                let property = "allowed when nothing speaks against it";
                refuted.push(Refuted { property, action: code(env), counterexample: shown.to_string() });
            }
            if self.compiler.check_always_denies_opt(&compiled).await? {
                let counterexample = "every request is refused".to_owned();
                refuted.push(Refuted { property: "possible at all", action: code(env), counterexample });
            }
        }
        Ok(refuted)
    }

    fn permit_when(&self, condition: &str, env: &RequestEnv) -> Outcome<CompiledPolicySet> {
        let text = format!("permit (principal, action, resource) when {{ {condition} }};");
        Ok(CompiledPolicySet::compile(&text.parse()?, env, &self.schema)?)
    }
}

/// Fails with what to do when the solver is missing.
fn solver_is_there() -> Outcome<()> {
    let program = std::env::var_os("CVC5").unwrap_or_else(|| "cvc5".into());
    let found = Command::new(&program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{} --version ended with {status}", program.display()).into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "The proofs need the solver cvc5, and there is no program \"{}\". Install it with \
             `apt-get install cvc5`, or name it in the environment variable CVC5.",
            program.display()
        )
        .into()),
        Err(error) => Err(format!("{} cannot be started: {error}", program.display()).into()),
    }
}

/// The shipped rules under the names they bear in the audit.
fn shipped() -> Outcome<PolicySet> {
    let mut rules = PolicySet::new();
    for policy in POLICIES.parse::<PolicySet>()?.policies() {
        let id = policy.annotation("id").ok_or("a policy without @id")?;
        rules.add(policy.new_id(PolicyId::new(id)))?;
    }
    Ok(rules)
}

fn code(env: &RequestEnv) -> String {
    env.action().id().unescaped().to_owned()
}
