// Hides rows that the search text or the severities leave out; without it every row is shown.
(() => {
  const rows = [...document.querySelectorAll("tr[data-severity]")].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
  }));
  const search = document.querySelector("input[type=search]");
  const boxes = [...document.querySelectorAll("input[name=severity]")];
  const known = document.querySelector("input[name=known]");
  const shown = document.querySelector("output");

  const isWanted = ({ row, text }, words, severities) =>
    severities.has(row.dataset.severity) &&
    (!known || known.checked || !row.classList.contains("known")) &&
    words.every((word) => text.includes(word));

  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const entry of rows) {
      const wanted = isWanted(entry, words, severities);
      entry.row.hidden = !wanted;
      count += wanted ? 1 : 0;
    }
    for (const section of document.querySelectorAll("section.package")) {
      const empty = section.querySelector(".nothing");
      if (empty) empty.hidden = !!section.querySelector("tr[data-severity]:not([hidden])");
    }
    shown.textContent = `${count} of ${rows.length} shown`;
  };

  document.querySelector(".tools").hidden = false;
  document.querySelector(".tools").addEventListener("input", update);
  update();
})();
