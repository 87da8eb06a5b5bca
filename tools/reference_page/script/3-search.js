// Search over calls, headers, bodies, statuses, schemas and fields, by words and by evidence mark.

const search = document.getElementById("search");
const marks = [...document.querySelectorAll("[name=mark]")];
const count = document.getElementById("count");
const groups = [...document.querySelectorAll(".group")];

// On a narrow screen neither the search nor the contents stand before everything else.
const wide = matchMedia("(min-width: 62rem)");
const find = document.querySelector(".find");
const contents = document.querySelector(".contents");
const fold = () => (find.open = contents.open = wide.matches);
wide.addEventListener("change", fold);
fold();

// An entry within another has words of its own; samples and the console say nothing that is not said elsewhere.
const entries = [...document.querySelectorAll(".entry")].map((element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll(".entry, .beside").forEach((nested) => nested.remove());
  const owns = [...element.querySelectorAll(".own")].filter((own) => own.closest(".entry") === element);
  const { key, name, marks } = element.dataset;
  return { element, owns, key, marks: marks.split(" "), name: name.toLowerCase(), text: copy.textContent.toLowerCase() };
});

// What stands within something that was found by its name is shown with it.
function within(element, found) {
  return found.some((entry) => entry.named && entry.element.contains(element));
}

function apply() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const mark = marks.find((radio) => radio.checked)?.value ?? "";
  const filtering = words.length > 0 || mark !== "";
  const found = entries.filter((entry) => {
    entry.named = words.every((word) => entry.name.includes(word));
    const said = words.every((word) => entry.text.includes(word));
    return (entry.named || said) && (!mark || entry.marks.includes(mark));
  });
  for (const { element, owns, marks } of entries) {
    const shown = found.some((entry) => entry.element === element)
      || (within(element, found) && (!mark || marks.includes(mark)));
    owns.forEach((own) => (own.hidden = !shown));
    element.hidden = !shown && !found.some((entry) => element.contains(entry.element));
  }
  for (const group of groups) {
    group.hidden = filtering && !group.querySelector(".entry:not([hidden])");
  }
  const things = new Set(found.map((entry) => entry.key)).size; // a field stands in its call and in its schema
  const results = things === 1 ? "1 result" : `${things || "No"} results`;
  count.textContent = filtering ? results : "";
}

function clear() {
  search.value = "";
  if (marks.length) marks[0].checked = true;
  apply();
}

function look() {
  apply();
  scrollTo(0, 0); // what was found begins there
}

search.addEventListener("input", look);
marks.forEach((radio) => radio.addEventListener("change", look));
search.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio]), textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  find.open = true;
  search.focus();
  search.select();
});
// A link leads to what it names, whatever is hidden or in front of it just now.
document.querySelector("nav").addEventListener("click", (event) => {
  clear();
  if (event.target.closest("a")) fold();
});
// The browser may have kept what was in the fields.
apply();

