// Extras only: every page works without this file.
"use strict";

// An answer that an app wants in a form is sent at once; without this file a button sends it.
const answer = document.getElementById("js-form-post");
if (answer) answer.submit();

// Copy buttons stand beside read-only fields and stay hidden where they could not work.
for (const button of document.querySelectorAll("button[data-copy]")) {
	const field = document.getElementById(button.dataset.copy);
	if (!field || !navigator.clipboard) continue;
	const label = button.textContent;
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(field.value);
		button.textContent = button.dataset.copied;
		setTimeout(() => { button.textContent = label; }, 2000);
	});
}

// The account menu closes on Escape and on a click elsewhere.
const menu = document.querySelector("details.menu");
if (menu) {
	document.addEventListener("click", (event) => {
		if (!menu.contains(event.target)) menu.open = false;
	});
	document.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && menu.open) {
			menu.open = false;
			menu.querySelector("summary").focus();
		}
	});
}

// The fields of a device's code: typing moves on, Backspace moves back, a pasted code is spread out.
const codeFields = [...document.querySelectorAll("input.js-user-code-field")];
for (const [i, field] of codeFields.entries()) {
	const fill = (text) => {
		const characters = [...text.toUpperCase().replace(/[^A-Z0-9]/g, "")];
		const last = Math.min(i + characters.length, codeFields.length);
		for (let at = i; at < last; at++) codeFields[at].value = characters[at - i];
		if (characters.length) codeFields[Math.min(last, codeFields.length - 1)].focus();
	};
	field.addEventListener("focus", () => field.select());
	field.addEventListener("input", () => {
		const typed = field.value;
		field.value = "";
		fill(typed);
	});
	field.addEventListener("paste", (event) => {
		event.preventDefault();
		fill(event.clipboardData.getData("text"));
	});
	field.addEventListener("keydown", (event) => {
		if (event.key !== "Backspace" || field.value || i === 0) return;
		codeFields[i - 1].value = "";
		codeFields[i - 1].focus();
		event.preventDefault();
	});
}

// A click meant for a window that was just above this one must not give consent: not when the page has
// just come, and not when it comes to the front again.
const authorize = document.getElementById("js-oauth-authorize-btn");
if (authorize) {
	let waiting;
	const wait = () => {
		authorize.disabled = true;
		clearTimeout(waiting);
		waiting = setTimeout(() => { authorize.disabled = false; }, 500);
	};
	wait();
	window.addEventListener("focus", wait);
	document.addEventListener("visibilitychange", wait);
}

// A page that shows what happens is kept up to date: the server says that there is something new,
// and the same page, fetched again, gives the parts to replace.
const log = document.querySelector("[data-events]");
if (log && window.EventSource) {
	const AT_MOST_EVERY = 1000, AGAIN_AFTER = 10000;
	const mark = document.getElementById("live-mark");
	const refresh = document.getElementById("refresh");
	let source = null, timer = null, last = 0;

	const show = (live) => { mark.hidden = !live; refresh.hidden = live; };

	// What a person is doing there must survive: opened details, the focus.
	const replace = (old, fresh) => {
		if (old.innerHTML === fresh.innerHTML) return;
		const focused = old.contains(document.activeElement) ? document.activeElement : null;
		const opened = [...old.querySelectorAll("details[id][open]")].map((e) => e.id);
		old.replaceChildren(...fresh.childNodes);
		for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
		const again = focused && [...old.querySelectorAll("a[href], summary")].find((e) =>
			e.tagName === focused.tagName && e.getAttribute("href") === focused.getAttribute("href"));
		if (again) again.focus({ preventScroll: true });
	};

	const selecting = () => {
		const selection = getSelection();
		return selection && !selection.isCollapsed && log.contains(selection.anchorNode);
	};

	const update = async () => {
		timer = null;
		last = Date.now();
		if (selecting()) return soon(); // not under somebody's mouse
		const reply = await fetch(location.href).catch(() => null);
		if (reply?.redirected) return stop(); // signed out
		if (!reply?.ok) return;
		const page = new DOMParser().parseFromString(await reply.text(), "text/html");
		for (const old of document.querySelectorAll("[data-live]")) {
			const fresh = page.getElementById(old.id);
			if (fresh) replace(old, fresh);
		}
	};

	const soon = () => {
		timer ??= setTimeout(update, Math.max(0, last + AT_MOST_EVERY - Date.now()));
	};

	const stop = () => {
		show(false);
		source?.close();
		source = null;
	};

	// An event source comes again by itself, but not after an answer that is no stream.
	const listen = () => {
		if (source || document.hidden) return;
		source = new EventSource(log.dataset.events);
		source.addEventListener("ready", () => { show(true); soon(); });
		source.addEventListener("entry", soon);
		source.addEventListener("error", () => {
			show(false);
			if (source?.readyState !== EventSource.CLOSED) return;
			stop();
			setTimeout(listen, AGAIN_AFTER);
		});
	};

	// A browser has few connections to a server: a tab that nobody sees needs none.
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) stop();
		else listen();
	});
	listen();
}
