//! Files made to do harm, sent to the real server: each gets a clear answer soon, memory stays bounded,
//! and the server goes on as before.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use hostile::made::{Entry, parts, xlsx, zip};
use serde_json::json;

use crate::{bulk_kills::nowhere, http::Client};

const MIB: usize = 1 << 20;
/// What a server may take beside what it had, whatever the file is (MiB): what a file may show, kept once as it
/// was read and once as it is written down.
const MEMORY: u64 = 1_200;
/// Answers come long before this, on the slowest machine.
const SOON: Duration = Duration::from_secs(50);

/// A workbook with a sheet that unpacks to so many MiB of blanks.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut all = parts("<row><c><v>1</v></c></row>", "");
    let name = all[5].name.clone();
    all[5] = Entry::deflated(&name, &vec![b' '; mebibytes * MIB]);
    zip(&all)
}

/// Files, and what is said of them.
fn files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let wide = vec!["c"; 10_000].join(",");
    let long = format!("given_name,notes\nIda,{}\n", "x".repeat(10 * MIB));
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(300);
    let shared = format!("<si><t>{}</t></si>", "x".repeat(4_000));
    vec![
        ("nothing", Vec::new(), "required"),
        ("blank lines", b"\r\n\r\n".to_vec(), "required"),
        ("headings alone", b"principal_name,given_name\r\n".to_vec(), "required"),
        ("a NUL byte", b"principal_name;surname\na@acme.example;Lu\0nd\n".to_vec(), "U+0000"),
        ("ten thousand columns", format!("{wide}\n{wide}\n").into_bytes(), "max"),
        ("one cell of 10 MB", long.into_bytes(), "too_long"),
        ("a sheet of blanks", bomb(200), "too_long"),
        (
            "rows that say one text again and again",
            xlsx(&format!("<row>{cells}</row>").repeat(1_000), &shared),
            "max",
        ),
        ("rows without end", xlsx(&"<row/>".repeat(1_100_000), ""), "out_of_range"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), "PNG"),
        ("half a workbook", bomb(1)[..2_000].to_vec(), "damaged"),
    ]
}

async fn unharmed(root: &Client, what: &str) {
    let ready = root.get("ready").await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(ready.status, 200, "{what}");
}

#[tokio::test]
async fn files_made_to_do_harm_are_answered_soon_and_harm_nobody() {
    let (database, installation) = nowhere().await;
    let (server, root) = installation.serve(&[]).await;
    root.order("acme", 0).await;
    let (before, rows) = (server.peak(), database.values("bulk", "id", "true").await.len());
    let path = "imports?customer=acme&name=people";
    for (what, bytes, said) in files() {
        let begun = Instant::now();
        let answer = root.post_bytes(path, &bytes).await;
        assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.body);
        assert!(answer.body.to_string().contains(said), "{what}: {}", answer.body);
        assert!(begun.elapsed() < SOON, "{what} took {:?}", begun.elapsed());
        unharmed(&root, what).await;
    }
    // What is only odd is read: mixed ends of lines, formulas, ends of lines within a cell.
    let odd = b"principal_name;given_name;surname;notes\ra@acme.example;Ida;Lund;=1+1\r\nb@acme.example;Jens;Krag;\"b\nc\"\n";
    let shown = root.post_bytes(path, odd).await.good();
    assert_eq!(shown["counts"]["acts"], json!({ "create": 2 }), "{shown}");
    let took = server.peak().saturating_sub(before);
    eprintln!("peak {} MiB, {took} MiB more than before", server.peak());
    assert!(took < MEMORY, "{took} MiB");
    assert_eq!(
        database.values("bulk", "id", "true").await.len(),
        rows + 1,
        "nothing is kept of what was refused"
    );
    assert!(server.stop().await.success());
}

/// Sends a gigabyte as somebody who does not listen; gives how many bytes went, and how it was answered.
fn gigabyte(port: u16, token: &str, length: &str) -> (usize, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream.set_read_timeout(Some(SOON)).expect("a socket");
    stream.set_write_timeout(Some(SOON)).expect("a socket");
    let head = format!(
        "POST /api/v1/imports?customer=acme&name=people.csv HTTP/1.1\r\nhost: 127.0.0.1\r\n\
         authorization: Bearer {token}\r\nidempotency-key: gigabyte-{key}\r\n\
         content-type: application/octet-stream\r\n{length}\r\n\r\n",
        key = length.replace([' ', ':'], "-"),
    );
    stream.write_all(head.as_bytes()).expect("a head");
    let line = [b"a,b,c\n".repeat(10_922).as_slice(), b"abcd"].concat();
    let chunk = if length.starts_with("transfer") {
        [format!("{:x}\r\n", line.len()).as_bytes(), &line, b"\r\n"].concat()
    } else {
        line
    };
    let mut sent = 0;
    while sent < 1 << 30 && stream.write_all(&chunk).is_ok() {
        sent += chunk.len();
    }
    let mut answer = Vec::new();
    let _cut_off = stream.read_to_end(&mut answer);
    (sent, String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn a_gigabyte_is_refused_before_it_has_come() {
    let (_database, installation) = nowhere().await;
    let (server, root) = installation.serve(&[]).await;
    root.order("acme", 0).await;
    let before = server.peak();
    for length in ["content-length: 1073741824", "transfer-encoding: chunked"] {
        let (port, token) = (installation.port(), root.token().to_owned());
        let sent = tokio::task::spawn_blocking(move || gigabyte(port, &token, length));
        let (sent, answer) = sent.await.expect("it ends");
        assert!(sent < 256 * MIB, "{length}: {sent} bytes were taken");
        // Who goes on sending may lose the answer with the connection (RFC 9112, 9.6).
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{length}: {answer}");
        unharmed(&root, length).await;
    }
    let took = server.peak().saturating_sub(before);
    assert!(took < 300, "{took} MiB for a file that is none");
    assert!(server.stop().await.success());
}
