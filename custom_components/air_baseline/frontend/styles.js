// The styles of the card. Colors come from the theme, light or dark.

export const STYLES = `
:host {
  --ab-usual: var(--air-baseline-usual-color, var(--primary-color, #0288d1));
  --ab-unusual: var(--air-baseline-unusual-color, var(--warning-color, #ffa600));
  --ab-measured: var(--air-baseline-measured-color, var(--primary-text-color, #212121));
  --ab-quiet: var(--secondary-text-color, #616161);
  /* The primary color alone is too pale for text. */
  --ab-link: color-mix(in srgb, var(--primary-color, #009ac7) 60%, var(--primary-text-color, #212121));
  display: block;
  height: 100%;
}
ha-card { display: block; height: 100%; box-sizing: border-box; padding: 16px; overflow: hidden auto; }
ha-card.waits { min-height: 420px; }
h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
h2 { font-size: 1.25rem; font-weight: 500; margin-bottom: 12px; overflow-wrap: anywhere; }
ul { list-style: none; }
a { color: var(--ab-link); }
.channel + .channel {
  margin-top: 20px; padding-top: 16px; border-top: 1px solid var(--divider-color, #e0e0e0);
}
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
.head h3 { font-size: .875rem; font-weight: 500; color: var(--ab-quiet); width: 100%; }
.value { font-size: 1.75rem; line-height: 1.2; flex: 1 1 auto; overflow-wrap: anywhere; }
.value small { font-size: 1rem; color: var(--ab-quiet); }
.chips { display: flex; flex-wrap: wrap; gap: 4px 8px; }
.chip {
  --of: var(--ab-quiet);
  display: inline-flex; align-items: center; gap: 8px; padding: 4px 12px; border-radius: 999px;
  background: color-mix(in srgb, var(--of) 14%, transparent); font-weight: 500;
}
.chip::before {
  content: ""; flex: none; width: 10px; height: 10px; border-radius: 50%;
  background: var(--of); box-sizing: border-box;
}
.chip::before { border: 2px solid var(--of); }
.chip:not(.usual, .notable, .high_now, .above_guideline, .unusual)::before { background: none; }
.chip.unusual { background: color-mix(in srgb, var(--of) 32%, transparent); }
.todo { margin-bottom: 12px; }
.todo h3 { font-size: .8125rem; font-weight: 500; color: var(--ab-quiet); }
.todo p { font-weight: 500; overflow-wrap: anywhere; }
.guideline { margin-top: 4px; color: var(--ab-quiet); overflow-wrap: anywhere; }
.guideline.above, .guideline.now { color: inherit; font-weight: 500; }
.guideline.above::before, .guideline.now::before {
  content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 8px;
  border-radius: 50%; border: 2px solid var(--ab-unusual); box-sizing: border-box;
}
.guideline.above::before { background: var(--ab-unusual); }
.ready { margin-top: 4px; overflow-wrap: anywhere; }
.headline { font-size: 1.125rem; line-height: 1.4; margin-bottom: 12px; overflow-wrap: anywhere; }
.headline .unusual, .headline .above_guideline, .headline .high_now { font-weight: 500; }
.headline .usual, .headline .learning { color: var(--ab-quiet); }
.tiles {
  display: grid; gap: 8px; grid-template-columns: repeat(auto-fill, minmax(min(158px, 100%), 1fr));
}
ha-card.one { display: flex; padding: 0; }
.tile {
  --of: var(--ab-quiet);
  display: grid; grid-template-columns: 1fr auto; gap: 0 8px; align-content: center;
  box-sizing: border-box; min-width: 0; min-height: 56px; padding: 6px 10px 6px 12px; width: 100%;
  border: 0; border-left: 4px solid var(--of); border-radius: 8px; cursor: pointer;
  background: color-mix(in srgb, var(--of) 10%, transparent);
  color: var(--primary-text-color, #212121); font: inherit; text-align: left; text-decoration: none;
}
.usual, .question { --of: var(--ab-usual); }
.higher, .notable, .high_now, .above_guideline, .unusual { --of: var(--ab-unusual); }
.tile.unusual { background: color-mix(in srgb, var(--of) 26%, transparent); }
.tile .name { font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tile .value { font-size: .875rem; line-height: inherit; white-space: nowrap; }
.tile .value small { font-size: .75rem; color: inherit; }
.tile .state {
  grid-column: 1 / -1; font-size: .8125rem; line-height: 1.2;
  overflow: hidden; text-overflow: ellipsis;
}
.one .state { white-space: nowrap; font-size: .75rem; }
.one .tile { height: 100%; }
.tile .asks {
  grid-area: 2 / 1 / auto / -1; justify-self: end; align-self: end;
  color: var(--ab-link); font-weight: 700; line-height: 1.2;
}
.tile:has(.asks) .state { grid-area: 2 / 1 / auto / -1; margin-inline-end: 1em; }
.tile:focus-visible, .close:focus-visible { outline: 2px solid var(--primary-color); }
dialog {
  width: min(560px, 100vw - 32px); max-height: calc(100vh - 32px); box-sizing: border-box;
  padding: 0; border: 0; border-radius: 12px; color: inherit;
  background: var(--card-background-color, #fff);
}
dialog::backdrop { background: rgba(0, 0, 0, .5); }
.foot {
  position: sticky; bottom: 0; padding: 8px 16px; text-align: end;
  border-top: 1px solid var(--divider-color, #e0e0e0); background: var(--card-background-color, #fff);
}
.close {
  min-height: 40px; padding: 8px 16px; border: 0; border-radius: 8px; color: #fff;
  background: color-mix(in srgb, var(--primary-color) 70%, #000);
  font: inherit; font-weight: 500; cursor: pointer;
}
.charted { margin-top: 8px; }
.spans { display: flex; flex-wrap: wrap; gap: 4px; margin-bottom: 4px; }
.spans button {
  min-height: 32px; padding: 4px 10px; border: 0; border-radius: 999px; background: none;
  color: var(--ab-quiet); font: inherit; font-size: .8125rem; cursor: pointer;
}
.spans button[aria-pressed="true"] {
  background: color-mix(in srgb, var(--ab-usual) 14%, transparent);
  color: var(--primary-text-color, #212121); font-weight: 500;
}
.chart { min-height: 190px; border-radius: 4px; }
.chart.worded { min-height: 0; }
.instead { margin: 4px 0; color: var(--ab-quiet); overflow-wrap: anywhere; }
.readout {
  min-height: 1.4em; font-size: .8125rem; color: var(--ab-quiet); overflow-wrap: anywhere;
}
.readout:empty { display: none; }
.readout strong { font-weight: 500; color: var(--primary-text-color, #212121); }
.uplot { width: min-content; line-height: 1.5; }
.u-wrap { position: relative; user-select: none; }
.u-over, .u-under, .u-axis, .u-cursor-x, .u-cursor-y, .u-cursor-pt, .u-select { position: absolute; }
.u-over { touch-action: pan-y; }
.u-under { overflow: hidden; }
.uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
.u-cursor-x, .u-cursor-y, .u-cursor-pt { left: 0; top: 0; pointer-events: none; }
.u-cursor-x { height: 100%; border-right: 1px dashed var(--ab-quiet); }
.u-cursor-pt { border: 0 solid; border-radius: 50%; background-clip: padding-box !important; }
.u-select { pointer-events: none; }
.u-off { display: none; }
.legend {
  display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 4px;
  font-size: .8125rem; color: var(--ab-quiet);
}
.legend li { display: inline-flex; align-items: center; gap: 6px; }
.legend li::before { content: ""; flex: none; width: 18px; height: 3px; border-radius: 2px; }
.legend .words::before { content: none; }
.legend .measured::before { background: var(--ab-measured); }
.legend .outdoor::before { border-top: 2px dotted var(--ab-quiet); height: 0; }
.legend .limit::before {
  background: linear-gradient(
    90deg, var(--ab-unusual) 40%, transparent 40% 60%, var(--ab-unusual) 60%);
}
.legend .mean::before {
  background: linear-gradient(90deg, var(--ab-quiet) 40%, transparent 40% 60%, var(--ab-quiet) 60%);
}
.legend .range::before, .legend .guess::before, .legend .episode::before {
  height: 12px; box-sizing: border-box; border-radius: 3px;
}
.legend .range::before { background: color-mix(in srgb, var(--ab-usual) 36%, transparent); }
.legend .guess::before { border: 1.5px dashed var(--ab-quiet); }
.legend .episode::before {
  background: color-mix(in srgb, var(--ab-unusual) 30%, transparent);
  border-bottom: 3px solid var(--ab-unusual);
}
.legend .episode { color: var(--primary-text-color); font-weight: 500; }
.year { margin-top: 14px; }
.year h4 { font-size: .8125rem; font-weight: 500; color: var(--ab-quiet); margin: 0 0 4px; }
.year svg { display: block; }
.year text { fill: var(--ab-quiet); font-size: 11px; }
.year .grid line { stroke: var(--divider-color, #e0e0e0); }
.year .today text { fill: var(--primary-text-color, #212121); }
.month .lived { fill: var(--ab-usual); fill-opacity: .42; }
.month .hourly { fill: none; stroke: var(--ab-usual); stroke-width: 1.2; }
.month .hatch { stroke: var(--ab-usual); stroke-width: 1; }
.month .unseen { stroke: var(--ab-quiet); stroke-width: 1.5; }
.today line { stroke: var(--ab-measured); stroke-width: 1.5; stroke-dasharray: 2 2; }
.year .legend .lived::before {
  height: 12px; background: color-mix(in srgb, var(--ab-usual) 42%, transparent);
}
.year .legend .hourly::before {
  height: 12px; box-sizing: border-box; border: 1.2px solid var(--ab-usual); border-radius: 3px;
  background: repeating-linear-gradient(transparent 0 3px, var(--ab-usual) 3px 4px);
}
.year .legend .unseen::before { width: 10px; height: 2px; background: var(--ab-quiet); }
.progress { margin-top: 14px; }
.progress .missing { font-weight: 400; color: var(--ab-quiet); margin: 8px 0 0; }
.days { display: flex; flex-wrap: wrap; gap: 6px 16px; }
.week { display: flex; gap: 5px; }
.day {
  width: 11px; height: 11px; border-radius: 50%; box-sizing: border-box;
  border: 1.5px solid var(--ab-quiet);
}
.day.full, .day.half { border-color: var(--ab-usual); }
.day.full { background: var(--ab-usual); }
.day.half { background: linear-gradient(90deg, var(--ab-usual) 50%, transparent 50%); }
dl { margin-top: 14px; display: grid; grid-template-columns: auto 1fr; gap: 6px 12px; }
dt { color: var(--ab-quiet); font-size: .8125rem; line-height: 1.5rem; }
dd { min-width: 0; line-height: 1.5rem; overflow-wrap: anywhere; }
dd li + li { margin-top: 2px; }
details { margin-top: 10px; }
summary { color: var(--ab-link); cursor: pointer; padding: 8px 0; }
button.value {
  padding: 0; border: 0; background: none; color: inherit; font-family: inherit; text-align: left;
  cursor: pointer;
}
.panel :focus-visible, summary:focus-visible, a:focus-visible, button:focus-visible, .chart:focus-visible { outline: 2px solid var(--primary-color); border-radius: 4px; }
details dl { margin-top: 4px; grid-template-columns: 1fr; }
details dd { margin-bottom: 8px; }
.note { margin-top: 10px; color: var(--ab-quiet); font-size: .875rem; }
.questions {
  margin-top: 12px; padding: 10px 12px; border-radius: 8px;
  background: color-mix(in srgb, var(--ab-usual) 10%, transparent);
}
.questions p { font-size: .8125rem; color: var(--ab-quiet); }
.questions button, .questions span {
  display: block; padding: 4px 0; min-height: 32px; overflow-wrap: anywhere; text-align: left;
}
.questions button, button.happened {
  border: 0; background: none; color: var(--ab-link); font: inherit; cursor: pointer;
  text-decoration: underline; text-underline-offset: 2px;
}
button.happened { display: block; min-height: 40px; margin-top: 8px; padding: 8px 0; }
.panel h2 { position: sticky; top: 0; z-index: 1; margin: 0; padding: 16px 16px 8px;
  background: var(--card-background-color, #fff); outline: none; }
.panel-body, .panel-status { padding: 0 16px; }
.panel-body > * + *, .inside > * + * { margin-top: 12px; }
.panel-body { padding-bottom: 16px; overflow-wrap: anywhere; }
.panel-body h3 { font-size: .9375rem; font-weight: 500; margin-bottom: 4px; }
.panel-body h3.part { margin: 12px 0 0; font-size: .8125rem; color: var(--ab-quiet); }
.panel-body ul:not(.happened) > li + li { margin-top: 2px; }
.panel-status { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; font-weight: 500; }
.panel-status:not(:empty) { padding-bottom: 12px; }
.acts { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.act {
  min-height: 40px; padding: 8px 14px; border: 1px solid var(--ab-quiet); border-radius: 8px;
  background: none; color: var(--primary-text-color, #212121); font: inherit; font-weight: 500;
  cursor: pointer; text-align: left; overflow-wrap: anywhere;
}
.act.quiet { border-color: transparent; color: var(--ab-quiet); }
.act:disabled { opacity: .5; cursor: default; }
.consequence { flex-basis: 100%; }
.consequence > * + * { margin-top: 8px; }
.happening { border-top: 1px solid var(--divider-color, #e0e0e0); }
.happening details { margin: 0; }
.happening summary {
  display: grid; grid-template-columns: 1fr auto; color: inherit; list-style: none;
  padding: 10px 4px 10px 12px; border-left: 4px solid transparent;
}
.happening summary::-webkit-details-marker { display: none; }
.happening summary::after {
  content: ""; grid-area: 1 / 2 / span 3; align-self: center; width: 8px; height: 8px; margin: 0 8px;
  border: solid var(--ab-quiet); border-width: 0 2px 2px 0; transform: rotate(45deg);
}
.happening details[open] summary::after { transform: rotate(225deg); }
.happening summary > * { grid-column: 1; }
.happening.episode summary { border-color: var(--ab-unusual); }
.happening.missed summary { border-left-style: dashed; border-color: var(--ab-unusual); }
.happening.rise summary { border-color: var(--ab-usual); }
.happening .when { font-size: .8125rem; color: var(--ab-quiet); }
.happening .what { font-size: .875rem; }
.happening strong { font-weight: 500; }
.inside { padding: 0 0 16px 16px; }
.inside dl { margin-top: 0; }
.given { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
.given + .given { margin-top: 8px; }
.naming { border: 0; padding: 0; margin: 0; min-width: 0; }
.naming legend { padding: 0 0 4px; font-size: .8125rem; color: var(--ab-quiet); }
.naming .own { display: flex; gap: 8px; flex: 1 1 240px; }
.naming input { flex: 1; min-width: 0; }
.fields { display: grid; gap: 12px; }
.field { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
.field > span { flex-basis: 100%; font-weight: 500; }
.field small { flex-basis: 100%; color: var(--ab-quiet); }
.field strong { flex-basis: 100%; color: var(--error-color, #b71c1c); }
.choices { display: grid; gap: 4px; max-height: 40vh; overflow: auto; }
.panel input, .panel select {
  min-height: 40px; box-sizing: border-box; padding: 6px 10px; border-radius: 8px; font: inherit;
  border: 1px solid var(--ab-quiet); max-width: 100%; color-scheme: light dark;
  background: var(--card-background-color, #fff); color: var(--primary-text-color, #212121);
}
.panel input[type="checkbox"] { min-height: 20px; width: 20px; height: 20px; }
.missed-one > * + * { margin-bottom: 12px; }
.message { padding: 8px 0; color: var(--ab-quiet); }
@container (max-width: 340px) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
}
ha-card { container-type: inline-size; }
`;
