//! BitTyrant (Piatek, Isdal, Anderson, Krishnamurthy and Venkataramani, NSDI 2007): the strategic client. It pays each peer
//! just enough to be unchoked by it, and spends what that saves on more peers.
//!
//! For each peer it keeps what a second of being unchoked is expected to bring (`expected`, the paper's d_p) and what has to
//! be sent for it (`required`, u_p). It unchokes those with the best ratio until what they require fills the uplink.
//! After a round: whoever does not unchoke us requires more; of whoever does, we know what it brings; and whoever has
//! done so for some rounds may require less.
//!
//! Where the paper looks a distribution of measured uplinks up, this client knows its own only. A peer that was not tried is
//! taken to require what a slot of ours would give, and to give as much, or, once it has said HAVE a few times, what a slot
//! of its would give if it sent as fast as it gets; both with as many slots as the mainline client had then.

use std::collections::BTreeMap;

use crate::random::Rng;
use crate::time::Time;

use super::prop_share::LIMIT_MIN;
use super::registry::Entry;
use super::{Choice, ChokeView, Choker, Promise, Slots, Suitor, Turn, shuffled};

pub(super) const ENTRY: Entry = Entry {
    name: "bittyrant",
    rule: "Those who bring most for what they require are unchoked, each limited to that, until the uplink is full; who does \
           not unchoke us requires 20 % more after a round, who has for three rounds 10 % less.",
    source: "Piatek et al., NSDI 2007",
    promise: Promise { slots: Slots::Own, turn: Turn::Uncertain, merit: None, limits: true },
    make: || Box::new(BitTyrant::default()),
};

/// Who does not unchoke us requires more by one part in so many (the paper's δ = 0.2).
const RAISE: u64 = 5;
/// Who unchokes us requires less by one part in so many (γ = 0.1),
const CUT: u64 = 10;
/// after so many rounds (r = 3).
const ROUNDS: u32 = 3;

/// What is known of one peer.
#[derive(Clone, Copy, Debug)]
struct Account {
    /// What it has to be sent, bytes/s; none before it was tried at a price.
    required: Option<u64>,
    /// What it sends while it unchokes us, bytes/s; none before it has.
    observed: Option<u64>,
    /// Rounds in which it has unchoked us, without one in which it has not.
    rounds: u32,
    /// When we first saw it.
    since: Time,
    /// What it had then, bytes.
    held_bytes: u64,
}

/// The best returns until the uplink is full.
#[derive(Default)]
pub struct BitTyrant {
    accounts: BTreeMap<u32, Account>,
    /// How many were unchoked in the last round.
    unchoked: Option<usize>,
    /// They require all that there is. Else nobody is limited: what is left over is given away.
    is_full: bool,
}

/// Slots of the mainline client of the time with such an uplink: the root of 0.6 r at r kB/s, and four at least.
fn slots_with(bytes_per_s: u64) -> u64 {
    (bytes_per_s.saturating_mul(6) / 10_000).isqrt().max(4)
}

/// A peer and its prices.
struct Offer {
    peer: u32,
    expected: u64,
    required: u64,
}

impl Choker for BitTyrant {
    fn round(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Choice {
        view.suitors.iter().for_each(|suitor| self.settle(view, suitor));
        let budget = view.budget();
        let offers = self.offers(view, rng);
        let mut chosen = offers.len().min(view.slots);
        self.is_full = false;
        if budget > 0 && view.slots > 0 {
            let sums = offers.iter().scan(0_u64, |sum, offer| {
                *sum = sum.saturating_add(offer.required);
                Some(*sum)
            });
            let fills = sums.take_while(|sum| *sum < budget).count();
            self.is_full = fills < offers.len();
            chosen = offers.len().min(fills + 1);
            offers[..chosen].iter().for_each(|offer| self.accept(view, offer));
        }
        self.unchoked = Some(chosen);
        Choice { unchoked: offers[..chosen].iter().map(|offer| offer.peer).collect(), optimistic: None }
    }

    fn slots(&self, configured: usize) -> usize {
        if configured > 0 { self.unchoked.unwrap_or(configured).max(1) } else { 0 }
    }

    fn vacancy(&mut self, view: &ChokeView<'_>, rng: &mut Rng) -> Option<u32> {
        let waits = |offer: &Offer| view.suitors.iter().any(|one| one.peer == offer.peer && !one.unchoked);
        let chosen = self.offers(view, rng).into_iter().find(waits)?;
        self.accept(view, &chosen);
        Some(chosen.peer)
    }

    fn limit(&self, peer: u32) -> Option<u64> {
        self.accounts.get(&peer).and_then(|account| account.required).filter(|_| self.is_full)
    }

    fn forget(&mut self, peer: u32) {
        self.accounts.remove(&peer);
    }
}

impl BitTyrant {
    fn account(&mut self, view: &ChokeView<'_>, suitor: &Suitor) -> &mut Account {
        let new = Account {
            required: None,
            observed: None,
            rounds: 0,
            since: view.now,
            held_bytes: suitor.held_bytes,
        };
        self.accounts.entry(suitor.peer).or_insert(new)
    }

    /// It is paid what it is taken to require. While nobody is limited, it is not a price that it gets.
    fn accept(&mut self, view: &ChokeView<'_>, offer: &Offer) {
        if self.is_full
            && let Some(suitor) = view.suitors.iter().find(|suitor| suitor.peer == offer.peer)
        {
            self.account(view, suitor).required = Some(offer.required);
        }
    }

    /// The round is over: what has it taught about this peer?
    fn settle(&mut self, view: &ChokeView<'_>, suitor: &Suitor) {
        let account = self.account(view, suitor);
        let brought = view.rate(suitor.downloaded_in_round_bytes);
        if suitor.unchokes_us && brought > 0 {
            account.observed = Some(account.observed.map_or(brought, |before| before.midpoint(brought)));
        }
        // A peer that was unchoked in mid-round has not had the time to answer.
        if !suitor.unchoked || view.now - suitor.changed_at < view.interval {
            return;
        }
        account.rounds = if suitor.unchokes_us { account.rounds.saturating_add(1) } else { 0 };
        if let Some(required) = &mut account.required {
            if !suitor.unchokes_us {
                *required = required.saturating_add(*required / RAISE).min(view.budget());
            } else if account.rounds >= ROUNDS {
                *required -= *required / CUT;
            }
            *required = (*required).max(LIMIT_MIN);
        }
    }

    /// The suitors with their prices, the best first.
    fn offers(&self, view: &ChokeView<'_>, rng: &mut Rng) -> Vec<Offer> {
        let mut offers: Vec<Offer> =
            shuffled(view, rng).into_iter().map(|suitor| self.offer(view, suitor)).collect();
        let worth = |offer: &Offer, other: &Offer| u128::from(offer.expected) * u128::from(other.required);
        offers.sort_by(|a, b| worth(b, a).cmp(&worth(a, b)));
        offers
    }

    fn offer(&self, view: &ChokeView<'_>, suitor: &Suitor) -> Offer {
        let slot = (view.uplink_bytes_per_s / slots_with(view.uplink_bytes_per_s)).max(LIMIT_MIN);
        let account = self.accounts.get(&suitor.peer);
        let growth = account.and_then(|account| {
            let gained = suitor.held_bytes.checked_sub(account.held_bytes).filter(|gained| *gained > 0)?;
            let span = (view.now - account.since).as_nanos().max(1);
            u64::try_from(u128::from(gained) * 1_000_000_000 / span).ok()
        });
        let observed = account.and_then(|account| account.observed);
        Offer {
            peer: suitor.peer,
            expected: match suitor.interests_us {
                true => observed.or(growth.map(|growth| growth / slots_with(growth))).unwrap_or(slot),
                false => 0,
            },
            required: account.and_then(|account| account.required).unwrap_or(slot),
        }
    }
}
