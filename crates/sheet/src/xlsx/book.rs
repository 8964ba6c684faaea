//! The workbook: its sheets, and what their cells refer to.

use std::collections::HashMap;

use super::shared;
use crate::{
    container::Zip,
    number::Shape,
    strings::Strings,
    wrong::{self, Step},
    xml::{Piece, Xml},
};

/// Sheets, parts, formats of cells: more than any spreadsheet takes.
const MANY: usize = 65_536;
/// Sheets that are looked into for rows.
const SHEETS: usize = 1_000;

/// What the cells refer to.
pub(super) struct Book {
    /// Sheets that are shown, in their order.
    pub(super) sheets: Vec<Sheet>,
    pub(super) since_1904: bool,
    pub(super) strings: Strings,
    /// How a cell of a style is shown.
    pub(super) shapes: Vec<Shape>,
}

/// A sheet that is shown.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) part: String,
}

/// What a part refers to.
struct Relation {
    id: String,
    kind: String,
    part: String,
}

impl Book {
    pub(super) fn read(zip: &Zip<'_>, cell_chars: usize) -> Step<Self> {
        let roots = relations(zip, "", cell_chars)?;
        let main = roots.into_iter().find(|it| it.kind == "officeDocument").map(|it| it.part);
        let main = main.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let relations = relations(zip, &main, cell_chars)?;
        let part = |kind: &str| relations.iter().find(|it| it.kind == kind).map(|it| it.part.as_str());
        let source = zip.entry(&main)?.ok_or_else(wrong::damaged)?;
        let (mut sheets, mut since_1904) = (Vec::new(), false);
        let mut xml = Xml::new(source, cell_chars);
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name() == "workbookPr" => {
                    since_1904 = tag.get("date1904").is_some_and(|it| matches!(&*it, "1" | "true"));
                }
                Piece::Open(tag) if tag.name() == "sheet" && sheets.len() < SHEETS => {
                    // Sheets of charts and of old macros are no worksheets.
                    let id = tag.get("id").unwrap_or_default();
                    let relation = relations.iter().find(|it| it.id == id && it.kind == "worksheet");
                    let is_shown = tag.get("state").is_none_or(|state| state == "visible");
                    if let Some(relation) = relation.filter(|_| is_shown) {
                        let name = tag.get("name").unwrap_or_default().into_owned();
                        sheets.push(Sheet { name, part: relation.part.clone() });
                    }
                }
                Piece::End => break,
                _ => {}
            }
        }
        let strings = match part("sharedStrings") {
            Some(part) => shared::read(zip, part, cell_chars)?,
            None => Strings::default(),
        };
        let shapes = match part("styles") {
            Some(part) => shapes(zip, part, cell_chars)?,
            None => Vec::new(),
        };
        Ok(Self { sheets, since_1904, strings, shapes })
    }
}

/// What a part refers to, or the whole file where `part` is empty.
fn relations(zip: &Zip<'_>, part: &str, cell_chars: usize) -> Step<Vec<Relation>> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let Some(source) = zip.entry(&format!("{folder}{slash}_rels/{file}.rels"))? else {
        return Ok(Vec::new());
    };
    let mut relations = Vec::new();
    let mut xml = Xml::new(source, cell_chars);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "Relationship" && relations.len() < MANY => {
                let (Some(id), Some(kind), Some(target)) =
                    (tag.get("Id"), tag.get("Type"), tag.get("Target"))
                else {
                    continue;
                };
                // The strict and the transitional form differ in what stands before the last word.
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation { id: id.into_owned(), kind, part: resolve(folder, &target) });
            }
            Piece::End => return Ok(relations),
            _ => {}
        }
    }
}

/// A target as the name of an entry.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => _ = path.pop(),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// How cells of each style are shown.
fn shapes(zip: &Zip<'_>, part: &str, cell_chars: usize) -> Step<Vec<Shape>> {
    let Some(source) = zip.entry(part)? else { return Ok(Vec::new()) };
    let mut xml = Xml::new(source, cell_chars);
    let mut own: HashMap<u32, Shape> = HashMap::new();
    let mut shapes = Vec::new();
    let mut of_cells = false;
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.name() {
                "cellXfs" => of_cells = true,
                "numFmt" if own.len() < MANY => {
                    if let (Some(id), Some(code)) = (tag.number("numFmtId"), tag.get("formatCode")) {
                        own.insert(id, Shape::of_code(&code));
                    }
                }
                "xf" if of_cells && shapes.len() < MANY => {
                    let id = tag.number("numFmtId").unwrap_or(0);
                    shapes.push(own.get(&id).copied().unwrap_or_else(|| Shape::of_builtin(id)));
                }
                _ => {}
            },
            Piece::Close(mark) if mark.name() == "cellXfs" => of_cells = false,
            Piece::End => return Ok(shapes),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_are_relative_to_the_part_that_names_them() {
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "../xl/./styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("", "../../xl/workbook.xml"), "xl/workbook.xml");
    }
}
