use std::{os::unix::fs::PermissionsExt as _, path::PathBuf, time::Duration};

use domain::hook::Kind;
use outbound::{Outbound, Settings, Verdict};
use tokio::time::Instant;

use crate::world::{command, message, now};

const LIMIT: Duration = Duration::from_secs(20);

/// A script in a folder of its own.
fn script(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("it");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    path
}

#[tokio::test]
async fn a_command_gets_the_message_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    // `sh` itself sets PWD and the like; nothing of ours is there.
    let text = "[ -z \"$HOME$USER$DATABASE_URL\" ] || exit 9\n[ $# = 0 ] || exit 8\npwd\nexec /bin/cat";
    let reply = command(&script(&folder, text), LIMIT).await;
    assert_eq!(reply.verdict, Verdict::Done, "{}", reply.said);
    let (place, body) = reply.said.split_once('\n').expect("two lines");
    assert_eq!(place, "/");
    assert!(body.starts_with("{\"type\":\"subscription.assign\",\"timestamp\":"), "{body}");
    assert!(body.contains("\"delivery\":\"dlv_01jzk3v8x6f0p2m4q7r9s1t3vw\""), "{body}");
}

#[tokio::test]
async fn how_a_command_ends_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, verdict, said) in [
        ("exit 0", Verdict::Done, ""),
        ("echo no licence; exit 65", Verdict::Refused, "no licence"),
        ("exit 65", Verdict::Refused, "no reason was given"),
        ("echo out; echo broken >&2; exit 3", Verdict::Passing, "it ended with 3: broken"),
        ("kill -9 $$", Verdict::Passing, "it was killed"),
    ] {
        let reply = command(&script(&folder, text), LIMIT).await;
        assert_eq!((reply.verdict, reply.said.as_str()), (verdict, said), "{text}");
    }
    let reply = command(&folder.path().join("absent"), LIMIT).await;
    assert_eq!(reply.verdict, Verdict::Passing);
    let outbound = Outbound::new(Settings::default()).expect("a client");
    let reply = outbound.call(Kind::Command, "/bin/sh", &message(), &[], now(), LIMIT).await;
    assert_eq!(reply.verdict, Verdict::Failed, "a path is no name");
}

#[tokio::test]
async fn a_command_that_does_not_end_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let mark = folder.path().join("children");
    let text = format!("/bin/sleep 300 &\necho $! > {0}\necho began\nwait", mark.display());
    let started = Instant::now();
    let reply = command(&script(&folder, &text), Duration::from_secs(1)).await;
    assert_eq!((reply.verdict, reply.said.as_str()), (Verdict::Away, "killed after 1 s: began"));
    assert!(started.elapsed() < LIMIT);
    gone(&mark).await;
    // One that ends and leaves somebody who holds its output.
    let text = format!("/bin/sleep 300 &\necho $! > {0}\necho done", mark.display());
    let reply = command(&script(&folder, &text), LIMIT).await;
    assert_eq!((reply.verdict, reply.said.as_str()), (Verdict::Done, "done"));
    gone(&mark).await;
}

/// The process whose number stands in the file ends.
async fn gone(mark: &std::path::Path) {
    let pid = std::fs::read_to_string(mark).expect("a number");
    let there = || {
        let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        // What nobody has waited for yet is dead, too.
        !state.is_empty() && !state.contains(") Z ")
    };
    let ended = async {
        while there() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LIMIT, ended).await.expect("what it started is killed");
}

#[tokio::test]
async fn output_without_end_and_input_unread_do_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "exec <&-\n/usr/bin/head -c 5000000 /dev/zero | /usr/bin/tr '\\0' x\nexit 0";
    let reply = command(&script(&folder, text), LIMIT).await;
    assert_eq!(reply.verdict, Verdict::Done, "{}", reply.said);
    assert_eq!(reply.said.chars().count(), 1_000);
}
