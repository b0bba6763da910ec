// The replay: a moment of the run, what is to be seen of it, and the keys to go through it.

/** A still page for those who want no motion: at most so many moments a second. */
const STILL_MS = 500;

function replaySection(data) {
  const replay = {
    ...data,
    shares: bytes(data.shares),
    since: bytes(data.since),
    edges: {
      starts: data.edges.starts,
      from: wide(data.edges.from),
      to: wide(data.edges.to),
      level: bytes(data.edges.level),
    },
  };
  const [section, slider, button, pace, field, clock, about] =
    ['replay', 'moment', 'play', 'pace', 'chosen', 'clock', 'about'].map((id) => document.getElementById(id));
  const canvases = ['graph', 'holdings'].map((id) => document.getElementById(id));
  const pictures = [graph(canvases[0], replay), pieceMap(canvases[1], replay)];
  const peers = replay.peer.length;
  const last = replay.moments.length - 1;
  let frame = halfway();
  let chosen = null;
  let playing = null;

  /** The moment at which half of all pieces are held: there is most to see. */
  function halfway() {
    let best = 0;
    for (let at = 0; at <= last; at += 1) {
      const shares = replay.shares.subarray(at * peers, (at + 1) * peers);
      let [sum, there] = [0, 0];
      shares.forEach((share, peer) => {
        if (share === ABSENT || replay.role[peer] === 'seed') return;
        sum += share;
        there += 1;
      });
      best = at;
      if (there > 0 && sum / there >= COMPLETE / 2) break;
    }
    return best === last ? Math.floor(last / 2) : best;
  }

  /** What a peer does at this moment, in words. */
  function words(peer) {
    const name = `peer ${replay.peer[peer]} (${replay.groups[replay.group[peer]]}, ${replay.role[peer]})`;
    const share = replay.shares[frame * peers + peer];
    if (share === ABSENT) return `${name} is not there`;
    const sums = { given: 0, takers: 0, taken: 0, givers: 0 };
    for (let edge = replay.edges.starts[frame]; edge < replay.edges.starts[frame + 1]; edge += 1) {
      const bits = 2 ** (replay.edges.level[edge] / 8);
      if (replay.edges.from[edge] === peer) [sums.given, sums.takers] = [sums.given + bits, sums.takers + 1];
      if (replay.edges.to[edge] === peer) [sums.taken, sums.givers] = [sums.taken + bits, sums.givers + 1];
    }
    const held = `${Math.floor(share / COMPLETE * 100)} %`;
    return `${name} holds ${held}, sends ${rate(sums.given)} to ${sums.takers}, receives ${rate(sums.taken)} from ${sums.givers}`;
  }

  function draw() {
    const shares = replay.shares.subarray(frame * peers, (frame + 1) * peers);
    const there = shares.reduce((sum, share) => sum + (share !== ABSENT), 0);
    const complete = shares.reduce((sum, share) => sum + (share === COMPLETE), 0);
    const flows = replay.edges.starts[frame + 1] - replay.edges.starts[frame];
    clock.textContent =
      `${replay.moments[frame]}: ${count(complete)} of ${count(there)} peers complete, ${count(flows)} flows.`;
    about.textContent = chosen === null ? '' : `${words(chosen)}.`;
    slider.value = frame;
    slider.setAttribute('aria-valuetext', clock.textContent);
    pictures.forEach((picture) => picture.draw(frame, chosen));
  }

  function go(to) {
    frame = Math.min(Math.max(to, 0), last);
    draw();
  }

  function choose(peer) {
    chosen = peer;
    field.value = peer === null ? '' : replay.peer[peer];
    draw();
  }

  function stop() {
    if (playing !== null) cancelAnimationFrame(playing);
    playing = null;
    button.textContent = 'Play';
    about.ariaLive = 'polite';
  }

  function play() {
    if (frame === last) go(0);
    button.textContent = 'Pause';
    about.ariaLive = 'off'; // else every moment would be read out
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let due = null;
    const tick = (now) => {
      const step = Math.max(pace.value * 1000 / last, still ? STILL_MS : 0);
      due ??= now + step;
      if (now >= due) {
        const steps = Math.floor((now - due) / step) + 1;
        due += steps * step;
        go(frame + steps);
      }
      if (frame === last) stop();
      else playing = requestAnimationFrame(tick);
    };
    playing = requestAnimationFrame(tick);
  }

  const toggle = () => (playing === null ? play() : stop());
  button.addEventListener('click', toggle);
  slider.addEventListener('input', () => go(Number(slider.value)));
  slider.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    toggle();
  });
  field.addEventListener('input', () => {
    const peer = replay.peer.indexOf(Number(field.value));
    chosen = field.value === '' || peer < 0 ? null : peer;
    draw();
  });
  section.querySelectorAll('.marks button').forEach((mark) => {
    mark.addEventListener('click', () => go(Number(mark.dataset.frame)));
  });
  canvases[0].addEventListener('click', (event) => choose(pictures[0].peerAt(event.offsetX, event.offsetY)));
  canvases[1].addEventListener('click', (event) => choose(pictures[1].peerAt(event.offsetY)));
  darkness.addEventListener('change', draw);
  addEventListener('beforeprint', () => {
    stop();
    printing = true;
    draw();
  });
  addEventListener('afterprint', () => {
    printing = false;
    draw();
  });
  let width = 0;
  new ResizeObserver(() => {
    if (canvases[0].clientWidth === width || printing) return;
    width = canvases[0].clientWidth;
    draw();
  }).observe(canvases[0]);
  draw();
  return { choose: (number) => choose(replay.peer.includes(number) ? replay.peer.indexOf(number) : null) };
}

