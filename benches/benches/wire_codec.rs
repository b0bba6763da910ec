//! How fast streams become messages and messages become streams: the typical mix of a connection that transfers, in one
//! buffer, in reads of a socket and in segments of a network; and the short messages alone, where each one counts. All
//! in messages a second: payload is passed on and not touched, so bytes a second would say nothing.

use std::hint::black_box;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use swarmlab_benches::PIECES;
use swarmlab_benches::brief;
use swarmlab_engine::wire::{BlockRequest, Decoder, Message};

/// Blocks in the mix: 1 MiB of payload.
const BLOCKS: u32 = 64;
const BLOCK_BYTES: u32 = 16 * 1024;

/// For each block in: a request out and in, and a HAVE from time to time; sometimes what changes the mood.
fn mix(with_payload: bool) -> Vec<Message> {
    let block = Bytes::from(vec![0x5a; BLOCK_BYTES as usize]);
    let mut messages = Vec::new();
    for at in 0..BLOCKS {
        let (piece, begin) = (at / 16, at % 16 * BLOCK_BYTES);
        let request = BlockRequest { piece, begin, length: BLOCK_BYTES };
        messages.push(Message::Request(request));
        messages.push(Message::Have(at * 7 % PIECES));
        if with_payload {
            messages.push(Message::Piece { piece, begin, data: block.clone().into() });
        }
        match at % 32 {
            3 => messages.push(Message::Cancel(request)),
            7 => messages.push(Message::Interested),
            11 => messages.push(Message::Choke),
            13 => messages.push(Message::RejectRequest(request)),
            19 => messages.push(Message::Unchoke),
            23 => messages.push(Message::KeepAlive),
            _ => {}
        }
    }
    messages
}

fn stream(messages: &[Message]) -> Bytes {
    let mut out = BytesMut::new();
    for message in messages {
        message.encode_head(&mut out);
        if let Message::Piece { data, .. } = message {
            data.fragments().iter().for_each(|fragment| out.extend_from_slice(fragment));
        }
    }
    out.freeze()
}

fn decode_all(stream: &Bytes, fragment: usize) -> usize {
    let mut decoder = Decoder::new(PIECES);
    let mut rest = stream.clone();
    let mut messages = 0;
    while !rest.is_empty() {
        decoder.push(rest.split_to(fragment.min(rest.len())));
        while let Some(message) = decoder.message().expect("a right stream") {
            black_box(message);
            messages += 1;
        }
    }
    messages
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    let (transfer, short) = (mix(true), mix(false));
    let (with_payload, without) = (stream(&transfer), stream(&short));
    for (name, fragment) in [("whole", usize::MAX), ("reads_of_64_KiB", 65_536), ("segments_of_1448", 1_448)]
    {
        group.throughput(Throughput::Elements(transfer.len() as u64));
        group.bench_function(BenchmarkId::new("transfer", name), |b| {
            b.iter(|| black_box(decode_all(&with_payload, fragment)));
        });
    }
    for (name, fragment) in [("whole", usize::MAX), ("byte_by_byte", 1)] {
        group.throughput(Throughput::Elements(short.len() as u64));
        group.bench_function(BenchmarkId::new("short_messages", name), |b| {
            b.iter(|| black_box(decode_all(&without, fragment)));
        });
    }
    group.finish();
}

fn encode(c: &mut Criterion) {
    let mut group = c.benchmark_group("encode");
    let messages = mix(true);
    group.throughput(Throughput::Elements(messages.len() as u64));
    group.bench_function("heads", |b| {
        let mut out = BytesMut::with_capacity(1 << 16);
        b.iter(|| {
            out.clear();
            messages.iter().for_each(|message| message.encode_head(&mut out));
            black_box(out.len())
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = brief().measurement_time(Duration::from_millis(800));
    targets = decode, encode
}
criterion_main!(benches);
