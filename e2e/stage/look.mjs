// What is looked at on every page: accessibility, width on a phone, and that nothing broke in the browser.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const { source } = createRequire(import.meta.url)("axe-core");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const PHONE = 390;
const shots = process.env.SHOTS;
let shotNumber = 0;

/** Fails unless everybody can use the page that is open. */
export async function look(page) {
  const path = new URL(page.url()).pathname;
  await page.evaluate(source);
  const violations = await page.evaluate(async (values) => {
    const found = await globalThis.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    const places = (nodes) => nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}\n    ${node.html}`);
    return found.violations.map((one) => `${one.id} (${one.help})\n  ${places(one.nodes).join("\n  ")}`);
  }, RULES);
  assert.deepEqual(violations, [], `axe on ${path}:\n${violations.join("\n")}`);
  const isForCitizens = await page.evaluate(() => document.querySelector("link[href*='/citizen.']") !== null);
  if (shots) await picture(page, path, "1280");
  if (!isForCitizens && !shots) return;
  const size = page.viewportSize();
  await page.setViewportSize({ width: PHONE, height: 844 });
  const tooWide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const clipped = (element) => {
      for (let up = element.parentElement; up; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== "visible") return up !== document.body && up !== document.documentElement;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")].filter((one) => width < one.getBoundingClientRect().right && !clipped(one));
    return [`${document.documentElement.scrollWidth} px`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 160))];
  });
  if (shots) await picture(page, path, "390");
  await page.setViewportSize(size);
  if (isForCitizens) assert.deepEqual(tooWide, [], `${path} scrolls sideways on a phone of ${PHONE} px`);
}

async function picture(page, path, width) {
  await mkdir(shots, { recursive: true });
  if (width === "1280") shotNumber += 1;
  const name = path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replaceAll(/[^\w.-]+/g, "_");
  await page.screenshot({ path: join(shots, `${String(shotNumber).padStart(3, "0")}${name}-${width}.png`), fullPage: true });
}
