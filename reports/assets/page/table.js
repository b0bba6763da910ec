// The table of peers: the name of a column sorts by it, the fields above it filter. Rows are moved and hidden, never made.

function peersTable(numbers, choose) {
  const section = document.getElementById('peers');
  const heads = [...section.querySelectorAll('thead th')];
  const body = section.querySelector('tbody');
  const rows = [...body.rows].map((row, index) => ({ row, index, cells: null, text: null }));
  const form = section.querySelector('form');
  const told = form.querySelector('output');
  const order = new Intl.Collator('en', { numeric: true });
  let sorted = { column: 0, down: false };

  /** The texts of a row, read when they are first asked for. */
  const cells = (entry) => (entry.cells ??= [...entry.row.cells].map((cell) => cell.textContent));

  function sort(column) {
    sorted = { column, down: sorted.column === column && !sorted.down };
    const list = numbers[column];
    const way = sorted.down ? -1 : 1;
    const byText = (a, b) => way * order.compare(cells(a)[column], cells(b)[column]);
    // What has no number comes last, whichever way.
    const byNumber = (a, b) => {
      const [x, y] = [list[a.index], list[b.index]];
      return x === null || y === null ? (x === null) - (y === null) : way * (x - y);
    };
    const ordered = [...rows].sort((a, b) => (list ? byNumber : byText)(a, b) || a.index - b.index);
    body.append(...ordered.map((entry) => entry.row));
    show();
  }

  function show() {
    heads.forEach((head, column) => {
      const state = column !== sorted.column ? 'none' : sorted.down ? 'descending' : 'ascending';
      head.setAttribute('aria-sort', state);
    });
  }

  function filter() {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = [...form.querySelectorAll('select')].filter((select) => select.value !== '');
    let left = 0;
    for (const entry of rows) {
      const text = words.length > 0 ? (entry.text ??= cells(entry).join('\n').toLowerCase()) : '';
      const fits = words.every((word) => text.includes(word))
        && chosen.every((select) => cells(entry)[select.dataset.column] === select.value);
      entry.row.hidden = !fits;
      left += fits;
    }
    told.textContent = left === rows.length ? `${count(left)} peers` : `${count(left)} of ${count(rows.length)} peers`;
  }

  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => sort(column));
    head.replaceChildren(button);
  });
  show();
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  body.addEventListener('click', (event) => {
    const row = event.target.closest('tr');
    if (row && getSelection().isCollapsed) choose(Number(row.cells[0].textContent));
  });
  form.hidden = false;
  filter(); // a browser may have kept what was typed before
}

