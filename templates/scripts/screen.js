// Searches this page, and filters its index. Without this script the whole page can be read all the same.
// It asks for nothing from elsewhere and stores nothing; the page's policy allows no other script.
"use strict";
(() => {
  const SEARCH_PAUSE = 250; // milliseconds after the last key
  const FILTER_PAUSE = 100;
  const SLICE = 12; // milliseconds of preparing before the browser may do something else
  const AT_ONCE = 40; // passages that are listed together
  const AROUND = 70; // characters that are shown on either side of what was found
  const FOUND = "found"; // the id of a passage that was chosen and has none of its own

  // Accents, and the vowel signs of Arabic and Hebrew. In other scripts such marks make another letter.
  const MARKS = new RegExp(
    "[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u0640" +
    "\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e8\\u06ea-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff]", "g");
  // What nobody sees: soft hyphens, zero-width spaces and joiners, direction marks.
  const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u2060\u2066-\u2069\ufeff]/g;
  // What is typed one way and printed another, and what Unicode does not take apart.
  const ALIKE = {
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": "\"", "\u201d": "\"", "\u201e": "\"",
    "\u00ab": "\"", "\u00bb": "\"", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    "\u00df": "ss", "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0111": "d", "\u0142": "l", "\u0131": "i",
    "\u03c2": "\u03c3", // the sigma at the end of a word
    "\u0649": "\u064a", "\u0629": "\u0647", "\u0671": "\u0627", // Arabic yeh, heh and alef
  };
  const TO_REPLACE = new RegExp(`[${Object.keys(ALIKE).join("")}]`, "g");
  const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

  // Returns a text without the differences that a search should not make.
  const fold = (text) => text
    .normalize("NFKD").toLowerCase()
    .replace(UNSEEN, "").replace(MARKS, "")
    .replace(TO_REPLACE, (char) => ALIKE[char])
    .replace(DIGITS, (digit) => digit.charCodeAt(0) & 15)
    .normalize("NFC").replace(/\s+/g, " ");

  const wordsOf = (field) => fold(field.value).split(" ").filter(Boolean);

  // Returns the text of an element, with a space where a line ends.
  const textOf = (element) => {
    if (!element.querySelector("br")) return element.textContent;
    const copy = element.cloneNode(true);
    for (const end of copy.querySelectorAll("br")) end.replaceWith(" ");
    return copy.textContent;
  };

  // Calls a function once nobody has called for it again for some time.
  const later = (pause, action) => {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, pause);
    };
  };

  const tell = (status, number) => {
    status.textContent = number === null ? "" : status.dataset.words.replace("{number}", number);
  };

  const controls = document.getElementById("controls").content.cloneNode(true);
  const search = controls.querySelector(".search");
  const filter = controls.querySelector(".filter");
  const main = document.querySelector("main");
  const index = document.getElementById("index");

  // --- the search ---

  const field = search.querySelector("input");
  const status = search.querySelector("[role=status]");
  const list = search.querySelector("ol");
  const more = search.querySelector("button");
  const BLOCKS = "h2, h3, h4, h5, h6, p, li, td, th";
  const passages = [];
  let reading = null; // what reads the passages, once somebody is about to search
  let found = [];

  // Reads all passages: the smallest blocks, each with its folded text. Stops after each.
  const read = function* () {
    // Contents and table only repeat the titles of the letters.
    for (const section of main.querySelectorAll(":scope > section:not(#glance), :scope > article")) {
      for (const block of section.querySelectorAll(BLOCKS)) {
        if (block.querySelector(BLOCKS)) continue;
        const text = fold(textOf(block));
        if (text.trim()) passages.push({ block, text });
        yield;
      }
    }
  };

  // Prepares the search in slices, so that typing is never held up; then searches.
  const prepare = () => {
    reading = reading || read();
    const end = performance.now() + SLICE;
    let done = false;
    while (!done && performance.now() < end) ({ done } = reading.next());
    if (done) find();
    else setTimeout(prepare);
  };

  // Looks for the passages that have all words, and lists the first of them.
  const find = () => {
    const words = wordsOf(field);
    found = words.length
      ? passages.filter((passage) => words.every((word) => passage.text.includes(word)))
      : [];
    list.replaceChildren();
    list.hidden = !found.length;
    listMore();
    tell(status, words.length ? found.length : null);
  };

  const listMore = () => {
    const words = wordsOf(field);
    const start = list.childElementCount;
    for (const passage of found.slice(start, start + AT_ONCE)) list.append(lineOf(passage, words));
    more.hidden = list.childElementCount >= found.length;
    return list.children[start];
  };

  // Returns a line of the list: a link to a passage, with the heading under which it stands.
  const lineOf = ({ block }, words) => {
    const line = document.createElement("li");
    const link = document.createElement("a");
    const place = document.createElement("span");
    const heading = block.closest("section, article").querySelector("h2");
    place.className = "place";
    place.dir = "auto";
    place.textContent = textOf(heading);
    link.href = `#${block.id || block.closest("[id]").id}`;
    link.append(place);
    if (block !== heading) link.append(" ", shownOf(block, words));
    link.addEventListener("click", () => {
      if (block.id) return;
      const before = document.getElementById(FOUND);
      if (before) before.removeAttribute("id");
      block.id = FOUND;
      link.href = `#${FOUND}`;
    });
    line.append(link);
    return line;
  };

  // Returns what is shown of a passage: the words that were found, marked, with those around them.
  const shownOf = (block, words) => {
    const text = textOf(block).replace(/\s+/g, " ").trim();
    // Each character with its marks, where it begins in the text, and where in the folded text.
    const parts = [...text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)];
    const begins = [];
    let folded = "";
    for (const part of parts) {
      const own = fold(part[0]);
      for (let unit = 0; unit < own.length; unit += 1) begins.push(part.index);
      folded += own;
    }
    begins.push(text.length);
    const marks = [];
    for (const word of words) {
      for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
        marks.push([begins[at], behind(begins, at + word.length - 1)]);
      }
    }
    marks.sort((one, other) => one[0] - other[0]);
    const first = Math.max(0, (marks.length ? marks[0][0] : 0) - AROUND);
    const last = Math.min(text.length, (marks.length ? marks[0][1] : 0) + AROUND);
    const shown = document.createElement("span");
    const language = block.closest("[lang]");
    shown.lang = language ? language.lang : "";
    shown.dir = "auto";
    let place = boundary(text, first);
    if (place) shown.append("\u2026");
    for (const [start, end] of marks) {
      if (start < place || end > last) continue;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      shown.append(text.slice(place, start), mark);
      place = end;
    }
    const end = Math.max(place, boundary(text, last));
    shown.append(end < text.length ? text.slice(place, end).trimEnd() : text.slice(place));
    if (end < text.length) shown.append("\u2026");
    return shown;
  };

  // Returns where the character ends that has the folded unit at a place.
  const behind = (begins, at) => {
    let next = at + 1;
    while (begins[next] === begins[at]) next += 1;
    return begins[next];
  };

  // Returns a place near one in a text, so that no word and no character is cut.
  const boundary = (text, place) => {
    if (!place || place >= text.length) return place;
    const space = text.indexOf(" ", place);
    if (space >= 0 && space - place < 15) return space + 1;
    return /[\udc00-\udfff]/.test(text[place]) ? place - 1 : place;
  };

  field.addEventListener("focus", () => {
    if (!reading) prepare();
  });
  field.addEventListener("input", later(SEARCH_PAUSE, prepare));
  field.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (event.key === "Enter" && !event.isComposing && first) first.focus();
  });
  more.addEventListener("click", () => listMore().firstElementChild.focus());

  // --- the filter of the index ---

  const names = filter.querySelector("input");
  const shownNames = filter.querySelector("[role=status]");
  let groups = null;

  // Reads the groups of the index: heading, the link to it, and the lines with their folded texts.
  const readIndex = () => [...index.querySelectorAll("ul")].map((lines) => {
    const heading = lines.previousElementSibling;
    return {
      parts: [lines, heading, index.querySelector(`a[href="#${heading.id}"]`)],
      lines: [...lines.children].map((line) => ({ line, text: fold(textOf(line)) })),
    };
  });

  const hide = (element, hidden) => {
    if (element && element.hidden !== hidden) element.hidden = hidden;
  };

  const filterIndex = () => {
    groups = groups || readIndex();
    const words = wordsOf(names);
    let count = 0;
    for (const group of groups) {
      let left = 0;
      for (const { line, text } of group.lines) {
        const fits = words.every((word) => text.includes(word));
        hide(line, !fits);
        left += fits;
      }
      for (const part of group.parts) hide(part, !left);
      count += left;
    }
    tell(shownNames, words.length ? count : null);
  };

  names.addEventListener("input", later(FILTER_PAUSE, filterIndex));

  // A link to a line that the filter hides shows all lines again.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (target && target.closest("[hidden]")) {
      names.value = "";
      filterIndex();
    }
  });

  main.before(search);
  const legend = index && index.querySelector(".legend");
  if (legend) legend.after(filter);
})();
