// What happened in a room: episodes, notable rises, missed stretches, and the names of them.

import { act, ask, failure, undo } from "./ask.js";
import { html } from "./dom.js";
import { level, moment, say } from "./format.js";
import { consequences, dateAndTime, explanation, iso, length, span } from "./happening.js";
import { button, openPanel } from "./panel.js";
import { prose } from "./prose.js";

const HOUR_S = 3600;
const MOST_CHARACTERS = 80; // Of a name, as the server takes it.
const OFFERED = ["card_cooking", "card_candles", "card_cleaning"];
const ISSUE = "component.air_baseline.issues.unusual_episode.fix_flow";
const KINDS = "component.air_baseline.entity.event.inference.state_attributes.correction_kind.state";
const KIND_WORDS = {
  episode: "card_kind_episode",
  rise: "card_kind_rise",
  missed: "card_kind_missed",
  named: "card_kind_named",
};

/** Open the timeline of a room. */
export function openTimeline(root, hass, deviceId, closed) {
  return new Timeline(root, hass, deviceId, closed);
}

class Timeline {
  constructor(root, hass, deviceId, closed) {
    this._hass = hass;
    this._deviceId = deviceId;
    this._opened = undefined; // The key of what is open.
    this._panel = openPanel(root, hass, say(hass, "card_timeline"), closed);
    this._load();
  }

  async _load() {
    try {
      this._known = await ask(this._hass, "timeline", { device_id: this._deviceId });
      this._draw();
    } catch (error) {
      this._panel.say(failure(this._hass, error));
    }
  }

  _draw() {
    const { happened, answers, may_answer: may } = this._known;
    const items = happened.map((one) => this._item(one));
    this._panel.show(
      may ? this._missedOne() : html("p", "note", {}, say(this._hass, "card_may_not")),
      items.length
        ? html("ul", "happened", {}, ...items)
        : html("p", "", {}, say(this._hass, "card_timeline_empty")),
      answers.length ? this._answers(answers, may) : null,
    );
  }

  /** Do something, say what was done with its undoing, and show the timeline again. */
  async _do(done, doing) {
    try {
      const made = await doing();
      const again = made?.length ? this._undoButton(made) : null;
      this._panel.say(done, again);
      await this._load();
      again?.focus();
    } catch (error) {
      this._panel.say(failure(this._hass, error));
    }
  }

  _undoButton(made) {
    const words = say(this._hass, "card_undo");
    return button(words, () =>
      this._do(say(this._hass, "card_undone"), () => undo(this._hass, made)),
    );
  }

  _item(one) {
    const hass = this._hass;
    const key = `${one.kind} ${one.quantity} ${one.moment}`;
    const title = one.name ? one.name.text : say(hass, KIND_WORDS[one.kind]);
    const details = html(
      "details",
      "",
      {},
      html(
        "summary",
        "",
        {},
        html("span", "when", {}, span(hass, one)),
        html("strong", "", {}, title),
        html("span", "what", {}, this._facts(one)),
      ),
    );
    details.addEventListener("toggle", () => {
      if (!details.open) {
        if (this._opened === key) this._opened = undefined;
        return;
      }
      this._opened = key;
      if (details.childElementCount === 1) this._fill(details, one);
    });
    details.open = this._opened === key;
    return html("li", `happening ${one.kind}`, {}, details);
  }

  /** Return the facts of something that happened, in one line. */
  _facts(one) {
    const hass = this._hass;
    const inUnit = (value) => `${level(hass, value)} ${one.unit}`.trim();
    const facts = [say(hass, `quantity_${one.quantity}`)];
    if (one.name) facts.push(say(hass, KIND_WORDS[one.kind]));
    if (one.peak !== null) facts.push(say(hass, "card_peak", { level: inUnit(one.peak) }));
    if (one.kind !== "named") {
      facts.push(say(hass, "card_lasted", { length: length(hass, one.end - one.start) }));
    }
    if (one.clear_s !== null) {
      facts.push(say(hass, "card_clear", { length: length(hass, one.clear_s) }));
    }
    if (one.high !== null) facts.push(say(hass, "card_usual_up_to", { level: inUnit(one.high) }));
    if (one.outdoor_rose !== null) {
      facts.push(say(hass, one.outdoor_rose ? "card_outdoors_too" : "card_outdoors_not"));
    }
    if (one.other_rooms === "only_this_room") facts.push(say(hass, "card_only_here"));
    if (one.other_rooms === "shared") {
      const rooms = one.rooms.map((room) => room ?? say(hass, "another_room")).join(", ");
      facts.push(say(hass, "card_also_in", { rooms }));
    }
    if (one.answer && one.kind === "episode") {
      facts.push(say(hass, "card_answered", { answer: this._kind(one.answer.kind) }));
    }
    return facts.join(" · ");
  }

  _kind(kind) {
    return this._hass.localize(`${KINDS}.${kind}`);
  }

  /** Show the explanation of something that happened, and what can be said of it. */
  async _fill(details, one) {
    const body = html("div", "inside");
    details.append(body);
    if (one.kind === "episode") {
      try {
        const page = await ask(this._hass, "episode", {
          device_id: this._deviceId,
          quantity: one.quantity,
          episode: one.moment,
        });
        body.append(explanation(this._hass, page.words));
        this._sayOf(body, one, page);
      } catch (error) {
        body.append(html("p", "", { role: "alert" }, failure(this._hass, error)));
      }
      return;
    }
    if (one.kind === "rise") body.append(html("p", "", {}, say(this._hass, "card_rise_because")));
    if (one.kind === "missed") body.append(html("p", "", {}, say(this._hass, "card_missed_done")));
    this._sayOf(body, one);
  }

  _sayOf(body, one, page) {
    if (!this._known.may_answer) return;
    const { answer, name } = one;
    if (one.kind === "episode" && !answer) body.append(this._answerActs(body, one, page));
    if (one.kind === "rise") {
      const mark = () =>
        act(this._hass, this._deviceId, "mark_missed", {
          quantity: one.quantity,
          from: iso(one.start),
          to: iso(Math.min(one.end, this._known.now)),
        });
      const done = say(this._hass, "card_missed_done");
      const deserved = button(say(this._hass, "card_deserved"), () => this._do(done, mark));
      body.append(html("div", "acts", {}, deserved));
    }
    if (answer?.undoable) body.append(this._given(answer, one.quantity, this._kind(answer.kind)));
    if (name) body.append(this._given(name, one.quantity, name.text));
    body.append(this._naming(one));
  }

  /** Return what was said, when, and how to undo it. */
  _given({ correction, at }, quantity, words) {
    const made = [{ device_id: this._deviceId, quantity, correction }];
    const label = `${say(this._hass, "card_undo")}: ${words}`;
    const again = this._undoButton(made);
    again.setAttribute("aria-label", label);
    return html("p", "given", {}, html("span", "", {}, `${words} (${moment(this._hass, at)})`), again);
  }

  _answerActs(body, one, page) {
    const acts = html("div", "acts");
    const choices = [
      ["real", "kept_out", "keep_out"],
      ["normal", "level_lifted", "lift_level"],
    ].map(([verdict, done, submit]) =>
      button(this._text(`step.init.menu_options.${verdict}`), () =>
        this._confirm(acts, one, { verdict, done, submit, page, choices }),
      ),
    );
    acts.append(...choices);
    return acts;
  }

  /** Say what an answer would change, before it is given. */
  _confirm(acts, one, { verdict, done, submit, page, choices }) {
    const yes = button(this._text(`step.${verdict}.menu_options.${submit}`), () =>
      this._do(this._text(`step.${done}.description`), () =>
        act(this._hass, this._deviceId, "correct_episode", {
          quantity: one.quantity,
          episode: one.moment,
          verdict,
        }),
      ),
    );
    const back = button(
      say(this._hass, "card_back"),
      () => {
        acts.replaceChildren(...choices);
        choices[0].focus();
      },
      "quiet",
    );
    const consequence = prose(
      this._text(`step.${verdict}.description`, consequences(this._hass, page[verdict])),
    );
    acts.replaceChildren(html("div", "consequence", {}, ...consequence), yes, back);
    yes.focus();
  }

  /** Return a text of the repair; on Home Assistant's own pages it leads to the `page` of a card. */
  _text(path, values = {}) {
    return this._hass.localize(`${ISSUE}.${path}`, { page: "", ...values });
  }

  _naming(one) {
    const hass = this._hass;
    const give = (name) =>
      this._do(say(hass, "card_named", { name }), () =>
        act(hass, this._deviceId, "name_episode", {
          quantity: one.quantity,
          episode_time: iso(one.moment),
          name,
        }),
      );
    const field = html("input", "", {
      type: "text",
      maxlength: MOST_CHARACTERS,
      "aria-label": say(hass, "card_own_words"),
      placeholder: say(hass, "card_own_words"),
    });
    const save = button(say(hass, "card_save"), async () => field.value.trim() && give(field.value));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // What is focused next must not be pressed by the same key.
      save.click();
    });
    const offered = OFFERED.map((word) => button(say(hass, word), () => give(say(hass, word))));
    return html(
      "fieldset",
      "naming",
      {},
      html("legend", "", {}, say(hass, "card_name_it")),
      html("div", "acts", {}, ...offered, html("span", "own", {}, field, save)),
    );
  }

  /** Return the form that marks a stretch that deserved a word. */
  _missedOne() {
    const hass = this._hass;
    const { now, quantities } = this._known;
    const [from, to] = [now - 2 * HOUR_S, now - HOUR_S].map((at) => dateAndTime(hass, at));
    const chosen = html(
      "select",
      "",
      {},
      ...quantities.map(({ quantity }) =>
        html("option", "", { value: quantity }, say(hass, `quantity_${quantity}`)),
      ),
    );
    const mark = () =>
      act(hass, this._deviceId, "mark_missed", {
        quantity: chosen.value,
        from: from.value(),
        to: to.value(),
      });
    const label = (words, ...inputs) =>
      html("div", "field", {}, html("span", "", { "aria-hidden": "true" }, words), ...inputs);
    const labels = [say(hass, "card_from"), say(hass, "card_to")];
    [from, to].forEach(({ inputs }, index) =>
      inputs.forEach((input) => input.setAttribute("aria-label", labels[index])),
    );
    chosen.setAttribute("aria-label", say(hass, "card_quantity"));
    return html(
      "details",
      "missed-one",
      {},
      html("summary", "", {}, say(hass, "card_missed_one")),
      html("p", "", {}, say(hass, "card_missed_text")),
      html(
        "div",
        "fields",
        {},
        ...(quantities.length > 1 ? [label(say(hass, "card_quantity"), chosen)] : []),
        label(labels[0], ...from.inputs),
        label(labels[1], ...to.inputs),
      ),
      html(
        "div",
        "acts",
        {},
        button(say(hass, "card_mark"), () => {
          const empty = [...from.inputs, ...to.inputs].find((input) => !input.value);
          if (!empty) return this._do(say(hass, "card_missed_done"), mark);
          return empty.focus();
        }),
      ),
    );
  }

  /** List the other answers that were given, each with its undoing. */
  _answers(answers, may) {
    const several = this._known.quantities.length > 1;
    const items = answers.map((answer) => {
      const of = several ? [say(this._hass, `quantity_${answer.quantity}`)] : [];
      const words = [...of, this._kind(answer.kind)].join(" · ");
      if (may) return this._given(answer, answer.quantity, words);
      return html("p", "given", {}, `${words} (${moment(this._hass, answer.at)})`);
    });
    return html(
      "section",
      "answers",
      {},
      html("h3", "", {}, say(this._hass, "card_answers")),
      ...items,
    );
  }
}
