#!/usr/bin/env python3
"""Draws a part of a timeline that VTHREAD_TRACE has written, as the guide shows it.

    timeline.py timeline.json FROM_MS LENGTH_MS > timeline.svg
"""

import html
import json
import sys

WIDTH, LEFT, ROW = 1000, 150, 22
COLOURS = ["#2459d3", "#177245", "#98620a", "#7a3fb5", "#b3261e", "#0d7f8c", "#5a6270", "#c2438a"]

path, begin, length = sys.argv[1], float(sys.argv[2]) * 1000, float(sys.argv[3]) * 1000
with open(path) as file:
    events = json.load(file)["traceEvents"]
begin += min(event["ts"] for event in events if event["ph"] != "M")
end = begin + length


def x(time):
    return LEFT + (min(max(time, begin), end) - begin) / length * (WIDTH - LEFT - 10)


def is_seen(since, until):
    return since < end and until > begin


polls = [e for e in events if e["ph"] == "X" and is_seen(e["ts"], e["ts"] + e["dur"])]
names = sorted({e["name"] for e in polls if e["name"] != "sleep"})
colour = {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(names)}
threads = {e["tid"]: e["args"]["name"] for e in events if e["ph"] == "M"}
busy = {e["tid"] for e in polls if e["name"] != "sleep"}
rows = sorted(busy, key=lambda tid: threads[tid])

# The waits of the vthreads that were polled most, a row for each.
open_spans, waits = {}, []
for e in (e for e in events if e.get("cat") == "vthread"):
    key = (e["id"], e["name"])
    if e["ph"] == "b":
        open_spans[key] = e["ts"]
    else:
        waits.append((e["id"], e["name"], open_spans.pop(key), e["ts"]))
often = {}
for e in polls:
    if e["name"].startswith("vthread "):
        often[e["args"]["vthread"]] = often.get(e["args"]["vthread"], 0) + 1
chosen = sorted(often, key=often.get, reverse=True)[:10]
reasons = sorted({w[1] for w in waits if w[1].startswith("waits ") and w[0] in chosen and is_seen(w[2], w[3])})
shade = {r: c for r, c in zip(reasons, ["#c9d6f2", "#f2dfc0", "#cfe8da", "#e6d3f0", "#eecfcd", "#cde7ea"] * 3)}

out = []


def box(time, until, y, height, fill):
    width = max(x(until) - x(time), 0.4)
    out.append(
        f'<rect x="{x(time):.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{fill}"/>'
    )


def words(at, y, text, fill="#1d2433", size=12):
    out.append(f'<text x="{at}" y="{y}" fill="{fill}" font-size="{size}">{html.escape(text)}</text>')


y = 20
words(8, y, f"polls, by OS thread ({length / 1000:g} ms)", "#687186")
for tid in rows:
    y += ROW
    words(8, y, threads[tid])
    for e in polls:
        if e["tid"] == tid:
            fill = "#e9edf4" if e["name"] == "sleep" else colour[e["name"]]
            box(e["ts"], e["ts"] + e["dur"], y - 13, 16, fill)
y += ROW + 10
words(8, y, "waits, by vthread", "#687186")
for vthread in chosen:
    y += ROW
    words(8, y, f"vthread {vthread}")
    for who, reason, since, until in waits:
        if who == vthread and reason in shade and is_seen(since, until):
            box(since, until, y - 13, 16, shade[reason])
    for e in polls:
        if e["name"] != "sleep" and e["args"]["vthread"] == vthread:
            box(e["ts"], e["ts"] + e["dur"], y - 13, 16, colour[e["name"]])
y += 14
for name, fill in [*colour.items(), ("sleep", "#e9edf4"), *shade.items()]:
    y += 18
    out.append(f'<rect x="{LEFT}" y="{y - 10}" width="12" height="12" fill="{fill}"/>')
    words(LEFT + 20, y, name, size=11)
print(
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 14}" '
    f'font-family="sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>'
)
print("\n".join(out))
print("</svg>")
