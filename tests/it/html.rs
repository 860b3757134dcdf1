//! HTML from mail: harmless whatever it was, and readable.

use postroom::message::{Limits, Message, sanitise, to_text};
use proptest::prelude::*;
use std::time::Instant;

/// Pieces that hostile mail is made of.
const PIECES: [&str; 66] = [
    "<script>",
    "</script>",
    "<script src=//evil.example/x.js>",
    "<SCRIPT\n>alert(1)</SCRIPT >",
    "<img src=x onerror=alert(1)>",
    "<img src=\"https://spy.example/1.gif\">",
    "<img src=//spy.example/2.gif alt=hello>",
    "<img src='cid:a@b'>",
    "<img src=data:image/png;base64,AAAA>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img srcset='https://spy.example/3.gif 2x'>",
    "<img src=' java\tscript:alert(1)'>",
    "<a href='javascript:alert(1)'>",
    "<a href=\" \u{1}javascript:alert(1)\">",
    "<a href='jav&#x09;ascript:alert(1)'>",
    "<a href=https://example.com/x>",
    "here",
    "www.bank.example",
    "</a>",
    "<a href='data:text/html,x'>",
    "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<style>@import '//spy.example/x.css';</style>",
    "<style>",
    "</style>",
    "<div style='display:none'>",
    "<div style=\"background:url(//spy.example/4.gif)\">",
    "</div>",
    "<iframe src=https://evil.example>",
    "</iframe>",
    "<object data=//evil.example>",
    "<embed src=//evil.example>",
    "<link rel=stylesheet href=//spy.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<form action=//evil.example>",
    "<input onfocus=alert(1) autofocus>",
    "<body onload=alert(1)>",
    "<table background=//spy.example/5.gif><tr><td>",
    "</table>",
    "<video src=//spy.example/6.mp4 poster=//spy.example/7.jpg>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>",
    "</template>",
    "<!--",
    "-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>]]>",
    "<textarea>",
    "</textarea>",
    "<title>",
    "</title>",
    "<plaintext>",
    "<p title='\"><script>alert(1)</script>'>",
    "&lt;script&gt;",
    "<",
    ">",
    "\"",
    "'",
    "\0",
    "<blockquote cite=//spy.example/8>",
    "<td width=\"1\"\">",
    "<title/>",
    "<uma@example.com>",
    "&#27;&#155&#0",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => "[<>&\"'/=a-z ]{0,16}",
    ];
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

/// The tags of clean HTML as a browser cuts them: quotes hide what is within. Apart from the code that is tested.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    let chars: Vec<char> = html.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != '<'
            || !chars.get(at + 1).is_some_and(|c| c.is_ascii_alphabetic() || "/!?".contains(*c))
        {
            at += 1;
            continue;
        }
        at += 1;
        let mut name = String::new();
        while at < chars.len() && !chars[at].is_whitespace() && chars[at] != '>' {
            name.push(chars[at].to_ascii_lowercase());
            at += 1;
        }
        let mut attributes = Vec::new();
        while at < chars.len() && chars[at] != '>' {
            if chars[at].is_whitespace() {
                at += 1;
                continue;
            }
            let (mut key, mut value) = (String::new(), String::new());
            while at < chars.len() && !chars[at].is_whitespace() && chars[at] != '=' && chars[at] != '>' {
                key.push(chars[at].to_ascii_lowercase());
                at += 1;
            }
            if chars.get(at) == Some(&'=') {
                assert_eq!(chars.get(at + 1), Some(&'"'), "every value is quoted: {html}");
                at += 2;
                while at < chars.len() && chars[at] != '"' {
                    value.push(chars[at]);
                    at += 1;
                }
                at += 1;
            }
            attributes.push((key, value));
        }
        at += 1;
        tags.push((name, attributes));
    }
    tags
}

/// What must never be in clean HTML.
fn harm(clean: &str) -> Option<String> {
    const NEVER: [&str; 26] = [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "link",
        "meta",
        "base",
        "form",
        "input",
        "svg",
        "math",
        "video",
        "audio",
        "source",
        "template",
        "noscript",
        "textarea",
        "title",
        "plaintext",
        "frame",
        "frameset",
        "body",
        "html",
        "area",
        "map",
    ];
    for (name, attributes) in tags(clean) {
        if name.starts_with(['!', '?']) || NEVER.contains(&name.trim_start_matches('/')) {
            return Some(format!("<{name}>"));
        }
        for (key, value) in attributes {
            let address = value.to_ascii_lowercase();
            let is_harmless = match key.as_str() {
                "href" => ["http:", "https:", "mailto:", "tel:", "ftp:"]
                    .iter()
                    .any(|scheme| address.starts_with(scheme)),
                "src" => {
                    let inner = ["cid:", "data:image/png;", "data:image/gif;", "data:image/jpeg;"];
                    name == "img" && inner.iter().any(|start| address.trim_start().starts_with(start))
                }
                "style" | "srcset" | "background" | "cite" | "action" | "poster" | "data" | "id"
                | "class" => false,
                key => !key.starts_with("on"),
            };
            if !is_harmless {
                return Some(format!("{name} {key}={value}"));
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clean_html_never_acts_nor_loads_anything(html in hostile()) {
        let clean = sanitise(&html);
        prop_assert_eq!(harm(&clean), None, "{}\n{}", html, clean);
    }

    #[test]
    fn text_of_any_html_has_no_control_characters(html in hostile()) {
        let text = to_text(&html);
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{:?}", text);
    }

    #[test]
    fn any_bytes_are_read_within_any_limits(
        raw in prop::collection::vec(any::<u8>(), 0..600),
        head in prop::sample::select(vec![
            "", "From: a@example.com\r\n\r\n", "From: a@example.com\r\nContent-Type: text/html\r\n\r\n",
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\n\r\n",
        ]),
        bound in 0_usize..40,
    ) {
        let limits = Limits {
            parts_max: bound, depth_max: bound, header_bytes_max: bound, header_fields_max: bound, text_bytes_max: bound,
            html_bytes_max: bound, html_depth_max: bound, decoded_bytes_max: bound as u64,
        };
        let raw = [head.as_bytes(), &raw].concat();
        let message = Message::read_within(&raw, &limits);
        prop_assert!(message.attachments.iter().map(|file| file.size).sum::<u64>() <= bound as u64);
        prop_assert!(message.html.is_none_or(|html| html.len() <= bound));
        prop_assert_eq!(message.size, raw.len() as u64);
    }
}

fn html_mail(html: &str) -> Message {
    Message::read(
        format!("From: uma@example.com\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}").as_bytes(),
    )
}

#[test]
fn html_beyond_its_limits_falls_back_to_text_and_says_so() {
    for (html, defect) in [
        ("<div>".repeat(400) + "deep", "the HTML is nested deeper than is kept as HTML; its text is kept"),
        (
            "<div></x>".repeat(400) + "deep",
            "the HTML is nested deeper than is kept as HTML; its text is kept",
        ),
        (
            (0..250).map(|at| format!("<p><b id={at}></p>")).collect::<String>()
                + &"<p>deep</p>".repeat(9_000),
            "the HTML would take too long to be kept as HTML; its text is kept",
        ),
        (
            format!("<b{}>deep", (0..300).map(|at| format!(" a{at}=1")).collect::<String>()),
            "the HTML has a tag with too many attributes; its text is kept",
        ),
    ] {
        let message = html_mail(&html);
        assert!(message.defects.iter().any(|known| known == defect), "{defect}: {:?}", message.defects);
        assert_eq!(message.left_unread().collect::<Vec<_>>(), [defect]);
        assert_eq!(message.html, None);
        assert!(message.text.unwrap().contains("deep"));
    }
    let message = html_mail("<p>Hello</p>");
    assert_eq!((message.html.as_deref(), message.left_unread().count()), (Some("<p>Hello</p>"), 0));
}

/// Shapes that make tree builders quadratic. The bound is generous: this is a debug build on a busy machine; without
/// [`Limits`] some of them take minutes.
#[test]
fn no_html_takes_long() {
    let room = 200_000;
    for unit in [
        "<div></x>",
        "<p><b>",
        "<p><b></p>",
        "<a href=x>",
        "<table><tr><td>",
        "<ul><li>",
        "<div><table></div>",
        "<b></i>",
        "</p>",
        "<a><b></a>",
        "<font color=red><p></font>",
        "<li>x",
        "<option>x",
        "<td>",
        "<div style='display:none'>",
        "&amp;",
        "<br>",
        "<nobr>",
        "<button><p>",
        "<h1><h2>",
        "<dd><dt>",
        "<form><div>",
        "<ruby><rt>",
        "<applet><b></applet>",
        "<a \">\"",
        "<a x=\">\"",
        "<i hidden><a x=\">\"></i>",
        "<title/>",
    ] {
        let html = unit.repeat(room / unit.len());
        let begun = Instant::now();
        let (clean, text) = (sanitise(&html), to_text(&html));
        assert!(begun.elapsed().as_secs() < 15, "{unit}: {:?}", begun.elapsed());
        assert!(clean.len() < 40 * room && text.len() < 40 * room, "{unit}");
    }
}
