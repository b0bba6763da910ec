//! A message of the metadata exchange is refused, or is written as it was understood.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use swarmlab_engine::wire::MetadataMessage;
use swarmlab_engine::wire::metadata_message::METADATA_PIECE_BYTES;

fuzz_target!(|payload: &[u8]| {
    let Ok(said) = MetadataMessage::decode(&Bytes::copy_from_slice(payload)) else { return };
    if let MetadataMessage::Data { data, .. } = &said {
        assert!(!data.is_empty() && data.len() <= METADATA_PIECE_BYTES as usize);
    }
    if said != MetadataMessage::Unknown {
        assert_eq!(MetadataMessage::decode(&said.encode()), Ok(said));
    }
});
