//! Growing pauses after failures, so that a server in trouble is not hammered.

use std::time::Duration;

/// The pause after the first failure; each later one is twice as long …
const FIRST: Duration = Duration::from_secs(2);

/// … but never longer than this.
const LONGEST: Duration = Duration::from_mins(15);

/// How often something has failed in a row.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// It failed once more: how long to wait now. `draw` is any number by chance; it shortens the pause by up
    /// to a half, so that many who failed together do not come again together.
    pub fn failed(&mut self, draw: u64) -> Duration {
        let pause = FIRST.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX)).min(LONGEST);
        self.failures = self.failures.saturating_add(1).min(31);
        let half = pause / 2;
        let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(draw % millis.saturating_add(1))
    }

    /// It worked: the next failure is the first one again.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        let longest = |backoff: &mut Backoff| backoff.failed(0).as_millis() * 2 / 1000;
        let pauses: Vec<u128> = (0..11).map(|_| longest(&mut backoff)).collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        (0..100).for_each(|_| assert!(longest(&mut backoff) == 900));
        backoff.succeeded();
        assert_eq!(longest(&mut backoff), 2);
    }

    #[test]
    fn chance_keeps_a_pause_between_its_half_and_its_whole() {
        for draw in [0, 1, 999, 1000, 1001, u64::MAX] {
            let pause = Backoff::default().failed(draw).as_millis();
            assert!((1000..=2000).contains(&pause), "{draw}: {pause}");
        }
    }
}
