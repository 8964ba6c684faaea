//! What stands between the cells of a text.

/// What programs put between cells. Of equally good ones the first.
pub(crate) const SEPARATORS: [u8; 4] = *b",;\t|";
/// So much of a text is looked at.
const LOOK_BYTES: usize = 64 * 1024;
/// So many lines of it.
const LOOK_LINES: usize = 50;

/// Where the cells begin, and what stands between them.
pub(crate) fn find(text: &str) -> (usize, u8) {
    if let Some(said) = said(text) {
        return said;
    }
    let lines = counts(text);
    // What stands equally often in most lines; a title above the table or an address within a
    // cell has its commas in few.
    let fit = |which: usize| {
        let mut best = (0, 0);
        for line in lines.iter().filter(|line| line[which] > 0) {
            let like = lines.iter().filter(|other| other[which] == line[which]).count();
            best = best.max((like, line[which]));
        }
        best
    };
    let best = (0..SEPARATORS.len()).rev().max_by_key(|which| fit(*which)).filter(|which| fit(*which).0 > 0);
    (0, best.map_or(b',', |which| SEPARATORS[which]))
}

/// Excel's own way: a first line `sep=;`.
fn said(text: &str) -> Option<(usize, u8)> {
    let line = text.split(['\r', '\n']).next()?;
    let prefix = line.get(..4)?;
    let [separator] = line.get(4..)?.as_bytes() else { return None };
    let is_one = prefix.eq_ignore_ascii_case("sep=") && separator.is_ascii() && *separator != b'"';
    is_one.then_some((line.len(), *separator))
}

/// How often each separator stands in each line, outside of quotes.
fn counts(text: &str) -> Vec<[usize; SEPARATORS.len()]> {
    let mut lines = Vec::new();
    let mut line = [0; SEPARATORS.len()];
    // A quote opens at the beginning of a cell only, or is the second of two within a quoted one.
    let (mut quoted, mut may_open) = (false, true);
    for byte in text.bytes().take(LOOK_BYTES) {
        if quoted {
            quoted = byte != b'"';
            may_open = true;
            continue;
        }
        let separator = SEPARATORS.iter().position(|separator| *separator == byte);
        let is_end = matches!(byte, b'\r' | b'\n');
        if byte == b'"' && may_open {
            quoted = true;
        } else if let Some(which) = separator {
            line[which] += 1;
        } else if is_end && line.iter().any(|count| *count > 0) {
            lines.push(std::mem::take(&mut line));
            if lines.len() >= LOOK_LINES {
                return lines;
            }
        }
        may_open = is_end || separator.is_some();
    }
    if line.iter().any(|count| *count > 0) {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_separator_is_what_stands_equally_often_in_most_lines() {
        let cases = [
            ("a,b,c\n1,2,3\n", ','),
            ("a;b;c\n1,5;2,5;3,5\n1,6;2;3\n", ';'),
            ("a\tb\n1\t2\n", '\t'),
            ("a|b|c\r1|2|3\r", '|'),
            ("People of Acme, all, as of today\n\nname;mail;phone\nx;y;z\n", ';'),
            ("name;address\nBen;\"1, High St, Bath, UK\"\nAnn;\"2; Low St; Bath; UK; x\"\n", ';'),
            ("name;address\nBen;1, High St\nAnn;2, Low St\n", ';'),
            ("size,5\" pipe; a, b\n1,2,3\n2,3,4\n", ','),
            ("\"a \"\"quoted\"\" ; b\",c\n1,2\n", ','),
            ("name\nBen\n", ','),
            ("", ','),
        ];
        for (text, separator) in cases {
            assert_eq!(find(text), (0, u8::try_from(separator).unwrap_or_default()), "{text}");
        }
    }

    #[test]
    fn a_first_line_may_say_it() {
        assert_eq!(find("sep=;\r\na,b,c;d"), (5, b';'));
        assert_eq!(find("SEP=|\na"), (5, b'|'));
        assert_eq!(find("\"sep=;\"\na,b"), (0, b','), "a cell that only looks like it");
        assert_eq!(find("sep=\na,b"), (0, b','));
        assert_eq!(find("separate;x\na;b"), (0, b';'));
    }
}
