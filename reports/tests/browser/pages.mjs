// Opens reports in headless Chromium, and uses them as a reader would: see `just pages`.
//
//   node pages.mjs --tools DIR --shots DIR NAME=REPORT.html …
//
// Exit code 0 when every check passed, 1 when one failed. What can't be looked at for want of a tool is said and counted as
// skipped, and is no failure.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { checkPrint, checkReplay, checkTable, checkWithoutScripting } from './checks.mjs';

/** What a page may weigh, and what it may take the browser to show it: processor time, which other work on the machine
 * doesn't change much; the least of so many times. */
const BYTES_MAX = 10e6;
const OPEN_MS_MAX = 2000;
const OPENINGS = 3;
/** How long something that a reader does may take. */
const WAIT_MS = 15_000;

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const given = process.argv.slice(2);
const option = (name) => given.splice(given.indexOf(name), 2)[1];
const [tools, shots] = [option('--tools'), option('--shots')];
const pages = given.map((argument) => argument.split('='));

let [passed, failed] = [0, 0];
function check(name, holds, detail = '') {
  if (holds) passed += 1;
  else failed += 1;
  if (!holds) console.log(`FAILED  ${name} ${detail}`);
}

function browserPath() {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return places.find((path) => path && existsSync(path));
}

async function library() {
  try {
    return createRequire(`${resolve(tools)}/`)('playwright-core');
  } catch {
    return null;
  }
}

const playwright = await library();
const executablePath = browserPath();
if (playwright === null || executablePath === undefined) {
  const missing = playwright === null ? 'playwright-core' : 'chromium';
  console.log(`PAGES: ${missing} is missing: all checks of ${pages.length} pages SKIPPED, not passed`);
  process.exit(0);
}

mkdirSync(shots, { recursive: true });
const browser = await playwright.chromium.launch({ executablePath, args: ARGUMENTS });
const processes = await browser.newBrowserCDPSession();
for (const [name, file] of pages) await look(name, resolve(file));
await browser.close();
console.log(`${passed} checks of ${pages.length} pages passed, ${failed} failed, 0 skipped; screenshots in ${shots}`);
process.exit(failed === 0 ? 0 : 1);

/** A page in a browser of its own, where each error and each request is a failed check. */
async function open(name, file, settings, work) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  const page = await context.newPage();
  page.on('console', (message) => check(`${name}: quiet console`, message.type() === 'log', message.text()));
  page.on('pageerror', (error) => check(`${name}: no error`, false, error.stack));
  const address = pathToFileURL(file).href;
  page.on('request', (request) => {
    const isOwn = request.url() === address || request.url().startsWith('data:');
    if (!isOwn) check(`${name}: fetches nothing`, false, request.url());
  });
  page.setDefaultTimeout(WAIT_MS);
  try {
    await page.goto(address);
    await work(page);
  } catch (error) {
    check(`${name}: can be used`, false, error.stack);
  }
  await context.close();
}

/** What each renderer has taken so far. */
async function processorMs() {
  const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter((one) => one.type === 'renderer');
  return new Map(renderers.map((one) => [one.id, one.cpuTime * 1000]));
}

async function look(name, file) {
  const bytes = statSync(file).size;
  check(`${name}: weighs less than ${BYTES_MAX / 1e6} MB`, bytes < BYTES_MAX, `${bytes} bytes`);
  const times = { processor: [], wall: [] };
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    const before = await processorMs();
    await open(name, file, {}, async (page) => {
      times.wall.push(await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd));
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const after = await processorMs();
      const spent = [...after].map(([id, ms]) => ms - (before.get(id) ?? 0));
      times.processor.push(Math.max(...spent)); // that of the page: the others have nothing to do
    });
  }
  const [processor, wall] = [times.processor, times.wall].map((list) => Math.round(Math.min(...list)));
  check(`${name}: opens within ${OPEN_MS_MAX} ms`, processor < OPEN_MS_MAX, `${processor} ms`);
  console.log(`${name}: ${(bytes / 1e6).toFixed(2)} MB, opened in ${processor} ms of processor time, after ${wall} ms`);

  await open(name, file, { colorScheme: 'light' }, async (page) => {
    const say = (what, holds, detail) => check(`${name}: ${what}`, holds, detail);
    await page.screenshot({ path: `${shots}/${name}-light.png`, fullPage: true });
    if (await page.locator('#peers').count() > 0) await checkTable(page, say);
    if (await page.locator('#replay').count() > 0) await checkReplay(page, say);
  });
  await open(name, file, { colorScheme: 'dark', reducedMotion: 'reduce' }, async (page) => {
    await page.screenshot({ path: `${shots}/${name}-dark.png`, fullPage: true });
  });
  await open(name, file, { colorScheme: 'dark' }, async (page) => {
    const say = (what, holds, detail) => check(`${name}, printed: ${what}`, holds, detail);
    await checkPrint(page, say, `${shots}/${name}-print.pdf`);
  });
  await open(name, file, { javaScriptEnabled: false }, async (page) => {
    const say = (what, holds, detail) => check(`${name}, without scripting: ${what}`, holds, detail);
    await checkWithoutScripting(page, say);
  });
  await open(name, file, { viewport: { width: 420, height: 800 } }, async (page) => {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(`${name}: fits a narrow screen`, over <= 0, `${over} pixels too wide`);
    await page.screenshot({ path: `${shots}/${name}-narrow.png` });
  });
}
