//! The torrents of a session.

use std::ops::{Index, IndexMut};

use crate::torrent::Torrent;

/// Torrents by number. The first lies here: nearly always it is the only one, and each call asks for it.
#[derive(Default)]
#[repr(C)]
pub(super) struct Torrents {
    others: Vec<Torrent>,
    first: Option<Torrent>,
}

impl Torrents {
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    pub fn push(&mut self, torrent: Torrent) {
        match self.first {
            None => self.first = Some(torrent),
            Some(_) => self.others.push(torrent),
        }
    }

    pub fn get_mut(&mut self, number: usize) -> Option<&mut Torrent> {
        match number.checked_sub(1) {
            None => self.first.as_mut(),
            Some(place) => self.others.get_mut(place),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Torrent> {
        self.first.iter().chain(&self.others)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Torrent> {
        self.first.iter_mut().chain(&mut self.others)
    }
}

impl Index<usize> for Torrents {
    type Output = Torrent;

    fn index(&self, number: usize) -> &Torrent {
        match number.checked_sub(1) {
            None => self.first.as_ref().expect("a torrent of this session"),
            Some(place) => &self.others[place],
        }
    }
}

impl IndexMut<usize> for Torrents {
    fn index_mut(&mut self, number: usize) -> &mut Torrent {
        self.get_mut(number).expect("a torrent of this session")
    }
}
