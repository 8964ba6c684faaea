//! A server of one test: every call is answered by a closure, and kept.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::TcpListener,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;

/// One call that arrived.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Call {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Method and path without the query, as `GET /me`.
    pub fn line(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{} {}", self.method, path.strip_prefix("/api/v1").unwrap_or(path))
    }
}

/// What the server does with a call.
pub enum Reply {
    Json(u16, Value),
    /// With more headers.
    Headers(u16, Vec<(&'static str, String)>, Value),
    /// Something that is not JSON.
    Text(u16, &'static str),
    /// Reads the call, then cuts the connection without an answer.
    Cut,
}

/// The server, and the calls it got.
pub struct Server {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    folder: tempfile::TempDir,
}

impl Server {
    /// Answers every call by `reply`, which also gets the number of the call, from 0.
    pub fn start(reply: impl Fn(&Call, usize) -> Reply + Send + 'static) -> Self {
        // An address of its own, so that nothing else answers.
        let listener = TcpListener::bind("127.77.3.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&calls);
        // Ends with the process: the listener blocks in accept.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let Some(call) = read_call(&mut stream) else { continue };
                let number = {
                    let mut kept = kept.lock().expect("no panic while held");
                    kept.push(call.clone());
                    kept.len() - 1
                };
                answer(&mut stream, reply(&call, number));
            }
        });
        Self { url, calls, folder: tempfile::tempdir().expect("a folder") }
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no panic while held").clone()
    }

    /// Method and path of the calls so far.
    pub fn lines(&self) -> Vec<String> {
        self.calls().iter().map(Call::line).collect()
    }

    /// `tenantry` with a token, against this server.
    pub fn run(&self, words: &[&str]) -> Ran {
        self.run_with(words, &[("TENANTRY_URL", &self.url), ("TENANTRY_TOKEN", "t0ken")], "")
    }

    /// `tenantry` with this environment and input, and nothing else.
    pub fn run_with(&self, words: &[&str], environment: &[(&str, &str)], input: &str) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tenantry"))
            .args(words)
            .env_clear()
            .env("XDG_CONFIG_HOME", self.folder.path())
            .envs(environment.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut stdin = child.stdin.take().expect("piped");
        // A command that reads nothing may be gone already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Ran::new(child.wait_with_output().expect("the binary ends"))
    }

    /// A file in the folder the command runs in.
    pub fn file(&self, name: &str, content: &str) {
        std::fs::write(self.folder.path().join(name), content).expect("written");
    }

    /// The folder with the configuration.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().expect("not killed"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Reads one call; `None` when the other side closed before a whole one.
pub fn read_call(stream: &mut impl Read) -> Option<Call> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n == "content-length").and_then(|(_, v)| v.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Call { method, path, headers, body })
}

/// Writes the answer and closes.
pub fn answer(stream: &mut impl Write, reply: Reply) {
    let (status, headers, media, body) = match reply {
        Reply::Cut => return,
        Reply::Json(status, value) => (status, Vec::new(), "application/json", value.to_string()),
        Reply::Headers(status, headers, value) => (status, headers, "application/json", value.to_string()),
        Reply::Text(status, text) => (status, Vec::new(), "text/html", text.to_owned()),
    };
    let body = if status == 204 { String::new() } else { body };
    let mut text = format!("HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&[name, ": ", &value, "\r\n"].concat());
    }
    if status != 204 {
        text.push_str(&["Content-Length: ", &body.len().to_string(), "\r\n"].concat());
    }
    // The other side may be gone; the test sees that.
    let _ = stream.write_all([&text, "\r\n", &body].concat().as_bytes()).and_then(|()| stream.flush());
}
