// The strip over the scrubber: what became of the requests of every step, to see where to look.
function drawStrip(run, start, end, make) {
  const W = 1000, H = 44, MOST = 500;
  const shares = run.shares, edges = shares.edges, steps = shares.sent.length;
  const wide = Math.max(1, Math.ceil(steps / MOST));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
  svg.setAttribute("preserveAspectRatio", "none");
  const x = (t) => (W * (Math.min(Math.max(t, start), end) - start)) / (end - start);
  const shape = (tag, name, attributes) => {
    const found = document.createElementNS(svg.namespaceURI, tag);
    if (name) found.setAttribute("class", name);
    for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
    svg.append(found);
    return found;
  };
  const sum = (counts, n) => counts.slice(n, n + wide).reduce((a, b) => a + b, 0);
  const bands = shares.answered.map((counts, v) => ["v" + Math.min(v, 2), counts, ""]);
  const paths = [...bands, ["failed", shares.failed, ""]];
  for (let n = 0; n < steps; n += wide) {
    const sent = sum(shares.sent, n), from = edges[n], to = edges[Math.min(n + wide, steps)];
    if (!sent || to <= start || from >= end) continue;
    const left = x(from).toFixed(1), right = x(to).toFixed(1);
    let foot = H;
    for (const band of paths) {
      const count = sum(band[1], n);
      if (!count) continue;
      // One failure in a thousand must still be seen.
      const high = Math.max((H * count) / sent, band[0] === "failed" ? 4 : 0);
      const top = band[0] === "failed" ? 0 : foot - high;
      const low = band[0] === "failed" ? high : foot;
      band[2] += `M${left} ${low.toFixed(1)}V${top.toFixed(1)}H${right}V${low.toFixed(1)}Z`;
      foot = top;
    }
  }
  for (const [name, , d] of paths) if (d) shape("path", name, { d });
  const line = (name, t) => shape("line", name, { x1: x(t), x2: x(t), y1: 0, y2: H });
  if (run.strategy && start <= 0) line("written", 0);
  if (run.strategy && run.settled !== null && run.settled <= end) line("settled", run.settled);
  const heads = [line("halo", start), line("head", start)];
  const box = make("div", "strip");
  box.append(svg);
  const move = (t) => {
    for (const head of heads) { head.setAttribute("x1", x(t)); head.setAttribute("x2", x(t)); }
  };
  return { box, move };
}
