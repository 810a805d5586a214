// Finds an uploaded run on the leaderboard as a visitor does, in Chromium, with and without JavaScript. Environment:
// BOARD (its address), RUN (the address of the run's page), DEVICE, WORKLOAD, and what browser.js asks for.
"use strict";
const assert = require("node:assert");
const { followClick, inPage, noOverflow, texts, withBrowser } = require("./browser.js");

const { BOARD, RUN, DEVICE, WORKLOAD } = process.env;

// The one row of the page is that of the run, with a time.
async function seeRun(page, name, latency) {
  await noOverflow(page, name);
  assert.deepEqual(await texts(page, ".results td.device .main"), [DEVICE], name);
  assert.deepEqual(await texts(page, ".results td.workload .main"), [WORKLOAD], name);
  const [shown] = await texts(page, `${latency} .value`);
  assert.ok(parseFloat(shown) > 0, `${name}: a latency of ${shown}`);
  return shown;
}

async function visit(page) {
  await page.goto(BOARD);
  assert.deepEqual(await texts(page, ".results td.device .main"), [], "a trial has no place in the ranking");
  await page.click("summary >> text=More filters");
  await page.selectOption("select[name=show]", "all");
  await followClick(page, "text=Apply");
  const onBoard = await seeRun(page, "the board's page", "td.latency");
  await followClick(page, "td.when a");
  assert.equal(page.url(), RUN);
  assert.equal(await seeRun(page, "the run's page", "td[data-label=Latency]"), onBoard);
  assert.match(await page.textContent("body"), /Signed bundle/);
}

withBrowser(async (browser) => {
  for (const javaScriptEnabled of [true, false]) {
    const name = `${javaScriptEnabled ? "with" : "without"} JavaScript`;
    await inPage(browser, name, { javaScriptEnabled }, visit);
    console.log(`ok: ${name}`);
  }
});
