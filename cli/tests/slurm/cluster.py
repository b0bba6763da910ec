"""A Slurm of one node, all on loopback: munged, slurmctld and slurmd, with state and logs in a folder of their own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

PATIENCE_SECONDS = 60
TOOLS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")

CONFIGURATION = """ClusterName=swarmlab
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld_port}
SlurmdPort={slurmd_port}
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
AuthType=auth/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
MpiDefault=none
ReturnToService=2
SlurmdTimeout=30
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE DefMemPerCPU=200 State=UP
"""


class Unready(Exception):
    """A daemon did not come up."""


def missing() -> list[str]:
    """What has to be installed first."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [tool for tool in TOOLS if shutil.which(tool, path=path) is None]


def wait_for(what: str, is_so, seconds: float = PATIENCE_SECONDS):
    deadline = time.monotonic() + seconds
    while not (answer := is_so()):
        if time.monotonic() > deadline:
            raise Unready(f"{what}: not after {seconds:.0f} s")
        time.sleep(0.05)
    return answer


class Cluster:
    """Its daemons end with it, whatever happens."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
        self.environment["PATH"] += ":/usr/sbin:/sbin"
        self._daemons = ExitStack()
        self.slurmd: subprocess.Popen | None = None

    def __enter__(self) -> "Cluster":
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        host = socket.gethostname().split(".")[0]
        ports = {"ctld_port": free_port(), "slurmd_port": free_port()}
        text = CONFIGURATION.format(host=host, folder=self.folder, **ports)
        (self.folder / "slurm.conf").write_text(text)
        try:
            self._start_munged()
            self._start("slurmctld", "-D", "-i")
            self.start_slurmd()
        except BaseException:
            self._daemons.close()
            raise
        return self

    def __exit__(self, *_):
        try:
            # What runs on the node would outlive its daemon.
            self.run("scancel", "--user=root", check=False)
            wait_for("no job is left", lambda: not self.run("squeue", "-h", check=False).strip())
        finally:
            self._daemons.close()

    def run(self, *command, check=True) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise Unready(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
        return done.stdout

    def start_slurmd(self):
        """Starts the daemon of the node, and waits until the node takes jobs."""
        self.slurmd = self._start("slurmd", "-D")
        up = ("idle", "mixed", "allocated", "completing")
        wait_for("the node is up", lambda: self.run("sinfo", "-h", "-o", "%T", check=False).strip() in up)

    def kill_slurmd(self):
        """As a crash does. What runs on the node goes on."""
        os.kill(self.slurmd.pid, signal.SIGKILL)
        self.slurmd.wait()

    def _start_munged(self):
        if subprocess.run(["munge", "-n"], capture_output=True).returncode == 0:
            return  # the machine has one
        subprocess.run(["install", "-d", "-o", "munge", "-g", "munge", "/run/munge"], check=True)
        self._start("munged", "-F", user="munge")
        wait_for("munged", lambda: subprocess.run(["munge", "-n"], capture_output=True).returncode == 0)

    def _start(self, *command, user: str | None = None) -> subprocess.Popen:
        with (self.folder / f"{command[0]}.out").open("a") as out:
            process = subprocess.Popen(
                command, env=self.environment, user=user, group=user, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        self._daemons.callback(end, process)
        return process


def end(process: subprocess.Popen):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
