// The player: a recorded run, played or scrubbed. Everything it says comes from the recording.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  if (root.dataset.mark === data.mark) {
    root.follow(data.at);
    return;
  }
  if (root.stop) root.stop();
  root.dataset.mark = data.mark;
  const { recording: run, words, start, end, captions } = data;
  const colours = data.colours;
  root.style.setProperty("--old", colours.versions[0]);
  root.style.setProperty("--new", colours.versions[1]);
  root.style.setProperty("--later", colours.versions[2]);
  root.style.setProperty("--failed", colours.failed);
  root.style.setProperty("--paper", colours.paper);
  const glyphs = { pending: "○", starting: "…", ready: "✓", unready: "‖", terminating: "↓", gone: "✕" };
  const make = (tag, name, text) => {
    const found = document.createElement(tag);
    if (name) found.className = name;
    if (text !== undefined) found.textContent = text;
    return found;
  };
  // Seconds, or hours, minutes and seconds where the run is longer than a quarter of an hour.
  const two = (number) => String(number).padStart(2, "0");
  const signed = (time, digits) => {
    const sign = time < 0 ? "" : "+";
    if (end - start <= 900) return sign + time.toFixed(digits) + " s";
    const whole = Math.floor(Math.abs(time));
    const clock = [Math.floor(whole / 3600), two(Math.floor(whole / 60) % 60), two(whole % 60)];
    return (time < 0 ? "-" : "+") + clock.join(":");
  };
  root.replaceChildren();

  const controls = make("div", "controls");
  const button = make("button", "play", words.play);
  button.type = "button";
  const clock = make("output", "clock");
  const slider = make("input", "scrub");
  Object.assign(slider, { type: "range", min: start, max: end, step: 0.01, value: start });
  slider.setAttribute("aria-label", words.scrub);
  const strip = drawStrip(run, start, end, make);
  strip.box.setAttribute("aria-hidden", "true");
  strip.box.onclick = (event) => {
    const place = strip.box.getBoundingClientRect();
    pause(); seek(start + ((event.clientX - place.left) / place.width) * (end - start)); tell();
  };
  // What the scrubber's ends and the release are, under it.
  const scale = make("div", "scale");
  scale.setAttribute("aria-hidden", "true");
  for (const [time, word] of [[start, ""], [0, words.zero], [end, ""]]) {
    const share = (time - start) / (end - start);
    if (word && (!run.strategy || share < 0 || share > 0.9)) continue;
    const tick = make("span", word ? "zero" : "", word || signed(time, 0));
    if (!word && time === start && start <= 0 && -start / (end - start) < 0.12) continue;
    tick.style.left = 100 * share + "%";
    tick.dataset.side = share > 0.9 ? "end" : share < 0.1 ? "start" : "middle";
    scale.append(tick);
  }
  const caption = make("p", "caption");
  caption.setAttribute("aria-live", "polite");
  const marks = make("div", "marks");
  for (const one of captions) {
    const mark = make("button", "mark", String(captions.indexOf(one) + 1));
    mark.type = "button";
    mark.title = one.text;
    mark.setAttribute("aria-label", one.text);
    mark.onclick = () => { pause(); seek(one.time); };
    marks.append(mark);
  }
  controls.append(button, marks, clock);

  const legend = make("div", "legend");
  const kinds = [...run.versions.map((_, v) => ["v" + Math.min(v, 2), run.version_words[v]]),
    ["failed", words.failed]];
  for (const [name, word] of kinds) legend.append(make("i", "part " + name), make("span", "", word));
  legend.append(make("span", "what", words.strip));

  const grid = make("ul", "pods");
  const pods = run.pods.map((pod) => {
    const item = make("li", "pod");
    const name = make("span", "name", pod.pod.split("-").pop());
    const version = make("span", "version", run.version_words[pod.version]);
    const state = make("span", "state");
    const listed = make("span", "listed");
    item.title = pod.pod + (pod.node ? " · " + pod.node : "");
    item.dataset.version = Math.min(pod.version, 2);
    item.append(version, name, state, listed);
    return { pod, item, state, listed };
  });

  const routing = make("div", "routing");
  const when = make("h4", "");
  const bar = make("div", "bar");
  bar.setAttribute("role", "img");
  const parts = [...run.versions.map((_, v) => ["v" + Math.min(v, 2), v]), ["failed", -1]].map(
    ([name, v]) => { const part = make("span", "part " + name); bar.append(part); return [part, v]; }
  );
  const shares = make("p", "shares");
  // Where the new version's part of the bar would begin if the asked share were obtained.
  const wanted = make("span", "wanted");
  bar.append(wanted);
  routing.append(when, bar, shares);
  const events = make("div", "events");
  const list = make("ol");
  events.append(make("h4", "", words.events), list);

  root.append(controls, captions.length ? caption : "", strip.box, slider, scale, legend);
  const columns = make("div", "columns");
  const left = make("div");
  left.append(make("h4", "", words.pods), grid);
  const right = make("div");
  right.append(routing, events);
  columns.append(left, right);
  root.append(columns);

  const GONE_SECONDS = 2; // So long the place of a pod that is gone is kept, to see which it was.
  const phaseAt = (pod, t) => {
    let ended = null;
    for (const [phase, from, to] of pod.spans) {
      if (from <= t && (to === null || t < to)) return phase;
      if (to !== null && to <= t) ended = Math.max(to, ended ?? to);
    }
    return ended !== null && t - ended < GONE_SECONDS ? "gone" : null;
  };
  const last = (rows, t) => {
    let found = null;
    for (const row of rows) { if (row[0] > t) break; found = row; }
    return found;
  };
  const percent = (x) => (100 * x).toFixed(x > 0 && x < 0.1 ? 1 : 0) + " %";

  function drawPods(t) {
    const inList = new Set((last(run.endpoints, t) || [0, []])[1]);
    let place = 0;
    for (const { pod, item, state, listed } of pods) {
      const phase = phaseAt(pod, t);
      if (!phase) { if (item.parentNode) item.remove(); continue; }
      if (grid.children[place] !== item) grid.insertBefore(item, grid.children[place] || null);
      place += 1;
      item.dataset.phase = phase;
      state.textContent = glyphs[phase] + " " + words.phases[phase];
      const here = inList.has(pod.pod);
      item.dataset.listed = here;
      const node = pod.node ? " · " + pod.node : "";
      listed.textContent = phase === "gone" ? "" : (here ? "⇄ " + words.listed : words.unlisted) + node;
    }
  }

  function drawRouting(t) {
    const { edges, step } = run.shares;  // The first step may be shorter than the others.
    const n = Math.min(t < edges[1] ? 0 : 1 + Math.floor((t - edges[1]) / step), run.shares.sent.length - 1);
    const sent = run.shares.sent[n] || 0;
    when.textContent = words.routing.replace("{from}", signed(edges[n], 0)).replace("{to}", signed(edges[n + 1], 0));
    const said = [];
    for (const [part, v] of parts) {
      const count = v < 0 ? run.shares.failed[n] || 0 : run.shares.answered[v][n] || 0;
      const share = sent ? count / sent : 0;
      part.style.width = 100 * share + "%";
      if (share > 0) {
        const word = v < 0 ? words.failed : run.version_words[v];
        part.textContent = share > 0.2 ? word + " " + percent(share) : "";
        said.push(word + " " + percent(share) + " (" + count + ")");
      } else part.textContent = "";
    }
    const asked = run.asked.find(([from, to]) => from <= t && t < to);
    wanted.hidden = !asked;
    if (asked) wanted.style.left = 100 - asked[2] + "%";
    const text = sent ? words.obtained + " " + said.join(", ") : words.nobody;
    const worst = words.worst && run.shares.worst[n]
      ? " · " + words.worst + " " + percent(run.shares.worst[n]) : "";
    shares.textContent = text + worst + (asked ? " · ┊ " + words.asked + " " + asked[2] + " %" : "");
    bar.setAttribute("aria-label", text);
  }

  function drawEvents(t) {
    const heard = run.events.filter(([time]) => time <= t).slice(-data.events).reverse();
    const mark = heard.length ? heard[0].join() + heard.length : "none";
    if (list.dataset.mark === mark) return;
    list.dataset.mark = mark;
    if (!heard.length) { list.replaceChildren(make("li", "", words.silence)); return; }
    list.replaceChildren(...heard.map(([time, subject, reason, note]) => {
      const line = make("li");
      line.append(
        make("span", "time", signed(time, 2)),
        make("span", "reason", reason), make("span", "subject", subject), make("span", "note", note)
      );
      return line;
    }));
  }

  let now = start, playing = false, before = 0, frame = 0, held = 0, told = null;
  function draw() {
    slider.value = now;
    clock.textContent = signed(now, 2);
    slider.setAttribute("aria-valuetext", clock.textContent);
    strip.move(now);
    drawPods(now); drawRouting(now); drawEvents(now);
    let number = -1;
    captions.forEach((one, n) => { if (one.time <= now + 1e-6) number = n; });
    if (number !== told) {
      told = number;
      caption.textContent = number < 0 ? data.before : captions[number].text;
      [...marks.children].forEach((mark, n) => mark.setAttribute("aria-current", n === number));
      if (playing && number >= 0) held = captions[number].hold;
    }
  }
  function seek(t) { now = Math.min(Math.max(t, start), end); draw(); }
  function step(stamp) {
    if (!playing) return;
    let passed = Math.min((stamp - before) / 1000, 0.1);
    before = stamp;
    if (held > 0) held -= passed;
    else {
      // Never jump over a caption: its moment is held so that it can be read.
      const next = captions.find((one) => one.time > now + 1e-6);
      let wanted = now + passed * data.speed;
      if (next && wanted > next.time) wanted = next.time;
      seek(wanted);
    }
    if (now >= end && held <= 0) { pause(); tell(); return; }
    frame = requestAnimationFrame(step);
  }
  function play() {
    clearTimeout(telling);
    if (now >= end - 1e-6) { now = start; told = null; }
    playing = true; button.textContent = words.pause; button.dataset.playing = true;
    before = performance.now();
    frame = requestAnimationFrame(step);
  }
  // Whoever reads on below the player reads of the moment at which it was let go.
  let telling = 0;
  const heard = new Map(); // What the page was told, and when: its answer is no order to move.
  function tell() {
    clearTimeout(telling);
    if (!data.tells) return;
    telling = setTimeout(() => {
      const at = Math.round(now * 100) / 100;
      heard.set(at, performance.now());
      setStateValue("at", at);
    }, 250);
  }
  // The page may have been moved by something else than the player: then this follows it.
  root.follow = (at) => {
    if (at === null || Math.abs(at - now) < 0.006 || performance.now() - heard.get(at) < 3000) return;
    pause(); seek(at);
  };
  function pause() {
    playing = false; held = 0; button.textContent = words.play; button.dataset.playing = false;
    cancelAnimationFrame(frame);
  }
  button.onclick = () => { if (playing) { pause(); tell(); } else play(); };
  slider.oninput = () => { pause(); seek(Number(slider.value)); };
  slider.onchange = tell;
  root.stop = pause;
  seek(data.at === null ? start : data.at);
  if (data.autoplay && !matchMedia("(prefers-reduced-motion: reduce)").matches) play();
  return () => pause();
}
