//! One run of a command of the operator: no shell, no arguments, no environment, the
//! message on its standard input.

use std::{path::Path, process::Stdio, time::Duration};

use domain::limits;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use crate::{Reply, Verdict};

/// `EX_DATAERR` of sysexits: the command says no.
const REFUSED: i32 = 65;
/// What a command left running in its group may write this long after its end.
const LINGER: Duration = Duration::from_secs(1);

/// Kills the whole group of a command that is not waited for any more.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw))
    }

    fn kill(&mut self) {
        if let Some(group) = self.0.take() {
            // It may have ended by itself meanwhile.
            let _gone = killpg(group, Signal::SIGKILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs the command within `limit`; then it is killed with all it started.
pub async fn run(path: &Path, body: &[u8], limit: Duration) -> Reply {
    let mut command = Command::new(path);
    command.env_clear().current_dir("/").process_group(0).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Reply::new(Verdict::Passing, format!("the command cannot be started: {error}")),
    };
    let mut group = Group::of(&child);
    let (mut stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let output = tokio::spawn(async move { tokio::join!(read(stdout), read(stderr)) });
    let work = async {
        if let Some(mut input) = stdin.take() {
            // A command that does not read its input may still do its work.
            let _not_read = input.write_all(body).await;
        }
        child.wait().await
    };
    let ended = timeout(limit, work).await;
    let mut output = output;
    let text = match ended {
        Ok(_) => match timeout(LINGER, &mut output).await {
            Ok(text) => {
                // Nobody holds its output, so nothing of the group is of interest.
                group.0 = None;
                text.unwrap_or_default()
            }
            Err(_) => {
                group.kill();
                timeout(LINGER, output).await.ok().and_then(Result::ok).unwrap_or_default()
            }
        },
        Err(_) => {
            group.kill();
            timeout(LINGER, output).await.ok().and_then(Result::ok).unwrap_or_default()
        }
    };
    judge(ended.ok(), &text, limit)
}

fn judge(
    ended: Option<std::io::Result<std::process::ExitStatus>>,
    (out, err): &(String, String),
    limit: Duration,
) -> Reply {
    let words = if err.trim().is_empty() { out.trim() } else { err.trim() };
    let with_words = |what: String| if words.is_empty() { what } else { format!("{what}: {words}") };
    match ended {
        None => Reply::new(Verdict::Away, with_words(format!("killed after {} s", limit.as_secs()))),
        Some(Err(error)) => Reply::new(Verdict::Away, format!("its end is not known: {error}")),
        Some(Ok(status)) => match status.code() {
            Some(0) => Reply::new(Verdict::Done, out),
            Some(REFUSED) => {
                let reason = if out.trim().is_empty() { words } else { out.trim() };
                Reply::new(Verdict::Refused, if reason.is_empty() { "no reason was given" } else { reason })
            }
            Some(code) => Reply::new(Verdict::Passing, with_words(format!("it ended with {code}"))),
            None => Reply::new(Verdict::Passing, with_words("it was killed".to_owned())),
        },
    }
}

/// As much as is kept; the rest is read and left, so that the command does not wait.
async fn read(from: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut from) = from else { return String::new() };
    let (mut kept, mut part) = (Vec::new(), [0; 4_096]);
    while let Ok(n @ 1..) = from.read(&mut part).await {
        let room = limits::HOOK_ANSWER_BYTES - kept.len();
        kept.extend_from_slice(&part[..n.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}
