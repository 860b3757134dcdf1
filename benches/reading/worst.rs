//! Mails made to keep a reader busy: each shape can be made in any size, so that what grows faster than its mail is seen.

/// A shape, and how a mail of it with about so many bytes is made.
pub(super) type Shape = (&'static str, fn(usize) -> Vec<u8>);

const HEAD: &str = "From: Uma User <uma@example.com>\r\nTo: desk@example.com\r\nSubject: Re: VPN\r\nDate: Thu, 12 Mar 2026 10:11:00 +0000\r\nMessage-ID: <1@example.com>\r\n";
const HTML: &str = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
const MIXED: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";

/// All of them.
pub(super) fn shapes() -> Vec<Shape> {
    [headers(), structure(), quotations(), markup(), reports()].concat()
}

/// As many copies as fit.
fn filled(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len().max(1))
}

/// Pieces that differ by a number, as many as fit.
fn numbered(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let mut all = String::with_capacity(bytes + 256);
    for number in 0.. {
        if all.len() >= bytes {
            break;
        }
        all.push_str(&piece(number));
    }
    all
}

fn field(line: &str) -> Vec<u8> {
    format!("{HEAD}{line}\r\n\r\nHello\r\n").into_bytes()
}

fn text(body: &str) -> Vec<u8> {
    format!("{HEAD}\r\n{body}").into_bytes()
}

fn html(body: &str) -> Vec<u8> {
    format!("{HEAD}{HTML}{body}").into_bytes()
}

fn mixed(body: &str) -> Vec<u8> {
    format!("{HEAD}{MIXED}{body}").into_bytes()
}

fn headers() -> Vec<Shape> {
    vec![
        ("100,000 fields", |bytes| field(numbered(bytes, |n| format!("X-{n}: y\r\n")).trim_end())),
        ("fields of one name", |bytes| field(filled("To: a@b.example\r\n", bytes).trim_end())),
        ("empty fields", |bytes| field(filled("a:\r\n", bytes).trim_end())),
        ("fields and junk by turns", |bytes| field(filled("a: b\r\njunk\r\n", bytes).trim_end())),
        ("results of authentication", |bytes| {
            let results = filled("Authentication-Results: mx.example; (((((((\r\n", bytes);
            format!("{results}{HEAD}\r\nHello").into_bytes()
        }),
        ("one field folded", |bytes| field(&format!("X-Long: a{}", filled("\r\n b", bytes)))),
        ("a subject folded", |bytes| {
            format!("From: a@b.example\r\nSubject: a{}\r\n\r\nHello", filled("\r\n b", bytes)).into_bytes()
        }),
        ("encoded words", |bytes| {
            let words = filled("=?utf-8?Q?caf=C3=A9?= ", bytes);
            format!("From: a@b.example\r\nSubject: {words}\r\n\r\nHello").into_bytes()
        }),
        ("encoded words of two sets", |bytes| {
            let words = filled("=?utf-8?Q?a?= =?iso-8859-1?Q?b?= ", bytes);
            format!("From: a@b.example\r\nSubject: {words}\r\n\r\nHello").into_bytes()
        }),
        ("encoded words without end", |bytes| {
            let words = filled("=?a?q?x", bytes);
            format!("From: a@b.example\r\nSubject: {words}\r\n\r\nHello").into_bytes()
        }),
        ("starts of encoded words", |bytes| {
            format!("From: a@b.example\r\nSubject: {}\r\n\r\nHello", filled("=?", bytes)).into_bytes()
        }),
        ("encoded words in addresses", |bytes| {
            field(&format!(
                "Cc: {}",
                numbered(bytes, |n| format!("=?utf-8?Q?caf=C3=A9?= <a{n}@b.example>, "))
            ))
        }),
        ("words without end in addresses", |bytes| field(&format!("Cc: {}", filled("=?a?q?x", bytes)))),
        ("a list of addresses", |bytes| {
            field(&format!("Cc: {}", numbered(bytes, |n| format!("a{n}@b.example, "))))
        }),
        ("addresses without comma", |bytes| field(&format!("Cc: {}", filled("a@b ", bytes)))),
        ("brackets in addresses", |bytes| field(&format!("Cc: {}", filled("<", bytes)))),
        ("comments in addresses", |bytes| field(&format!("Cc: {}", filled("(", bytes)))),
        ("quotations in addresses", |bytes| field(&format!("Cc: {}", filled("\"a\" ", bytes)))),
        ("groups of addresses", |bytes| field(&format!("Cc: {}", filled("g:a@b.example;", bytes)))),
        ("commas for addresses", |bytes| field(&format!("Cc: {}", filled(",", bytes)))),
        ("backslashes in addresses", |bytes| field(&format!("Cc: \"{}", filled("\\", bytes)))),
        ("references", |bytes| {
            field(&format!("References: {}", numbered(bytes, |n| format!("<{n}@x.example> "))))
        }),
        ("references without end", |bytes| field(&format!("References: {}", filled("<", bytes)))),
        ("references without brackets", |bytes| field(&format!("References: {}", filled("a@b ", bytes)))),
        ("a date without end", |bytes| {
            format!("From: a@b.example\r\nDate: {}\r\n\r\nHello", filled("1 ", bytes)).into_bytes()
        }),
        ("reply marks", |bytes| {
            format!("From: a@b.example\r\nSubject: {}\r\n\r\nHello", filled("Re: ", bytes)).into_bytes()
        }),
        ("parameters continued", |bytes| {
            let parameters = numbered(bytes, |n| format!(";\r\n name*{n}*=%41%42"));
            field(&format!("Content-Type: application/pdf{parameters}"))
        }),
        ("parameters continued backwards", |bytes| {
            let count = bytes / 20;
            let parameters = numbered(bytes, |n| format!(";\r\n name*{}*=%41%42", count.saturating_sub(n)));
            field(&format!("Content-Type: application/pdf{parameters}"))
        }),
        ("parameters of many names continued", |bytes| {
            field(&format!(
                "Content-Type: text/plain{}",
                numbered(bytes, |n| format!("; n{n}*0=a; n{n}*1=b"))
            ))
        }),
        ("parameters", |bytes| {
            field(&format!("Content-Type: text/plain{}", numbered(bytes, |n| format!("; n{n}=v"))))
        }),
        ("semicolons in a type", |bytes| field(&format!("Content-Type: text/plain{}", filled(";", bytes)))),
        ("comments in a type", |bytes| field(&format!("Content-Type: text/plain; {}", filled("(", bytes)))),
        ("quotations in a type", |bytes| {
            field(&format!("Content-Type: text/plain; a={}", filled("\"", bytes)))
        }),
    ]
}

fn structure() -> Vec<Shape> {
    vec![
        ("parts nested", |bytes| {
            let nested = numbered(bytes, |n| {
                format!("--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", n + 1)
            });
            format!("{HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n{nested}")
                .into_bytes()
        }),
        ("parts side by side", |bytes| mixed(&filled("--b\r\n\r\nx\r\n", bytes))),
        ("files side by side", |bytes| {
            mixed(&filled(
                "--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n",
                bytes,
            ))
        }),
        ("lines like boundaries", |bytes| mixed(&filled("--\r\n", bytes))),
        ("lines like boundaries of nested parts", |bytes| {
            let nested: String = (0..99)
                .map(|n| {
                    format!("--b{n:02}\r\nContent-Type: multipart/mixed; boundary=b{:02}\r\n\r\n", n + 1)
                })
                .collect();
            let lines = filled("--b9\r\n", bytes);
            format!("{HEAD}Content-Type: multipart/mixed; boundary=b00\r\n\r\n{nested}{lines}").into_bytes()
        }),
        ("long boundaries that differ at their end", |bytes| {
            let long = "x".repeat(900);
            let nested: String = (0..99)
                .map(|n| {
                    format!(
                        "--{long}{n:02}\r\nContent-Type: multipart/mixed; boundary={long}{:02}\r\n\r\n",
                        n + 1
                    )
                })
                .collect();
            let lines = filled(&format!("--{long}xx\r\n"), bytes);
            format!("{HEAD}Content-Type: multipart/mixed; boundary={long}00\r\n\r\n{nested}{lines}")
                .into_bytes()
        }),
        ("a boundary that is not used", |bytes| mixed(&filled("--c\r\nx\r\n", bytes))),
        ("mails within mails", |bytes| {
            field(&format!(
                "Content-Type: message/rfc822\r\n\r\n{}",
                filled("Content-Type: message/rfc822\r\n\r\n", bytes)
            ))
        }),
        ("alternatives nested", |bytes| {
            let nested = numbered(bytes, |n| {
                format!(
                    "--b{n}\r\nContent-Type: multipart/alternative; boundary=b{}\r\n\r\n--b{}\r\n\r\nx\r\n",
                    n + 1,
                    n + 1
                )
            });
            format!(
                "{HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b0\r\n\r\n{nested}"
            )
            .into_bytes()
        }),
        ("one line of 5 MB", |bytes| text(&"a".repeat(bytes * 5))),
        ("one line of words", |bytes| text(&filled("word ", bytes))),
        ("empty lines", |bytes| text(&filled("\r\n", bytes))),
        ("carriage returns alone", |bytes| text(&filled("\r", bytes))),
        ("NUL characters", |bytes| text(&filled("\0", bytes))),
        ("quoted-printable of escapes", |bytes| {
            format!("{HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n{}", filled("=41", bytes))
                .into_bytes()
        }),
        ("quoted-printable of spaces", |bytes| {
            format!("{HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n={}", filled(" ", bytes))
                .into_bytes()
        }),
        ("quoted-printable of signs and spaces", |bytes| {
            format!("{HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n{}", filled("= ", bytes))
                .into_bytes()
        }),
        ("base64 of padding", |bytes| {
            format!("{HEAD}Content-Transfer-Encoding: base64\r\n\r\n{}", filled("=", bytes)).into_bytes()
        }),
        ("a character set that is declared wrongly", |bytes| {
            let mut raw = format!("{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n").into_bytes();
            raw.resize(raw.len() + bytes, 0xe9);
            raw
        }),
        ("ISO-2022-JP of escapes", |bytes| {
            format!(
                "{HEAD}Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n{}",
                filled("\u{1b}$B\u{1b}(B", bytes)
            )
            .into_bytes()
        }),
        ("UTF-7 of plus signs", |bytes| {
            format!("{HEAD}Content-Type: text/plain; charset=utf-7\r\n\r\n{}", filled("+", bytes))
                .into_bytes()
        }),
    ]
}

fn quotations() -> Vec<Shape> {
    vec![
        ("quotation marks, one a line", |bytes| text(&filled("> a\n", bytes))),
        ("a ladder of quotation marks", |bytes| {
            text(&numbered(bytes, |n| format!("{} a\n", ">".repeat(n % 2_000))))
        }),
        ("a line of quotation marks", |bytes| text(&filled(">", bytes))),
        ("quoted and own lines by turns", |bytes| text(&filled("> a\nb\n", bytes))),
        ("attributions", |bytes| {
            text(&filled("On 12 Mar 2026 at 10:11, Ana <ana@b.example> wrote:\n", bytes))
        }),
        ("attributions above quotations", |bytes| {
            text(&filled("On 12 Mar 2026 at 10:11, Ana <ana@b.example> wrote:\n> a\nb\n", bytes))
        }),
        ("starts of attributions", |bytes| text(&filled("On 12 Mar 2026\n", bytes))),
        ("lines that begin with a digit", |bytes| text(&filled("1234\n", bytes))),
        ("lines that end with a colon", |bytes| text(&filled("a 1:\n", bytes))),
        ("lines with brackets", |bytes| text(&filled("<<<<<\n", bytes))),
        ("dates at the start of lines", |bytes| text(&filled("2026-03-12 10:11 GMT+01:00 <\n", bytes))),
        ("addresses, one a line", |bytes| text(&filled("a@b.example\n", bytes))),
        ("sender lines", |bytes| text(&filled("From:\n", bytes))),
        ("fields of one letter", |bytes| text(&filled("a:\n", bytes))),
        ("brackets and colons by turns", |bytes| text(&filled("ü <@\na:\n", bytes))),
        ("dates and addresses above marks", |bytes| text(&filled("2026/2/2 a <a@b.c>\n> x\n", bytes))),
        ("sender lines with addresses", |bytes| text(&filled("From: a@b.example\n", bytes))),
        ("blocks of fields", |bytes| text(&filled("a\nFrom: Ana\nTo: Uma\nSubject: x\n\n", bytes))),
        ("blocks of fields marked as quoted", |bytes| {
            text(&filled("> From: Ana\n> Sent: 12 March 2026\n> To: Uma\n> Subject: x\n", bytes))
        }),
        ("original messages", |bytes| text(&filled("-----Original Message-----\nFrom: Ana\n", bytes))),
        ("drawn lines", |bytes| text(&filled("_____\n", bytes))),
        ("a drawn line", |bytes| text(&filled("_-", bytes))),
        ("signature marks", |bytes| text(&filled("-- \n", bytes))),
        ("signature marks between words", |bytes| text(&filled("a\n-- \n", bytes))),
        ("device lines", |bytes| text(&format!("Hello\n{}", filled("Sent from my phone\n", bytes)))),
        ("device lines below quotations", |bytes| {
            text(&format!(
                "{}Hello\n{}",
                filled("> a\n", bytes / 2),
                filled("Sent from my phone\n", bytes / 2)
            ))
        }),
        ("device lines between empty lines", |bytes| {
            text(&format!("Hello\n{}", filled("Sent from my phone\n\n\n", bytes)))
        }),
        ("forwarded messages", |bytes| text(&filled("---------- Forwarded message ---------\n", bytes))),
        ("forwarded messages marked as quoted", |bytes| {
            text(&filled("> ---------- Forwarded message ---------\n", bytes))
        }),
        ("reply markers", |bytes| text(&filled("## reply above ##\n", bytes))),
        ("hyphens", |bytes| text(&filled("--\n--a--\n", bytes))),
        ("words in other letters", |bytes| text(&filled("Ἀ1 ἐ\u{130}:\n", bytes))),
        ("white space", |bytes| text(&filled(" ", bytes))),
        ("white space, one a line", |bytes| text(&filled("\u{a0}\n", bytes))),
    ]
}

fn markup() -> Vec<Shape> {
    vec![
        ("angle brackets", |bytes| html(&filled("<", bytes))),
        ("tags without end", |bytes| html(&filled("<a href='x ", bytes))),
        ("tags with an odd quotation mark", |bytes| html(&filled("<a '>\"<b>", bytes))),
        ("tags whose quotation marks hide every end", |bytes| html(&filled("<a x=\">\"", bytes))),
        ("hidden elements in such tags", |bytes| html(&filled("<i hidden><a x=\">\"></i>", bytes))),
        ("unseen elements that end in themselves", |bytes| html(&filled("<title/>", bytes))),
        ("comments without end", |bytes| html(&filled("<!--", bytes))),
        ("comments ended oddly", |bytes| html(&filled("<!-- --!><!-->", bytes))),
        ("declarations without end", |bytes| html(&filled("<!", bytes))),
        ("character data", |bytes| html(&filled("<![CDATA[", bytes))),
        ("entities without end", |bytes| html(&filled("&amp", bytes))),
        ("ampersands", |bytes| html(&filled("&", bytes))),
        ("entities that are none", |bytes| html(&filled("&abcdefghijklmnopqrstuvwxyz;", bytes))),
        ("entities by number", |bytes| html(&filled("&#1114112;", bytes))),
        ("scripts without end", |bytes| html(&filled("<script>", bytes))),
        ("styles ended otherwise", |bytes| html(&filled("<style></stylo>", bytes))),
        ("quotations nested", |bytes| html(&filled("<blockquote>a", bytes))),
        ("quotations nested and ended", |bytes| {
            let half = bytes / 25;
            html(&format!("{}{}", "<blockquote>a".repeat(half), "</blockquote>".repeat(half)))
        }),
        ("breaks within quotations", |bytes| {
            html(&format!("{}{}", "<blockquote>".repeat(30), filled("a<br><br><br>", bytes)))
        }),
        ("lists nested", |bytes| html(&filled("<ul><li>a", bytes))),
        ("items", |bytes| html(&format!("{}{}", "<ol>".repeat(200), filled("<li>a", bytes)))),
        ("divisions nested", |bytes| html(&filled("<div>a", bytes))),
        ("divisions side by side", |bytes| html(&filled("<div>a</div>", bytes))),
        ("paragraphs with open letters", |bytes| html(&numbered(bytes, |n| format!("<p><b a={n}></p>")))),
        ("paragraphs with open links", |bytes| html(&filled("<p><a href=x>", bytes))),
        ("open fonts", |bytes| {
            html(&format!(
                "{}{}",
                numbered(bytes / 20, |n| format!("<font color={n}>")),
                filled("<p>a", bytes)
            ))
        }),
        ("letters closed across", |bytes| html(&filled("<b><i></b></i>", bytes))),
        ("letters closed across blocks", |bytes| html(&filled("<b><p></b>", bytes))),
        ("links closed across blocks", |bytes| html(&filled("<a><div></a>", bytes))),
        ("end tags alone", |bytes| html(&filled("</p>", bytes))),
        ("end tags of letters alone", |bytes| {
            html(&format!("{}{}", "<div>".repeat(200), filled("</b>", bytes)))
        }),
        ("tables nested", |bytes| html(&filled("<table><tr><td>", bytes))),
        ("words before cells", |bytes| html(&format!("<table>{}", filled("a<tr>", bytes)))),
        ("letters before cells", |bytes| html(&format!("<table>{}", filled("<b>a<tr>", bytes)))),
        ("cells", |bytes| html(&format!("<table><tr>{}", filled("<td>a", bytes)))),
        ("options", |bytes| html(&filled("<select><option>", bytes))),
        ("forms", |bytes| html(&filled("<form><input>", bytes))),
        ("templates", |bytes| html(&filled("<template><p>", bytes))),
        ("vector graphics", |bytes| html(&filled("<svg><g>", bytes))),
        ("formulas", |bytes| html(&filled("<math><mi>", bytes))),
        ("headings", |bytes| html(&filled("<h1><h2>", bytes))),
        ("attributes", |bytes| html(&format!("<b {}>a</b>", numbered(bytes, |n| format!("a{n}=1 "))))),
        ("tags of attributes", |bytes| {
            let attributes: String = (0..250).map(|n| format!(" a{n}=1")).collect();
            html(&filled(&format!("<b{attributes}>a</b>"), bytes))
        }),
        ("links", |bytes| html(&filled("<a href=https://e.example/>a</a>", bytes))),
        ("a link round everything", |bytes| {
            html(&format!("<a href=https://e.example/>{}", filled("a</a> <a href=x>", bytes)))
        }),
        ("links without words", |bytes| html(&filled("<a href=https://e.example/></a>", bytes))),
        ("pictures", |bytes| html(&filled("<img src=cid:a alt=b>", bytes))),
        ("one word", |bytes| html(&"a".repeat(bytes))),
        ("hard spaces", |bytes| html(&filled("\u{a0}", bytes))),
        ("preformatted lines", |bytes| {
            html(&format!("{}<pre>{}", "<blockquote>".repeat(30), filled("a\n", bytes)))
        }),
        ("preformatted spaces", |bytes| html(&format!("<pre>{}", filled(" \n", bytes)))),
        ("styles on everything", |bytes| html(&filled("<p style='color:red;border:none'>a", bytes))),
        ("quotations of Gmail", |bytes| {
            html(&filled(
                "<div class=gmail_quote><div class=gmail_attr>On 12 Mar 2026, Ana wrote:<br></div><blockquote>a",
                bytes,
            ))
        }),
        ("quotations of Outlook", |bytes| {
            html(&filled(
                "<div id=divRplyFwdMsg><hr><b>From:</b> Ana<br><b>Sent:</b> 12 March 2026<br></div>",
                bytes,
            ))
        }),
        ("content ids", |bytes| html(&numbered(bytes, |n| format!("<img src=cid:{n}>")))),
    ]
}

fn reports() -> Vec<Shape> {
    const REPORT: &str = "From: MAILER-DAEMON@example.com\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n";
    const ABUSE: &str = "From: abuse@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n\r\nSpam.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n";
    fn bounce(body: &str) -> Vec<u8> {
        format!("From: MAILER-DAEMON@example.com\r\nSubject: failure notice\r\n\r\n{body}").into_bytes()
    }
    vec![
        ("recipients of a report", |bytes| {
            let groups = numbered(bytes, |n| {
                format!("Final-Recipient: rfc822; a{n}@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n")
            });
            format!("{REPORT}{groups}--b--\r\n").into_bytes()
        }),
        ("recipients without status", |bytes| {
            format!("{REPORT}{}--b--\r\n", filled("Action: failed\r\n\r\n", bytes)).into_bytes()
        }),
        ("fields of a recipient", |bytes| {
            format!("{REPORT}{}--b--\r\n", filled("Status: x\r\n", bytes)).into_bytes()
        }),
        ("a diagnosis of numbers", |bytes| {
            format!(
                "{REPORT}Action: failed\r\nDiagnostic-Code: smtp; {}\r\n\r\n--b--\r\n",
                filled("550mb ", bytes)
            )
            .into_bytes()
        }),
        ("recipients of an abuse report", |bytes| {
            let fields = filled("X: y\r\n", bytes / 2);
            let recipients = filled("Original-Rcpt-To: a@b.example\r\n", bytes / 2);
            format!("{ABUSE}{fields}{recipients}--b--\r\n").into_bytes()
        }),
        ("codes in a bounce", |bytes| bounce(&filled("550 mb\n", bytes))),
        ("codes in one line of a bounce", |bytes| bounce(&filled("550 mb ", bytes))),
        ("addresses in a bounce", |bytes| bounce(&filled("<a@b\n", bytes))),
        ("numbers in a bounce", |bytes| bounce(&filled("5.1.", bytes))),
        ("failed recipients", |bytes| {
            format!("From: MAILER-DAEMON@example.com\r\nX-Failed-Recipients: {}\r\nSubject: failure notice\r\n\r\nIt failed.\r\n", filled("a,", bytes)).into_bytes()
        }),
    ]
}
