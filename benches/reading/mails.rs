//! Mails as they come every day.

/// Plain text of 2 KB, as a person answers.
pub(super) fn small() -> Vec<u8> {
    let body = "The printer on floor 2 is on fire again, and nobody is there.\r\n".repeat(28);
    format!(
        "From: Uma User <uma@example.com>\r\nTo: desk@example.com\r\nSubject: Re: Call 5837 has been updated\r\n\
         Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The same as servers deliver it: with the fields of its way, signatures, and a thread.
pub(super) fn delivered() -> Vec<u8> {
    let mut raw = String::from("Return-Path: <uma@example.com>\r\nDelivered-To: desk@example.org\r\n");
    for hop in 0..4 {
        raw.push_str(&format!(
            "Received: from mx{hop}.example.com (mx{hop}.example.com [192.0.2.{hop}])\r\n\tby mail.example.org (Postfix) with ESMTPS id 4F{hop}\r\n\tfor <desk@example.org>; Thu, 12 Mar 2026 10:11:0{hop} +0000 (UTC)\r\n"
        ));
    }
    raw.push_str("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1; t=1773310263;\r\n\tbh=qY2bWZ7c5v0Xk3l9xq0J8b1r8mJ0b3o6c2m1q9w7u5A=; h=From:To:Subject:Date;\r\n\tb=");
    for _ in 0..4 {
        raw.push_str("q1w2e3r4t5z6u7i8o9p0a1s2d3f4g5h6j7k8l9y0x1c2v3b4n5m6Q7W8E9R0T1Z2\r\n\t ");
    }
    raw.push_str("x==\r\nDate: Thu, 12 Mar 2026 10:11:03 +0000\r\nFrom: Uma User <uma@example.com>\r\nTo: \"Service Desk\" <desk@example.org>\r\nCc: Ana Lyst <ana.lyst@example.com>\r\nSubject: =?UTF-8?Q?Re:_Drucker_im_2._Stock_l=C3=A4uft_nicht?=\r\n");
    raw.push_str("Message-ID: <CAF3@mail.example.com>\r\nIn-Reply-To: <5837.2@desk.example.org>\r\nReferences: <5837.1@desk.example.org> <5837.2@desk.example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"0000000000aa\"\r\n\r\n--0000000000aa\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    raw.push_str("Er l=C3=A4uft immer noch nicht.\r\n\r\nUma\r\n\r\nAm Do., 12. M=C3=A4rz 2026 um 10:11 Uhr schrieb Ana Lyst <ana.lyst@example.com>:\r\n> L=C3=A4uft er?\r\n\r\n--0000000000aa\r\nContent-Type: text/html; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<div dir=3D\"ltr\">Er l=C3=A4uft immer noch nicht.<div><br></div><div>Uma</div></div><br><div class=3D\"gmail_quote\"><div dir=3D\"ltr\" class=3D\"gmail_attr\">Am Do., 12. M=C3=A4rz 2026 um 10:11=C2=A0Uhr schrieb Ana Lyst &lt;<a href=3D\"mailto:ana.lyst@example.com\">ana.lyst@example.com</a>&gt;:<br></div><blockquote class=3D\"gmail_quote\">L=C3=A4uft er?</blockquote></div>\r\n\r\n--0000000000aa--\r\n");
    raw.into_bytes()
}

/// A mail as somebody forwards it: what is forwarded stays whole, so that nothing is looked at for a cut.
pub(super) fn forwarded(raw: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(raw).replacen("Re:", "Fwd:", 1).into_bytes()
}

/// HTML of about so many bytes as Outlook writes it, with an answer above what it answers.
pub(super) fn html(bytes: usize) -> Vec<u8> {
    let mut page = String::from(
        "<html><head><style>p.MsoNormal{margin:0cm;font-size:11.0pt;}</style></head><body lang=EN-GB><div class=WordSection1>",
    );
    let paragraph = "<p class=MsoNormal><span style='font-size:11.0pt;font-family:\"Calibri\",sans-serif'>The printer on floor 2 is <b>on fire</b> again, see <a href=\"https://intranet.example.com/printers/2\">its page</a> &amp; tell me.<o:p></o:p></span></p>";
    while page.len() < bytes / 2 {
        page.push_str(paragraph);
    }
    page.push_str("<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Ana Lyst &lt;ana.lyst@example.com&gt;<br><b>Sent:</b> Thursday, 12 March 2026 10:11<br><b>To:</b> Uma User<br><b>Subject:</b> Printer</p></div><table border=0>");
    while page.len() < bytes {
        page.push_str(
            "<tr><td><p class=MsoNormal>Printer</p></td><td><p class=MsoNormal>does it burn?</p></td></tr>",
        );
    }
    page.push_str("</table></div></body></html>");
    format!("From: Uma User <uma@example.com>\r\nTo: desk@example.com\r\nSubject: RE: Printer\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}").into_bytes()
}

/// What is attached to [`with_attachment`], as it stands in the mail: lines of base64.
pub(super) fn encoded(bytes: usize) -> String {
    use base64::Engine as _;
    let content: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * 31 % 251).unwrap_or(0)).collect();
    let line = |piece: &[u8]| base64::engine::general_purpose::STANDARD.encode(piece) + "\r\n";
    content.chunks(57).map(line).collect()
}

/// A mail with an attachment whose base64 is this.
pub(super) fn with_attachment(encoded: &str) -> Vec<u8> {
    format!(
        "From: Uma User <uma@example.com>\r\nTo: desk@example.com\r\nSubject: The log\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\n\
         Content-Type: application/zip; name=log.zip\r\nContent-Disposition: attachment; filename=log.zip\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}--b--\r\n"
    )
    .into_bytes()
}
