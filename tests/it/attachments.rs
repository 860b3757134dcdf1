//! What is noticed about attached files, and what an account lets through to the desk.

use super::cli::postroom;
use postroom::message::{AttachmentMark, Message};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A picture of two dots, and one of other dots.
const LOGO: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const SCREENSHOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// A part in base64.
fn part(name: &str, media_type: &str, more: &str, base64: &str) -> String {
    format!(
        "--b\r\nContent-Type: {media_type}; name=\"{name}\"\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n{base64}\r\n"
    )
}

/// A mail with an HTML body and parts.
fn mail(subject: &str, html: &str, parts: &[String]) -> String {
    format!(
        "From: uma@example.com\r\nTo: desk@example.com\r\nSubject: {subject}\r\nMessage-ID: <files@example.com>\r\n\
         Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n{}--b--\r\n",
        parts.concat()
    )
}

fn marks(message: &Message) -> Vec<(&str, &[AttachmentMark])> {
    message.attachments.iter().map(|file| (file.name.as_str(), file.marks.as_slice())).collect()
}

#[test]
fn what_is_odd_about_files_is_marked() {
    use AttachmentMark::{DoubleEnding, Duplicate, TypeMismatch};
    let attached = "Content-Disposition: attachment\r\n";
    let message = Message::read(
        mail(
            "files",
            "<p>See attached.</p>",
            &[
                part("plan.pdf", "application/pdf", attached, "JVBERi0xLjQK"),
                part("plan again.pdf", "application/pdf", attached, "JVBERi0xLjQK"),
                part("photo.jpg", "image/jpeg", attached, LOGO),
                part("invoice.pdf.exe", "application/octet-stream", attached, "AAAA"),
                part("notes.txt", "text/plain", attached, "SGVsbG8="),
            ],
        )
        .as_bytes(),
    );
    assert_eq!(
        marks(&message),
        [
            ("plan.pdf", &[][..]),
            ("plan again.pdf", &[Duplicate]),
            ("photo.jpg", &[TypeMismatch]),
            ("invoice.pdf.exe", &[DoubleEnding]),
            ("notes.txt", &[]),
        ]
    );
    assert_eq!(message.attachments[2].content_type.as_deref(), Some("image/png"));
}

#[test]
fn pictures_of_signatures_are_told_from_screenshots() {
    let picture = |id: &str, base64: &str| {
        part(&format!("{id}.png"), "image/png", &format!("Content-ID: <{id}>\r\n"), base64)
    };
    for (html, logos) in [
        (
            "<p>It says this:</p><img src=\"cid:shot\"><div class=\"gmail_signature\">Uma<br><img src=\"cid:logo\"></div>",
            vec!["logo.png"],
        ),
        (
            "<p>It is fixed now.</p><p>-- <br>Uma User<br><img src=\"cid:logo\"></p>\
             <blockquote type=\"cite\">Look: <img src=\"cid:shot\"></blockquote>",
            vec!["shot.png", "logo.png"],
        ),
        // right behind the words, and both above and below
        ("<p>Here is what I see:</p><img src=\"cid:shot\"><img src=\"cid:logo\">", vec![]),
        (
            "<p>Look:</p><img src=\"cid:shot\"><blockquote type=\"cite\"><img src=\"cid:shot\"><img src=\"cid:logo\"></blockquote>",
            vec!["logo.png"],
        ),
    ] {
        let message =
            Message::read(mail("x", html, &[picture("shot", SCREENSHOT), picture("logo", LOGO)]).as_bytes());
        let marked: Vec<&str> = marks(&message)
            .into_iter()
            .filter(|(_, marks)| marks.contains(&AttachmentMark::SignatureLogo))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(marked, logos, "{html}");
    }
}

const RULES: &str = "format: 1
rule_set: small
revision: 1
change_reason: No programs
extends: demo
system: { default_format: html }
accounts:
  demo:
    history: { preserve_html: true }
    attachments:
      refuse_names: [\"*.exe\"]
      refuse_disguised: true
      skip_signature_logos: true
      skip_duplicates: true
    limits: { parts_max: 8, html_depth_max: 40 }
";

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = postroom(folder).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn what_an_account_refuses_is_left_out_and_told_in_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("postroom.yaml"), RULES).unwrap();
    fs::write(folder.join("world.yaml"), include_str!("../../fixtures/desk/small.yaml")).unwrap();
    let html = "<p onclick=x()>It says this: <img src=\"cid:shot@x\"></p><a href=\"https://evil.example/\">bank.example</a>\
                <img src=\"https://spy.example/1.gif\" width=1 height=1>\
                <div class=\"gmail_signature\">Uma <img src=\"cid:logo@x\"></div>";
    let parts = [
        part("shot.png", "image/png", "Content-ID: <shot@x>\r\n", SCREENSHOT),
        part("logo.png", "image/png", "Content-ID: <logo@x>\r\n", LOGO),
        part("setup.EXE", "application/octet-stream", "", "AAAA"),
        part("plan.pdf", "application/pdf", "", LOGO),
        part("a.txt", "application/octet-stream", "", "SGVsbG8="),
        part("b.txt", "application/octet-stream", "", "SGVsbG8="),
        part("beyond.txt", "application/octet-stream", "", "SGVsbG8="),
    ];
    let raw = mail("[CALL#5837]", html, &parts);
    fs::write(folder.join("mail.eml"), &raw).unwrap();
    let _lines =
        run(folder, &["process", "mail.eml", "--world", "world.yaml", "--store", "sqlite:postroom.db"]);
    let call: Value =
        serde_json::from_str(&run(folder, &["desk", "show", "call", "5837", "--format", "json"])).unwrap();
    let names: Vec<&str> =
        call["objects"].as_array().unwrap().iter().filter_map(|object| object["name"].as_str()).collect();
    assert_eq!(names, ["shot.png", "a.txt"]);
    let entries: Vec<&str> =
        call["history"].as_array().unwrap().iter().filter_map(|entry| entry["text"].as_str()).collect();
    let note = entries.iter().find(|text| text.starts_with("left out")).expect("a note");
    assert_eq!(
        *note,
        "left out: `logo.png`: it belongs to the signature or the quoted mail\n\
         left out: `setup.EXE`: its name fits `*.exe`\n\
         left out: `plan.pdf`: its bytes show image/png, which is not what it says\n\
         left out: `b.txt`: the same file is attached already\n\
         not read in full: there are more parts than are read"
    );
    let page = entries.iter().find(|text| text.contains("It says this")).expect("the mail");
    assert!(page.contains("data-object=\"shot.png\" data-sha256=\""), "{page}");
    assert!(page.contains("[leads to evil.example, not where it says: https://evil.example/]"), "{page}");
    for word in ["onclick", "spy.example", "logo.png"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
    // what was left out is still in the raw mail
    let shown: Value = serde_json::from_str(&run(folder, &["read", "mail.eml", "--format", "json"])).unwrap();
    assert_eq!(shown["attachments"].as_array().unwrap().len(), 7);
    let settings = run(folder, &["show", "--origin", "--account", "demo"]);
    for words in
        ["refuse_disguised: true", "skip_signature_logos: true", "parts_max: 8", "html_bytes_max: 1048576"]
    {
        assert!(settings.contains(words), "{words}: {settings}");
    }
    fs::write(
        folder.join("new.yaml"),
        RULES.replace("*.exe", "*.js").replace("parts_max: 8", "parts_max: 9"),
    )
    .unwrap();
    let output = postroom(folder).args(["diff", "postroom.yaml", "new.yaml"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("attachments.refuse_names") && told.contains("limits.parts_max"), "{told}");
}
