// Colours for light, dark and paper, and canvases as sharp as the screen.

const LIGHT = {
  paper: '#ffffff', ink: '#1c1e21', soft: '#5b626b', line: '#c3c9d1', gone: '#e9ecf0', lacks: '#ffffff',
  held: '#0072b2', fresh: '#e69f00', seed: '#d55e00', flow: '#0072b2', taken: '#009e73', given: '#d55e00',
};
const DARK = {
  paper: '#16181b', ink: '#e6e8ea', soft: '#a0a7b0', line: '#4a5057', gone: '#24272b', lacks: '#101214',
  held: '#56b4e9', fresh: '#e69f00', seed: '#ff8f4d', flow: '#56b4e9', taken: '#3ec29a', given: '#ff8f4d',
};
const darkness = matchMedia('(prefers-color-scheme: dark)');
let printing = false;

const look = () => (darkness.matches && !printing ? DARK : LIGHT);

/** Viridis (van der Walt and Smith 2015) at five places, straight lines between. */
const RAMP = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

function ramp(share) {
  const place = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const low = Math.min(Math.floor(place), RAMP.length - 2);
  const mix = RAMP[low].map((value, index) => Math.round(value + (RAMP[low + 1][index] - value) * (place - low)));
  return `rgb(${mix.join(' ')})`;
}

/** A colour as one pixel of an image. */
function pixel(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
}

/** A canvas of this height, as wide as its place, cleared: its context in pixels of the page, and its width. */
function sheet(canvas, height) {
  const width = canvas.clientWidth;
  const scale = Math.max(devicePixelRatio || 1, printing ? 2 : 1);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.aspectRatio = `${width} / ${height}`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = look().paper;
  context.fillRect(0, 0, width, height);
  context.font = '12px "DejaVu Sans", Verdana, Arial, sans-serif';
  context.textBaseline = 'middle';
  return { context, width };
}

const short = (name, letters) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name);

