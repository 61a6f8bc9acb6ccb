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
import xml.etree.ElementTree

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
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {body}: {error.read()}") from error

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


FIGURE = 'details.ystep[data-group="0"] figure[data-axis="%s"] '
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


def check_folded(browser):
    """Sections are closed until opened, and then drawn: the page is short."""
    screens = browser.script(
        "return document.documentElement.scrollHeight / innerHeight")
    assert screens < 5, f"{screens} screens"
    assert count(browser, "details.part[open]") == 0
    browser.script("for (const d of document.querySelectorAll('details.ystep'))"
                   " d.open = false;")
    browser.click("#controls > button")  # open all
    time.sleep(0.3)
    assert count(browser, "body > details:not([open])") == 0
    assert count(browser, 'details[data-group="1"] g.solver') == 6


def check_drawn(browser):
    assert curves(browser) == [3, 3], curves(browser)
    assert count(browser, FIGURE % "time" + "path.band") == 3
    assert count(browser, 'details[data-group="0"] .legend button') == 3
    # Profile and bars have every solver, the map of winners every y-step.
    for figure, least in ((1, 1), (2, 3), (3, 2)):
        drawn = count(browser, f"#over-all figure:nth-child({figure}) g.solver")
        assert drawn >= least, (figure, drawn)


def check_hiding(browser):
    """A solver is hidden all over the page: figures, tables, filters."""
    button = 'details[data-group="0"] .legend button[data-solver="em"]'
    other = 'details[data-group="1"] g[data-solver="em"]'
    pressed = f"return document.querySelector('{button}').ariaPressed"
    rows = 'return [...document.querySelectorAll(\'tr[data-solver="em"]\')]' \
           ".filter((r) => r.offsetParent).length"
    assert count(browser, other) == 2 and browser.script(rows) > 2
    browser.click(button)
    assert curves(browser, "em") == [0, 0] and curves(browser) == [2, 2]
    assert browser.script(pressed) == "false" and count(browser, other) == 0
    assert browser.script(rows) == 0, "a table keeps the solver"
    browser.click(button)
    assert curves(browser) == [3, 3] and browser.script(pressed) == "true"
    browser.script(f"document.querySelector('{button}').dispatchEvent("
                   "new MouseEvent('click', {shiftKey: true}))")
    assert curves(browser) == [1, 1] and curves(browser, "em") == [1, 1]
    for name in ("pgd", "md"):
        browser.click('details[data-group="0"] .legend '
                      f'button[data-solver="{name}"]')
    assert curves(browser) == [3, 3]


def check_filters(browser):
    """By problem and lambda: y-steps, table rows and figures go and come."""
    shown = "return [...document.querySelectorAll('details.ystep')]" \
            ".map((d) => !d.hidden)"
    browser.click(".filters summary")
    box = '.filters input[data-kind="%s"]'
    assert browser.script(shown) == [True, True]
    ranking = "return document.querySelector(" \
              "'.ranking tbody tr[data-solver=md] td:nth-child(2)').textContent"
    whole = browser.script(ranking)
    assert whole == "2 of 2", whole
    browser.click(box % "problem")
    assert browser.script(shown) == [False, True]
    assert browser.script(ranking) == "1 of 1", browser.script(ranking)
    assert count(browser, 'tr[data-group="0"]:not([hidden])') == 0
    assert count(browser, "#over-all figure:nth-child(3) g.solver") == 1
    browser.click(box % "problem")
    assert browser.script(shown) == [True, True]
    assert browser.script(ranking) == whole
    assert count(browser, box % "lambda") == 0, "one lambda is no choice"
    # None of the solvers, then all.
    browser.click(".filters fieldset .all button:nth-child(2)")
    assert curves(browser) == [0, 0]
    browser.click(".filters fieldset .all button:nth-child(1)")
    assert curves(browser) == [3, 3]
    browser.click("h1")
    assert count(browser, ".filters[open]") == 0, "the filters stay open"


def check_sorting(browser):
    column = """
      const t = document.querySelector(arguments[0]);
      return [...t.tBodies[0].rows].map((r) =>
        r.cells[arguments[1]].textContent);"""
    table = 'details[data-group="0"] table'
    before = browser.script(column, table, 3)
    browser.click(table + " th:nth-child(4)")
    up = [int(float(x)) for x in browser.script(column, table, 3)]
    assert up == sorted(up) and len(up) == len(before), up
    browser.click(table + " th:nth-child(4)")
    down = [int(float(x)) for x in browser.script(column, table, 3)]
    assert down == up[::-1], down
    browser.click(table + " th:nth-child(1)")
    assert browser.script(column, table, 0) == ["em", "md", "pgd"]


def check_dark(browser, output):
    background = "return getComputedStyle(document.body).backgroundColor"
    assert browser.script(background) == "rgb(255, 255, 255)"
    browser.call("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.setEmulatedMedia", "params": {"features": [
            {"name": "prefers-color-scheme", "value": "dark"}]}})
    assert browser.script(background) == "rgb(22, 24, 28)"
    browser.screenshot(output / "report-dark.png")
    toggle = "#controls > button:last-child"
    browser.click(toggle)
    assert browser.script(background) == "rgb(255, 255, 255)"
    browser.call("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.setEmulatedMedia", "params": {"features": []}})
    browser.click(toggle)
    assert browser.script(background) == "rgb(22, 24, 28)"
    browser.click(toggle)


def wait_for(path):
    for _ in range(100):
        if path.exists() and path.stat().st_size:
            return path.read_text()
        time.sleep(0.1)
    raise AssertionError(f"{path.name} did not come")


def check_saving(browser, folder, rows):
    """Each figure as SVG, which stands alone and is as on paper, and its data."""
    browser.call("POST", "/goog/cdp/execute", {
        "cmd": "Browser.setDownloadBehavior",
        "params": {"behavior": "allow", "downloadPath": str(folder)}})
    browser.click(FIGURE % "iteration" + ".zoom button:nth-child(4)")
    drawn = xml.etree.ElementTree.fromstring(
        wait_for(folder / "convergence-1-iteration.svg"))
    text = "".join(drawn.itertext())
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "pgd" in text and "iterations" in text and "#E69F00" in \
        wait_for(folder / "convergence-1-iteration.svg")
    browser.click(FIGURE % "iteration" + ".zoom button:nth-child(5)")
    saved = wait_for(folder / "convergence-1-iteration.csv").splitlines()
    last = [line for line in saved if line.startswith("em,")][-1]
    assert last.split(",")[1] == rows["em"], (last, rows)
    for i, name in ((1, "profile"), (2, "bars"), (3, "winner")):
        bar = f"#over-all figure:nth-child({i}) .zoom button"
        for ending, text in (("svg", "SVG"), ("csv", "CSV")):
            browser.script(
                "[...document.querySelectorAll(arguments[0])].find((b) => "
                "b.textContent === arguments[1]).click()", bar, text)
            wait_for(folder / f"{name}.{ending}")
    assert "fw" not in wait_for(folder / "bars.csv")


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
    browser.script("document.querySelector('.ystep').scrollIntoView()")
    browser.screenshot(output / "report-phone.png")
    browser.call("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.clearDeviceMetricsOverride", "params": {}})


def check_print(browser, output):
    pdf = base64.b64decode(browser.call("POST", "/print", {}))
    assert pdf.startswith(b"%PDF") and len(pdf) > 10000
    (output / "report.pdf").write_bytes(pdf)


def check_both(browser):
    """Two directories, one of them with a training."""
    assert count(browser, "h3.directory") > 2
    trainings = "#trainings + .figures figure"
    assert count(browser, trainings + " g.solver") == 2
    points = browser.script(
        "return document.querySelector(arguments[0]).getAttribute('d')",
        trainings + " path.curve")
    assert points.count("L") >= 3, points


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
    train = ["train", "-d", "blobs", "-c", "linear", "-s", "fw", "--epochs",
             "4", "-o", "trained"]
    subprocess.run([ystep, *train], cwd=folder, check=True, capture_output=True)
    subprocess.run([ystep, "report", "<b>out", "trained", "--title", "A & <b>",
                    "-o", "both.html"], cwd=folder, check=True,
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
            check_folded(browser)
            check_drawn(browser)
            check_hiding(browser)
            check_filters(browser)
            check_sorting(browser)
            check_dark(browser, output)
            check_saving(browser, folder, rows)
            check_zooming(browser)
            check_hovering(browser, rows)
            browser.script("document.querySelector("
                           "'.legend button[data-solver=\"em\"]').click()")
            browser.screenshot(output / "report.png")
            check_phone(browser, output)
            check_print(browser, output)
            browser.call("POST", "/url", {"url": (folder / "both.html").as_uri()})
            check_harmless(browser, "ystep: A & <b>")
            check_both(browser)
            browser.screenshot(output / "report-both.png")
        finally:
            browser.close()
    print("browser-test: drawn, folded, filtered, sorted, saved, zoomed, "
          "pointed at, dark, on a phone and on "
          f"paper; screenshots in {output}")


if __name__ == "__main__":
    main()
