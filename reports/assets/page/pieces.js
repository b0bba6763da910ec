// Every peer's pieces: a row for each peer, a column for each piece.

const NEVER = 255;
const LABELS_WIDTH = 92;
const FOOT_HEIGHT = 22;

function pieceMap(canvas, replay) {
  const columns = replay.pieces.length;
  const peers = replay.peer.length;
  const image = new ImageData(columns, peers);
  const pixels = new Uint32Array(image.data.buffer);
  const [small, fitting] = [document.createElement('canvas'), document.createElement('canvas')];
  [small.width, small.height] = [columns, peers];
  const height = Math.min(520, Math.max(48, peers * 12));
  // The visits of each peer, in the order of time.
  const visits = Array.from({ length: peers }, () => []);
  replay.lives.forEach(([peer, frame], life) => visits[peer].push({ frame, life }));

  function fill(frame) {
    const colours = look();
    const [gone, lacks, held, fresh] = ['gone', 'lacks', 'held', 'fresh'].map((name) => pixel(colours[name]));
    for (let peer = 0; peer < peers; peer += 1) {
      const row = peer * columns;
      const visit = visits[peer].findLast((visit) => visit.frame <= frame);
      if (replay.shares[frame * peers + peer] === ABSENT || visit === undefined) {
        pixels.fill(gone, row, row + columns);
        continue;
      }
      const from = visit.life * columns;
      for (let column = 0; column < columns; column += 1) {
        const since = replay.since[from + column];
        pixels[row + column] = since === NEVER || since > frame ? lacks : since === frame && frame > 0 ? fresh : held;
      }
    }
    small.getContext('2d').putImageData(image, 0, 0);
  }

  /** Across and down one after the other: what is shrunk becomes a mean, what is stretched keeps its edges. */
  function paint(context, across) {
    const wide = Math.max(1, Math.round(across * context.getTransform().a));
    [fitting.width, fitting.height] = [wide, peers];
    const fit = fitting.getContext('2d');
    fit.imageSmoothingEnabled = columns > wide;
    fit.imageSmoothingQuality = 'high';
    fit.drawImage(small, 0, 0, wide, peers);
    context.imageSmoothingEnabled = peers > height;
    context.imageSmoothingQuality = 'high';
    context.drawImage(fitting, LABELS_WIDTH, 0, across, height);
  }

  /** The groups as bands of rows. */
  function bands(context, width) {
    const colours = look();
    const row = height / peers;
    let first = 0;
    for (let peer = 1; peer <= peers; peer += 1) {
      if (peer < peers && replay.group[peer] === replay.group[first]) continue;
      const [top, bottom] = [first * row, peer * row];
      context.fillStyle = colours.soft;
      if (bottom - top >= 11) {
        context.textAlign = 'right';
        context.fillText(short(replay.groups[replay.group[first]], 12), LABELS_WIDTH - 8, (top + bottom) / 2);
      }
      context.fillStyle = colours.line;
      if (peer < peers) context.fillRect(LABELS_WIDTH - 4, bottom - 0.5, width - LABELS_WIDTH + 4, 1);
      first = peer;
    }
  }

  return {
    draw(frame, chosen) {
      fill(frame);
      const colours = look();
      const { context, width } = sheet(canvas, height + FOOT_HEIGHT);
      const across = width - LABELS_WIDTH;
      paint(context, across);
      context.strokeStyle = colours.line;
      context.lineWidth = 1;
      context.strokeRect(LABELS_WIDTH - 0.5, 0.5, across, height - 1);
      bands(context, width);
      context.fillStyle = colours.soft;
      context.textAlign = 'left';
      context.fillText('piece 0', LABELS_WIDTH, height + FOOT_HEIGHT / 2);
      context.textAlign = 'right';
      context.fillText(count(replay.pieces[columns - 1]), width - 2, height + FOOT_HEIGHT / 2);
      if (chosen !== null) {
        const row = Math.max(height / peers, 3);
        const top = (chosen + 0.5) * height / peers - row / 2;
        context.strokeStyle = colours.ink;
        context.lineWidth = 1.5;
        context.strokeRect(LABELS_WIDTH - 3, top - 1, across + 2, row + 2);
      }
    },

    /** The peer whose row this is. */
    peerAt(y) {
      const peer = Math.floor(y / height * peers);
      return peer >= 0 && peer < peers ? peer : null;
    },
  };
}

