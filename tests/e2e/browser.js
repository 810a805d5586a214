// Chromium as the tests use it: pages that tell what went wrong in them. Environment: PLAYWRIGHT (the folder of
// playwright-core), CHROMIUM.
"use strict";
const assert = require("node:assert");
const { chromium } = require(process.env.PLAYWRIGHT);

const kDesk = { width: 1366, height: 900 };
const kPhone = { width: 390, height: 844 };

const texts = (page, selector) => page.$$eval(selector, (all) => all.map((one) => one.textContent));

async function noOverflow(page, name) {
  const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= seen, `${name} is ${wide} px wide in a window of ${seen}`);
}

// Until the page that this leads to is there.
async function follow(page, act) {
  const loaded = page.waitForEvent("load");
  await act();
  await loaded;
}
const followClick = (page, selector) => follow(page, () => page.click(selector));

// A page of its own for `visit`, which must leave no complaint on its console and no request that failed.
async function inPage(browser, name, options, visit) {
  const context = await browser.newContext({ viewport: kDesk, ...options });
  const problems = [];
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("requestfailed", (request) => problems.push(`${request.url()} failed`));
  await visit(page);
  assert.deepEqual(problems, [], name);
  await context.close();
}

// Calls `use` with a browser, and ends the program with 1 where that fails.
async function withBrowser(use) {
  try {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
    await use(browser);
    await browser.close();
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

module.exports = { follow, followClick, inPage, kPhone, noOverflow, texts, withBrowser };
