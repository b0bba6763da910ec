/* The wires of the laboratory: for each peer a pair of TAP devices, one in the peer's network namespace and one in the
 * router's, and between them a fixed delay each way and loss towards the router. Stands in for netem where the kernel has
 * none. Knows nothing of rates and queues: those are the router's own qdiscs.
 *
 *     delay_line ROUTER_NAMESPACE SEED < lines "PEER_NAMESPACE PEER_DEVICE ROUTER_DEVICE DELAY_US LOSS"
 *
 * Prints `ready` once all devices exist. On SIGTERM or SIGINT prints one JSON object with what it carried, and how late it
 * was at doing so, and exits; the devices go with it. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
    WIRES_MAX = 2 * 128,      /* both directions of as many peers */
    FRAMES_ON_WIRE_MAX = 4096, /* 6 MB in flight one way: far more than any window of ours */
    FRAME_BYTES_MAX = 1536,
    FRAMES_AT_ONCE = 32, /* read from one device before the next has its turn */
    NANOS_PER_S = 1000000000,
    LATE_NANOS = 2000000, /* a frame this late is counted as late */
};

struct frame {
    uint64_t due;
    size_t bytes;
    unsigned char data[FRAME_BYTES_MAX];
};

/* One direction between two devices: a ring of frames, the oldest due first since all have the same delay. */
struct wire {
    int from, to;
    uint64_t delay, lost_below; /* a frame is lost whose random number is below */
    struct frame *ring;
    uint64_t entered, left;
};

static struct wire wires[WIRES_MAX];
static struct pollfd inlets[WIRES_MAX];
static int wire_count;
static uint64_t random_state;
static uint64_t frames, frames_lost, frames_overflowed, frames_refused, frames_late, late_max, late_sum;
static volatile sig_atomic_t told_to_stop;

static void stop(int signal) {
    (void)signal;
    told_to_stop = 1;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * NANOS_PER_S + (uint64_t)time.tv_nsec;
}

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t draw(void) {
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static int tap(const char *namespace, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int entrance = open(path, O_RDONLY | O_CLOEXEC);
    if (entrance < 0 || setns(entrance, CLONE_NEWNET) < 0) die(path);
    close(entrance);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) die(name);
    return device;
}

static void lay(int from, int to, uint64_t delay, double loss) {
    if (wire_count == WIRES_MAX) {
        fputs("too many peers\n", stderr);
        exit(1);
    }
    struct frame *ring = calloc(FRAMES_ON_WIRE_MAX, sizeof *ring);
    if (!ring) die("ring");
    inlets[wire_count] = (struct pollfd){.fd = from, .events = POLLIN};
    wires[wire_count++] = (struct wire){
        .from = from, .to = to, .delay = delay, .lost_below = (uint64_t)(loss * 0x1p63) * 2, .ring = ring};
}

static void take_in(struct wire *wire) {
    static unsigned char spill[FRAME_BYTES_MAX];
    for (int taken = 0; taken < FRAMES_AT_ONCE; taken++) {
        int is_full = wire->entered - wire->left == FRAMES_ON_WIRE_MAX;
        struct frame *frame = &wire->ring[wire->entered % FRAMES_ON_WIRE_MAX];
        ssize_t bytes = read(wire->from, is_full ? spill : frame->data, FRAME_BYTES_MAX);
        if (bytes <= 0) return;
        frames++;
        if (is_full) {
            frames_overflowed++;
        } else if (draw() < wire->lost_below) {
            frames_lost++;
        } else {
            frame->due = now() + wire->delay;
            frame->bytes = (size_t)bytes;
            wire->entered++;
        }
    }
}

/* Lets out what is due, and says when the next frame is. */
static uint64_t let_out(struct wire *wire) {
    while (wire->left != wire->entered) {
        struct frame *frame = &wire->ring[wire->left % FRAMES_ON_WIRE_MAX];
        uint64_t at = now();
        if (frame->due > at) return frame->due;
        uint64_t late = at - frame->due;
        late_sum += late;
        late_max = late > late_max ? late : late_max;
        frames_late += late > LATE_NANOS;
        if (write(wire->to, frame->data, frame->bytes) < 0) frames_refused++;
        wire->left++;
    }
    return UINT64_MAX;
}

static void carry(const sigset_t *resting_mask) {
    while (!told_to_stop) {
        uint64_t next = UINT64_MAX;
        for (int i = 0; i < wire_count; i++) {
            uint64_t due = let_out(&wires[i]);
            next = due < next ? due : next;
        }
        uint64_t at = now();
        uint64_t rest = next > at ? next - at : 0;
        struct timespec pause = {.tv_sec = (time_t)(rest / NANOS_PER_S), .tv_nsec = (long)(rest % NANOS_PER_S)};
        if (ppoll(inlets, (nfds_t)wire_count, next == UINT64_MAX ? NULL : &pause, resting_mask) < 0 &&
            errno != EINTR)
            die("ppoll");
        for (int i = 0; i < wire_count; i++)
            if (inlets[i].revents) take_in(&wires[i]);
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("usage: delay_line ROUTER_NAMESPACE SEED\n", stderr);
        return 2;
    }
    random_state = strtoull(arguments[2], NULL, 10);
    struct sigaction on_stop = {.sa_handler = stop};
    sigaction(SIGTERM, &on_stop, NULL);
    sigaction(SIGINT, &on_stop, NULL);
    /* Heard while resting only: one that came just before a rest would be slept through. */
    sigset_t stops, resting_mask;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, &resting_mask);

    char peer[64], peer_device[IFNAMSIZ], router_device[IFNAMSIZ];
    uint64_t delay_us;
    double loss;
    while (scanf("%63s %15s %15s %" SCNu64 " %lf", peer, peer_device, router_device, &delay_us, &loss) == 5) {
        int inside = tap(peer, peer_device), outside = tap(arguments[1], router_device);
        lay(inside, outside, delay_us * 1000, loss);
        lay(outside, inside, delay_us * 1000, 0);
    }
    /* On time before everybody else: what is late here is delay that nobody ordered. Both may be refused, and then show
     * in how late the frames were. */
    prctl(PR_SET_TIMERSLACK, 1000);
    sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 10});
    puts("ready");
    fflush(stdout);
    carry(&resting_mask);
    printf("{\"frames\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"overflowed\": %" PRIu64 ", \"refused\": %" PRIu64
           ", \"late_2ms\": %" PRIu64 ", \"late_max_us\": %" PRIu64 ", \"late_mean_us\": %.1f}\n",
           frames, frames_lost, frames_overflowed, frames_refused, frames_late, late_max / 1000,
           frames ? (double)late_sum / 1e3 / (double)frames : 0.0);
    return 0;
}
