// The swarm as a graph: initial seeds in the middle, the others around them by group, payload as lines between.

const GRAPH_HEIGHT = 580;
const STROKE_LINES = 8;
const COMPLETE = 254;
const ABSENT = 255;

/** Where each peer lies, in a space of this size. */
function places(replay, width, height) {
  const centre = { x: width / 2, y: height / 2 };
  const [across, down] = [width / 2 - Math.min(110, width * 0.16), height / 2 - 30];
  const radius = (across + down) / 2;
  const inside = replay.role.map((role) => role === 'seed');
  const around = replay.groups.map((name, group) => ({ name, peers: [] }));
  inside.forEach((is, peer) => is || around[replay.group[peer]].peers.push(peer));
  const groups = around.filter((group) => group.peers.length > 0);
  const many = groups.reduce((sum, group) => sum + group.peers.length, 0);
  // In so many rings that the dots don't touch, and the middle stays free for the lines.
  const apart = Math.min(34, Math.sqrt(0.42 * 2 * Math.PI * radius * radius / Math.max(many, 1)));
  const rings = Math.max(1, Math.ceil(many * apart / (2 * Math.PI * radius)));
  const gap = groups.length > 1 ? 0.08 : 0;
  const at = [];
  let angle = -Math.PI / 2;
  for (const group of groups) {
    const span = (2 * Math.PI - gap * groups.length) * group.peers.length / many;
    const columns = Math.ceil(group.peers.length / rings);
    group.peers.forEach((peer, index) => {
      const turn = angle + span * (Math.floor(index / rings) + 0.5) / columns;
      const out = 1 - (index % rings) * apart / radius;
      at[peer] = { x: centre.x + across * out * Math.cos(turn), y: centre.y + down * out * Math.sin(turn) };
    });
    const middle = angle + span / 2;
    group.label = {
      x: centre.x + (across + apart / 2 + 8) * Math.cos(middle),
      y: centre.y + (down + apart / 2 + 8) * Math.sin(middle),
      align: Math.abs(Math.cos(middle)) < 0.25 ? 'center' : Math.cos(middle) > 0 ? 'left' : 'right',
    };
    angle += span + gap;
  }
  let placed = 0;
  inside.forEach((is, peer) => {
    if (!is) return;
    const turn = placed * 2.39996; // the golden angle: as sunflowers do it
    const out = Math.max(apart, 12) * 0.7 * Math.sqrt(placed);
    at[peer] = { x: centre.x + out * Math.cos(turn), y: centre.y + out * Math.sin(turn) };
    placed += 1;
  });
  return { at, groups: groups.length > 1 ? groups : [], dot: Math.min(11, apart * 0.36), centre };
}

function graph(canvas, replay) {
  const { starts } = replay.edges;
  const fastest = replay.edges.level.reduce((most, level) => Math.max(most, level), 1);
  let map = null;
  let mapped = 0;

  /** A line bent to the left of its direction and towards the middle, where there is room. */
  function line(context, from, to) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const x = mx + (map.centre.x - mx) * 0.3 + dy * 0.1;
    const y = my + (map.centre.y - my) * 0.3 - dx * 0.1;
    context.moveTo(from.x, from.y);
    context.quadraticCurveTo(x, y, to.x, to.y);
  }

  /** The lines of a moment, those alike drawn together. */
  function lines(context, frame, chosen) {
    const colours = look();
    const [begin, end] = [starts[frame], starts[frame + 1]];
    const strength = Math.min(0.7, Math.max(0.05, 1 - 0.275 * Math.log10(end - begin + 1)));
    const bundles = new Map();
    for (let edge = begin; edge < end; edge += 1) {
      const [from, to] = [replay.edges.from[edge], replay.edges.to[edge]];
      const kind = chosen === null ? (replay.role[from] === 'seed' ? 'seed' : 'flow')
        : from === chosen ? 'given' : to === chosen ? 'taken' : 'others';
      // Eight steps are a doubling; beyond four doublings below the fastest all lines are fine.
      const width = Math.max(0, 4 - Math.floor((fastest - replay.edges.level[edge]) / 8));
      const key = `${kind} ${width}`;
      if (!bundles.has(key)) bundles.set(key, { kind, width, edges: [] });
      bundles.get(key).edges.push([from, to]);
    }
    const rank = ({ kind, width }) => (kind === 'others' ? -10 : kind === 'seed' ? 10 : 0) + width;
    for (const { kind, width, edges } of [...bundles.values()].sort((a, b) => rank(a) - rank(b))) {
      context.globalAlpha = kind === 'others' ? 0.06 : kind === 'flow' ? strength : 0.85;
      context.strokeStyle = colours[kind] ?? colours.flow;
      context.lineWidth = 0.6 + width * 0.55;
      // Lines of one stroke don't add up where they cross: a thousand would be a flat disc.
      for (let first = 0; first < edges.length; first += STROKE_LINES) {
        context.beginPath();
        for (const [from, to] of edges.slice(first, first + STROKE_LINES)) line(context, map.at[from], map.at[to]);
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  function dots(context, frame, chosen) {
    const colours = look();
    map.at.forEach(({ x, y }, peer) => {
      const share = replay.shares[frame * map.at.length + peer];
      const size = map.dot * (share === ABSENT ? 0.45 : 0.6 + 0.4 * share / COMPLETE);
      context.beginPath();
      context.arc(x, y, size, 0, 2 * Math.PI);
      context.lineWidth = 0.8;
      context.strokeStyle = share === ABSENT ? colours.line : colours.soft;
      if (share !== ABSENT) {
        context.fillStyle = ramp(share / COMPLETE);
        context.fill();
      }
      context.stroke();
      if (peer === chosen) {
        context.beginPath();
        context.arc(x, y, size + 4, 0, 2 * Math.PI);
        context.lineWidth = 2;
        context.strokeStyle = colours.ink;
        context.stroke();
      }
    });
  }

  return {
    draw(frame, chosen) {
      const height = Math.min(GRAPH_HEIGHT, Math.max(320, canvas.clientWidth * 0.8));
      const { context, width } = sheet(canvas, height);
      if (map === null || mapped !== width) {
        map = places(replay, width, height);
        mapped = width;
      }
      lines(context, frame, chosen);
      dots(context, frame, chosen);
      context.fillStyle = look().soft;
      for (const { name, label } of map.groups) {
        context.textAlign = label.align;
        context.fillText(short(name, 16), label.x, label.y);
      }
    },

    /** The peer at this place of the canvas. */
    peerAt(x, y) {
      let [best, least] = [null, Math.max(map.dot * 1.5, 8) ** 2];
      map.at.forEach((place, peer) => {
        const far = (place.x - x) ** 2 + (place.y - y) ** 2;
        if (far < least) [best, least] = [peer, far];
      });
      return best;
    },
  };
}

