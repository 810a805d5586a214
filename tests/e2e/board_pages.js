// Uses the leaderboard as visitors do, in Chromium. Environment: BOARD (its address), RUN (the path of a run's page),
// SHOTS (where screenshots go), and what browser.js asks for. Prints a line a check; the first that fails ends it.
"use strict";
const assert = require("node:assert");
const path = require("node:path");
const { follow, followClick, inPage, kPhone, noOverflow, texts, withBrowser } = require("./browser.js");

const board = process.env.BOARD;
const numbers = async (page) =>
  (await texts(page, "td.latency .value")).map((text) => parseFloat(text.replace(/\s/g, "")));

const checks = {
  async "filters narrow the table"(page) {
    await page.goto(board);
    const before = (await page.$$("tbody tr")).length;
    await page.selectOption("select[name=device_kind]", "npu");
    await page.selectOption("select[name=precision]", "int8");
    await followClick(page, "text=Apply");
    const rows = await texts(page, "td.device");
    assert.ok(rows.length > 0 && rows.length < before, `${rows.length} of ${before}`);
    assert.ok(rows.every((text) => text.includes("Hailo-8")));
    assert.match(page.url(), /\?precision=int8&device_kind=npu$/);
    assert.equal(await page.inputValue("select[name=precision]"), "int8");
  },
  async "a ranking has each device once"(page) {
    await page.goto(board);
    await followClick(page, ".pills >> text=face-detection");
    const rows = await texts(page, "td.device");
    const cells = await texts(page, "td.workload");
    assert.equal(new Set(rows.map((row, at) => row + cells[at])).size, rows.length);
    assert.equal((await texts(page, "td.place"))[0], "1");
  },
  async "columns sort up and down"(page) {
    await page.goto(`${board}/?workload=vision%2Fface-detection`);
    const up = await numbers(page);
    assert.deepEqual(up, [...up].sort((a, b) => a - b));
    await followClick(page, "th[aria-sort=ascending] a");
    const down = await numbers(page);
    assert.deepEqual(down, [...down].sort((a, b) => b - a));
    assert.ok(down[0] > down[down.length - 1]);
  },
  async "pages follow one another"(page) {
    await page.goto(board);
    const first = await texts(page, "td.when a");
    assert.equal(first.length, 50);
    await followClick(page, "text=Next");
    assert.match(page.url(), /offset=50/);
    await followClick(page, "text=Previous");
    assert.deepEqual(await texts(page, "td.when a"), first);
  },
  async "the keyboard is enough"(page) {
    await page.goto(board);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
    for (let i = 0; i < 40; ++i) {
      if (await page.evaluate(() => document.activeElement.name === "task")) break;
      await page.keyboard.press("Tab");
    }
    assert.equal(await page.evaluate(() => document.activeElement.name), "task");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", "the focus shows");
    await page.selectOption("select[name=task]", "detection");
    await page.focus("button[type=submit]");
    await follow(page, () => page.keyboard.press("Enter"));
    await page.waitForURL(/task=detection/);
    assert.ok((await texts(page, "td.workload")).every((text) => text.includes("face-detection")));
  },
  async "a device has a chart of its history"(page) {
    await page.goto(`${board}/devices/Hailo-8`);
    await page.waitForSelector(".chart canvas");
    const drawn = await page.$eval(".chart canvas", (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.reduce((sum, value, at) => sum + (at % 4 === 3 && value > 0 ? 1 : 0), 0);
    });
    assert.ok(drawn > 1000, `${drawn} pixels are drawn`);
    const shot = { path: path.join(process.env.SHOTS, "history.png") };
    await page.locator(".card", { has: page.locator(".chart") }).screenshot(shot);
  },
  async "two devices are compared"(page) {
    await page.goto(`${board}/compare`);
    await page.selectOption("select[name=first]", "Cortex-A76");
    await page.selectOption("select[name=other]", "Hailo-8");
    await followClick(page, "button[type=submit]");
    assert.ok((await page.$$("tbody tr")).length >= 4);
    await page.screenshot({ path: path.join(process.env.SHOTS, "compare.png"), fullPage: true });
  },
};

const look = (browser, name, target, options) =>
  inPage(browser, name, options, async (page) => {
    await page.goto(board + target);
    await page.waitForLoadState("networkidle");
    await noOverflow(page, name);
    await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
  });

withBrowser(async (browser) => {
  for (const [name, check] of Object.entries(checks)) {
    await inPage(browser, name, {}, check);
    console.log(`ok: ${name}`);
  }
  const targets = { board: "/", ranking: "/?workload=vision%2Fface-detection", device: "/devices/Hailo-8", devices: "/devices", chips: "/chips", about: "/about",
    run: process.env.RUN, nothing: "/?task=none" };
  for (const [name, target] of Object.entries(targets)) {
    await look(browser, `${name}-light`, target, { colorScheme: "light" });
    await look(browser, `${name}-phone`, target, { viewport: kPhone, isMobile: true, hasTouch: true });
    if (!["ranking", "device"].includes(name)) continue;
    await look(browser, `${name}-dark`, target, { colorScheme: "dark" });
    await look(browser, `${name}-plain`, target, { javaScriptEnabled: false });
  }
  console.log("ok: screenshots, and nothing is wider than its window");
});
