//! Random scenarios with values of every kind, files apart.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use swarmlab_engine::playback::Playback;
use swarmlab_engine::{choker, picker};
use swarmlab_sim::scenario::*;

const DAY_NS: u64 = 86_400 * 1_000_000_000;
const YEAR_NS: u64 = 365 * DAY_NS;
const BUFFER_BYTES_MAX: u32 = 1 << 30;
const LATENCY_NS_MAX: u64 = 10_000_000_000;
const PIECE_BYTES_MIN: u32 = 16 << 10;

fn span(range: RangeInclusive<u64>) -> impl Strategy<Value = Duration> {
    // Round values are what people write; odd ones are what may get lost.
    let max = *range.end();
    (range, prop::sample::select(vec![1u64, 1_000_000, 1_000_000_000, 60_000_000_000])).prop_map(
        move |(nanos, unit)| {
            let round = nanos / unit * unit;
            Duration::from_nanos(if round == 0 { nanos } else { round.min(max) })
        },
    )
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![(1u32..=999).prop_map(|mille| f64::from(mille) / 1_000.0), 1e-6f64..0.999_999]
}

fn share_or_none() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), share(), Just(1.0)]
}

fn rate() -> impl Strategy<Value = u64> {
    prop_oneof![1u64..=1_000_000_000_000, (1u64..=1_000).prop_map(|mbit| mbit * 1_000_000)]
}

fn queue() -> impl Strategy<Value = u32> {
    (64u32 << 10)..=BUFFER_BYTES_MAX
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_=é\"'#-][a-zA-Z0-9_ .=é\"'#-]{0,18}[a-zA-Z0-9_\"'-]"
}

fn spans() -> impl Strategy<Value = Spans> {
    let any = || span(0..=YEAR_NS);
    let positive = || span(1..=YEAR_NS);
    prop_oneof![
        any().prop_map(Spans::Constant),
        (any(), any()).prop_map(|(a, b)| Spans::Uniform { min: a.min(b), max: a.max(b) }),
        positive().prop_map(|mean| Spans::Exponential { mean }),
        (positive(), 0.05f64..=100.0).prop_map(|(scale, shape)| Spans::Weibull { shape, scale }),
    ]
}

fn torrent() -> impl Strategy<Value = TorrentSpec> {
    let path = || name().prop_map(PathBuf::from);
    prop_oneof![
        (PIECE_BYTES_MIN as u64 * 100..=1 << 34, PIECE_BYTES_MIN..=1 << 18).prop_map(
            |(size_bytes, piece_length_bytes)| TorrentSpec::Formula { size_bytes, piece_length_bytes }
        ),
        (path(), prop::option::of(path()))
            .prop_map(|(torrent, content)| TorrentSpec::File { torrent, content }),
    ]
}

fn latency() -> impl Strategy<Value = LatencySpec> {
    let any = || span(0..=LATENCY_NS_MAX);
    prop_oneof![
        any().prop_map(LatencySpec::Constant),
        (any(), any()).prop_map(|(a, b)| LatencySpec::Uniform { min: a.min(b), max: a.max(b) }),
        (span(1..=LATENCY_NS_MAX), 0.0f64..=3.0)
            .prop_map(|(median, sigma)| LatencySpec::LogNormal { median, sigma }),
        Just(LatencySpec::Measured(&LATENCIES[0])),
        Just(LatencySpec::Regions),
        (any(), any()).prop_map(|(side, floor)| LatencySpec::Plane { side, floor }),
    ]
}

fn network() -> impl Strategy<Value = NetworkSpec> {
    let buffer = || 64u32 << 10..=BUFFER_BYTES_MAX;
    let shares = (share_or_none(), share_or_none());
    (latency(), span(0..=LATENCY_NS_MAX), shares, buffer(), buffer(), 1448u32..=64 << 10).prop_map(
        |(latency, jitter, (loss, asymmetry), send_buffer_bytes, receive_window_bytes, unit_bytes)| {
            NetworkSpec {
                latency,
                jitter,
                loss,
                asymmetry,
                send_buffer_bytes,
                receive_window_bytes,
                unit_bytes,
            }
        },
    )
}

fn discipline() -> impl Strategy<Value = Discipline> {
    prop::sample::select(vec![Discipline::TailDrop, Discipline::CoDel])
}

fn access() -> impl Strategy<Value = Access> {
    let ups = vec![UplinkDiscipline::Turns, UplinkDiscipline::TailDrop, UplinkDiscipline::CoDel];
    let queues = (queue(), queue(), prop::sample::select(ups), discipline()).prop_map(
        |(up_bytes, down_bytes, discipline_up, discipline_down)| Queues {
            up_bytes,
            down_bytes,
            discipline_up,
            discipline_down,
        },
    );
    let rates = prop::option::of((rate(), rate()));
    (rates, queues, 0..ACCESS_MIXES.len()).prop_map(|(rates, queues, mix)| match rates {
        Some((up_bits_per_s, down_bits_per_s)) => {
            Access::Own(LinkSpec { up_bits_per_s, down_bits_per_s, queues })
        }
        None => Access::Mix { mix: &ACCESS_MIXES[mix], queues },
    })
}

prop_compose! {
    fn link()(
        (up_bits_per_s, down_bits_per_s) in (rate(), rate()),
        (queue_up_bytes, queue_down_bytes) in (queue(), queue()),
        discipline in discipline(),
        latency in span(0..=LATENCY_NS_MAX),
        loss in share_or_none(),
        // A number for now; `links` makes it the name of a link.
        behind: usize,
    ) -> SharedLinkSpec {
        SharedLinkSpec {
            name: String::new(),
            up_bits_per_s,
            down_bits_per_s,
            queue_up_bytes,
            queue_down_bytes,
            discipline,
            latency,
            loss,
            behind: Some(behind.to_string()),
        }
    }
}

/// Links, each behind one before it or behind none.
fn links() -> impl Strategy<Value = Vec<SharedLinkSpec>> {
    prop::collection::btree_map(name(), link(), 0..4).prop_map(|links| {
        let names: Vec<String> = links.keys().cloned().collect();
        let mut links: Vec<SharedLinkSpec> =
            links.into_iter().map(|(name, link)| SharedLinkSpec { name, ..link }).collect();
        for (number, link) in links.iter_mut().enumerate() {
            let behind: usize = link.behind.take().and_then(|behind| behind.parse().ok()).unwrap_or(0);
            link.behind = names[..number].get(behind % (number + 1)).cloned();
        }
        links
    })
}

fn client() -> impl Strategy<Value = ClientSpec> {
    let of = prop::sample::select::<&'static str>;
    let names = (of(picker::NAMES), of(choker::LEECHER_NAMES), of(choker::SEED_NAMES));
    let bounds = (0u32..=1_000, 1u32..=65_535, 1u32..=65_535, 1u32..=255);
    let limits = (prop::option::of(rate()), prop::option::of(rate()));
    (names, bounds, limits, any::<[bool; 6]>()).prop_map(
        |(
            (picker, choker, seed_choker),
            (upload_slots, connections_max, request_queue, endgame_requesters),
            (upload_limit, download_limit),
            [fast_extension, suggest_pieces, super_seeding, tracker, pex, magnet],
        )| ClientSpec {
            picker,
            choker,
            seed_choker,
            upload_slots,
            connections_max,
            request_queue,
            endgame_requesters,
            fast_extension,
            suggest_pieces,
            super_seeding,
            upload_limit,
            download_limit,
            tracker,
            pex,
            given: if magnet { Given::Magnet } else { Given::File },
        },
    )
}

fn rate_steps() -> impl Strategy<Value = RateSteps> {
    let rates = (prop::option::of(rate()), rate(), any::<bool>());
    prop::collection::btree_map(span(0..=YEAR_NS / 2), rates, 0..4).prop_map(|steps| {
        let step = |(at, (up_bits_per_s, down, both)): (Duration, (Option<u64>, u64, bool))| RateStep {
            at,
            up_bits_per_s,
            down_bits_per_s: (both || up_bits_per_s.is_none()).then_some(down),
        };
        RateSteps { trace: None, steps: steps.into_iter().map(step).collect() }
    })
}

fn arrival() -> impl Strategy<Value = Arrival> {
    prop_oneof![
        Just(Arrival::AtOnce),
        span(1..=YEAR_NS).prop_map(Arrival::Spread),
        (1e-9f64..=1e6).prop_map(|per_s| Arrival::Poisson { per_s }),
        // Enough for the largest group.
        (1.0f64..=1e6, span(20_000_000_000_000..=YEAR_NS))
            .prop_map(|(per_s, tau)| Arrival::Decay { per_s, tau }),
        spans().prop_map(Arrival::Gaps),
    ]
}

fn has() -> impl Strategy<Value = Has> {
    prop_oneof![
        Just(Has::All),
        Just(Has::Nothing),
        share().prop_map(Has::Share),
        (1u32..=5).prop_map(Has::AllBut),
    ]
}

fn on_complete() -> impl Strategy<Value = OnComplete> {
    prop_oneof![Just(OnComplete::Stay), Just(OnComplete::Leave), spans().prop_map(OnComplete::StayFor)]
}

prop_compose! {
    fn watch()(
        bits_per_s in rate(),
        start_after in span(0..=DAY_NS),
        rebuffer in span(0..=DAY_NS),
        window in span(0..=DAY_NS),
    ) -> Playback {
        Playback { bits_per_s, start_after, rebuffer, window }
    }
}

prop_compose! {
    fn group()(
        name in name(),
        count in 1u32..=10_000,
        has in has(),
        access in access(),
        (behind, region, reachable, loss) in (any::<usize>(), 0..Region::NAMES.len(), share_or_none(), share_or_none()),
        rates in rate_steps(),
        (arrival, start, on_complete) in (arrival(), span(0..=YEAR_NS / 2), on_complete()),
        (abort, returns) in (prop::option::of(spans()), prop::option::of((spans(), 1u32..=10_000))),
        behaviour in 0..Behaviour::NAMES.len(),
        mut client in client(),
        knows in prop::option::of(any::<usize>()),
        watch in prop::option::of(watch()),
        corrupt in prop::option::of((1u32..=9).prop_map(|times| CorruptBlock { piece: 0, block: 0, times })),
    ) -> Group {
        let behaviour = Behaviour::NAMES[behaviour].1;
        let abort = abort.filter(|_| has != Has::All);
        if has != Has::Nothing || behaviour != Behaviour::Honest {
            client.given = Given::File;
        }
        Group {
            name,
            count,
            has,
            access,
            // A number for now; `tie` makes it the name of a link.
            behind: Some(behind.to_string()),
            region: Some(Region::NAMES[region].1),
            reachable,
            loss,
            rates,
            arrival,
            start,
            on_complete,
            abort,
            returns: returns.filter(|_| abort.is_some()).map(|(after, times)| Returns { after, times }),
            // A number for now as well.
            knows: knows.map(|number| number.to_string()),
            behaviour,
            client,
            watch: watch.filter(|_| has != Has::All),
            corrupt: corrupt.filter(|_| behaviour == Behaviour::Honest),
        }
    }
}

fn whom() -> impl Strategy<Value = Whom> {
    let how_many = prop_oneof![
        Just(HowMany::All),
        share().prop_map(HowMany::Share),
        (1u32..=1_000_000).prop_map(HowMany::Count)
    ];
    (any::<usize>(), how_many).prop_map(|(group, how_many)| Whom { group, how_many })
}

fn action() -> impl Strategy<Value = Action> {
    let ways = || (any::<usize>(), prop::option::of(any::<usize>()));
    let keeps = prop::sample::select(vec![Keeps::Everything, Keeps::Synced, Keeps::Nothing]);
    let tracker = vec![
        TrackerFault::Down,
        TrackerFault::Error,
        TrackerFault::Garbage,
        TrackerFault::Empty,
        TrackerFault::Slow,
    ];
    let disk = prop_oneof![
        Just(DiskFault::Full),
        Just(DiskFault::Error),
        Just(DiskFault::Lying),
        span(1..=YEAR_NS).prop_map(DiskFault::Slow),
    ];
    let target =
        prop_oneof![any::<usize>().prop_map(RateTarget::Peers), any::<usize>().prop_map(RateTarget::Link)];
    prop_oneof![
        (ways(), any::<bool>()).prop_map(|((from, to), one_way)| Action::Partition { from, to, one_way }),
        (ways(), share()).prop_map(|((from, to), loss)| Action::Loss { from, to, loss }),
        (ways(), span(1..=60_000_000_000)).prop_map(|((from, to), delay)| Action::Delay { from, to, delay }),
        (target, prop::option::of(rate()), rate()).prop_map(|(target, up_bits_per_s, down)| Action::Rates {
            target,
            up_bits_per_s,
            down_bits_per_s: Some(down)
        }),
        (whom(), any::<bool>(), keeps).prop_map(|(whom, silent, keeps)| Action::Crash {
            whom,
            silent,
            keeps
        }),
        whom().prop_map(Action::Leave),
        whom().prop_map(Action::Pause),
        whom().prop_map(Action::Reset),
        prop::sample::select(tracker).prop_map(Action::Tracker),
        (whom(), disk).prop_map(|(whom, fault)| Action::Disk { whom, fault }),
    ]
}

fn event() -> impl Strategy<Value = ScriptedEvent> {
    let condition = prop_oneof![
        share().prop_map(Condition::Complete),
        (0.0f64..=1e6).prop_map(Condition::Copies),
        (1u32..=1_000_000).prop_map(Condition::Spread),
    ];
    let moment = prop_oneof![
        span(0..=YEAR_NS / 4).prop_map(Moment::At),
        (any::<usize>(), span(0..=YEAR_NS / 40)).prop_map(|(event, delay)| Moment::After { event, delay }),
        condition.prop_map(Moment::When),
    ];
    (name(), moment, prop::option::of(span(1..=YEAR_NS)), action()).prop_map(
        |(name, moment, lasts, action)| ScriptedEvent {
            name: Some(name),
            moment,
            lasts: lasts.filter(|_| !matches!(action, Action::Leave(_) | Action::Reset(_))),
            action,
        },
    )
}

/// Makes references of numbers that were drawn before it was known how many things there are.
fn tie(scenario: &mut Scenario) {
    let (groups, links) = (scenario.groups.len(), scenario.links.len());
    let known: Vec<(String, u32)> =
        scenario.groups.iter().map(|group| (group.name.clone(), group.count)).collect();
    for group in &mut scenario.groups {
        let number: Option<usize> = group.knows.take().and_then(|number| number.parse().ok());
        let others = |(name, count): &&(String, u32)| *name != group.name || *count > 1;
        group.knows =
            number.map(|number| &known[number % groups]).filter(others).map(|(name, _)| name.clone());
        let number: usize = group.behind.take().and_then(|number| number.parse().ok()).unwrap_or(0);
        group.behind = scenario.links.get(number % (links + 1)).map(|link| link.name.clone());
        group.region = group.region.filter(|_| scenario.network.latency == LatencySpec::Regions);
    }
    for (number, event) in scenario.events.iter_mut().enumerate() {
        if let Moment::After { event: before, .. } = &mut event.moment {
            match number {
                0 => event.moment = Moment::At(Duration::ZERO),
                _ => *before %= number,
            }
        }
        match &mut event.action {
            Action::Partition { from, to, .. }
            | Action::Loss { from, to, .. }
            | Action::Delay { from, to, .. } => {
                *from %= groups;
                *to = to.map(|to| to % groups);
            }
            Action::Rates { target: target @ RateTarget::Link(_), .. } if links == 0 => {
                *target = RateTarget::Peers(0);
            }
            Action::Rates { target: RateTarget::Link(link), .. } => *link %= links,
            Action::Rates { target: RateTarget::Peers(group), .. } => *group %= groups,
            Action::Crash { whom, .. } | Action::Disk { whom, .. } => whom.group %= groups,
            Action::Leave(whom) | Action::Pause(whom) | Action::Reset(whom) => whom.group %= groups,
            Action::Tracker(_) => {}
        }
    }
}

prop_compose! {
    /// Any scenario that is right.
    pub fn scenario()(
        name in name(),
        question in prop::option::of("[a-zA-Z#é]{1,30}( [a-zA-Z#é?]{1,30}){0,20}"),
        seed: u64,
        torrent in torrent(),
        network in network(),
        tracker in (1u64..=86_400, 1u32..=1_000, any::<bool>()),
        links in links(),
        groups in prop::collection::vec(group(), 1..5),
        events in prop::collection::vec(event(), 0..6),
        at in span(YEAR_NS / 2 + 1..=YEAR_NS),
    ) -> Scenario {
        let (mut groups, mut events) = (groups, events);
        let mut names = std::collections::BTreeSet::new();
        groups.retain(|group| names.insert(group.name.clone()));
        names.clear();
        events.retain(|event| names.insert(event.name.clone().unwrap_or_default()));
        let seeds = groups.iter().filter(|group| group.has == Has::All).count();
        let when = match (1..groups.len()).contains(&seeds) {
            true => StopWhen::AllComplete,
            false => StopWhen::Never,
        };
        let (interval, peers_per_answer) = (Duration::from_secs(tracker.0), tracker.1);
        let protocol = if tracker.2 { TrackerProtocol::Udp } else { TrackerProtocol::Http };
        let tracker = TrackerSpec { interval, peers_per_answer, protocol };
        let stop = Stop { when, at };
        let mut scenario =
            Scenario { name, question, seed, torrent, network, tracker, links, groups, events, stop };
        tie(&mut scenario);
        scenario
    }
}
