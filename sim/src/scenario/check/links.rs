//! Rules between shared links.

use super::{Refuse, check_queue};
use crate::scenario::text::{Complaint, quoted};
use crate::scenario::{Scenario, SharedLinkSpec};

/// Records all that is wrong with the shared links.
pub fn check(scenario: &Scenario, refuse: &Refuse<'_>) {
    for link in &scenario.links {
        let path = |key| ["links", &link.name, key];
        check_queue(scenario, &path("queue_up"), link.queue_up_bytes, refuse);
        check_queue(scenario, &path("queue_down"), link.queue_down_bytes, refuse);
        if is_in_circle(scenario, link) {
            let complaint = Complaint::new(format!("{} is behind itself", quoted(&link.name)))
                .label("links are behind one another like the branches of a tree");
            refuse(&path("behind"), complaint);
        }
    }
}

/// Whether whoever goes on from link to link comes back here.
fn is_in_circle(scenario: &Scenario, link: &SharedLinkSpec) -> bool {
    let mut next = link.behind.as_ref();
    // A way that is longer than there are links is a circle too, if one without this link.
    for _ in 0..scenario.links.len() {
        let Some(name) = next else { return false };
        if *name == link.name {
            return true;
        }
        next = scenario.links.iter().find(|link| link.name == *name).and_then(|link| link.behind.as_ref());
    }
    false
}
