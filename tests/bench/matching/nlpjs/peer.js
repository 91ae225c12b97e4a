// NLP.js as a peer: reads texts and messages as one JSON object, learns, answers, writes one JSON object to the file it is told.
// In: {"texts": [[language, text, entry]], "messages": [[language, text]]}
// Out: {"build_s", "extra_mb", "replies": [{"ms", "found": [[entry, score]]}]}.
"use strict";

const fs = require("fs");

async function main() {
  const { texts, messages } = JSON.parse(fs.readFileSync(0, "utf8"));
  global.gc();
  const before = process.memoryUsage().rss;
  const started = performance.now();

  const { containerBootstrap, Nlp, LangEn } = require("@nlpjs/basic");
  const { LangLt } = require("@nlpjs/lang-lt");
  const { LangRu } = require("@nlpjs/lang-ru");
  const { LangUk } = require("@nlpjs/lang-uk");
  const container = await containerBootstrap();
  [Nlp, LangEn, LangLt, LangRu, LangUk].forEach((part) => container.use(part));
  const nlp = container.get("nlp");
  Object.assign(nlp.settings, { autoSave: false, autoLoad: false });
  new Set(texts.map(([language]) => language)).forEach((language) => nlp.addLanguage(language));
  texts.forEach(([language, text, entry]) => nlp.addDocument(language, text, entry));
  await nlp.train();

  const ask = async ([language, text]) => (await nlp.process(language, text)).classifications;
  await ask(messages[0]);
  const build = (performance.now() - started) / 1000;
  global.gc();
  const extra = (process.memoryUsage().rss - before) / 2 ** 20;

  const replies = [];
  for (const message of messages) {
    const asked = performance.now();
    const found = await ask(message);
    const ms = performance.now() - asked;
    replies.push({ ms, found: found.slice(0, 4).map(({ intent, score }) => [intent, score]) });
  }
  fs.writeFileSync(process.argv[2], JSON.stringify({ build_s: build, extra_mb: extra, replies }));
}

main();
