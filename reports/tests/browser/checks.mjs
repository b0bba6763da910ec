// What a reader does with a report, and what is to come of it.

const texts = (page, column) =>
  page.$$eval('#peers tbody tr', (rows, column) =>
    rows.filter((row) => !row.hidden).map((row) => row.cells[column].textContent), column);

/** Sorting and filtering, by mouse and by keys. */
export async function checkTable(page, say) {
  const heads = await page.$$eval('#peers thead th', (all) => all.map((head) => head.textContent));
  const [peer, group, sent, completed] = ['peer', 'group', 'sent', 'completed after'].map((name) => heads.indexOf(name));
  const head = (column) => page.locator('#peers thead th').nth(column);
  const state = (column) => head(column).getAttribute('aria-sort');
  const value = (text) => {
    const units = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4, s: 1, min: 60, h: 3600 };
    const parts = [...text.matchAll(/([\d.]+) ([A-Za-z]+)/g)];
    return parts.length === 0 ? null : parts.reduce((sum, [, number, unit]) => sum + number * units[unit], 0);
  };
  // As far as the rounding of what is shown lets one see.
  const ascends = (list) => list.every((text, index) => index === 0 || value(list[index - 1]) <= value(text) * 1.01 + 0.01);

  say('is sorted by peer at first', await state(peer) === 'ascending');
  await head(sent).locator('button').click();
  say('a click sorts', await state(sent) === 'ascending' && ascends(await texts(page, sent)));
  await head(sent).locator('button').focus();
  await page.keyboard.press('Enter');
  say('a key sorts the other way', await state(sent) === 'descending' && ascends((await texts(page, sent)).reverse()));
  for (const way of ['ascending', 'descending']) {
    await head(completed).locator('button').click();
    const list = await texts(page, completed);
    const first = list.indexOf('–');
    say(`who has no figure comes last, ${way}`, first < 0 || list.slice(first).every((text) => text === '–'));
  }
  await head(group).locator('button').click();
  const groups = await texts(page, group);
  say('text sorts', groups.every((name, index) => index === 0 || groups[index - 1].localeCompare(name, 'en', { numeric: true }) <= 0));
  await head(peer).locator('button').click();
  const all = (await texts(page, peer)).map(Number);
  say('numbers sort as numbers', all.every((number, index) => index === 0 || all[index - 1] < number));

  const told = () => page.locator('#peers output').textContent();
  const field = page.locator('#peers input[name=text]');
  await field.fill(String(all.at(-1)));
  const found = await texts(page, peer);
  say('text filters', found.includes(String(all.at(-1))) && (await told()).startsWith(`${found.length.toLocaleString('en')} `));
  await field.fill('nobody is called so');
  say('what fits nothing leaves nothing', (await texts(page, peer)).length === 0 && (await told()).startsWith('0 of '));
  await field.fill('');
  const select = page.locator('#peers select[data-column="2"]');
  await select.selectOption('leecher');
  say('a role filters', (await texts(page, 2)).every((role) => role === 'leecher'));
  await select.selectOption('');
  say('and without filters all are there', (await texts(page, peer)).length === all.length);
  for (const control of await page.locator('#peers input, #peers select, #replay input, #replay select, #replay button').all()) {
    const named = await control.evaluate((element) =>
      Boolean(element.labels?.[0]?.textContent.trim() || element.ariaLabel || element.textContent.trim()));
    say('every control has a name', named, await control.evaluate((element) => element.outerHTML));
  }
}

/** The slider, its keys, playing, and choosing a peer. */
export async function checkReplay(page, say) {
  const slider = page.locator('#moment');
  const at = async () => Number(await slider.inputValue());
  const last = Number(await slider.getAttribute('max'));
  const clock = () => page.locator('#clock').textContent();
  await slider.focus();
  const outline = await slider.evaluate((element) => parseFloat(getComputedStyle(element).outlineWidth));
  say('the focus is seen', outline >= 2);
  await page.keyboard.press('Home');
  say('Home goes to the beginning', await at() === 0);
  const beginning = await clock();
  const picture = await page.locator('#graph').evaluate((canvas) => canvas.toDataURL());
  await page.keyboard.press('ArrowRight');
  say('an arrow goes one on', await at() === 1);
  await page.keyboard.press('ArrowLeft');
  say('and one back', await at() === 0);
  await page.keyboard.press('PageUp');
  say('Page up goes further', await at() >= Math.max(1, Math.floor(last / 10)));
  await page.keyboard.press('End');
  say('End goes to the end', await at() === last);
  const ending = await clock();
  say('the clock follows', beginning !== ending && await slider.getAttribute('aria-valuetext') === ending);
  say('the graph follows', picture !== await page.locator('#graph').evaluate((canvas) => canvas.toDataURL()));
  for (const id of ['graph', 'holdings']) {
    const colours = await page.locator(`#${id}`).evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    say(`#${id} is drawn`, colours > 3, `${colours} colours`);
  }

  await page.keyboard.press('Home');
  await page.selectOption('#pace', '8');
  await slider.focus();
  await page.keyboard.press('Space');
  await page.waitForFunction(() => Number(document.getElementById('moment').value) > 1);
  say('space plays', await page.locator('#play').textContent() === 'Pause');
  await page.keyboard.press('Space');
  say('space pauses', await page.locator('#play').textContent() === 'Play');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const before = await at();
  await page.locator('#play').click();
  await page.waitForFunction((before) => Number(document.getElementById('moment').value) > before, before);
  await page.locator('#play').click();
  say('it can be played without motion', await at() > before);

  const marks = page.locator('.marks button');
  if (await marks.count() > 0) {
    await marks.first().click();
    say('a mark of an event goes there', await at() === Number(await marks.first().getAttribute('data-frame')));
  }
  const about = () => page.locator('#about').textContent();
  const rows = page.locator('#peers tbody tr');
  const number = await rows.last().locator('td').first().textContent();
  await page.fill('#chosen', number);
  say('a peer is chosen by its number', (await about()).startsWith(`peer ${number} `));
  await page.fill('#chosen', '');
  say('and let go', await about() === '');
  await rows.first().locator('td').nth(1).click();
  const first = await rows.first().locator('td').first().textContent();
  say('a row shows its peer', (await about()).startsWith(`peer ${first} `));
  await page.locator('#holdings').click({ position: { x: 300, y: 4 } });
  say('so does a row of the pieces', (await about()).startsWith('peer '));
}

/** On paper: light, without controls, with a still picture. */
export async function checkPrint(page, say, path) {
  await page.pdf({ path, preferCSSPageSize: true, printBackground: false });
  if (await page.locator('#replay').count() === 0) return;
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  say('no controls', await page.locator('.player').isHidden() && await page.locator('.filters').isHidden());
  say('a still picture', await page.locator('#graph').isVisible());
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const paper = await page.locator('#graph').evaluate((canvas) => [...canvas.getContext('2d').getImageData(1, 1, 1, 1).data]);
  say('on white', paper[0] > 250 && paper[1] > 250, String(paper));
}

/** Everything but the replay is there, and nothing that would not work. */
export async function checkWithoutScripting(page, say) {
  if (await page.locator('#peers').count() === 0) return;
  say('the table is whole', await page.locator('#peers tbody tr').count() > 0);
  say('no filters', await page.locator('.filters').isHidden());
  say('no replay', await page.locator('.player').isHidden() && await page.locator('#graph').isHidden());
}
