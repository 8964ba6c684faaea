//! Inputs that are kept, run as the fuzzer runs them.

use std::{collections::BTreeSet, fs, path::Path};

use hostile::TARGETS;

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// A test for each target, so that the name of one that fails says where.
macro_rules! replayed {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed_and_fuzzed() {
            let here = BTreeSet::from([$(stringify!($name).to_owned()),*]);
            let targets: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
            assert_eq!(here, targets, "a test for each target");
            assert_eq!(names_in(&hostile::corpora()), targets, "a folder for each target");
            let fuzz = hostile::corpora().join("..");
            let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("fuzz/Cargo.toml");
            let binaries = manifest.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
            let binaries: BTreeSet<_> = binaries.filter(|name| *name != "fuzz").map(str::to_owned).collect();
            assert_eq!(binaries, targets, "a binary for each target");
            for name in &targets {
                let source = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).expect("its source");
                assert!(source.contains(&format!("hostile::run(\"{name}\", bytes)")), "{name} runs itself");
            }
        }
    };
}

replayed! { sheet csv xlsx xls ods written people_file migration order_file text picture }

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let files = names_in(&target.corpus());
    assert!(!files.is_empty(), "{} is empty", target.corpus().display());
    for file in files {
        let bytes = fs::read(target.corpus().join(&file)).expect("a file of the corpus");
        let run = std::panic::catch_unwind(|| hostile::run(name, &bytes));
        assert!(run.is_ok(), "fuzz/corpus/{name}/{file} does not hold; its panic is above");
    }
}

/// What is kept is looked at by people and cloned by everybody.
#[test]
fn the_corpus_stays_small() {
    let mut bytes = 0;
    for target in TARGETS {
        for file in names_in(&target.corpus()) {
            bytes += fs::metadata(target.corpus().join(file)).expect("a file").len();
        }
    }
    assert!(bytes < 300 * 1024, "{bytes} bytes");
}
