"use strict";
(() => {
  const root = document.documentElement;
  const sections = [...document.querySelectorAll("[data-section]")].map((section) => {
    const rows = [...section.querySelectorAll("tbody tr")];
    return {
      section,
      count: section.querySelector("[data-count]"),
      rows: rows.map((row) => ({ row, text: row.textContent.toLowerCase() })),
    };
  });

  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, count, rows } of sections) {
      let here = 0;
      for (const { row, text } of rows) {
        const matches = words.every((word) => text.includes(word));
        row.hidden = !matches;
        here += matches ? 1 : 0;
      }
      section.hidden = here === 0 && words.length > 0;
      count.textContent = words.length > 0 ? `${here} of ${rows.length}` : String(rows.length);
      shown += here;
    }
    found.textContent = words.length > 0 ? `${shown} found` : "";
  };
  query.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== query) {
      event.preventDefault();
      query.focus();
    }
  });

  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const header = button.closest("th");
      const body = button.closest("table").tBodies[0];
      const direction = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", direction);
      const sign = direction === "ascending" ? 1 : -1;
      const rows = [...body.rows];
      rows.sort((a, b) => {
        const [x, y] = [valueOf(a, header.cellIndex), valueOf(b, header.cellIndex)];
        const numbers = a.cells[header.cellIndex].dataset.value !== undefined;
        return sign * (numbers ? Number(x) - Number(y) : compare(x, y));
      });
      body.append(...rows);
    });
  }

  const theme = document.getElementById("theme");
  const isDark = () =>
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  label();
  theme.hidden = false;
})();
