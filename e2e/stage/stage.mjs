// One office and one browser for all journeys; the people of a journey, who leave when it ends.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { openOffice } from "./office.mjs";
import { Person } from "./person.mjs";
import { signInAsDemo } from "./sign-in.mjs";

const OUT = fileURLToPath(new URL("../out/", import.meta.url));
const JOURNEY_MS_MAX = 240_000;
let office, browser;

export async function openStage() {
  office = await openOffice();
  browser = await chromium.launch({
    executablePath: await programOf(process.env.CHROMIUM ?? "chromium"),
    headless: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

/** The two of them are children of this process: each is asked to end, by its process. */
export async function closeStage() {
  await browser?.close();
  await office?.close();
}

/** The people of one journey. */
class Cast {
  people = new Map();
  office = office;

  /** Somebody who has not signed in. */
  async somebody(name, options) {
    const person = await Person.enter(browser, office, name, options);
    this.people.set(name, person);
    return person;
  }

  /** An officer or citizen of the demonstration, signed in with one click; the same one when asked again. */
  async as(login) {
    const known = this.people.get(login);
    if (known) return known;
    const person = await this.somebody(login);
    await signInAsDemo(person, login);
    return person;
  }

  /** What everybody saw last, for whoever has to find out why a journey ended early. */
  async show(journey) {
    await mkdir(OUT, { recursive: true });
    for (const [name, person] of this.people) {
      for (const [at, page] of person.context.pages().entries()) {
        const file = join(OUT, `${journey}-${name}-${at + 1}`.replaceAll(/[^\p{L}\p{N}.-]+/gu, "_"));
        await page.screenshot({ path: `${file}.png`, fullPage: true }).catch(() => {});
        await page.content().then((html) => writeFile(`${file}.html`, html)).catch(() => {});
        const text = await page.locator("body").innerText().catch(() => "");
        console.error(`--- ${name}, ${page.url()}\n${text}\n`);
      }
    }
    const said = office.complaints.splice(0);
    if (said.length) console.error(`--- the program said\n${said.join("\n")}`);
  }
}

/** A test in which people walk through pages. */
export function journey(name, walk, timeout = JOURNEY_MS_MAX) {
  test(name, { timeout }, async () => {
    const cast = new Cast();
    try {
      await walk(cast);
      for (const person of cast.people.values()) {
        assert.deepEqual(person.unseen, [], `${person.name} left pages that nobody looked at`);
        assert.deepEqual(person.broken, [], "nothing breaks in the browser");
      }
    } catch (error) {
      await cast.show(name);
      throw error;
    } finally {
      for (const person of cast.people.values()) await person.leave();
    }
  });
}

async function programOf(name) {
  if (name.includes("/")) return name;
  const { access, constants } = await import("node:fs/promises");
  for (const folder of (process.env.PATH ?? "").split(":")) {
    const path = join(folder, name);
    if (await access(path, constants.X_OK).then(() => true, () => false)) return path;
  }
  throw new Error(`there is no browser called ${name}: set CHROMIUM`);
}
