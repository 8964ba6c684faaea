//! XML as a stream of tags and texts, without what spreadsheets never write.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesEnd, BytesStart, Event},
};

use crate::{
    container::Unpack,
    wrong::{self, Step},
};

/// Elements within elements. Spreadsheets have about ten.
const DEPTH: usize = 100;

/// One piece of XML.
pub(crate) enum Piece<'b> {
    /// An element begins.
    Open(Tag<'b>),
    /// An element ends.
    Close(Mark<'b>),
    /// Characters.
    Text(Cow<'b, str>),
    /// Nothing that matters.
    Other,
    /// There is no more.
    End,
}

/// The begin of an element.
pub(crate) struct Tag<'b>(BytesStart<'b>);

impl Tag<'_> {
    /// Its name without its prefix, which every program chooses itself.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute, by its name without prefix.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// All attributes, by their names without prefix.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        // An entity that is none leaves the attribute as if it were not there.
        attributes.flatten().filter_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
            Some((attribute.key.local_name().into_inner(), value))
        })
    }

    /// An attribute that is a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }
}

/// The end of an element.
pub(crate) struct Mark<'b>(BytesEnd<'b>);

impl Mark<'_> {
    /// Its name without its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// Reads XML.
pub(crate) struct Xml<'a> {
    reader: Reader<Unpack<'a>>,
    buffer: Vec<u8>,
    depth: usize,
    cell_chars: usize,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(source: Unpack<'a>, cell_chars: usize) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, cell_chars }
    }

    pub(crate) fn next(&mut self) -> Step<Piece<'_>> {
        self.buffer.clear();
        self.reader.get_mut().begin_piece();
        let Ok(event) = self.reader.read_event_into(&mut self.buffer) else {
            return Err(self.reader.get_ref().error(self.cell_chars).into());
        };
        Ok(match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(wrong::damaged().into());
                }
                Piece::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::Close(Mark(tag))
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(reference) => {
                let c = reference.resolve_char_ref().map_err(|_| wrong::damaged())?;
                match c {
                    Some(c) => Piece::Text(Cow::Owned(c.to_string())),
                    None => {
                        // Others would have to be declared, and nothing that declares is read.
                        let text = resolve_predefined_entity(&reference).ok_or_else(wrong::damaged)?;
                        Piece::Text(Cow::Borrowed(text))
                    }
                }
            }
            // No spreadsheet declares entities; bombs do.
            Event::DocType(_) => return Err(wrong::damaged().into()),
            Event::Eof if self.depth > 0 => return Err(wrong::damaged().into()),
            Event::Eof => Piece::End,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Piece::Other,
        })
    }
}
