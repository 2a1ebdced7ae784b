// Somebody with a browser of their own. Every page they come to is looked at before they do anything else.
import assert from "node:assert/strict";

import { look } from "./look.mjs";

const WAIT_MS_MAX = 20_000;

export class Person {
  /** Gives somebody a fresh browser. `options` are those of a browser context. */
  static async enter(browser, office, name, options = {}) {
    const context = await browser.newContext({
      baseURL: office.address,
      locale: "vi-VN",
      timezoneId: "Asia/Ho_Chi_Minh",
      viewport: { width: 1280, height: 900 },
      acceptDownloads: true,
      ...options,
    });
    context.setDefaultTimeout(WAIT_MS_MAX);
    const person = new Person(office, context, name);
    await person.open();
    return person;
  }

  constructor(office, context, name) {
    Object.assign(this, { office, context, name, unseen: [], broken: [] });
  }

  /** A new tab, which becomes the one in use. Answers the one before. */
  async open() {
    const before = this.page;
    this.page = await this.context.newPage();
    const { page } = this;
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame() && page.url() !== "about:blank") this.unseen.push(page.url());
    });
    page.on("pageerror", (error) => this.broken.push(`${page.url()}: ${error.stack}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.broken.push(`${page.url()}: ${message.text()}`);
      }
    });
    page.on("response", (response) => {
      if (500 <= response.status()) this.broken.push(`${response.status()} ${response.url()}`);
    });
    return before;
  }

  /** Goes on in another tab. */
  turnTo(page) {
    this.page = page;
  }

  /** Types an address. */
  async visit(path) {
    const response = await this.page.goto(path, { waitUntil: "load" });
    await this.look();
    return response;
  }

  /** Does something that leads to another page: a click, a key. */
  async follow(act) {
    await Promise.all([this.page.waitForEvent("load"), act()]);
    await this.look();
  }

  /** Presses the button with these words, which leads to another page. */
  async press(name, within = this.main()) {
    await this.follow(() => within.getByRole("button", { name }).first().click());
  }

  /** Follows the link with these words. */
  async go(name, within = this.main()) {
    await this.follow(() => within.getByRole("link", { name }).first().click());
  }

  /** Presses the only button that goes on. */
  async goOn() {
    await this.press(/^(Tiếp tục|Continue)/);
  }

  async type(label, text, within = this.main()) {
    await within.getByLabel(label).first().fill(text);
  }

  async choose(name, within = this.main()) {
    await within.getByRole("radio", { name }).first().check();
  }

  /** Looks at the page that is open, again where a script changed it. */
  async look() {
    await look(this.page);
    assert.deepEqual(this.broken, [], "nothing breaks in the browser");
    this.unseen = [];
  }

  main() {
    return this.page.locator("main");
  }

  heading() {
    return this.page.locator("h1").first().innerText();
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  async text() {
    return (await this.main().innerText()).normalize("NFC");
  }

  /** Fails unless the page says this. */
  async reads(...sentences) {
    const text = await this.text();
    for (const sentence of sentences) {
      const isSaid = sentence instanceof RegExp ? sentence.test(text) : text.includes(sentence);
      assert.ok(isSaid, `${this.path()} does not say ${sentence}:\n${text}`);
    }
  }

  /** Fails if the page says this. */
  async readsNot(...sentences) {
    const html = (await this.page.content()).normalize("NFC");
    for (const sentence of sentences) assert.ok(!html.includes(sentence), `${this.path()} says ${sentence}`);
  }

  async leave() {
    await this.context.close();
  }
}
