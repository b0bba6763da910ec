//! Colours that readers with any colour vision can tell apart, on screen and in print.

use crate::picture::{Dash, Ink, Stroke};

/// Blue, from the palette of Okabe and Ito (2008), as all of these.
pub const BLUE: Ink = Ink::rgb([0x00, 0x72, 0xb2]);
/// Vermillion.
pub const VERMILLION: Ink = Ink::rgb([0xd5, 0x5e, 0x00]);
/// Bluish green.
pub const GREEN: Ink = Ink::rgb([0x00, 0x9e, 0x73]);
/// Reddish purple.
pub const PURPLE: Ink = Ink::rgb([0xcc, 0x79, 0xa7]);
/// Orange.
pub const ORANGE: Ink = Ink::rgb([0xe6, 0x9f, 0x00]);
/// Sky blue.
pub const SKY: Ink = Ink::rgb([0x56, 0xb4, 0xe9]);

/// Midway between blue and sky blue: seen on a light and on a dark page, however thin.
pub const MID_BLUE: Ink = Ink::rgb([0x2b, 0x93, 0xce]);

/// For lines in the order of their number; their yellow is left out, too light on paper.
const SERIES: [Ink; 6] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY];

/// The stroke of line number `index`: six colours, then the same in dashes, then in dots.
pub fn series(index: usize) -> Stroke {
    let dashes = [Dash::Solid, Dash::Dashed, Dash::Dotted];
    Stroke::solid(SERIES[index % SERIES.len()], 1.8).dash(dashes[index / SERIES.len() % dashes.len()])
}

/// Ten even stops of viridis (Smith and van der Walt 2015): even in lightness, so it survives a print in
/// grey.
const VIRIDIS: [[u8; 3]; 10] = [
    [0x44, 0x01, 0x54],
    [0x48, 0x28, 0x78],
    [0x3e, 0x4a, 0x89],
    [0x31, 0x68, 0x8e],
    [0x26, 0x82, 0x8e],
    [0x1f, 0x9e, 0x89],
    [0x35, 0xb7, 0x79],
    [0x6d, 0xcd, 0x59],
    [0xb4, 0xde, 0x2c],
    [0xfd, 0xe7, 0x25],
];

/// The colour of viridis at `share`, 0 to 1.
pub fn viridis(share: f64) -> [u8; 3] {
    let position = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(VIRIDIS.len() - 1);
    let part = position - below as f64;
    let mix = |low: u8, high: u8| (f64::from(low) + (f64::from(high) - f64::from(low)) * part).round() as u8;
    std::array::from_fn(|channel| mix(VIRIDIS[below][channel], VIRIDIS[above][channel]))
}
