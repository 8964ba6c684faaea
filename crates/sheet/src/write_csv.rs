//! Rows as CSV (RFC 4180) that spreadsheets open as what they are.

use std::io::{self, Write};

/// How a text begins that a spreadsheet takes for a formula (OWASP, CSV injection), in narrow and
/// wide characters.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes rows one after the other and keeps none.
pub struct CsvWriter<W> {
    to: W,
    line: String,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the mark without which spreadsheets take a file for one of the last century.
    pub fn new(mut to: W) -> io::Result<Self> {
        to.write_all("\u{FEFF}".as_bytes())?;
        Ok(Self { to, line: String::new() })
    }

    /// Writes a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) -> io::Result<()> {
        self.line.clear();
        for (at, text) in cells.into_iter().enumerate() {
            if at > 0 {
                self.line.push(',');
            }
            push_cell(&mut self.line, text.as_ref());
        }
        self.line.push_str("\r\n");
        self.to.write_all(self.line.as_bytes())
    }

    /// What is written to, so that parts of the file can be taken out and sent.
    pub const fn get_mut(&mut self) -> &mut W {
        &mut self.to
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

/// A quotation mark before what looks like a formula makes it a text. What has one already gets
/// another, so that [`undo`] knows.
fn push_cell(line: &mut String, text: &str) {
    let guard = if looks_like_formula(text) { "'" } else { "" };
    // All that may separate cells, so that whoever guesses finds the comma; and what would make
    // the beginning of a file that of another kind.
    let is_plain = !text.contains(['"', ',', ';', '\t', '|', '\r', '\n', '<'])
        && !text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep="));
    if is_plain {
        line.extend([guard, text]);
    } else {
        line.extend(["\"", guard, &text.replace('"', "\"\""), "\""]);
    }
}

/// The text of a cell without the mark that [`CsvWriter`] and others put before it.
pub(crate) fn undo(text: &str) -> &str {
    if text.starts_with('\'') && looks_like_formula(text) { &text[1..] } else { text }
}

fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use super::{CsvWriter, undo};

    #[test]
    fn cells_stay_cells_and_formulas_become_texts() {
        let mut writer = CsvWriter::new(Vec::new()).expect("memory");
        let cells =
            ["Åse \"Å\" Berg", "a,b", "=HYPERLINK(\"x\")", "+1", "-1", "@x", "\tx", "'=x", "'x", "plain", ""];
        writer.row(cells).expect("memory");
        writer.row(["sep=;", "＝1"]).expect("memory");
        let text = String::from_utf8(writer.finish().expect("memory")).expect("UTF-8");
        assert_eq!(
            text,
            "\u{FEFF}\"Åse \"\"Å\"\" Berg\",\"a,b\",\"'=HYPERLINK(\"\"x\"\")\",'+1,'-1,'@x,\"'\tx\",''=x,'x,plain,\r\n\
             \"sep=;\",'＝1\r\n"
        );
    }

    #[test]
    fn the_mark_is_taken_off_what_has_it_and_from_nothing_else() {
        let cases =
            [("'=x", "=x"), ("''=x", "'=x"), ("'x", "'x"), ("'", "'"), ("=x", "=x"), ("'+45 12", "+45 12")];
        for (written, text) in cases {
            assert_eq!(undo(written), text);
        }
    }
}
