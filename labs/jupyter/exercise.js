// An exercise on the page. All state comes from the kernel's model; a button sends its name and nothing else.

const MARKS = { pass: "✓", partial: "◐", fail: "✗", skipped: "–", ungradable: "?" };

function element(name, classes, text) {
  const made = document.createElement(name);
  made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

function html(classes, trusted) {
  const made = element("div", classes);
  made.innerHTML = trusted; // rendered by the kernel from the course's own Markdown, raw HTML switched off
  return made;
}

function heading(about, model) {
  const row = element("div", "docklab-heading");
  row.append(element("span", "docklab-title", about.title), element("code", "docklab-id", about.id));
  const report = model.get("report");
  const points = report.results ? `${report.points} / ${report.maximum} points` : `${about.points} points`;
  row.append(element("span", "docklab-points", points));
  return row;
}

function buttons(model) {
  const row = element("div", "docklab-buttons");
  const add = (name, label, enabled) => {
    const button = element("button", `docklab-button docklab-do-${name}`, label);
    button.disabled = !enabled || model.get("busy") !== "";
    button.addEventListener("click", () => {
      if (name === "reset" && !window.confirm("Remove what this exercise made, and begin again?")) return;
      model.send({ button: name });
    });
    row.append(button);
  };
  const begun = model.get("begun");
  add("start", !begun ? "Start" : model.get("current") ? "Started" : "Continue", !begun || !model.get("current"));
  add("check", "Check", begun);
  add("hint", "Hint", true);
  add("reset", "Reset", begun);
  if (model.get("busy")) row.append(element("span", "docklab-busy", `${model.get("busy")} …`));
  return row;
}

function result(one) {
  const row = element("li", `docklab-result docklab-is-${one.status}`);
  row.append(element("span", "docklab-mark", MARKS[one.status] ?? "?"), element("span", "docklab-says", one.title ?? one.says));
  row.append(element("span", "docklab-earned", `${one.points} / ${one.maximum}`));
  for (const [label, value] of [["expected", one.expected], ["found", one.found], ["because", one.because], ["look at", one.look]]) {
    if (one.status === "pass" || !value) continue;
    const line = element("div", "docklab-detail");
    line.append(element("b", "", `${label}: `), document.createTextNode(value));
    row.append(line);
  }
  return row;
}

function results(report) {
  const list = element("ul", "docklab-results");
  for (const one of report.results ?? []) list.append(result(one));
  return list;
}

function state(model) {
  const report = model.get("report");
  if (!report.results) return model.get("begun") ? "begun" : "new";
  return report.results.every((one) => one.status === "pass") ? "passed" : "open";
}

function render({ model, el }) {
  const draw = () => {
    const about = model.get("about");
    const box = element("section", `docklab-exercise docklab-${state(model)}`);
    box.append(heading(about, model), html("docklab-text", model.get("text")));
    box.append(element("div", "docklab-folder", `Your folder: ${about.folder}`), buttons(model));
    if (model.get("trouble")) box.append(element("div", "docklab-trouble", model.get("trouble")));
    box.append(results(model.get("report")));
    model.get("hints").forEach((hint, at) => box.append(html("docklab-hint", `<b>Hint ${at + 1}</b>${hint}`)));
    el.replaceChildren(box);
  };
  for (const name of ["begun", "current", "busy", "trouble", "hints", "report"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
