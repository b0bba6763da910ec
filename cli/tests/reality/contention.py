"""How busy the machine was with other things while a run went on: then its times say little."""

from dataclasses import dataclass
from pathlib import Path

# Means over a run, beyond which it is not believed: a scheduler's wait is time that no client would lose on a machine of
# its own, and a late frame is delay that the link doesn't have.
WAIT_US_MAX = 1000
LATE_SHARE_MAX = 0.002


@dataclass
class Contention:
    wait_us: float
    late_share: float = 0.0
    is_contended: bool = False

    def judge(self, carried: dict):
        """With what the delay line has carried, when it is over."""
        self.late_share = carried.get("late_2ms", 0) / max(carried.get("frames", 0), 1)
        self.is_contended = self.wait_us > WAIT_US_MAX or self.late_share > LATE_SHARE_MAX


class RunQueue:
    """Waits for a processor of all threads of some processes, from its making on."""

    def __init__(self, pids):
        self._pids = list(pids)
        self._begin = self._sums()

    def wait_us(self) -> float:
        """The mean wait before a thread ran, in microseconds."""
        waited, slices = (end - begin for begin, end in zip(self._begin, self._sums()))
        return waited / max(slices, 1) / 1e3

    def _sums(self) -> tuple[int, int]:
        waited = slices = 0
        for pid in self._pids:
            for statistics in Path("/proc").glob(f"{pid}/task/*/schedstat"):
                try:
                    numbers = statistics.read_text().split()
                except OSError:
                    continue  # A thread that has just ended.
                waited += int(numbers[1])
                slices += int(numbers[2])
        return waited, slices

