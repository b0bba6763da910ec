//! The torrents of a session.

use std::ops::{Index, IndexMut};

use crate::torrent::Torrent;

/// Torrents by number. The first lies here: nearly always it is the only one, and each call asks for it.
#[repr(C)]
pub(super) struct Torrents<T = Torrent> {
    others: Vec<T>,
    first: Option<T>,
}

impl<T> Default for Torrents<T> {
    fn default() -> Torrents<T> {
        Torrents { others: Vec::new(), first: None }
    }
}

impl<T> Torrents<T> {
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    pub fn push(&mut self, torrent: T) {
        match self.first {
            None => self.first = Some(torrent),
            Some(_) => self.others.push(torrent),
        }
    }

    pub fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        match number.checked_sub(1) {
            None => self.first.as_mut(),
            Some(place) => self.others.get_mut(place),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.others)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.first.iter_mut().chain(&mut self.others)
    }
}

impl<T> Index<usize> for Torrents<T> {
    type Output = T;

    fn index(&self, number: usize) -> &T {
        match number.checked_sub(1) {
            None => self.first.as_ref().expect("a torrent of this session"),
            Some(place) => &self.others[place],
        }
    }
}

impl<T> IndexMut<usize> for Torrents<T> {
    fn index_mut(&mut self, number: usize) -> &mut T {
        self.get_mut(number).expect("a torrent of this session")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_number() {
        let mut torrents = Torrents::default();
        for number in 0..4_usize {
            assert_eq!((torrents.len(), torrents.get_mut(number)), (number, None));
            torrents.push(number);
            torrents[number] += 10;
        }
        assert!(
            torrents.iter().copied().eq(10..14) && torrents.iter_mut().map(|torrent| *torrent).eq(10..14)
        );
        assert_eq!((torrents[0], torrents[3], torrents.get_mut(2)), (10, 13, Some(&mut 12)));
    }
}
