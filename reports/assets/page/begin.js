// What works with scripting only is shown, and set to work.

document.querySelectorAll('.script').forEach((element) => {
  element.hidden = false;
});
let replay = null;
peersTable(run.table, (number) => replay?.choose(number));
if (run.replay) replay = replaySection(run.replay);
