//! State machines: any sequence of operations is done both to the real thing and to a naive model, and every answer is
//! compared. Operations pick what they act on from what is there, so every shorter sequence is one too, and a failure
//! shrinks to the few that matter. Those of single modules stand beside the code.

mod storage;
