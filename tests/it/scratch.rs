#[test]
fn scratch() {
    use postroom::{adapters::library::Shelf, ruleset::load::load};
    for name in std::env::var("RULES").unwrap_or("classic".into()).split(',') {
    let source = Shelf::built_in(name).or_else(|| Shelf::file(std::path::Path::new(name)).ok()).unwrap();
    let loaded = load(source, &Shelf);
    println!("{}", postroom::cli::render::findings_as_text(&loaded.findings, &loaded.sources, false));
    println!("ok={}", loaded.rule_set.is_some());
    let mut out = Vec::new();
    let exit = postroom::cli::test::run(&postroom::cli::test::TestArgs { rules: vec![name.into()], format: Default::default() }, &mut out);
    println!("{}\n{exit:?}", String::from_utf8_lossy(&out));
    }
}
