// The demonstration office: the program under test on an empty folder and a free port.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const READY_MS_MAX = 240_000;
const STOP_MS_MAX = 10_000;

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts the program, and answers once it takes requests. */
export async function openOffice() {
  const program = process.env.MOTCUA_BIN;
  if (!program) throw new Error("MOTCUA_BIN names the program to walk through");
  const folder = await mkdtemp(join(tmpdir(), "motcua-journeys-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const address = `http://${listen}`;
  const config = join(folder, "motcua.toml");
  await writeFile(config, `[server]\npublic_url = "${address}"\n`);
  const officers = new Map();
  const complaints = [];
  let child, ended;
  const start = async () => {
    child = spawn(program, ["demo", "--listen", listen, "--data", join(folder, "data"), "--config", config], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
    const exit = (ended = new Promise((done) => child.once("exit", done)));
    await new Promise((ready, fail) => {
      const late = setTimeout(() => fail(new Error(`not serving after ${READY_MS_MAX / 1000} s`)), READY_MS_MAX);
      child.once("error", fail);
      exit.then((code) => fail(new Error(`the program ended with ${code}:\n${complaints.join("\n")}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [, login, password, secret] = line.match(/^(\S+)\s+(\S+)\s.*TOTP\s+([A-Z2-7]+)/) ?? [];
        if (login) officers.set(login, { login, password, secret });
        if (line.includes(address)) {
          clearTimeout(late);
          ready();
        }
      });
    });
  };
  await start();
  return {
    address,
    officers,
    complaints,
    /** The power goes, and comes back after a while. */
    async crash(ms = 0) {
      child.kill("SIGKILL");
      await ended;
      await new Promise((later) => setTimeout(later, ms));
      await start();
    },
    async close() {
      child.kill("SIGTERM");
      const stubborn = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      await ended;
      clearTimeout(stubborn);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
