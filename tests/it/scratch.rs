#[test]
fn scratch() {
    use postroom::{adapters::library::Shelf, ruleset::load::load};
    for name in std::env::var("RULES").unwrap_or("classic".into()).split(',') {
        let source = Shelf::built_in(name).or_else(|| Shelf::file(std::path::Path::new(name)).ok()).unwrap();
        let t = std::time::Instant::now();
        let loaded = load(source, &Shelf);
        println!("{name}: {:?} {:?} ok={}", t.elapsed(), loaded.proof, loaded.rule_set.is_some());
        for f in &loaded.findings {
            println!(
                "{:?}[{}] {} @{}",
                f.severity,
                f.code,
                f.message,
                f.span().map(|s| loaded.sources.place(s).to_string()).unwrap_or_default()
            );
            for l in &f.labels {
                println!("     {} {}", loaded.sources.place(l.span), l.text);
            }
            for n in &f.notes {
                println!("   = {n}");
            }
            for r in &f.rows {
                println!("   | {}", r.join("\t"));
            }
            for h in &f.helps {
                println!("   help {} {:?}", h.text, h.edits);
            }
        }
    }
}
