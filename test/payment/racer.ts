/** One of two clients that race: a process that does one request as soon as it is told, and says what came of it. */
process.on('message', (asked: { url: string }) => {
  void fetch(asked.url, { method: 'POST' }).then(async (response) => {
    process.send?.({ status: response.status, body: await response.json() });
  });
});
process.send?.('ready');
