//! Medians and percentiles of small and large samples.

/// The middle one; of an even number the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// The smallest value that `percent` of 100 do not exceed (nearest rank).
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let sorted = sorted(values);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_textbook() {
        let values: Vec<f64> = (1..=100_u8).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 99).to_bits(), 99.0_f64.to_bits());
        assert_eq!(percentile(&values, 50).to_bits(), 50.0_f64.to_bits());
        assert_eq!(percentile(&[7.0], 95).to_bits(), 7.0_f64.to_bits());
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&[4.0, 1.0]).to_bits(), 2.5_f64.to_bits());
    }
}
