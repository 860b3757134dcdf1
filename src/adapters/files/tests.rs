use super::*;

const MAIL: &str = "From: a@example.com\r\nSubject: one\r\n\r\nbody\r\n";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What an inbox gives: origins within the folder with their size, or the fault.
fn fetched(mut inbox: FilesInbox, folder: &Path) -> Vec<String> {
    let folder = format!("{}/", folder.display());
    let shown = |found: Result<Arrival, Failure>| match found {
        Ok(arrival) => format!("{} {}", arrival.origin, arrival.raw.len()),
        Err(failure) => failure.to_string(),
    };
    std::iter::from_fn(|| inbox.fetch()).map(|found| shown(found).replace(&folder, "")).collect()
}

#[test]
fn every_shape_of_stored_mail_is_read_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "b.eml", MAIL);
    write(root, "a/two.EML", "x");
    write(root, "a/.hidden.eml", MAIL);
    write(root, ".git/x.eml", MAIL);
    write(root, "box.mbox", "From a\nA: 1\n\nFrom b\nB: 2\n");
    write(root, "bare-box", "From a\nA: 1\n\nFrom b\nB: 2\n");
    write(root, "bare-mail", MAIL);
    write(root, "README.md", "# not mail\n");
    write(root, "rules.yaml", "name: not mail\n");
    write(root, "md/new/1", MAIL);
    write(root, "md/cur/2:2,S", "anything");
    write(root, "md/tmp/3", MAIL);
    let inbox = FilesInbox::open(&[root.to_owned()]);
    assert_eq!(inbox.count(), None);
    let expected = [
        "a/two.EML 1",
        "b.eml 43",
        "bare-box#1 5",
        "bare-box#2 5",
        "bare-mail 43",
        "box.mbox#1 5",
        "box.mbox#2 5",
        "md/cur/2:2,S 8",
        "md/new/1 43",
    ];
    assert_eq!(fetched(inbox, root), expected);
}

#[test]
fn a_file_that_is_named_is_mail_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "notes.txt", "no header at all");
    let inbox = FilesInbox::open(&[folder.path().join("notes.txt")]);
    assert_eq!(inbox.count(), Some(1));
    assert_eq!(fetched(inbox, folder.path()), ["notes.txt 16"]);
}

#[test]
fn a_missing_path_is_one_error_and_the_rest_flows_on() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "b.eml", MAIL);
    let inbox = FilesInbox::open(&[folder.path().join("gone"), folder.path().join("b.eml")]);
    assert_eq!(
        fetched(inbox, folder.path()),
        ["cannot read `gone`: there is no such file or folder", "b.eml 43"]
    );
}

#[test]
fn one_mail_comes_from_a_stream() {
    let mut inbox = FilesInbox::stream("-", io::Cursor::new(MAIL));
    let arrival = inbox.fetch().unwrap().unwrap();
    assert_eq!((arrival.origin.as_str(), arrival.raw.as_slice(), arrival.size), ("-", MAIL.as_bytes(), 43));
    assert!(inbox.fetch().is_none());
}

#[test]
fn a_mail_beyond_the_hard_limit_stays_and_the_next_one_comes() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.eml", &"x".repeat(101));
    write(folder.path(), "b.eml", &"x".repeat(100));
    let mut inbox = FilesInbox::open(&[folder.path().to_owned()]);
    inbox.mail_bytes_max = 100;
    assert_eq!(
        fetched(inbox, folder.path()),
        ["`a.eml` is larger than 512 MiB and stays where it is", "b.eml 100"]
    );
}

#[test]
fn files_of_the_user_are_never_deleted() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.eml", MAIL);
    let mut inbox = FilesInbox::open(&[folder.path().to_owned()]);
    let arrival = inbox.fetch().unwrap().unwrap();
    inbox.dispose(&arrival, Disposition::Delete).unwrap();
    assert!(folder.path().join("a.eml").exists());
}

#[test]
fn a_spool_loses_a_mail_only_when_it_has_been_dealt_with() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for (name, text) in [("new/1", MAIL), ("new/2", MAIL), ("cur/3:2,", MAIL)] {
        write(root, name, text);
    }
    let mut inbox = FilesInbox::spool(root);
    assert_eq!(inbox.count(), Some(3));
    let mut arrivals: Vec<Arrival> = std::iter::from_fn(|| inbox.fetch()).map(Result::unwrap).collect();
    assert!(root.join("new/1").exists());
    let (second, first) = (arrivals.pop().unwrap(), arrivals.pop().unwrap());
    inbox.dispose(&first, Disposition::Delete).unwrap();
    inbox.dispose(&first, Disposition::Delete).unwrap();
    inbox.dispose(&second, Disposition::Keep).unwrap();
    assert!(!root.join("new/1").exists() && !root.join("new/2").exists());
    assert!(root.join("cur/2:2,S").exists() && root.join("cur/3:2,").exists());
}
