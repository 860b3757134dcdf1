//! Mail as Outlook and Exchange wrap it for each other: TNEF, the file `winmail.dat` (MS-OXTNEF).
//!
//! A stream of attributes; most of what matters stands in MAPI properties within them. The body may be plain
//! text, HTML, or compressed rich text, which may itself wrap HTML. Lengths are not trusted: what ends too early
//! or contradicts itself is a fault, and what could be read stays.

mod attribute;
mod codepage;
mod compressed;
mod cursor;
mod file;
mod letter;
mod property;
mod rtf;

use attribute::{Attribute, Attributes};
use cursor::Cursor;
use file::OpenFile;
use property::Value;

/// The deepest nesting of mails within TNEF.
const DEPTH_MAX: usize = 8;
/// What every Windows takes where nothing is said.
const CODEPAGE: u32 = 1252;

/// What was wrong with a stream, each fault once, as a sentence for whoever reads the mail.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<&'static str>);

impl Faults {
    const CUT: &'static str = "`winmail.dat` ends before it is complete; what could be read of it was taken";
    const LENGTH: &'static str = "a length within `winmail.dat` is wrong; what could be read of it was taken";
    const CHECKSUM: &'static str =
        "a checksum within `winmail.dat` does not fit; what it covers may be damaged";
    const RICH_TEXT: &'static str = "the rich text within `winmail.dat` is damaged or longer than is read";
    const LONG_TEXT: &'static str = "the text is longer than is read";
    const MANY: &'static str = "`winmail.dat` holds more files than are read";
    const DEEP: &'static str = "mails within `winmail.dat` are nested deeper than is read";

    fn add(&mut self, fault: &'static str) {
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// The sentences.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// Whether all was well.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bounds on what is taken out of one stream.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    /// The most files.
    pub(super) files_max: usize,
    /// The most bytes of one form of the body.
    pub(super) text_bytes_max: usize,
}

/// A file within a stream.
#[derive(Debug, Default)]
pub(super) struct File {
    /// The name as written; `None` where it has none.
    pub(super) name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content_id: Option<String>,
    /// A picture that belongs into the HTML.
    pub(super) is_inline: bool,
    pub(super) content: Vec<u8>,
}

/// What one stream says.
#[derive(Debug, Default)]
pub(super) struct Letter {
    subject: Option<String>,
    from_name: Option<String>,
    from_address: Option<String>,
    to: Option<String>,
    /// Seconds since 1970.
    sent_at: Option<i64>,
    message_id: Option<String>,
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
    pub(super) files: Vec<File>,
    pub(super) faults: Faults,
}

/// Whether these bytes are a TNEF stream.
pub(super) fn is_stream(bytes: &[u8]) -> bool {
    bytes.starts_with(&attribute::SIGNATURE)
}

/// Reads a stream. `None` where the bytes are none.
pub(super) fn read(bytes: &[u8], bounds: Bounds) -> Option<Letter> {
    read_at(bytes, bounds, 0)
}

fn read_at(bytes: &[u8], bounds: Bounds, depth: usize) -> Option<Letter> {
    let stream = bytes.strip_prefix(&attribute::SIGNATURE)?;
    let mut faults = Faults::default();
    // Two bytes of a key that tells this winmail.dat from another.
    let found: Vec<Attribute<'_>> =
        Attributes::new(stream.get(2..).unwrap_or_default(), &mut faults).collect();
    let mut reading = Reading { bounds, depth, faults, codepage: codepage_of(&found), ..Reading::default() };
    for attribute in &found {
        reading.take(attribute);
    }
    reading.finish_file();
    Some(reading.finish())
}

/// The codepage that the stream declares, wherever it does so: for all of it, or for its message.
fn codepage_of(found: &[Attribute<'_>]) -> u32 {
    let declared = found.iter().find(|attribute| attribute.tag == attribute::OEM_CODEPAGE);
    declared
        .and_then(|attribute| Cursor::new(attribute.data).long())
        .filter(|page| *page != 0)
        .or_else(|| codepage_of_message(found))
        .unwrap_or(CODEPAGE)
}

fn codepage_of_message(found: &[Attribute<'_>]) -> Option<u32> {
    let mut page = None;
    for attribute in found.iter().filter(|attribute| attribute.tag == attribute::MESSAGE_PROPERTIES) {
        // what is wrong with it is said where it is read
        let _is_whole = property::over_all(attribute.data, |id, value| {
            if id == property::MESSAGE_CODEPAGE {
                page = page.or(value.number().and_then(|page| u32::try_from(page).ok()));
            }
        });
    }
    page.filter(|page| codepage::charset_name(*page).is_some_and(|name| !name.starts_with("utf-16")))
}

/// The forms of a body, as they come.
#[derive(Debug, Default)]
struct Body<'x> {
    attribute: Option<&'x [u8]>,
    plain: Option<Value<'x>>,
    html: Option<Value<'x>>,
    rich: Option<&'x [u8]>,
    codepage: Option<u32>,
}

#[derive(Debug, Default)]
struct Reading<'x> {
    bounds: Bounds,
    depth: usize,
    codepage: u32,
    faults: Faults,
    letter: Letter,
    body: Body<'x>,
    open: Option<OpenFile<'x>>,
}

impl<'x> Reading<'x> {
    fn take(&mut self, attribute: &Attribute<'x>) {
        let data = attribute.data;
        match attribute.tag {
            attribute::SUBJECT => self.letter.subject = self.narrow(data),
            attribute::FROM => self.take_from(data),
            attribute::DATE_SENT => self.letter.sent_at = letter::seconds_of_parts(data),
            attribute::BODY => self.body.attribute = Some(data),
            attribute::MESSAGE_PROPERTIES => self.take_properties(data),
            attribute::FILE_BEGINS => {
                self.finish_file();
                self.open = Some(OpenFile::default());
            }
            attribute::FILE_TITLE => {
                let title = self.narrow(data);
                self.file(|file| file.title.is_some()).title = title;
            }
            attribute::FILE_TRANSPORT_NAME => {
                let name = self.narrow(data);
                self.file(|file| file.transport_name.is_some()).transport_name = name;
            }
            attribute::FILE_DATA => self.file(|file| file.data.is_some()).data = Some(data),
            attribute::FILE_PROPERTIES => self.take_file_properties(data),
            _ => {}
        }
    }

    fn narrow(&self, bytes: &[u8]) -> Option<String> {
        Value::Narrow(bytes).text(self.codepage)
    }

    /// The file that is open; a new one where none is, or where it has what comes now already.
    fn file(&mut self, has: impl Fn(&OpenFile<'_>) -> bool) -> &mut OpenFile<'x> {
        if self.open.as_ref().is_some_and(has) {
            self.finish_file();
        }
        self.open.get_or_insert_default()
    }

    /// `attFrom`: four lengths, a name, an address such as `SMTP:uma@example.com`.
    fn take_from(&mut self, data: &[u8]) {
        let mut cursor = Cursor::new(data);
        let (_kind, _size, name, address) = (cursor.short(), cursor.short(), cursor.short(), cursor.short());
        let (Some(name), Some(address)) = (name, address) else { return };
        let name = cursor.take(usize::from(name)).and_then(|name| self.narrow(name));
        let address = cursor.take(usize::from(address)).and_then(|address| self.narrow(address));
        let address =
            address.as_deref().map(|address| address.rsplit(':').next().unwrap_or_default().to_owned());
        self.letter.from_name = self.letter.from_name.take().or(name);
        self.letter.from_address =
            self.letter.from_address.take().or(address.filter(|address| address.contains('@')));
    }

    fn take_properties(&mut self, data: &'x [u8]) {
        let codepage = self.codepage;
        let (letter, body) = (&mut self.letter, &mut self.body);
        let is_whole = property::over_all(data, |id, value| {
            let text = || value.text(codepage);
            let address = || value.text(codepage).filter(|address| address.contains('@'));
            match id {
                property::SUBJECT => letter.subject = text().or(letter.subject.take()),
                property::SENDER_NAME | property::SENT_BY_NAME => {
                    letter.from_name = letter.from_name.take().or_else(text);
                }
                property::SENDER_SMTP_ADDRESS | property::SENT_BY_SMTP_ADDRESS => {
                    letter.from_address = address().or(letter.from_address.take());
                }
                property::SENDER_ADDRESS | property::SENT_BY_ADDRESS => {
                    letter.from_address = letter.from_address.take().or_else(address);
                }
                property::DISPLAY_TO => letter.to = text(),
                property::SENT_AT => letter.sent_at = value.number().and_then(letter::seconds_of_ticks),
                property::INTERNET_MESSAGE_ID => letter.message_id = text(),
                property::BODY => body.plain = Some(value),
                property::HTML => body.html = Some(value),
                property::RTF_COMPRESSED => body.rich = Some(value.bytes()),
                property::BODY_CODEPAGE | property::MESSAGE_CODEPAGE => {
                    let page =
                        value.number().and_then(|page| u32::try_from(page).ok()).filter(|page| *page != 0);
                    let is_better = id == property::BODY_CODEPAGE || body.codepage.is_none();
                    body.codepage = page.filter(|_| is_better).or(body.codepage);
                }
                _ => {}
            }
        });
        if !is_whole {
            self.faults.add(Faults::LENGTH);
        }
    }

    fn take_file_properties(&mut self, data: &'x [u8]) {
        let codepage = self.codepage;
        let file = self.file(|file| file.has_properties);
        if !file.take_properties(data, codepage) {
            self.faults.add(Faults::LENGTH);
        }
    }

    fn finish_file(&mut self) {
        let Some(open) = self.open.take() else { return };
        if self.letter.files.len() >= self.bounds.files_max {
            self.faults.add(Faults::MANY);
            return;
        }
        if let Some(stream) = open.mail() {
            self.finish_mail(open, stream);
            return;
        }
        let data = open.data.filter(|data| !data.is_empty());
        let file = match open.content {
            Some(Value::Object(object)) if object.len() > file::INTERFACE_BYTES || data.is_none() => {
                let mut file = open.named();
                file.content = object.get(file::INTERFACE_BYTES..).unwrap_or_default().to_vec();
                file.media_type = file.media_type.or_else(|| Some("application/x-ole-storage".to_owned()));
                file
            }
            content => {
                let bytes = data.or_else(|| content.map(Value::bytes)).unwrap_or_default();
                let mut file = open.named();
                file.content = bytes.to_vec();
                file
            }
        };
        self.letter.files.push(file);
    }

    /// A mail within the mail: once as it came, and once as a mail that every program can open.
    fn finish_mail(&mut self, open: OpenFile<'_>, stream: &[u8]) {
        let shown = open.display_name.clone();
        let mut original = OpenFile { display_name: None, ..open }.named();
        original.media_type = Some("application/ms-tnef".to_owned());
        original.content = stream.to_vec();
        let inner = if self.depth < DEPTH_MAX {
            read_at(stream, self.bounds, self.depth + 1)
        } else {
            self.faults.add(Faults::DEEP);
            None
        };
        if self.depth == 0 || inner.is_none() {
            self.letter.files.push(original);
        }
        let Some(inner) = inner else { return };
        for fault in inner.faults.iter() {
            self.faults.add(fault);
        }
        let title = inner.subject.clone().or(shown).unwrap_or_else(|| "message".to_owned());
        self.letter.files.push(File {
            name: Some(format!("{}.eml", title.replace(['/', '\\'], "-"))),
            media_type: Some("message/rfc822".to_owned()),
            content: letter::compose(&inner, self.depth + 1),
            ..File::default()
        });
    }

    fn finish(mut self) -> Letter {
        let most = self.bounds.text_bytes_max;
        let codepage = self.body.codepage.unwrap_or(self.codepage);
        self.take_html(codepage);
        self.take_rich_text(codepage);
        let narrow = self.body.attribute.and_then(|body| Value::Narrow(body).text(self.codepage));
        let plain = self.body.plain.and_then(|value| value.text(codepage)).or(narrow);
        self.letter.plain = plain.or(self.letter.plain);
        for text in [&mut self.letter.plain, &mut self.letter.html].into_iter().flatten() {
            if text.len() > most {
                text.truncate(text.floor_char_boundary(most));
                self.faults.add(Faults::LONG_TEXT);
            }
        }
        self.letter.faults = self.faults;
        self.letter
    }

    fn take_html(&mut self, codepage: u32) {
        let Some(value) = self.body.html else { return };
        let html = match value {
            Value::Wide(_) => value.text(codepage),
            _ => Value::Narrow(value.bytes()).text(codepage),
        };
        let Some(html) = html else { return };
        self.keep_form("body.html", "text/html", value.bytes().to_vec());
        self.letter.html = Some(html);
    }

    fn take_rich_text(&mut self, codepage: u32) {
        let Some(rich) = self.body.rich.filter(|rich| !rich.is_empty()) else { return };
        let most = self.bounds.text_bytes_max;
        // Rich text is several times as long as what it says.
        let Some(expanded) = compressed::expand(rich, most.saturating_mul(8)) else {
            self.faults.add(Faults::RICH_TEXT);
            return;
        };
        let document = rtf::read(&expanded.rtf, codepage, most);
        if !(expanded.is_whole && document.is_whole) {
            self.faults.add(Faults::RICH_TEXT);
        }
        if self.letter.html.is_none() && document.is_html {
            self.letter.html = Some(document.text);
        } else if !document.is_html && !document.text.trim().is_empty() {
            self.letter.plain = Some(document.text);
        }
        self.keep_form("body.rtf", "application/rtf", expanded.rtf);
    }

    /// Keeps a form of the body that had to be converted as it came, too, so that nothing is lost by our reading. A
    /// mail within the mail has it in its own stream.
    fn keep_form(&mut self, name: &str, media_type: &str, content: Vec<u8>) {
        if self.depth == 0 {
            let file = File {
                name: Some(name.to_owned()),
                media_type: Some(media_type.to_owned()),
                content,
                ..File::default()
            };
            self.letter.files.push(file);
        }
    }
}
