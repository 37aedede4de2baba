// Keeps the overview fresh: every event fetches the page's live part anew; a silent stream is said.
"use strict";
(() => {
  const live = document.getElementById("live");
  const veil = document.getElementById("veil");
  const since = document.getElementById("stale-since");
  const STALE_AFTER_MS = 7000;
  const NOT_MORE_OFTEN_THAN_MS = 300;
  let heardAt = Date.now();
  let isFetching = false;
  let isWanted = false;

  async function refresh() {
    if (isFetching) { isWanted = true; return; }
    isFetching = true;
    isWanted = false;
    try {
      const answer = await fetch("/live", { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) { location.assign("/sign-in"); return; }
      if (answer.ok) { show(await answer.text()); }
    } catch (unreachable) {
      // The veil says it once the stream is silent, too.
    } finally {
      setTimeout(() => { isFetching = false; if (isWanted) { refresh(); } }, NOT_MORE_OFTEN_THAN_MS);
    }
  }

  function show(html) {
    const open = [...live.querySelectorAll("details[open][data-keep]")].map(one => one.dataset.keep);
    const focused = document.activeElement && document.activeElement.getAttribute("href");
    live.innerHTML = html;
    for (const one of live.querySelectorAll("details[data-keep]")) {
      one.open = open.includes(one.dataset.keep);
    }
    if (focused) {
      const again = live.querySelector(`a[href="${CSS.escape(focused)}"]`);
      if (again) { again.focus({ preventScroll: true }); }
    }
    heardAt = Date.now();
    veil.hidden = true;
    document.body.classList.remove("stale");
  }

  setInterval(() => {
    if (Date.now() - heardAt > STALE_AFTER_MS && veil.hidden) {
      since.textContent = new Date(heardAt).toLocaleTimeString();
      veil.hidden = false;
      document.body.classList.add("stale");
    }
  }, 1000);

  let events;
  function listen() {
    events = new EventSource("/api/v1/events");
    for (const kind of ["status", "history", "operation", "sync", "alive"]) {
      events.addEventListener(kind, refresh);
    }
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) { setTimeout(() => { refresh(); listen(); }, 3000); }
    };
  }
  listen();
})();
