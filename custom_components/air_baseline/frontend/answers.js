// A question, answered on the card: the pages are those of its repair, and the server takes the
// steps. The card says all steps so far, so nothing is left open if it is closed.

import { ask, failure, undo } from "./ask.js";
import { html } from "./dom.js";
import { formats, say } from "./format.js";
import { button, openPanel } from "./panel.js";
import { prose } from "./prose.js";

const BACK = "init";

/** Open a question of a room; `changed` is called after an answer and its undoing. */
export function openQuestion(root, hass, deviceId, question, { room, title, changed = () => {}, closed }) {
  const panel = openPanel(root, hass, title, closed);
  const { kind, id } = question;
  const text = (path, values) => {
    const key = `component.air_baseline.issues.${kind}.fix_flow.${path}`;
    return hass.localize(key, { room, ...values }) || "";
  };

  async function go(steps) {
    try {
      const reader = { language: hass.language, ...formats(hass) };
      const asked = { device_id: deviceId, question: id, ...reader, steps };
      draw(await ask(hass, "question", asked), steps);
    } catch (error) {
      panel.say(failure(hass, error));
    }
  }

  function draw(page, steps) {
    panel.say("");
    if (page.page === "abort") {
      panel.show(...prose(text(`abort.${page.reason}`)));
      if (steps.length) changed();
      return;
    }
    const { step, texts, made } = page;
    if (step === BACK) steps = []; // A page without a choice led back to the first one.
    panel.title(text(`step.${step}.title`, texts) || title);
    const form = page.page === "form" ? fields(page, step) : null;
    const done = made.length > 0;
    const options = done ? [undoButton(made)] : page.options.map((option) => choice(option));
    if (form) options.push(button(text(`step.${step}.submit`), () => go([...steps, form.step()])));
    if (form) options.push(button(say(hass, "card_back"), () => go([]), "quiet"));
    panel.show(
      ...prose(text(`step.${step}.description`, texts)),
      form?.element,
      html("div", "acts", {}, ...options),
    );
    panel.focus();
    if (done) changed();

    function choice(option) {
      const words = text(`step.${step}.menu_options.${option}`, texts);
      // A page that was left for another one is taken again from the start.
      const next = option === BACK ? [] : [...steps, { step: option }];
      return button(words, () => go(next), option === BACK ? "quiet" : "");
    }
  }

  function undoButton(made) {
    return button(say(hass, "card_undo"), async () => {
      try {
        await undo(hass, made);
        panel.show(html("p", "", {}, say(hass, "card_undone")));
        changed();
      } catch (error) {
        panel.say(failure(hass, error));
      }
    });
  }

  /** Return the fields of a page, and the step that they make. */
  function fields({ fields: known, errors }, step) {
    const inputs = known.map((field) => [field, fieldInput(field)]);
    const element = html(
      "div",
      "fields",
      {},
      ...inputs.map(([{ name }, input]) =>
        html(
          "label",
          "field",
          {},
          html("span", "", {}, text(`step.${step}.data.${name}`)),
          input.element,
          html("small", "", {}, text(`step.${step}.data_description.${name}`)),
          errors[name] ? html("strong", "", { role: "alert" }, text(`error.${errors[name]}`)) : null,
        ),
      ),
    );
    const input = () => Object.fromEntries(inputs.map(([{ name }, one]) => [name, one.value()]));
    return { element, step: () => ({ step, input: input() }) };
  }

  go([]);
  return panel;
}

function fieldInput({ field, default: initial, options }) {
  if (field === "flag") {
    const element = html("input", "", { type: "checkbox" });
    element.checked = Boolean(initial);
    return { element, value: () => element.checked };
  }
  if (field === "choices") {
    const boxes = options.map(({ value, label }) => {
      const box = html("input", "", { type: "checkbox", value });
      return [box, html("label", "", {}, box, " ", label)];
    });
    const element = html("div", "choices", {}, ...boxes.map(([, label]) => label));
    const chosen = () => boxes.filter(([box]) => box.checked).map(([box]) => box.value);
    return { element, value: chosen };
  }
  const element = html("input", "", { type: "date", value: initial });
  return { element, value: () => element.value };
}
