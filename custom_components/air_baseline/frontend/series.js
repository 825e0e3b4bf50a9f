// What a chart shows of some days: points, ranges and episodes, from what the server sends.

const SLOT_S = 300;
const HOUR_S = 3600;
const ENOUGH = 0.75; // Of the hours of a mean: as the server asks for, 18 of 24 hours.

/** Return the chart of today, from a room's message and what was fetched of today. */
export function today(channel, past) {
  return {
    ...frame(channel),
    end: channel.end,
    parts: channel.parts,
    firm: channel.firm,
    episodes: channel.episodes,
    line: points(channel.line, SLOT_S),
    outdoor: points(past?.outdoor, SLOT_S).filter(({ at }) => at >= channel.start),
    mean: meanSoFar(channel),
    present: channel.line?.at(-1)?.[0] ?? Date.now() / 1000,
    running: channel.episodes.some(({ running }) => running),
  };
}

/** Return the chart of past days, from what was fetched of them. */
export function earlier(channel, past) {
  const line = [...points(past.hourly, HOUR_S), ...points(past.line, SLOT_S)].sort(byTime);
  const outdoor = [...points(past.outdoor_hourly, HOUR_S), ...points(past.outdoor, SLOT_S)];
  const inside = ({ at }) => at >= past.start;
  return {
    ...frame(channel),
    start: past.start,
    end: past.end,
    parts: past.parts,
    firm: true,
    episodes: past.episodes,
    line: line.filter(inside),
    outdoor: outdoor.sort(byTime).filter(inside),
    mean: runningMean(line, channel.guideline).filter(inside),
    present: null,
    running: false,
  };
}

function frame(channel) {
  return { start: channel.start, unit: channel.unit, guideline: channel.guideline };
}

function points(rows, seconds) {
  return (rows ?? []).map(([at, value]) => ({ at, value, seconds }));
}

function byTime(one, other) {
  return one.at - other.at;
}

/** Return the mean of the guideline up to now as a flat line over the hours that it covers. */
function meanSoFar(channel) {
  const last = channel.line?.at(-1)?.[0];
  if (!channel.mean?.enough || last === undefined) return [];
  const { level: value } = channel.mean;
  const first = Math.max(channel.start, last + SLOT_S - channel.guideline.hours * HOUR_S);
  return [
    { at: first, value, seconds: 0 },
    { at: last + SLOT_S, value, seconds: 0 },
  ];
}

/** Return the mean over the guideline's hours at the end of each point, where enough is known. */
function runningMean(line, guideline) {
  if (!guideline) return [];
  const length = guideline.hours * HOUR_S;
  const found = [];
  let [area, seconds, oldest] = [0, 0, 0];
  for (const point of line) {
    area += point.value * point.seconds;
    seconds += point.seconds;
    const end = point.at + point.seconds;
    while (line[oldest].at < end - length) {
      area -= line[oldest].value * line[oldest].seconds;
      seconds -= line[oldest].seconds;
      oldest += 1;
    }
    if (seconds >= ENOUGH * length) found.push({ at: end, value: area / seconds, seconds: 0 });
  }
  return found;
}

/** Return the index of the point at a time, or of the nearest one; -1 if there is none. */
export function nearest(line, at) {
  if (!line.length) return -1;
  let [low, high] = [0, line.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line[middle].at + line[middle].seconds <= at) low = middle + 1;
    else high = middle;
  }
  const before = line[low - 1];
  if (before && at - before.at - before.seconds < line[low].at - at) return low - 1;
  return low;
}

/** Return what lies at a point of the line: its range, episode, outdoor level and mean, if any. */
export function around(view, point) {
  const at = point.at + point.seconds / 2;
  const holds = ({ start, end }) => start <= at && at < end;
  const near = (rows) => {
    const found = rows[nearest(rows, at)];
    return found && Math.abs(found.at - at) <= HOUR_S ? found.value : undefined;
  };
  return {
    part: view.parts.find(holds),
    episode: view.episodes.find(
      ({ start, end }) => start < point.at + point.seconds && point.at <= end,
    ),
    outdoor: near(view.outdoor),
    mean: view.mean.length > 2 ? near(view.mean) : undefined,
  };
}

/** Split points into runs without a gap. */
export function unbroken(line) {
  const runs = [];
  for (const point of line) {
    const last = runs.at(-1)?.at(-1);
    const longest = 1.5 * Math.max(point.seconds, last?.seconds ?? 0, SLOT_S);
    if (last && point.at - last.at < longest) runs.at(-1).push(point);
    else runs.push([point]);
  }
  return runs;
}

/** Return round levels from 0 to `top`, spaced for an axis `height` pixels high. */
export function ticks(top, height, gap = 24) {
  const found = [0];
  const place = (value) => height * Math.sqrt(value / top);
  let last = Infinity;
  for (let power = Math.floor(Math.log10(top)); power >= -2; power -= 1) {
    for (const step of [5, 2, 1]) {
      const value = Number((step * 10 ** power).toPrecision(1));
      if (value <= top && last - place(value) >= gap && place(value) >= gap) {
        found.push(value);
        last = place(value);
      }
    }
  }
  return found;
}
