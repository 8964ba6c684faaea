//! What takes too long for every day: a worker killed again and again in the
//! middle of an import, and lists in a database of a million people.

use domain::clock::{Random as _, SeededRandom};

use crate::{
    Failure, Scale, import,
    million::{Size, fill, plans},
    stage::Ground,
    term::say,
};

/// `kill -9`s of the worker in one import.
const KILLS: usize = 10;
/// An import with ten `kill -9`s at moments that follow from the seed: nothing
/// is lost and nothing is doubled.
pub async fn kills(scale: &Scale, seed: u64) -> Result<(), Failure> {
    let random = SeededRandom::new(seed);
    let mut moments: Vec<usize> = (0..KILLS)
        .map(|_| {
            let mut byte = [0];
            random.fill(&mut byte);
            // Between 1 and 95 percent of the work.
            1 + usize::from(byte[0]) * 94 / 255
        })
        .collect();
    moments.sort_unstable();
    say(format!("soak: seed {seed}: kill -9 of the worker at {moments:?} percent of {} people", scale.count));
    for by in [import::By::Order, import::By::File] {
        let seconds = import::with_kills(scale, by, &moments).await?;
        say(format!("soak: seed {seed}: {by:?} held; {seconds:.1} s"));
    }
    Ok(())
}

/// A million people of ten thousand customers, and the plans by which the database answers
/// the lists, as the role that serves them: another plan than the one that was reviewed fails.
pub async fn million(scale: &Scale) -> Result<(), Failure> {
    let ground = Ground::start(scale).await?;
    let size = Size::of(scale);
    let _stage = fill(&ground, "million", size).await?;
    // A small database is read in other ways.
    plans(&ground, "million", size, !scale.quick).await?;
    ground.stop().await
}
