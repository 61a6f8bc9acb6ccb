"""The page of `ystep report` in headless Chromium: what a reader does with it,
checked in the document. Usage: report.py YSTEP OUTPUT_DIR

Speaks the WebDriver protocol (https://www.w3.org/TR/webdriver2/) with
chromedriver, with Python's standard library alone. Screenshots stay in
OUTPUT_DIR, to be looked at.
"""
import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the standard's own key


class Browser:
    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--silent"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = None
        for _ in range(200):
            try:
                self.call("GET", "/status")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        self.open_session()

    def open_session(self):
        options = {"binary": shutil.which("chromium"), "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--window-size=1200,1000"]}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = made["sessionId"]

    def call(self, method, path, body=None):
        if self.session:
            path = f"/session/{self.session}{path}"
        data = json.dumps(body if body is not None else {}).encode()
        request = urllib.request.Request(
            self.base + path, data if method == "POST" else None,
            {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def close(self):
        try:
            if self.session:
                self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def script(self, text, *arguments):
        return self.call("POST", "/execute/sync",
                         {"script": text, "args": list(arguments)})

    def find(self, selector):
        return self.call("POST", "/element",
                         {"using": "css selector", "value": selector})

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)[ELEMENT]}/click")

    def pointer(self, *actions):
        """Pointer actions; ("move", x, y) is relative to the window."""
        steps = [{"type": "pointerMove", "duration": 20, "x": round(a[1]),
                  "y": round(a[2])} if a[0] == "move" else
                 {"type": "pointer" + a[0].capitalize(), "button": 0}
                 for a in actions]
        self.call("POST", "/actions", {"actions": [
            {"type": "pointer", "id": "mouse", "actions": steps,
             "parameters": {"pointerType": "mouse"}}]})
        self.call("DELETE", "/actions")

    def log(self, kind):
        return self.call("POST", "/se/log", {"type": kind})

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))


FIGURE = 'section[data-group="0"] figure[data-axis="%s"] '
# Where a curve's last point is drawn, in the window.
LAST_POINT = """
  const c = document.querySelector(arguments[0]).getBoundingClientRect();
  return [c.left + c.width / 2, c.top + c.height / 2];"""


def count(browser, selector):
    return browser.script(
        "return document.querySelectorAll(arguments[0]).length", selector)


def ticks(browser, axis):
    return browser.script(
        "return [...document.querySelectorAll(arguments[0])]"
        ".map((t) => t.textContent)", FIGURE % axis + "svg text")


def curves(browser, solver=None):
    named = f'[data-solver="{solver}"]' if solver else ""
    return [count(browser, FIGURE % axis + "g.solver" + named)
            for axis in ("time", "iteration")]


def check_drawn(browser):
    assert curves(browser) == [3, 3], curves(browser)
    assert count(browser, FIGURE % "time" + "path.band") == 3
    assert count(browser, 'section[data-group="0"] .legend button') == 3


def check_hiding(browser):
    button = '.legend button[data-solver="em"]'
    pressed = f"return document.querySelector('{button}').ariaPressed"
    browser.click(button)
    assert curves(browser, "em") == [0, 0] and curves(browser) == [2, 2]
    assert browser.script(pressed) == "false"
    # The other y-step's figures keep the solver.
    assert count(browser, 'section[data-group="1"] g[data-solver="em"]') == 2
    browser.click(button)
    assert curves(browser) == [3, 3] and browser.script(pressed) == "true"
    browser.script(f"document.querySelector('{button}').dispatchEvent("
                   "new MouseEvent('click', {shiftKey: true}))")
    assert curves(browser) == [1, 1] and curves(browser, "em") == [1, 1]
    for other in ("pgd", "md"):
        browser.click(f'.legend button[data-solver="{other}"]')
    assert curves(browser) == [3, 3]


def check_zooming(browser):
    box = browser.script("""
      const svg = document.querySelector(arguments[0]);
      svg.scrollIntoView({block: "center"});
      const b = svg.getBoundingClientRect();
      return [b.left, b.top, b.width, b.height];""", FIGURE % "time" + "svg")
    left, top, width, height = box
    before, other = ticks(browser, "time"), ticks(browser, "iteration")
    browser.pointer(("move", left + 0.4 * width, top + 0.3 * height), ("down",),
                    ("move", left + 0.5 * width, top + 0.5 * height),
                    ("move", left + 0.6 * width, top + 0.6 * height), ("up",))
    zoomed = ticks(browser, "time")
    assert zoomed != before, "a drag did not zoom"
    assert ticks(browser, "iteration") == other, "the other figure zoomed too"
    assert count(browser, FIGURE % "time" + "rect.box") == 0
    browser.click(FIGURE % "time" + ".zoom button:nth-child(2)")
    assert ticks(browser, "time") != zoomed, "zooming out did nothing"
    browser.click(FIGURE % "time" + ".zoom button:nth-child(3)")
    assert ticks(browser, "time") == before, "reset is not the whole"
    browser.click(FIGURE % "time" + ".zoom button:nth-child(1)")
    assert ticks(browser, "time") != before
    at = ("move", left + 0.5 * width, top + 0.9 * height)
    browser.pointer(at, ("down",), ("up",), ("down",), ("up",))
    assert ticks(browser, "time") == before, "a double click is not the whole"


def check_hovering(browser, rows):
    tip = FIGURE % "iteration" + ".tip"
    text = "const t = document.querySelector(arguments[0]);" \
           "return t.hidden ? null : t.textContent"
    for solver, iterations in rows.items():
        point = FIGURE % "iteration" + f'g[data-solver="{solver}"] circle'
        x, y = browser.script(LAST_POINT, point)
        browser.pointer(("move", x, y))
        said = browser.script(text, tip)
        assert said and said.startswith(solver + "\n"), said
        assert f"\n{iterations} iterations" in said, (said, iterations)
    browser.pointer(("move", 5, 5))
    assert browser.script(text, tip) is None, "the values stay"


def check_harmless(browser, title):
    assert browser.script("return document.title") == title
    assert count(browser, "img") == 0 and count(browser, "b") == 0
    assert count(browser, "script") == 2
    bad = [e for e in browser.log("browser") if e["level"] == "SEVERE"]
    assert not bad, bad
    asked = [json.loads(e["message"])["message"]
             for e in browser.log("performance")]
    urls = [m["params"]["request"]["url"] for m in asked
            if m["method"] == "Network.requestWillBeSent"]
    assert len(urls) == 1 and urls[0].startswith("file:"), urls


def check_phone(browser, output):
    # A window has a least width; an emulated phone has not.
    browser.call("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.setDeviceMetricsOverride",
        "params": {"width": 360, "height": 740, "deviceScaleFactor": 2,
                   "mobile": True}})
    time.sleep(0.5)
    widths = browser.script(
        "return [document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= 360, f"wider than a phone: {widths}"
    browser.script("document.querySelector('section').scrollIntoView()")
    browser.screenshot(output / "report-phone.png")
    browser.call("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.clearDeviceMetricsOverride", "params": {}})


def check_print(browser, output):
    pdf = base64.b64decode(browser.call("POST", "/print", {}))
    assert pdf.startswith(b"%PDF") and len(pdf) > 10000
    (output / "report.pdf").write_bytes(pdf)


def make_page(ystep, folder):
    """A run directory and its page, on two y-steps, one of a file whose name
    is markup. Returns the iterations of each solver on the first of them."""
    evil = folder / '<img src=x onerror="document.title=1">' / "<b>'&.csv"
    evil.parent.mkdir()
    evil.write_text("0.5,0.25,0.25\n0.125,0.5,0.375\n0.2,0.2,0.6\n")
    run = ["run", "-p", "dirichlet:M=500,K=5",
           f"file:path={evil.relative_to(folder)}", "-s", "em", "pgd", "md",
           "--repeat", "3", "-o", "<b>out"]
    subprocess.run([ystep, *run], cwd=folder, check=True, capture_output=True)
    subprocess.run([ystep, "report", "<b>out"], cwd=folder, check=True,
                   capture_output=True)
    table = subprocess.run(
        [ystep, "table", "<b>out", "-p", "dirichlet", "--gap", "1e-6",
         "--format", "csv"], cwd=folder, check=True, capture_output=True,
        text=True).stdout
    rows = [line.replace('"dirichlet:M=500,K=5"', "d").split(",")
            for line in table.splitlines()]
    solver, reached = rows[0].index("solver"), rows[0].index("iterations_to_gap")
    return {row[solver]: row[reached] for row in rows[1:]}


def main():
    ystep, output = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = make_page(ystep, folder)
        page = folder / "<b>out" / "report.html"
        browser = Browser()
        try:
            browser.call("POST", "/url", {"url": page.as_uri()})
            check_harmless(browser, "ystep: <b>out")
            check_drawn(browser)
            check_hiding(browser)
            check_zooming(browser)
            check_hovering(browser, rows)
            browser.click('.legend button[data-solver="em"]')
            browser.screenshot(output / "report.png")
            check_phone(browser, output)
            check_print(browser, output)
        finally:
            browser.close()
    print("browser-test: drawn, hidden, zoomed, pointed at, on a phone and on "
          f"paper; screenshots in {output}")


if __name__ == "__main__":
    main()
