// Serves pages of one feed from SQLite: node server.mjs PORT ITEMS FEED-ADDRESS VERSION
// ITEMS is a file with a line for each item: its time in milliseconds, a tab, its uri.
// Tuned in good faith: prepared statements, an index that covers the query, WAL, a large cache, no
// logging, a schema for what is answered (by which Fastify writes JSON faster), no hooks.
import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';

const [port, items, feed, version] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'courtside-baseline-'));
const db = new DatabaseSync(join(directory, 'feed.db'));
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536');
db.exec('PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY');
db.exec(`CREATE TABLE post (uri TEXT NOT NULL PRIMARY KEY, sort_at INTEGER NOT NULL) WITHOUT ROWID;
         CREATE INDEX newest ON post (sort_at DESC, uri DESC)`);
const insert = db.prepare('INSERT INTO post (sort_at, uri) VALUES (?, ?)');
db.exec('BEGIN');
for (const line of readFileSync(items, 'utf8').split('\n')) {
  const [sortAt, uri] = line.split('\t');
  if (uri) insert.run(Number(sortAt), uri);
}
db.exec('COMMIT; ANALYZE');

const first = db.prepare('SELECT uri, sort_at FROM post ORDER BY sort_at DESC, uri DESC LIMIT ?');
const later = db.prepare(
  `SELECT uri, sort_at FROM post WHERE (sort_at, uri) < (?, ?)
   ORDER BY sort_at DESC, uri DESC LIMIT ?`);

const item = {
  type: 'object',
  properties: { post: { type: 'string' }, feedContext: { type: 'string' } },
};
const page = {
  type: 'object',
  properties: {
    cursor: { type: 'string' },
    feed: { type: 'array', items: item },
    reqId: { type: 'string' },
  },
};
let requests = 0;

const app = Fastify({ logger: false });
app.get(
  '/xrpc/app.bsky.feed.getFeedSkeleton',
  { schema: { response: { 200: page } } },
  (request, reply) => {
    const query = request.query;
    const limit = query.limit === undefined ? 50 : Number(query.limit);
    if (query.feed !== feed) {
      reply.code(400).send({ error: 'UnknownFeed', message: 'not served here' });
      return;
    }
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
      reply.code(400).send({ error: 'InvalidRequest', message: 'limit must be from 1 to 100' });
      return;
    }
    let rows;
    if (query.cursor === undefined) {
      rows = first.all(limit + 1);
    } else {
      const at = query.cursor.indexOf('::');
      rows = later.all(Number(query.cursor.slice(0, at)), query.cursor.slice(at + 2), limit + 1);
    }
    const answer = { feed: [], reqId: `node.${++requests}` };
    if (rows.length > limit) {
      rows.pop();
      const last = rows[rows.length - 1];
      answer.cursor = `${last.sort_at}::${last.uri}`;
    }
    for (const row of rows) answer.feed.push({ post: row.uri, feedContext: version });
    reply.send(answer);
  });

process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));
await app.listen({ port: Number(port), host: '127.0.0.1' });
