//! Which attached files an account keeps as objects: by type, name and size, and by what was noticed about them.

/// What becomes of attached files. As it stands by default, each becomes an object (SPEC L6).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttachmentPolicy {
    /// Files of these types are left out, be it by what they claim or by what their bytes show.
    pub refuse_types: Vec<TypePattern>,
    /// Files with such names are left out.
    pub refuse_names: Vec<NamePattern>,
    /// Files whose bytes show another type than they claim, or that hide their ending behind another, are left out.
    pub refuse_disguised: bool,
    /// Larger files are left out.
    pub size_bytes_max: Option<u64>,
    /// Small pictures of signatures and quoted mail are left out.
    pub skip_signature_logos: bool,
    /// The same file is kept once.
    pub skip_duplicates: bool,
}

/// A media type, `application/zip`, or all of a kind, `video/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypePattern {
    /// In lower case.
    text: String,
}

impl TypePattern {
    /// Reads one; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (kind, subtype) = text.split_once('/')?;
        let is_token = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
        };
        (is_token(kind) && (subtype == "*" || is_token(subtype))).then_some(Self { text })
    }

    /// As it is written, in lower case.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a media type is this one or of this kind.
    pub fn fits(&self, media_type: &str) -> bool {
        let kind_of = |text: &str| text.split('/').next().unwrap_or_default().to_ascii_lowercase();
        match self.text.strip_suffix("/*") {
            Some(kind) => kind_of(media_type) == kind,
            None => media_type.eq_ignore_ascii_case(&self.text),
        }
    }
}

/// A file name in which `*` stands for any letters and `?` for one, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    /// In lower case.
    letters: Vec<char>,
}

impl NamePattern {
    /// The longest pattern, in characters.
    pub const CHARS_MAX: usize = 200;

    /// Reads one; `None` where no file name can fit it: names hold no path, and are never empty.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letters: Vec<char> = text.to_lowercase().chars().collect();
        let can_fit = !letters.is_empty()
            && letters.len() <= Self::CHARS_MAX
            && !letters.iter().any(|c| matches!(c, '/' | '\\') || c.is_control());
        can_fit.then(|| Self { text: text.to_owned(), letters })
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the whole name fits. Takes at most the product of both lengths.
    pub fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        let (mut at, mut in_name) = (0, 0);
        // where to go on when what follows the last `*` does not fit
        let mut retry: Option<(usize, usize)> = None;
        while let Some(letter) = name.get(in_name) {
            match self.letters.get(at) {
                Some('*') => {
                    at += 1;
                    retry = Some((at, in_name));
                }
                Some(expected) if *expected == '?' || expected == letter => {
                    at += 1;
                    in_name += 1;
                }
                _ => {
                    let Some((behind, from)) = retry else { return false };
                    (at, in_name) = (behind, from + 1);
                    retry = Some((behind, from + 1));
                }
            }
        }
        self.letters.iter().skip(at).all(|letter| *letter == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns() {
        for (pattern, name, fits) in [
            ("*.exe", "Invoice.EXE", true),
            ("*.exe", "invoice.exe.txt", false),
            ("*.exe", "exe", false),
            ("image00?.png", "image001.png", true),
            ("image00?.png", "image0012.png", false),
            ("*", "anything", true),
            ("*größe*", "Übergröße.pdf", true),
            ("a*b*c", "aXbXbYc", true),
            ("a*b*c", "aXbXbY", false),
            ("smime.p7s", "smime.p7s", true),
        ] {
            assert_eq!(NamePattern::parse(pattern).unwrap().fits(name), fits, "{pattern} {name}");
        }
        for none in ["", "  ", "a/b", "..\\*", &"x".repeat(201)] {
            assert_eq!(NamePattern::parse(none), None, "{none}");
        }
        assert!(!NamePattern::parse(&"*a".repeat(100)).unwrap().fits(&"a".repeat(99)));
    }

    #[test]
    fn types_fit_patterns() {
        for (pattern, media_type, fits) in [
            ("application/zip", "application/zip", true),
            ("Video/*", "video/mp4", true),
            ("video/*", "videos/mp4", false),
            ("application/*", "image/png", false),
        ] {
            assert_eq!(TypePattern::parse(pattern).unwrap().fits(media_type), fits, "{pattern} {media_type}");
        }
        for none in ["exe", "*.exe", "*/*", "application/", "/zip", "application/x y", ""] {
            assert_eq!(TypePattern::parse(none), None, "{none}");
        }
    }
}
