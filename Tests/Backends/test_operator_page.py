"""The operator's page in a browser, and metrics and OpenAPI as tools of other authors read them."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and not os.environ.get("CI"), reason="needs chromium and chromedriver")


# Of a window, and the seconds after which the page renews itself.
HEIGHT = 844
INTERVAL = 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return tmp_path_factory.mktemp("serve") / "demo"


@pytest.fixture(scope="module")
def urls(demo):
    """Runs the issuer with its demo on free ports and returns its URL and its operator's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        os.environ["IDTOKEN"], "serve", "--demo", str(demo), "--port", str(port), "--operator-listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if ready := re.search(r"ready on (http://[^\s\x1b]+)", line):
                    yield ready.group(1), re.search(r"page: (http://[^\s\x1b]+)/", "".join(lines)).group(1)
                    break
            else:
                pytest.fail("the issuer did not start: " + "".join(lines))
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def issuer(urls):
    return urls[0]


@pytest.fixture(scope="module")
def operators(urls):
    return urls[1]


def fetch(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.headers, answer.read().decode()


@pytest.fixture
def browser(tmp_path):
    if not (CHROMIUM and DRIVER):
        pytest.fail("chromium and chromedriver are not here, and CI skips nothing: make system-tools")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--user-data-dir={tmp_path}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def requests(browser):
    """Requests since the last call (method, URL, whether there is a body), except those inside the browser."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [message["params"]["request"] for message in messages if message["method"] == "Network.requestWillBeSent"]
    return [
        (request["method"], request["url"], request.get("hasPostData", False)) for request in sent
        if not request["url"].startswith(("data:", "chrome:", "about:"))]


def token(demo, issuer, kid_is_known=True):
    """A token of the issuer's own ring, or of another one."""
    ring = demo / "ring"
    if not kid_is_known:
        ring = demo.parent / "other"
        if not ring.exists():
            subprocess.run([os.environ["IDTOKEN"], "keys", "init", "--ring", ring, "--alg", "ES256"], check=True)
    command = [
        os.environ["IDTOKEN"], "mint", "--shop", "snow-devil.myshopify.com", "--user", "42", "--client-id", "my-app",
        "--ring", ring, "--alg", "ES256", "--issuer", issuer]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def inspect(browser, text):
    area = browser.find_element("id", "token")
    area.clear()
    area.send_keys(text)
    read = "return document.getElementById('facts').innerText + document.getElementById('verdict').innerText"
    wait = "return !document.getElementById('facts').innerText.includes('…')"
    WebDriverWait(browser, 10).until(lambda browser: browser.execute_script(wait))
    return browser.execute_script(read)


@needs_browser
def test_the_inspector_decodes_a_token_and_sends_it_nowhere(browser, demo, issuer, operators):
    browser.get(operators + "/")
    page = ("GET", operators + "/", False)
    assert requests(browser) == [page]
    good = token(demo, issuer)
    shown = inspect(browser, good)
    assert "signs" in shown and "Decoded." in shown
    assert re.search(r"Signature\s+valid", shown)
    head, claims, _ = good.split(".")
    forged = f"{head}.{claims}.{'A' * 86}"
    assert re.search(r"Signature\s+not valid", inspect(browser, forged))
    assert "is not in this issuer’s set" in inspect(browser, token(demo, issuer, kid_is_known=False))
    assert "three parts" in inspect(browser, "a.b")
    # The page may have renewed itself meanwhile.
    assert set(requests(browser)) <= {page}
    assert browser.current_url == operators + "/"
    assert browser.get_log("browser") == []


@needs_browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_its_window(browser, operators, width):
    open_page(browser, operators, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def open_page(browser, operators, width):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": width < 600})
    browser.get(operators + "/")


@needs_browser
def test_on_a_phone_the_page_is_short_and_the_inspector_a_tap_away(browser, operators):
    open_page(browser, operators, 390)
    assert browser.execute_script("return document.documentElement.scrollHeight") < 2 * HEIGHT
    link = browser.find_element("link text", "Token inspector")
    assert 0 < link.rect["y"] < HEIGHT / 2
    link.click()
    place = browser.execute_script("return document.getElementById('token').getBoundingClientRect().toJSON()")
    assert 0 <= place["top"] and place["bottom"] <= HEIGHT
    closed = browser.find_element("xpath", "//details[summary[contains(., 'Endpoints')]]")
    assert not closed.find_element("css selector", "a[href=metrics]").is_displayed()
    closed.find_element("tag name", "summary").click()
    assert closed.find_element("css selector", "a[href=metrics]").is_displayed()


@needs_browser
def test_the_page_renews_itself_and_keeps_what_is_typed(browser, demo, issuer, operators):
    open_page(browser, operators, 1280)
    good = token(demo, issuer)
    assert re.search(r"of this issuer: signs", inspect(browser, good))
    browser.execute_script("window.isTheSame = true; arguments[0].setSelectionRange(5, 9)", *areas(browser))
    epoch = browser.find_element("id", "figures").text
    ring = [os.environ["IDTOKEN"], "keys", "rotate", "--ring", demo / "ring", "--alg", "ES256"]
    subprocess.run(ring, check=True, capture_output=True)
    facts = "return document.getElementById('facts').innerText"
    WebDriverWait(browser, 30).until(lambda browser: "of this issuer: retired" in browser.execute_script(facts))
    assert browser.find_element("id", "figures").text != epoch
    assert "takes over" in browser.find_element("id", "next").text
    [area] = areas(browser)
    assert browser.execute_script(
        "const area = arguments[0]; return [window.isTheSame, area.value, area.selectionStart, area.selectionEnd,"
        " document.activeElement === area]", area) == [True, good, 5, 9, True]
    assert browser.get_log("browser") == []


def areas(browser):
    return browser.find_elements("id", "token")


@needs_browser
def test_a_hidden_page_asks_for_nothing_and_one_that_is_seen_again_asks_at_once(browser, operators):
    browser.get(operators + "/")
    requests(browser)
    set_hidden(browser, True)
    time.sleep(INTERVAL + 2)
    assert requests(browser) == []
    set_hidden(browser, False)
    WebDriverWait(browser, INTERVAL / 2).until(lambda browser: requests(browser) == [("GET", operators + "/", False)])


def set_hidden(browser, is_hidden):
    browser.execute_script(
        "Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange'))", is_hidden)


@needs_browser
def test_a_page_whose_issuer_is_gone_says_so(browser, operators):
    browser.get(operators + "/")
    browser.execute_cdp_cmd("Network.enable", {})
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **offline})
    state = lambda browser: browser.find_element("css selector", ".state").text
    WebDriverWait(browser, 2 * INTERVAL).until(lambda browser: state(browser) == "No answer")
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, **offline})
    WebDriverWait(browser, 2 * INTERVAL).until(lambda browser: state(browser) == "Ready")


@needs_browser
def test_the_page_shows_the_state_without_javascript(browser, operators):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(operators + "/")
    body = browser.find_element("tag name", "body").text
    assert "Ready" in body and "takes over" in body and "needs JavaScript" in body


def test_the_content_security_policy_allows_requests_to_the_own_origin_alone(operators):
    headers, _ = fetch(operators + "/")
    policy = headers["Content-Security-Policy"]
    for directive in ["default-src 'none'", "connect-src 'self'", "form-action 'none'", "base-uri 'none'"]:
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"


def test_prometheus_reads_the_metrics(operators):
    headers, text = fetch(operators + "/metrics")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["idtoken_key_age_seconds"].type == "gauge" and families["idtoken_key_age_seconds"].samples
    assert families["idtoken_ring_epoch"].samples[0].value >= 1
    for name in ["idtoken_multi_buffer_faults", "idtoken_lane_faults"]:
        assert [sample.value for sample in families[name].samples] == [0]


def test_the_openapi_document_is_valid(issuer):
    _, text = fetch(issuer + "/openapi.json")
    OpenAPIV31SpecValidator(json.loads(text)).validate()
