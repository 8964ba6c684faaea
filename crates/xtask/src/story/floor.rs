//! What the controller itself needs for the same entries: `ldapadd` on one
//! connection and one change of each group, on the same domain in the same run.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use super::World;
use crate::{lab::directory::password, process::Failure};

/// Adds `count` users with passwords and puts them into two groups, as the
/// product does for people with a desktop; removes them again.
pub async fn measure(world: &World, count: usize) -> Result<Duration, Failure> {
    let controller = &world.lab.controller;
    let who = controller.administrator();
    let unit = format!("OU=floor,{}", controller.directory().base_dn);
    let secret = password("Fl00r-of-the-directory");
    let mut add = format!("dn: {unit}\nobjectClass: organizationalUnit\n\n");
    let mut join = String::new();
    let _writing_to_a_string_cannot_fail = (|| -> std::fmt::Result {
        for group in ["floor-all", "floor-desktop"] {
            write!(add, "dn: CN={group},{unit}\nobjectClass: group\nsAMAccountName: {group}\n\n")?;
            writeln!(join, "dn: CN={group},{unit}\nchangetype: modify\nadd: member")?;
            for i in 0..count {
                writeln!(join, "member: CN=floor.{i},{unit}")?;
            }
            writeln!(join)?;
        }
        for i in 0..count {
            write!(
                add,
                "dn: CN=floor.{i},{unit}\nobjectClass: user\nsAMAccountName: floor.{i}\n\
                 userPrincipalName: floor.{i}@floor.example\ngivenName: Floor\nsn: Number {i}\n\
                 displayName: Floor Number {i}\nmail: floor{i}@floor.example\ntitle: Accountant\n\
                 department: Finance\nadminDescription: obj_{i:026}\nuserAccountControl: 512\n\
                 unicodePwd:: {secret}\n\n"
            )?;
        }
        Ok(())
    })();
    let begin = Instant::now();
    let added = controller.ldap("ldapadd", &who, &[], &add).await?;
    let joined = controller.ldap("ldapmodify", &who, &[], &join).await?;
    let took = begin.elapsed();
    let removed = controller.ldap("ldapdelete", &who, &["-r", &unit], "").await?;
    for said in [added, joined, removed] {
        if said.status != 0 {
            return Err(Failure::Found(format!("the floor cannot be measured: {}", said.err.trim())));
        }
    }
    Ok(took)
}
