//! The requests in flight to one peer.

use crate::invariant::{Broken, must_hold};

use super::{REQUESTS_MAX, RequestPipeline};

impl RequestPipeline {
    /// Whether what is kept is within its bounds and nothing stands twice.
    ///
    /// # Errors
    /// What does not hold: a bug in this module or in its caller.
    pub fn check_invariants(&self) -> Result<(), Broken> {
        self.requests_are_few()?;
        self.no_block_is_asked_for_twice()?;
        self.cancelled_are_few()
    }

    fn requests_are_few(&self) -> Result<(), Broken> {
        let (requests, most) = (self.outstanding.len(), REQUESTS_MAX as usize);
        must_hold!(requests <= most, "S8", "{requests} requests are in flight to a peer");
        let (depth, bears) = (self.depth.into(), self.depth_max.into());
        must_hold!((1..=REQUESTS_MAX).contains(&depth), "S8", "{depth} requests are aimed at");
        must_hold!((1..=REQUESTS_MAX).contains(&bears), "S8", "a peer is taken to bear {bears} requests");
        Ok(())
    }

    fn no_block_is_asked_for_twice(&self) -> Result<(), Broken> {
        let mut blocks: Vec<(u32, u32)> =
            self.outstanding.iter().map(|request| (request.piece, request.block)).collect();
        blocks.sort_unstable();
        let twice = blocks.windows(2).find(|pair| pair[0] == pair[1]);
        must_hold!(twice.is_none(), "S9", "a peer is asked twice for {:?}", twice.map(|pair| pair[0]));
        Ok(())
    }

    fn cancelled_are_few(&self) -> Result<(), Broken> {
        let cancelled = self.cancelled.as_ref().map_or(0, |cancelled| cancelled.len());
        must_hold!(cancelled <= REQUESTS_MAX as usize, "S29", "{cancelled} cancelled requests are kept");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    #[test]
    fn each_wrong_entry_is_found() {
        type Spoil = fn(&mut RequestPipeline);
        let cases: [(&str, &str, Spoil); 5] = [
            ("S8", "501 requests are in flight", |pipeline| {
                (2..502).for_each(|block| pipeline.push(0, block, Time::ZERO));
            }),
            ("S8", "0 requests are aimed at", |pipeline| pipeline.depth = 0),
            ("S8", "bear 501", |pipeline| pipeline.depth_max = 501),
            ("S9", "twice for Some((0, 1))", |pipeline| pipeline.push(0, 1, Time::ZERO)),
            ("S29", "501 cancelled", |pipeline| {
                let cancelled = pipeline.cancelled.get_or_insert_default();
                cancelled.0.extend((0..501).map(|block| (0, block)));
            }),
        ];
        for (property, what, spoil) in cases {
            let mut pipeline = RequestPipeline::default();
            pipeline.push(0, 1, Time::ZERO);
            assert_eq!(pipeline.check_invariants(), Ok(()));
            spoil(&mut pipeline);
            let broken = pipeline.check_invariants().unwrap_err();
            assert!(broken.property == property && broken.what.contains(what), "{what}: {broken}");
        }
    }
}
