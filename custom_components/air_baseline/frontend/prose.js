// The text of a repair's page as elements: paragraphs, lists and headings, and nothing else of
// Markdown. Text is always inserted as text, so a name is never markup.

import { html } from "./dom.js";

const SET_OFF = /^> ?/gm; // Marks what may be in another language, on Home Assistant's own pages;
const NOTE = /^\*[^*].*\*$/gm; // so does a line like this. A card speaks its reader's language.
const HEADING = /^\*\*(.+)\*\*$/;
const LINK = /\[([^\]]*)\]\((\/[^)\s]*)\)/;

/** Return the elements of a text. */
export function prose(text) {
  return text
    .replaceAll(SET_OFF, "")
    .replaceAll(NOTE, "")
    .split(/\n{2,}/)
    .flatMap((block) => blockElements(block.split("\n").filter((line) => line.trim())));
}

function blockElements(lines) {
  const elements = [];
  let list;
  for (const line of lines) {
    const heading = HEADING.exec(line.trim());
    if (heading) {
      list = undefined;
      elements.push(html("h3", "part", {}, plain(heading[1])));
    } else if (line.startsWith("- ")) {
      if (!list) elements.push((list = html("ul")));
      list.append(html("li", "", {}, ...inline(line.slice(2))));
    } else {
      list = undefined;
      elements.push(html("p", "", {}, ...inline(line)));
    }
  }
  return elements;
}

/** Return a line with its links; only a path of this Home Assistant is one. */
function inline(line) {
  const link = LINK.exec(line);
  if (!link) return [plain(line)];
  const [whole, words, path] = link;
  const before = line.slice(0, link.index);
  const after = line.slice(link.index + whole.length);
  return [plain(before), html("a", "", { href: path }, plain(words)), ...inline(after)].filter(Boolean);
}

/** Return a text without the signs that keep names from being markup. */
function plain(text) {
  return text.replaceAll(/\\(.)|\*\*/g, (_, sign) => sign ?? "");
}
